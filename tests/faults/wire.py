"""The wire between program and server: it loses, delays, cuts, refuses, spoils; and the process may die at any request."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import httpx

from importer.sandbox.app import Sandbox
from importer.sandbox.mishaps import Fault, Kind, happen
from tests.faults.clock import Processes

HOST = "bc.example.com"
LOGIN = "localhost"
MINUTE = 60.0
# Longer than this the server works on no request, whatever became of its connection (reliability.md F21).
LATEST_S = 20 * MINUTE - 1
REFUSALS = (404, 405, 408, 409, 412, 413, 429, 500, 502, 503, 504)
DOUBTS = (408, 409, 412, 500, 502, 503, 504)
PAUSES = (None, None, "7", "0", "-1", "99999", "Mon, 02 Mar 2026 06:10:00 GMT", "soon")

# How often each befalls a request, by weight; "none" is what a request likes best.
FAULTS: Mapping[str, int] = {
    "no connection": 3,
    "reset before": 3,
    "timeout before": 3,
    "reset after": 4,
    "timeout after": 3,
    "late": 8,
    "late in pieces": 4,
    "killed, late": 2,
    "partly": 5,
    "delay": 3,
    "cut": 4,
    "malformed": 3,
    "login page": 1,
    "redirect": 1,
    "status before": 6,
    "status after": 6,
    "shuffled": 3,
    "missing part": 4,
    "doubled id": 2,
    "other bodies": 2,
    "foreign link": 1,
    "endless pages": 1,
}
STORMS = ("429", "401", "no tokens")
_SIMPLE = {
    "no connection": Kind.NO_CONNECTION,
    "reset before": Kind.RESET_BEFORE,
    "timeout before": Kind.TIMEOUT_BEFORE,
    "reset after": Kind.RESET_AFTER,
    "timeout after": Kind.TIMEOUT_AFTER,
    "login page": Kind.LOGIN_PAGE,
    "redirect": Kind.REDIRECT,
    "shuffled": Kind.SHUFFLED,
    "missing part": Kind.MISSING_PART,
    "doubled id": Kind.DOUBLED_ID,
    "foreign link": Kind.FOREIGN_LINK,
    "endless pages": Kind.ENDLESS,
}


class Killed(BaseException):
    """The process is gone: nothing after this line runs, not even an `except Exception`."""


@dataclass
class Wire(httpx.BaseTransport):
    """A transport whose every request may go wrong. `seen` counts what did, `violations` what must never be seen.

    `strikes` says which requests anything may befall.
    """

    sandbox: Sandbox
    random: Random
    processes: Processes
    committed: Callable[[], Collection[tuple[str, int]]]
    people: Callable[[], None] = lambda: None
    faults: Mapping[str, int] = field(default_factory=lambda: FAULTS)
    calmness: int = 200
    deadliness: float = 0.01
    storminess: float = 0.005
    lateness_s: tuple[float, float] = (1.0, LATEST_S)
    strikes: Callable[[httpx.Request], bool] = lambda _: True
    seen: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    writes: int = 0
    storm: str = ""
    storm_until: datetime | None = None

    def calm(self) -> None:
        """From now on nothing goes wrong any more."""
        self.faults, self.deadliness, self.storminess, self.storm = {}, 0.0, 0.0, ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.processes.pause()
        self._may_die("killed before a request")
        self._check_target(request)
        self._check_intents(request)
        self.people()
        try:
            return self._stormy(request) or self._answered(request)
        finally:
            self._may_die("killed after a request")

    # What a mishap can do with the connection (importer.sandbox.mishaps.Wire).

    def forward(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == LOGIN:
            return httpx.Response(200, json={"access_token": self.sandbox.renew_token(), "expires_in": 3600})
        response = httpx.WSGITransport(app=self.sandbox).handle_request(request)
        response.read()
        return response

    def hold(self, request: httpx.Request, seconds: float) -> None:
        was_let_in = request.headers.get("authorization") == f"Bearer {self.sandbox.token}"
        self.processes.clock.later(seconds, lambda: self.forward(self._let_in(request) if was_let_in else request))

    def _let_in(self, request: httpx.Request) -> httpx.Request:
        """The request as the server has it in its queue: who sent it was seen when it came."""
        headers = dict(request.headers) | {"authorization": f"Bearer {self.sandbox.renew_token()}"}
        return httpx.Request(request.method, request.url, headers=headers, content=request.content)

    def sleep(self, seconds: float) -> None:
        self.processes.pause(seconds)

    def shuffle(self, parts: list[object]) -> None:
        self.random.shuffle(parts)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        names, weights = ["none", *self.faults], [self.calmness, *self.faults.values()]
        fault = self.random.choices(names, weights)[0]
        if fault == "none" or not self.strikes(request):
            return self.forward(request)
        self.seen[fault] += 1
        match fault:
            case "late":
                self.hold(request, self.random.uniform(*self.lateness_s))
            case "late in pieces":
                for piece in _pieces(request):
                    self.hold(piece, self.random.uniform(*self.lateness_s))
            case "killed, late":
                self.hold(request, self.random.uniform(*self.lateness_s))
                raise Killed
            case "partly":
                pieces = _pieces(request)
                for piece in pieces[: self.random.randint(0, len(pieces))]:
                    self.forward(piece)
            case "other bodies":
                return _with_other_bodies(self.forward(request))
            case _:
                return happen(self._drawn(fault), self, request)
        raise httpx.ReadTimeout("no answer", request=request)

    def _drawn(self, name: str) -> Fault:
        draw = self.random
        match name:
            case "delay":
                return Fault(Kind.DELAY, seconds=draw.choice((1, 20, 170)))
            case "cut":
                return Fault(Kind.CUT, bytes=draw.choice((0, 1, draw.randrange(3000))))
            case "malformed":
                return Fault(Kind.MALFORMED, bytes=draw.choice((0, 1, draw.randrange(3000))))
            case "status before":
                return Fault(Kind.STATUS_BEFORE, draw.choice(REFUSALS), draw.choice(PAUSES))
            case "status after":
                return Fault(Kind.STATUS_AFTER, draw.choice(DOUBTS), draw.choice(PAUSES))
        return Fault(_SIMPLE[name])

    def _stormy(self, request: httpx.Request) -> httpx.Response | None:
        """For some seconds every request meets the same refusal, as when a limit is used up or the login is down."""
        now = self.processes.clock.time
        if self.storm_until is None or now > self.storm_until:
            self.storm = self.random.choice(STORMS) if self.random.random() < self.storminess else ""
            self.storm_until = now + timedelta(seconds=self.random.choice((1, 30, 300, 1500)))
        is_login = request.url.host == LOGIN
        if not self.storm or is_login is not (self.storm == "no tokens"):
            return None
        self.seen[f"storm of {self.storm}"] += 1
        if is_login:
            return httpx.Response(self.random.choice((500, 503)), request=request)
        headers = {"Retry-After": self.random.choice(("2", "60"))} if self.random.random() < 0.5 else {}
        return httpx.Response(int(self.storm), headers=headers, request=request)

    def _may_die(self, when: str) -> None:
        if self.random.random() < self.deadliness:
            self.seen[when] += 1
            raise Killed

    def _check_target(self, request: httpx.Request) -> None:
        """I13: the token goes to the configured server only, the secret to the login only."""
        host, has_token = request.url.host, "authorization" in request.headers
        if (host, has_token) not in {(HOST, True), (LOGIN, False)}:
            self.violations.append(f"I13: {request.method} {host}, with token: {has_token}")

    def _check_intents(self, request: httpx.Request) -> None:
        """I4: what leaves stands in the ledger, for everybody to read, before it leaves. A rehearsal leaves nothing behind."""
        if request.method == "GET" or request.url.host == LOGIN or "isolation" in request.headers:
            return
        self.writes += 1
        lines = [body for method, body in _writes(request) if method == "POST"]
        unheard = {(line["externalDocumentNumber"], line["lineNumber"]) for line in lines} - set(self.committed())
        if unheard:
            self.violations.append(f"I4: sent without a committed intent: {sorted(unheard)}")


def _requests(request: httpx.Request) -> list[dict[str, object]]:
    content = json.loads(request.content) if request.content and request.url.host == HOST else {}
    found = content.get("requests")
    return found if isinstance(found, list) else []


def _writes(request: httpx.Request) -> Sequence[tuple[str, dict[str, object]]]:
    if parts := _requests(request):
        return [(str(part["method"]), part.get("body") or {}) for part in parts]  # type: ignore[misc]  # JSON objects
    return [(request.method, json.loads(request.content or b"{}"))]


def _pieces(request: httpx.Request) -> Sequence[httpx.Request]:
    """A batch as batches of one part each, anything else as it is."""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return [
        httpx.Request(request.method, request.url, headers=headers, content=json.dumps({"requests": [part]}))
        for part in _requests(request)
    ] or [request]


def _with_other_bodies(response: httpx.Response) -> httpx.Response:
    """The answer with the bodies of its parts exchanged: ids and statuses are right, what they are about is not."""
    try:
        content = response.json()
    except ValueError:
        return response
    parts = content.get("responses", []) if isinstance(content, dict) else []
    bodies = [part.get("body") for part in parts]
    for part, body in zip(parts, [*bodies[1:], *bodies[:1]], strict=True):
        part["body"] = body
    return httpx.Response(response.status_code, json=content)
