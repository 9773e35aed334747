"""What ledger, journal and posted entries already know of a bank line; it decides before any match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, takewhile

from importer.history import History, Known
from importer.identity import is_line_key, line_number
from importer.line_changes import is_as_sent
from importer.model import BankLine, Confidence, JournalLine, Reason, Snapshot
from importer.plan import LEFT_OUT, UNREMEMBERED, Decision, Finding, Payment, Review, Skip, Source
from importer.planner.answers import Question
from importer.planner.posted import PostedAmounts, found_posted

IMPORTED = "already_imported"  # the rule of a line all of whose parts came to Business Central


@dataclass(frozen=True, slots=True)
class Ground:
    """What planning stands on: the books, the ledger's memory, and how sure a match must be to be carried out.

    `contradicted` are lines, by file and record, of which the files themselves do not say whether they are new, or of which a
    person said that they are not; `reworded` those that may be another line in other words. `posted` are posted entries by
    key, as far as they were asked for.
    """

    books: Snapshot
    history: History
    approved: frozenset[Confidence] = frozenset({Confidence.HIGH})
    contradicted: Mapping[tuple[str, int], Question] = field(default_factory=dict)
    reworded: Mapping[tuple[str, int], Reason] = field(default_factory=dict)
    posted: PostedAmounts = field(default_factory=dict)


class Standing:
    """The lines of the journal, as a bank line looks for its own."""

    def __init__(self, lines: Iterable[JournalLine]) -> None:
        self._by_key: defaultdict[str, tuple[JournalLine, ...]] = defaultdict(tuple)
        self._by_number = {line.line_number: line for line in lines}
        for line in self._by_number.values():
            self._by_key[line.external_document_number.upper()] += (line,)

    def of(self, source: Source) -> tuple[JournalLine, ...]:
        """The journal lines of a bank line: by its key; else, where a person took that away, by its line numbers."""
        return self._by_key.get(source.key, ()) or self._without_key(source)

    def _without_key(self, source: Source) -> tuple[JournalLine, ...]:
        """Lines on the very numbers of the bank line that make up its money: nobody but us creates such a line."""
        line = source.line
        if not isinstance(line, BankLine) or not line.amount.is_incoming:
            return ()
        numbers = (line_number(source.key, line.booked_on, part) for part in count())
        rows = tuple(takewhile(lambda row: row is not None, map(self._by_number.get, numbers)))
        found = tuple(row for row in rows if row is not None and not is_line_key(row.external_document_number.upper()))
        is_whole = len(found) == len(rows) and -sum(row.amount for row in found) == line.amount.amount
        return found if is_whole else ()


def already(source: Source, ground: Ground, standing: Standing) -> Decision | None:
    """The decision that ledger, journal or posted entries dictate; None when the line is new, or was refused as a whole."""
    if (said := _said_of(source, ground)) and said.rule == LEFT_OUT:
        return Skip(source, Finding(reasons=(said,)))
    known = ground.history.known.get(source.key)
    if known is not None and known.was_sent:
        return _known(source, known)
    if lines := standing.of(source):
        return _found_in_journal(source, lines)
    if found := found_posted(source, ground.posted):
        return found
    return _left_out(source) if source.key in ground.history.ignored else None


def unknown(named: Iterable[Source], ground: Ground) -> tuple[Source, ...]:
    """The bank lines that neither ledger nor journal nor posted entries know."""
    standing = Standing(ground.books.journal_lines)
    return tuple(one for one in named if isinstance(one.line, BankLine) and already(one, ground, standing) is None)


def _left_out(source: Source) -> Skip:
    return Skip(
        source, _finding(LEFT_OUT, "a person left it out in a review; `importer import --again` brings it back", None)
    )


def _known(source: Source, known: Known) -> Decision:
    customer = (known.done or known.unsettled)[0].customer
    where = f"{known.seen.file}, record {known.seen.record}, run {known.seen.run}"
    if known.unsettled:
        told = f": {known.asks}" if known.asks else "; `importer run settle` or the next import settles it"
        text = f"sent to Business Central ({where}), outcome unknown{told}"
        return Skip(source, _finding("outcome_unknown", text, customer), known.seen)
    if known.refused:
        text = f"partly imported ({where}): Business Central refused {len(known.refused)} of its lines; enter the rest by hand"
        return Review(source, _finding("partly_imported", text, customer))
    return Skip(source, _finding(IMPORTED, f"already imported: {where}{_since(known)}", customer), known.seen)


def _since(known: Known) -> str:
    """What is no longer, or never was, as it was sent."""
    if known.taken_back:
        count = (
            "" if len(known.taken_back) == len(known.done) else f"{len(known.taken_back)} of {len(known.done)} lines "
        )
        return f"; {count}taken out of the journal since; `importer import --again` brings back what was taken out"
    if known.otherwise:
        numbers = ", ".join(str(payment.line_number) for payment in known.otherwise)
        return f"; line {numbers} was stored otherwise than sent, compare it in Business Central"
    return ""


def open_to_change(source: Source, history: History, standing: Standing) -> tuple[JournalLine, ...]:
    """The journal lines of a bank line that the program may change by itself; what a person decided is hers to change."""
    return () if source.key in history.decided else as_sent(source, history, standing)


def as_sent(source: Source, history: History, standing: Standing) -> tuple[JournalLine, ...]:
    """The journal lines of a bank line, in order of its parts, when all are there and nobody changed them; else ()."""
    known, lines = history.known.get(source.key), standing.of(source)
    if known is None or known.unsettled or known.refused or known.adopted or len(known.done) != len(lines):
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
        return Skip(source, _finding(UNREMEMBERED, f"already in the journal as line {numbers}", customer))
    text = f"the journal holds line {numbers} for this bank line, with another amount; correct it in Business Central"
    return Review(source, _finding("in_journal_differs", text, customer))


def doubted(source: Source, ground: Ground) -> tuple[Reason, ...]:
    """Why a new receipt may be another line once more; () when it is certainly a booking of its own."""
    reworded = ground.reworded.get((source.file, source.line.record))
    return contradicted(source, ground) or ((reworded,) if reworded else ())


def contradicted(source: Source, ground: Ground) -> tuple[Reason, ...]:
    """Why nobody can tell whether a receipt is new or was imported before; () when it can be told."""
    line, said = source.line, _said_of(source, ground)
    is_open = said is not None and said.rule != LEFT_OUT
    return (said,) if said and is_open and isinstance(line, BankLine) and line.amount.is_incoming else ()


def _said_of(source: Source, ground: Ground) -> Reason | None:
    asked = ground.contradicted.get((source.file, source.line.record))
    return asked.reason if asked else None


def repeated(source: Source, earlier: Source) -> Skip:
    """The line is decided at an earlier place of the same run."""
    text = f"the same bank line as record {earlier.line.record} of {earlier.file}, which is decided there"
    return Skip(source, _finding("repeated_in_run", text, None))


def _finding(rule: str, message: str, customer: str | None) -> Finding:
    return Finding(Confidence.NONE, customer, (Reason(rule, message),))
