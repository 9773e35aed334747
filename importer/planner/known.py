"""What ledger and journal already know of a bank line; it decides before any match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from importer.history import History, Known
from importer.line_changes import is_as_sent
from importer.model import BankLine, Confidence, JournalLine, Reason, Snapshot
from importer.plan import Decision, Finding, Payment, Review, Skip, Source

LinesByKey = Mapping[str, tuple[JournalLine, ...]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What planning stands on: the books, the ledger's memory, and how sure a match must be to be carried out."""

    books: Snapshot
    history: History
    approved: frozenset[Confidence] = frozenset({Confidence.HIGH})


def by_key(lines: Iterable[JournalLine]) -> LinesByKey:
    """Journal lines by their external document number, as Business Central writes it: in upper case."""
    found: defaultdict[str, tuple[JournalLine, ...]] = defaultdict(tuple)
    for line in lines:
        found[line.external_document_number.upper()] += (line,)
    return found


def already(source: Source, history: History, in_journal: LinesByKey) -> Decision | None:
    """The decision that ledger or journal dictate; None when the line is new to both, or was refused as a whole."""
    known, lines = history.known.get(source.key), in_journal.get(source.key, ())
    if known is not None and (known.done or known.unsettled):
        return _known(source, known)
    if lines:
        return _found_in_journal(source, lines)
    return _left_out(source) if source.key in history.ignored else None


def _left_out(source: Source) -> Skip:
    text = "a person left it out in a review; `importer import --again` brings it back"
    return Skip(source, _finding("left_out_before", text, None))


def _known(source: Source, known: Known) -> Decision:
    customer = (known.done or known.unsettled)[0].customer
    where = f"{known.seen.file}, record {known.seen.record}, run {known.seen.run}"
    if known.unsettled:
        text = (
            f"sent to Business Central ({where}), outcome unknown; `importer run settle` or the next import settles it"
        )
        return Skip(source, _finding("outcome_unknown", text, customer), known.seen)
    if known.refused:
        text = f"partly imported ({where}): Business Central refused {len(known.refused)} of its lines; enter the rest by hand"
        return Review(source, _finding("partly_imported", text, customer))
    return Skip(source, _finding("already_imported", f"already imported: {where}", customer), known.seen)


def as_sent(source: Source, history: History, in_journal: LinesByKey) -> tuple[JournalLine, ...]:
    """The journal lines of a bank line, in order of its parts, when all are there and nobody changed them; else ()."""
    known, lines = history.known.get(source.key), in_journal.get(source.key, ())
    if known is None or known.unsettled or known.refused or known.adopted or len(known.done) != len(lines):
        return ()
    if source.key in history.decided:
        # What a person decided is hers to change.
        return ()
    by_number = {line.line_number: line for line in lines}
    found = [(by_number.get(sent.line_number), sent) for sent in known.done]
    return tuple(line for line, sent in found if line and is_as_sent(line, sent)) if _all_as_sent(found) else ()


def _all_as_sent(found: Sequence[tuple[JournalLine | None, Payment]]) -> bool:
    return all(line is not None and is_as_sent(line, sent) for line, sent in found)


def _found_in_journal(source: Source, lines: tuple[JournalLine, ...]) -> Decision:
    assert isinstance(source.line, BankLine)  # noqa: S101 - only bank lines have a key
    customer = lines[0].customer
    numbers = ", ".join(str(line.line_number) for line in lines)
    if -sum(line.amount for line in lines) == source.line.amount.amount:
        return Skip(source, _finding("in_journal", f"already in the journal as line {numbers}", customer))
    text = f"the journal holds line {numbers} for this bank line, with another amount; correct it in Business Central"
    return Review(source, _finding("in_journal_differs", text, customer))


def repeated(source: Source, earlier: Source) -> Skip:
    """The line is decided at an earlier place of the same run."""
    text = f"the same bank line as record {earlier.line.record} of {earlier.file}, which is decided there"
    return Skip(source, _finding("repeated_in_run", text, None))


def _finding(rule: str, message: str, customer: str | None) -> Finding:
    return Finding(Confidence.NONE, customer, (Reason(rule, message),))
