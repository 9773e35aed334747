"""What can be done about earlier runs: settle what is unknown, certify, undo, and allow lines to come again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import ConfigurationError
from importer.files import read_files
from importer.history import History
from importer.model import Statement
from importer.office import Office
from importer.outcome import Certificate, Outcome, telling
from importer.planner import contradictions, name_lines
from importer.writer import Gone, Settling, Word, certify, look_for, settle, undo


def settle_unknown(
    office: Office, *, settling: Settling = Settling.STRICT, words: Mapping[int, Word] | None = None
) -> Outcome:
    """Find out what became of lines whose outcome an earlier run left unknown.

    Args:
        settling: FAST only while nobody posts or deletes lines of the journal (see `Settling`).
        words: what a person says of doubtful lines, by line number.

    Raises:
        Busy: another run is at work on this company.
        ConfigurationError: a person speaks of a line that is not open; nothing was done.
    """
    world = office.business_central
    policy = replace(office.policy, settling=settling, words=words or {})
    with office.ledger.lock(world.company_id):
        _raise_if_not_open(policy.words, office)
        return settle(world.company_id, world.journal.id, office.ports, policy)


def _raise_if_not_open(lines: Collection[int], office: Office) -> None:
    world = office.business_central
    ledger, here = office.ledger, (world.company_id, world.journal.id)
    unfinished = (*ledger.unfinished(*here), *ledger.unfinished_elsewhere(*here)) if lines else ()
    strange = sorted(set(lines) - {intent.payment.line_number for intent in unfinished})
    if strange:
        named = ", ".join(map(str, strange))
        raise ConfigurationError(
            f"Of line {named} nothing is open; nothing was done. `importer run settle` lists what is."
        )


def undo_run(run: str, office: Office) -> Outcome:
    """Delete the journal lines that a run created and nobody touched since; the others are named in the notes.

    Raises:
        ConfigurationError: there is no such run of this company and journal.
        Busy: another run is at work on this company.
    """
    world = office.business_central
    with office.ledger.lock(world.company_id):
        return undo(_run(run, office), world.company_id, world.journal.id, office.ports, office.policy)


def certify_run(run: str, office: Office) -> Certificate:
    """What the journal holds of a run now, with control totals, and whether it is safe to post.

    Raises:
        ConfigurationError: there is no such run of this company and journal.
        Busy: another run is at work on this company.
    """
    world = office.business_central
    with office.ledger.lock(world.company_id):
        return certify(_run(run, office), world.company_id, world.journal.id, office.ports, office.policy)


@dataclass(frozen=True, slots=True)
class Again:
    """How many bank lines may be imported once more, and of which journal lines it is not known whether they were deleted."""

    allowed: int
    gone: Gone


def allow_again(files: Sequence[Path], office: Office, mapping_id: str | None = None) -> Again:
    """Let bank lines of these files that were undone, deleted or ignored be imported once more.

    The files may be other ones than those they came from, as long as they hold the same bookings.
    """
    statements, _ = read_files(files, office, mapping_id)
    world = office.business_central
    company_id = world.company_id
    with office.ledger.lock(company_id):
        history = history_of(statements, office)
        named = name_lines(statements, company_id, history, contradictions(statements, history))
        keys = {source.key for source in named if source.key}
        gone = look_for(company_id, world.journal.id, keys, office.ports, office.policy)
        return Again(office.ledger.again(company_id, keys, {statement.sha256 for statement in statements}), gone)


def history_of(statements: Sequence[Statement], office: Office) -> History:
    """What the ledger remembers that matters for these statements."""
    days = [line.booked_on for statement in statements for line in statement.lines]
    files = [statement.sha256 for statement in statements]
    company_id = office.business_central.company_id
    return office.ledger.history(company_id, files, first=min(days, default=None), last=max(days, default=None))


def _run(name: str, office: Office) -> str:
    world = office.business_central
    run = office.ledger.run(name)
    if run is None or (run.company_id, run.journal_id) != (world.company_id, world.journal.id):
        raise ConfigurationError(f'There is no run "{name}" in this journal; `importer run list` shows them.')
    return run.id


@contextmanager
def settled_first(office: Office) -> Iterator[Outcome]:
    """The company's lock, and what became of the lines that earlier runs had left open; who refuses a plan within tells it.

    Raises:
        Busy: another run is at work on this company.
    """
    with office.ledger.lock(office.business_central.company_id):
        settled = settle_held(office)
        with telling(settled):
            yield settled


def settle_held(office: Office) -> Outcome:
    """The same for a caller that holds the company's lock already."""
    world = office.business_central
    return settle(world.company_id, world.journal.id, office.ports, office.policy)
