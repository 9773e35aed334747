"""One request and its answer over HTTP, or the reason why there is none. The only place that holds an HTTP client.

An exchange never says more than it knows: before the first byte nothing can have happened, after it anything may have.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx

from importer.bc.auth import Credentials, Secret
from importer.bc.connection import Connection, Timeouts
from importer.bc.gate import Gate
from importer.bc.limits import http_date, retry_after
from importer.bc.wire import Request
from importer.errors import ServerUnavailable
from importer.ports import Leaving

_LOG = logging.getLogger(__name__)

# Raised before the first byte of a request leaves: name look-up, connection, TLS, proxy, waiting for a free connection.
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
# Everything else that httpx raises: the request may have been carried out. Base classes stand for what is yet to come.
LOST = (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NeverSent:
    """Not one byte left; asking again is safe and may help."""

    why: str


@dataclass(frozen=True, slots=True)
class Distrusted:
    """The server's certificate is not trusted. Nothing left, and asking again does not help."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Bytes left, but no complete answer came back: whether the request was carried out is not known."""

    why: str


Exchanged = Answer | NeverSent | Distrusted | Lost


def silent() -> None:
    """Nobody has to know that a request leaves."""


class Exchange:
    """Sends requests of one connection, each through the gate, in its turn, with the credentials of the moment.

    Args:
        probe: a small question that tells whether a service that failed answers again.

    `clock_ahead` is how far this machine's clock is ahead of the server's, by the last answer that said the time.
    """

    def __init__(
        self, connection: Connection, gate: Gate, credentials: Credentials, http: httpx.Client, *, probe: Request
    ) -> None:
        self._connection = connection
        self._gate = gate
        self._credentials = credentials
        self._http = http
        self._probe = probe
        self._had_answer = False
        self._waits = 0
        self._held_back_s = 0.0
        self.clock_ahead: timedelta | None = None

    def patiently(
        self, ask: Callable[[], Request], again: Callable[[Exchanged], bool], leaving: Leaving = silent
    ) -> Exchanged:
        """Ask, and ask again with growing pauses as long as `again` says so and patience lasts; the last outcome otherwise.

        Args:
            ask: makes the request anew for each try, because a smaller one may get through.
            leaving: called whenever a request leaves, after all waiting.

        Raises:
            ServerUnavailable: the service has failed too often; nothing was sent. Also as `once`.
        """
        self._wait_for_the_service()
        outcome = self.once(ask(), leaving)
        tried = throttled = 0
        while again(outcome):
            if _is_throttled(outcome) and self._held_back_s < self._connection.patience.throttled_s:
                # Too many requests of all who share the principal: that passes, and it is nobody's failure.
                pause = self._pause(outcome, throttled)
                throttled += 1
                self._held_back_s += pause
                self._let_all_wait(pause)
            elif tried < self._connection.patience.attempts - 1 and self._may_retry(outcome):
                pause = self._pause(outcome, tried)
                tried += 1
            else:
                break
            self._connection.sleep(pause)
            outcome = self.once(ask(), leaving)
        return outcome

    def once(self, request: Request, leaving: Leaving = silent) -> Exchanged:
        """Send a request once; a second time only if the credentials were refused and could be renewed.

        Raises:
            ServerContradiction: the request leads where it must not.
            AccessDenied, ConfigurationError, ServerUnavailable: no credentials; nothing was sent.
        """
        url = self._gate.url(request)
        header = self._credentials.header()
        outcome = self._send(url, request, header, leaving)
        if isinstance(outcome, Answer) and outcome.status == 401:
            self._credentials.renew(header)
            outcome = self._send(url, request, self._credentials.header(), leaving)
        return outcome

    def hold_back(self, headers: Mapping[str, str]) -> None:
        """Let everybody of this principal wait: the server said that it is too much."""
        asked = retry_after(headers, self._connection.now())
        self._let_all_wait(self._connection.patience.pause(_SOME_RETRIES, asked, self._connection.chance))

    def credentials_refused(self) -> None:
        """A part of a batch was refused for its credentials: the next request brings new ones.

        They are not fetched here: that may fail, and the answers to the other parts must not be lost with it.
        """
        self._credentials.forget()

    def _wait_for_the_service(self) -> None:
        """Return when the service is worth asking: as long as it fails, one small question now and then tells (§9.4)."""
        breaker, now = self._connection.share.breaker, self._connection.now
        while (wait := breaker.wait(now())) is not None:
            if (wait and not self._had_answer) or self._waits >= _MOST_WAITS:
                raise ServerUnavailable(
                    "Business Central has failed too often in a row; nothing more was sent. It is worth asking again "
                    f"in {wait.total_seconds():.0f} seconds."
                )
            self._waits += 1
            self._connection.sleep(wait.total_seconds())
            self.once(self._probe)

    def _let_all_wait(self, seconds: float) -> None:
        self._connection.share.pace.close_until(self._connection.now() + timedelta(seconds=seconds))

    def _may_retry(self, outcome: Exchanged) -> bool:
        """Whether the budget of retries has one left; a pause that the service asked for is no failure and costs nothing."""
        return _is_throttled(outcome) or self._connection.share.budget.spend()

    def _count(self, outcome: Exchanged) -> None:
        share = self._connection.share
        match outcome:
            case Answer(status=status, headers=headers) if status < 500 and status != 408 and not _is_page(headers):
                self._had_answer = True
                share.breaker.answered()
                if status != 429:
                    self._held_back_s = 0.0
                    share.budget.earn()
            case Answer() | Lost() | NeverSent():
                share.breaker.failed(self._connection.now())
            case Distrusted():
                pass

    def _pause(self, outcome: Exchanged, retry: int) -> float:
        headers = outcome.headers if isinstance(outcome, Answer) else {}
        asked = retry_after(headers, self._connection.now())
        return self._connection.patience.pause(retry, asked, self._connection.chance)

    def _send(self, url: str, request: Request, header: Secret, leaving: Leaving) -> Exchanged:
        with self._connection.share.pace.turn(self._connection.now, self._connection.sleep):
            leaving()
            outcome = self._exchange(url, request, header)
        if isinstance(outcome, Answer) and (date := http_date(outcome.headers.get("date", ""))):
            self.clock_ahead = self._connection.now() - date
        self._count(outcome)
        seen = outcome.status if isinstance(outcome, Answer) else f"{type(outcome).__name__}: {outcome.why}"
        _LOG.debug("%s %s -> %s", request.method, request.path or "next page", seen)
        return outcome

    def _exchange(self, url: str, request: Request, header: Secret) -> Exchanged:
        headers = [*_COMMON, *request.headers, ("Authorization", header.reveal())]
        try:
            message = self._http.build_request(request.method, url, headers=headers, content=request.content)
            return self._receive(message)
        except NEVER_SENT as error:
            return Distrusted(_described(error)) if _is_distrust(error) else NeverSent(_described(error))
        except LOST as error:
            return Lost(_described(error))
        # What else breaks between the first byte and the last must not look like "nothing happened".
        except Exception as error:  # noqa: BLE001 - the careful answer to an unforeseen error is: not known
            return Lost(_described(error))

    def _receive(self, message: httpx.Request) -> Answer | Lost:
        limits, now = self._connection.timeouts, self._connection.now
        deadline = now() + timedelta(seconds=limits.whole_s)
        response = self._http.send(message, stream=True)
        begun = now()
        try:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limits.largest:
                    return Lost(f"the answer is larger than {limits.largest // 1024 // 1024} MB")
                if now() > deadline:
                    return Lost(f"the answer was not complete after {limits.whole_s:.0f} seconds")
                # What a change leads to may take its time; a question is soon asked again.
                if message.method == "GET" and _drips(len(body), now() - begun, limits):
                    return Lost(f"the answer drips, {len(body)} bytes in {(now() - begun).total_seconds():.0f} seconds")
        finally:
            response.close()
        return Answer(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, bytes(body)
        )


