"""The program with one barrier taken away: every harmful variant must be caught by the same judge (reliability.md §7).

The barriers stand one behind the other, so most mutants lack two: the names say which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import httpx
import pytest

from importer.bc import posted, reading, replies, writing
from importer.bc.records import Malformed
from importer.identity import line_key
from importer.ledger import database, history, sql_ledger
from importer.ledger.intents import Page
from importer.planner import naming
from importer.ports import Reply, Unknown
from importer.states import IN_JOURNAL, Intent, Move, State
from importer.writer import absence, adopt, forgotten, judge, send, settling
from importer.writer import writing as the_writing
from importer.writer.invoices import ABSENT, Conclusion
from importer.writer.reading import Posted, Reading
from importer.writer.session import Session, Settling
from tests.faults.settings import KINDS, Settings
from tests.faults.wire import HOST, LATEST_S
from tests.faults.world import World

Weakening = Callable[[pytest.MonkeyPatch], None]
_TO_BE_CAUGHT, _TO_BE_HELD = 80, 12
Harm = Literal["lost", "doubled", "clobbered", "unsettled"]


@dataclass(frozen=True)
class Mutant:
    """A weakened program: which barriers are gone, in which kind of schedules, and what it must be caught doing.

    `harm` is None for a mutant that another barrier still holds; `why` says which.
    """

    name: str
    weakenings: tuple[Weakening, ...] = ()
    settings: Settings = field(default_factory=Settings)
    harm: Harm | None = None
    why: str = ""

    @property
    def seeds(self) -> range:
        """The schedules to run: enough to be caught where harm is expected, few where none is."""
        return range(1, 1 + (_TO_BE_CAUGHT if self.harm else _TO_BE_HELD))


@contextmanager
def weakened(mutant: Mutant) -> Iterator[None]:
    """The program with the mutant's barriers taken away."""
    with pytest.MonkeyPatch.context() as patch:
        for weakening in mutant.weakenings:
            weakening(patch)
        yield


def _resend_on_doubt(patch: pytest.MonkeyPatch) -> None:
    """A lost answer is taken for "nothing happened"."""

    def naive(intent: Intent, reply: Reply) -> Move:
        lost = isinstance(reply, Unknown)
        return Move(intent, State.PLANNED, "lost") if lost else judge.after_reply(intent, reply)

    patch.setattr(send, "after_reply", naive)


def _forget_on_restart(patch: pytest.MonkeyPatch) -> None:
    """The intent was not durable: after a death nobody knows that something was sent."""

    def forget(page: Page) -> None:
        page.connection.exec_driver_sql("UPDATE intent SET state = 'planned' WHERE state = 'sending'").close()

    patch.setattr(sql_ledger, "_interrupt", forget)


def _not_synced(patch: pytest.MonkeyPatch) -> None:
    """A commit returns before the disk was asked to keep it."""
    weaker = tuple(setting.replace("synchronous = FULL", "synchronous = NORMAL") for setting in database._SETTINGS)  # noqa: SLF001
    patch.setattr(database, "_SETTINGS", weaker)


def _no_horizon(patch: pytest.MonkeyPatch) -> None:
    """Absence counts although the lost request may still be carried out."""
    real = absence.obstacle

    def hasty(session: Session, intent: Intent, found: Reading) -> str:
        return real(replace(session, policy=replace(session.policy, settling=Settling.FAST)), intent, found)

    patch.setattr(absence, "obstacle", hasty)


def _horizon_after_reading(patch: pytest.MonkeyPatch) -> None:
    """Absence counts when the reading ended, not when it began, after the horizon."""
    real = absence.obstacle

    def late(session: Session, intent: Intent, found: Reading) -> str:
        return real(session, intent, replace(found, began=session.now(), ticks=session.ports.uptime()))

    patch.setattr(absence, "obstacle", late)


def _no_canary(patch: pytest.MonkeyPatch) -> None:
    """A reading counts although a line known to have been created is not in it."""
    patch.setattr(absence, "_stale", lambda *_: "")


def _never_posted(patch: pytest.MonkeyPatch) -> None:
    """Posted entries are not looked up, as if nothing were ever posted."""
    patch.setattr(posted, "_found", lambda *_: ())


def _first_pages_only(patch: pytest.MonkeyPatch) -> None:
    """Rows that are new are taken for rows that came before, and reading ends there."""
    patch.setattr(reading, "_identities", lambda _: [0])
    patch.setattr(reading, "_has_doubles", lambda _: False)


def _create_when_absent(patch: pytest.MonkeyPatch) -> None:
    """A line that was created is forgotten once it is gone from the journal."""
    patch.setattr(history, "DONE", IN_JOURNAL)


def _content_only(patch: pytest.MonkeyPatch) -> None:
    """Equal lines of a day are one line."""
    patch.setattr(naming._Names, "next_of", lambda names, line: line_key(names.company_id, line, 1))  # noqa: SLF001


def _answers_by_place(patch: pytest.MonkeyPatch) -> None:
    """The answers to a batch are taken in the order in which they come."""
    patch.setattr(writing, "parts_of", _by_place)


