"""What came of a run: every planned journal line in its final state, and whether the journal may be posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from importer.errors import Exit, PlanChanged, strongest
from importer.money import Money
from importer.states import DONE, IN_JOURNAL, UNSETTLED, Intent, PatchIntent, PatchState, State


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run ended before everything was sent: with which exit code, and why."""

    code: Exit
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The final states of a run's journal lines and changes.

    `alarms` say what must not be: a doubled line, a line of ours that Business Central denies. `notes` say what a person
    should know though nothing is wrong with it. `certificate` rests on the reading of the journal that ended the run; it is
    None when nothing was to be done or the journal could not be read.
    """

    run: str
    intents: tuple[Intent, ...] = ()
    patches: tuple[PatchIntent, ...] = ()
    alarms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: Stopped | None = None
    certificate: Certificate | None = None

    @property
    def exit_code(self) -> Exit:
        """The strongest exit code these states call for."""
        codes = [_CODES[intent.state] for intent in self.intents]
        codes += [_PATCH_CODES[patch.state] for patch in self.patches]
        codes += [Exit.INTEGRITY] if self.alarms else []
        codes += [self.stopped.code] if self.stopped else []
        return strongest(codes)

    @property
    def safe_to_post(self) -> bool:
        """Nothing is open: no line may still appear in the journal through a request of ours."""
        is_open = any(intent.state in UNSETTLED | {State.DELETING} for intent in self.intents)
        return not (self.alarms or is_open or (self.certificate and self.certificate.reasons))

    def with_state(self, *states: State) -> tuple[Intent, ...]:
        """The journal lines in one of these states."""
        return tuple(intent for intent in self.intents if intent.state in states)

    def by_key(self) -> Mapping[str, tuple[Intent, ...]]:
        """The journal lines of each bank line."""
        found: dict[str, tuple[Intent, ...]] = {}
        for intent in self.intents:
            found[intent.key] = (*found.get(intent.key, ()), intent)
        return found


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """How many journal lines of one state, and their amount as it stands in the journal (a receipt is negative)."""

    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the journal holds of a run, for the person who posts it.

    `planned` equals the sum of all `states`; `journal` is what was found in the journal when it was read for this.
    `reasons` say why it is not safe to post; none means it is.
    """

    run: str
    planned: ControlTotal
    states: Mapping[State, ControlTotal]
    journal: ControlTotal
    reasons: tuple[str, ...]

    @property
    def safe_to_post(self) -> bool:
        """Nothing stands against posting the journal."""
        return not self.reasons


def control_total(intents: Iterable[Intent], currency: str) -> ControlTotal:
    """Count and sum of the payments of these intents."""
    amounts = [intent.payment.amount for intent in intents]
    return ControlTotal(len(amounts), Money.sum(amounts, currency))


def with_told(outcome: Outcome, settled: Outcome) -> Outcome:
    """An import's outcome whose notes begin with what was found of the lines and changes that earlier runs had left open."""
    return replace(outcome, notes=(*_found(settled), *outcome.notes))


@contextmanager
def telling(settled: Outcome) -> Iterator[None]:
    """Who refuses a plan within says, too, what was found of the lines and changes that earlier runs had left open.

    Raises:
        PlanChanged: the same, with that; with the code that counts more.
    """
    try:
        yield
    except PlanChanged as error:
        found = [*_found(settled)]
        if not found:
            raise
        code = strongest([Exit(error.exit_code), settled.exit_code])
        raise PlanChanged("\n".join([str(error), *found]), code) from error


def _found(settled: Outcome) -> Iterable[str]:
    counts = Counter([intent.state.value for intent in settled.intents])
    counts.update([change.state.value for change in settled.patches])
    if not counts:
        return
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    yield f"Earlier runs had left {counts.total()} lines or changes of lines open; now: {states}."
    yield from still_open(settled.intents)
    for change in settled.patches:
        if _PATCH_CODES[change.state] is not Exit.DONE:
            yield f"The change of line {change.patch.line_number} ({change.key}) is {change.state.value}: {change.reason}"


def still_open(intents: Iterable[Intent]) -> Iterable[str]:
    """What is to be known of those of the lines that are not settled."""
    for intent in intents:
        if _CODES[intent.state] is not Exit.DONE:
            yield f"Line {intent.payment.line_number} ({intent.key}) is {intent.state.value}: {intent.reason}"


_WAITING = (State.REJECTED, State.MISMATCH, State.HIDDEN, State.DOUBTFUL)
_CODES: Mapping[State, Exit] = {
    **dict.fromkeys(DONE | IN_JOURNAL, Exit.DONE),
    State.PLANNED: Exit.UNAVAILABLE,
    State.SENDING: Exit.UNKNOWN_OUTCOME,
    State.UNKNOWN: Exit.UNKNOWN_OUTCOME,
    State.DELETING: Exit.UNKNOWN_OUTCOME,
    **dict.fromkeys(_WAITING, Exit.REVIEW),
}
_PATCH_CODES: Mapping[PatchState, Exit] = {
    PatchState.PLANNED: Exit.UNAVAILABLE,
    PatchState.SENDING: Exit.UNKNOWN_OUTCOME,
    PatchState.UNKNOWN: Exit.UNKNOWN_OUTCOME,
    PatchState.PATCHED: Exit.DONE,
    PatchState.CONFLICT: Exit.REVIEW,
    PatchState.REJECTED: Exit.REVIEW,
    PatchState.GONE: Exit.REVIEW,
}