def _is_throttled(outcome: Exchanged) -> bool:
    return isinstance(outcome, Answer) and outcome.status == 429


def _is_page(headers: Mapping[str, str]) -> bool:
    """True for what a person shall look at: a login, a proxy, anything but the service."""
    return headers.get("content-type", "").startswith("text/html")


def _drips(size: int, took: timedelta, limits: Timeouts) -> bool:
    return took.total_seconds() > limits.drip_s and size < limits.slowest * took.total_seconds()


def http_client(connection: Connection) -> httpx.Client:
    """The HTTP client of a connection: no redirects, no environment, TLS verified, every wait finite."""
    limits = connection.timeouts
    timeout = httpx.Timeout(connect=limits.connect_s, write=limits.send_s, read=limits.answer_s, pool=limits.slot_s)
    transport = connection.transport or httpx.HTTPTransport(verify=_trust(), trust_env=False)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that are trusted: read once, because reading them takes longer than many a request."""
    # Beside the public authorities also those of this machine: on-premises servers often have a certificate of the house.
    trust = httpx.create_ssl_context(trust_env=False)
    trust.load_default_certs()
    return trust


# So often a run waits for a service that fails; then it ends in order.
_MOST_WAITS = 2
# How long to hold back when the server does not say: as long as before a third retry.
_SOME_RETRIES = 2
_COMMON = (
    ("Accept", "application/json"),
    # Error texts follow the language; ours are read by support in one language.
    ("Accept-Language", "en-US"),
    ("Accept-Encoding", "gzip"),
)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _is_distrust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