def _by_place(envelope: replies.Part, count: int) -> tuple[replies.Part | replies.Unanswered, ...]:
    try:
        found = [replies._part(response) for response in replies._responses(envelope)]  # noqa: SLF001
    except Malformed as error:
        return (replies.Unanswered(str(error)),) * count
    return (*found[:count], *(replies.Unanswered("no answer"),) * (count - len(found)))


def _stored_unseen(patch: pytest.MonkeyPatch) -> None:
    """An answer counts whatever record stands in it."""
    patch.setattr(replies, "_differences", lambda *_: [])


def _no_marker(patch: pytest.MonkeyPatch) -> None:
    """Every row on the line number counts as our own."""
    for module in (send, judge):
        patch.setattr(module, "is_ours", lambda *_: True)
    patch.setattr("importer.writer.reading.is_ours", lambda *_: True)


def _no_read_back(patch: pytest.MonkeyPatch) -> None:
    """What is unknown is sent again without being looked for."""

    def absent(_: Session, missing: Sequence[Intent], __: Reading) -> dict[tuple[str, int], Conclusion]:
        return {(intent.key, intent.part): ABSENT for intent in missing}

    patch.setattr(settling, "conclusions", absent)
    patch.setattr(settling, "conclude", lambda _, intents, __: tuple(intents))


def _no_pause_for_strangers(patch: pytest.MonkeyPatch) -> None:
    """Lines of another ledger in the journal are no reason to wait."""
    patch.setattr(the_writing, "too_soon", lambda *_: None)


def _no_look_for_strangers(patch: pytest.MonkeyPatch) -> None:
    """What this ledger does not know of was never created."""
    patch.setattr(the_writing, "forgotten", lambda *_: ())
    patch.setattr(adopt, "_is_whole", lambda *_: False)


def _no_question_about_strangers(patch: pytest.MonkeyPatch) -> None:
    """Where posted entries cannot be read, what is not in the journal was never created."""
    patch.setattr(the_writing, "certain", lambda _, planned, __: tuple(planned))
    patch.setattr(forgotten, "certain", lambda _, planned, __: tuple(planned))


def _refused_is_posted(patch: pytest.MonkeyPatch) -> None:
    """The entry of one part of a bank line is taken for that of another, which was refused."""
    real = Reading.posted_part
    patch.setattr(Reading, "posted_part", lambda *words: Posted.YES if _is_refused(words[1]) else real(*words))


def _is_refused(intent: Intent) -> bool:
    return intent.state is State.REJECTED


def _writes(request: httpx.Request) -> bool:
    return request.method != "GET" and request.url.host == HOST


def _very_late(world: World) -> None:
    """What shall be written arrives many minutes after its answer was given up."""
    world.wire.lateness_s, world.wire.strikes = (600.0, LATEST_S), _writes


UNNUMBERED = KINDS["the server numbers lines itself"]
BUSY = KINDS["people are at it all day"]
BLIND = replace(KINDS["posted entries cannot be looked up"], lost=0.3, rounds=(6, 9), busyness=0.1)
HOSTS = KINDS["two hosts that share no ledger"]
LATE: Mapping[str, int] = {"late": 400}
LATE_ALONE = replace(UNNUMBERED, busyness=0.0, faults=LATE, rounds=(6, 9), adjust=_very_late)
MUTANTS = (
    Mutant("M1 a lost answer means that nothing happened", (_resend_on_doubt,), UNNUMBERED, "doubled"),
    Mutant(
        "M2 intent not durable",
        (_forget_on_restart,),
        replace(LATE_ALONE, faults={"killed, late": 400}),
        "doubled",
    ),
    Mutant(
        "M5 posted entries are not looked up",
        (_never_posted,),
        replace(BUSY, faults=LATE, calmness=200, adjust=_very_late),
        "doubled",
    ),
    Mutant("M5b posted entries are read on the first pages only", (_first_pages_only,), UNNUMBERED, "doubled"),
    Mutant("M6 what left the journal is forgotten", (_create_when_absent,), BUSY, "unsettled"),
    Mutant("M7 no occurrence counter", (_content_only,), Settings(), "lost"),
    Mutant(
        "M8 answers are taken by place, whatever stands in them",
        (_answers_by_place, _stored_unseen),
        replace(BUSY, faults={"shuffled": 600, "status before": 200}, calmness=200),
        why="the journal is read once more after writing, and every line is told by its key",
    ),
    Mutant(
        "M9 intent lost at a power cut",
        (_not_synced,),
        replace(LATE_ALONE, faults={"killed, late": 400}, frailty=1.0),
        "doubled",
    ),
    Mutant("M11 line number without marker", (_no_marker,), replace(BUSY, busyness=0.4), "lost"),
    Mutant("M12 nothing is read back", (_no_read_back,), LATE_ALONE, "doubled"),
    Mutant("no horizon", (_no_horizon,), LATE_ALONE, "doubled"),
    Mutant(
        "strangers are not waited for",
        (_no_pause_for_strangers,),
        replace(HOSTS, faults=LATE, rounds=(6, 9), adjust=_very_late),
        why="two hosts give a line the same number, so the server refuses the second one",
    ),
    Mutant("strangers are not taken over", (_no_look_for_strangers,), BLIND, "doubled"),
    Mutant("nobody is asked about strangers", (_no_question_about_strangers,), BLIND, "doubled"),
    Mutant("a refused part is taken for a posted one", (_refused_is_posted,), BUSY, "lost"),
)
