"""Carrying out changes of journal lines and saying of each what became of it. Nothing is ever sent twice on suspicion:
only what is proven not to have happened is tried again here, the rest is the writer's to settle by reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from importer.bc.exchange import Answer, Distrusted, Exchange, Exchanged, Lost, NeverSent, silent
from importer.bc.limits import Load
from importer.bc.records import Malformed, is_version, journal
from importer.bc.replies import (
    NO_CREDENTIALS,
    Part,
    Unanswered,
    access_code,
    error_of,
    of_envelope,
    part_of,
    parts_of,
    until_it_stopped,
)
from importer.bc.wire import Request, envelope
from importer.errors import AccessDenied, ConfigurationError, ImporterError, OutcomeUnknown, ServerUnavailable
from importer.master import CustomerPatch
from importer.model import Journal, JournalLine
from importer.plan import LinePatch
from importer.ports import Leaving, NotApplied, Refused, Unknown

LARGEST_CALL = 100
NOT_SENT = "NotSent"
# 400 and 500 are what servers say to a batch of more parts than they take.
_TOO_HEAVY = frozenset({400, 408, 413, 500, 504})
_PAUSE = frozenset({429, 502, 503})
# The code of "The current batch message contains too many parts".
_TOO_MANY_PARTS = "Unknown"
# The $batch route is not there at all; it has no key in it that could be wrong.
_NO_BATCH = frozenset({404, 405, 501})
_LOOK = "Look with `importer company check` before you try again."
# After so many answers in a row that never came the rest is not sent: the server is gone, and each one costs a time-out.
_MOST_LOST = 2
_NO_VERSION = Refused(
    "BadRequest_InvalidToken", "it was read without an ETag, so it cannot be changed safely; nothing was sent"
)

R = TypeVar("R")
V = TypeVar("V", LinePatch, JournalLine, CustomerPatch)
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Task(Generic[R_co]):
    """How something is asked for, and what its answer means."""

    request: Request
    judge: Callable[[Part | Unanswered], R_co]


@dataclass(frozen=True, slots=True)
class _NoAccess:
    """There are no credentials to send a request with; nothing left."""

    why: str


class Writing:
    """Sends tasks in order, in envelopes where the server has them. One at a time: the server locks the journal (F25)."""

    def __init__(self, exchange: Exchange, batch: int) -> None:
        self._exchange = exchange
        self._load = Load(batch) if batch else None
        self._leaving: Leaving = silent
        self._lost = 0
        self._stop: NotApplied | None = None

    def carry_out(self, tasks: Sequence[Task[R]], leaving: Leaving = silent) -> tuple[R | NotApplied | Unknown, ...]:
        """One reply for each task, in the same order. What is not sent, because it would be in vain, is `NotApplied`.

        Args:
            leaving: called right before each request, after all waiting for a turn, for credentials or for the server.

        Raises:
            ValueError: more than 100 tasks; the ledger's chunk is the same size.
        """
        if len(tasks) > LARGEST_CALL:
            raise ValueError(f"{len(tasks)} changes in one call, at most {LARGEST_CALL} are possible")
        self._start_over(leaving)
        replies: list[R | NotApplied | Unknown] = []
        while len(replies) < len(tasks) and self._stop is None:
            answered = self._next(tasks[len(replies) :])
            replies += answered
        return (*replies, *([self._stop] * (len(tasks) - len(replies)) if self._stop else ()))

    def carry_out_on_versions(
        self, intents: Sequence[V], make: Callable[[V], Task[R]]
    ) -> tuple[R | NotApplied | Refused | Unknown, ...]:
        """One reply for each intent, in the same order; what was read without a version is refused and not sent."""
        replies = iter(self.carry_out([make(intent) for intent in intents if is_version(intent.etag)]))
        return tuple(next(replies) if is_version(intent.etag) else _NO_VERSION for intent in intents)

    def _start_over(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self._lost = 0
        self._stop = None

    def _next(self, tasks: Sequence[Task[R]]) -> tuple[R | NotApplied | Unknown, ...]:
        """The replies to the first tasks; none of them when nothing happened and it shall be tried in another way."""
        if self._load is None:
            task = tasks[0]
            reply = self._reply(task, self._ask(lambda: task.request))
            return (reply,)
        chunk = tasks[: self._load.size]
        outcome = self._ask(lambda: envelope([task.request for task in chunk]))
        match outcome:
            case Answer(status=200):
                self._load.carried()
                return self._parts(outcome, chunk)
            case Answer(status=status) if status in _NO_BATCH:
                self._load = None
                return ()
            case Answer() if len(chunk) > 1 and _is_too_large(outcome):
                while self._load.size >= len(chunk):
                    self._load.too_heavy()
                return ()
            case Answer(status=status):
                if status in _TOO_HEAVY:
                    self._load.too_heavy()
                return (of_envelope(part_of(status, outcome.body)),) * len(chunk)
        return tuple([self._reply(task, outcome) for task in chunk])

    def _parts(self, answer: Answer, tasks: Sequence[Task[R]]) -> tuple[R, ...]:
        parts = until_it_stopped(parts_of(part_of(200, answer.body), len(tasks)))
        throttled = [part for part in parts if isinstance(part, Part) and part.status in _PAUSE]
        if throttled:
            self._exchange.hold_back(throttled[-1].headers)
        if any(isinstance(part, Part) and part.status == 401 for part in parts):
            self._exchange.credentials_refused()
        if len(parts) < len(tasks) and isinstance(last := parts[-1], Part) and last.status == 403:
            code, message = error_of(last)
            self._stop = NotApplied(access_code(403, code), message)
        return tuple(task.judge(part) for task, part in zip(tasks[: len(parts)], parts, strict=True))

    def _ask(self, ask: Callable[[], Request]) -> Exchanged | _NoAccess:
        try:
            outcome: Exchanged | _NoAccess = self._exchange.patiently(ask, _is_harmless, self._leaving)
        except AccessDenied as error:
            outcome = _NoAccess(str(error))
        except ImporterError as error:
            # Raised before anything of this request left: no token to be had, no such target.
            outcome = NeverSent(str(error))
        if isinstance(outcome, Answer) and outcome.status in _PAUSE:
            self._exchange.hold_back(outcome.headers)
        self._stop = self._reason_to_stop(outcome)
        return outcome

    def _reason_to_stop(self, outcome: Exchanged | _NoAccess) -> NotApplied | None:
        """Why the tasks behind this one need not be sent; None while they may."""
        is_lost = isinstance(outcome, Lost) or (isinstance(outcome, Answer) and outcome.status >= 500)
        self._lost = self._lost + 1 if is_lost else 0
        match outcome:
            case _NoAccess(why=why):
                return NotApplied(NO_CREDENTIALS, why)
            case NeverSent(why=why) | Distrusted(why=why):
                return NotApplied(NOT_SENT, why)
            case Answer(status=401 | 403):
                code, message = error_of(part_of(outcome.status, outcome.body))
                return NotApplied(access_code(outcome.status, code), message)
            case Answer(status=status) if 300 <= status < 400:
                return NotApplied(NOT_SENT, f"not sent, because the server redirects (HTTP {status}); check base_url")
            case _ if self._lost >= _MOST_LOST:
                return NotApplied(NOT_SENT, "not sent, because Business Central no longer answers")
            case _:
                return None

    def _reply(self, task: Task[R], outcome: Exchanged | _NoAccess) -> R | NotApplied:
        match outcome:
            case Answer():
                return task.judge(part_of(outcome.status, outcome.body, outcome.headers))
            case Lost(why=why):
                return task.judge(Unanswered(why))
            case _NoAccess(why=why):
                return NotApplied(NO_CREDENTIALS, why)
            case NeverSent(why=why) | Distrusted(why=why):
                return NotApplied(NOT_SENT, why)


def created_journal(exchange: Exchange, request: Request) -> Journal:
    """The journal that a request created.

    Raises:
        ConfigurationError: Business Central refuses. OutcomeUnknown: no sure answer; look before trying again.
        AccessDenied, ServerUnavailable: nothing was created.
    """
    outcome = exchange.patiently(lambda: request, _is_harmless)
    match outcome:
        case Answer(status=200 | 201):
            body = part_of(outcome.status, outcome.body).body
            try:
                return journal(body if isinstance(body, dict) else {})
            except Malformed as error:
                raise OutcomeUnknown(f"The journal may have been created, but {error}. {_LOOK}") from error
        case Answer(status=status):
            code, message = error_of(part_of(status, outcome.body))
            if access_code(status, code).startswith(("Authentication", "Authorization")):
                raise AccessDenied(f"The journal was not created: {message}. It takes a permission to create journals.")
            if status < 500 and status != 408:
                raise ConfigurationError(f"The journal was not created: {message} ({code or status}).")
            raise OutcomeUnknown(f"It is not known whether the journal was created: {message}. {_LOOK}")
        case Lost(why=why):
            raise OutcomeUnknown(f"It is not known whether the journal was created: {why}. {_LOOK}")
        case NeverSent(why=why) | Distrusted(why=why):
            raise ServerUnavailable(f"The journal was not created: {why}.")


def _is_too_large(answer: Answer) -> bool:
    """True for an envelope that was refused for its size: whatever is wrong inside, a readable one is answered 200 (§6)."""
    return answer.status == 413 or (answer.status == 400 and error_of(part_of(400, answer.body))[0] == _TOO_MANY_PARTS)


def _is_harmless(outcome: Exchanged) -> bool:
    """True for what is proven not to have happened and may go better soon."""
    return isinstance(outcome, NeverSent) or (isinstance(outcome, Answer) and outcome.status == 429)
