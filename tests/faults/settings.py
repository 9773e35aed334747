"""What a schedule is allowed to contain: a kind of world, so that what may not happen together does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from importer.model import Overlap
from tests.faults.people import Manners

if TYPE_CHECKING:
    from tests.faults.world import World


def as_it_is(_: World) -> None:
    """Nothing is adjusted."""


def often_deadly(world: World) -> None:
    """Processes die five times as often as usual."""
    world.wire.deadliness *= 5
    world.disk.deadliness *= 5


@dataclass(frozen=True)
class Settings:
    """One kind of schedule.

    `most` bookings, `ledgers` that do not know of each other, `together` processes at once, `lost` and `restored` are how
    often a ledger is lost or put back from a backup between two runs. `rounds` of work, between which time passes; `busyness`
    is how often somebody does something at the screen while a request is on its way, `calmness` the weight of a request that
    nothing befalls, `faults` what befalls the others, when it is not everything. `frailty` is how often the power goes when a
    process dies. `adjust` turns the last screws of a world.
    """

    manners: Manners = field(default_factory=Manners)
    look_up: bool = True
    overlap: Overlap | None = None
    most: int = 9
    ledgers: int = 1
    together: int = 1
    lost: float = 0.0
    restored: float = 0.0
    jumps: float = 0.05
    rounds: tuple[int, int] = (2, 4)
    busyness: float = 0.02
    calmness: int = 200
    faults: Mapping[str, int] | None = None
    line_numbers: Literal["kept", "assigned"] = "kept"
    replica_reads: Literal["unless ReadWrite", "always"] = "unless ReadWrite"
    frailty: float = 0.0
    adjust: Callable[[World], None] = as_it_is


# Nobody takes away what nobody could know of afterwards (reliability.md §6.4, RR2 to RR5).
_CAREFUL = Manners(delete="never")

KINDS: Mapping[str, Settings] = {
    "people post, edit, hide at any moment": Settings(),
    "posted entries cannot be looked up": Settings(
        look_up=False, manners=Manners(post="when certain", change="when certain", hide="never")
    ),
    "the ledger is lost": Settings(lost=0.3, manners=_CAREFUL),
    "the ledger is put back from a backup": Settings(restored=0.5, manners=_CAREFUL),
    "three processes at once": Settings(together=3),
    "two hosts that share no ledger": Settings(ledgers=2, together=2, manners=Manners(post="never", delete="never")),
    "every read comes from a replica": Settings(replica_reads="always"),
    "people are at it all day": Settings(rounds=(6, 9), busyness=0.12, calmness=1_200),
    "people are at it all day, and posted entries cannot be looked up": Settings(
        rounds=(6, 9), busyness=0.12, calmness=1_200, look_up=False, manners=Manners(hide="never")
    ),
    "the power goes": Settings(frailty=0.8, adjust=often_deadly),
    "the server numbers lines itself": Settings(line_numbers="assigned", manners=Manners(hide="never")),
}
