"""What a person at the terminal may do about lines whose outcome is unknown: wait for it, send them again, or leave it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from importer.cli.options import Shared

if TYPE_CHECKING:
    from importer.office import Office
    from importer.pipeline import Imported

_WAIT, _NOW, _LATER = "w", "n", "l"
_STEP_S = 5.0


def settle_with_a_person(imported: Imported, office: Office, shared: Shared) -> Imported:
    """The import after the person at the terminal chose what becomes of lines with an unknown outcome.

    Sending again at once is safe only while nobody posts or deletes lines (reliability.md §4.6, RR1), which only people know.
    """
    from importer.pipeline import settle_imported
    from importer.states import State
    from importer.writer import Settling

    unknown = imported.outcome.with_state(State.UNKNOWN)
    if not unknown or imported.outcome.stopped:
        return imported
    until = max(intent.sent_at or intent.changed_at for intent in unknown) + office.policy.horizon
    match _asked(len(unknown), until, imported.preview.plan.journal):
        case "w":
            _wait(until, office, shared)
            return settle_imported(imported, office, Settling.STRICT)
        case "n":
            return settle_imported(imported, office, Settling.FAST)
    return imported


def _asked(lines: int, until: datetime, journal: str) -> str:
    end = f"{until.astimezone():%H:%M:%S}"
    click.echo(
        f"\nOf {lines} lines it is not known whether Business Central carries them out; until {end} it still may.\n"
        f"  {_WAIT}  wait here until {end}, then look and send what is missing\n"
        f"  {_NOW}  do so now; only if nobody posts or deletes lines of journal {journal} before {end}\n"
        f"  {_LATER}  leave it to the next import or `importer run settle`",
        err=True,
    )
    return str(click.prompt("Your choice", type=click.Choice([_WAIT, _NOW, _LATER]), default=_LATER, err=True))


def _wait(until: datetime, office: Office, shared: Shared) -> None:
    shared.say(f"Waiting until {until.astimezone():%H:%M:%S}; Ctrl-C leaves it to the next import.")
    while not office.stop() and (left := (until - office.now()).total_seconds()) > 0:
        office.sleep(min(left, _STEP_S))
