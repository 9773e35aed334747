"""Which keys already stand in posted customer ledger entries: the look-up that survives a lost ledger.

Source: reliability.md §4.8 and F17. The API is deprecated but the only standard one that shows External Document No.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from importer.bc.reading import Forbidden, NotOffered, QueryRefused, Question, Reading
from importer.bc.records import Row, number, text
from importer.bc.wire import LONGEST_URL, chunks_of, literal, one_of
from importer.ports import PostedEntries

_FIELD = "externalDocumentNumber"
_AMOUNT = "amount"
# What tells an entry from the others, to see whether the pages end.
_NUMBER = "entryNumber"
# What else stands in the URL: the names of the options, $select and its fields.
_RESERVED = 120
# Beyond so many keys it is cheaper to read every entry between the smallest and the largest key, page by page.
_FEW = 100
# Beyond so many questions it is cheaper to read every entry there is.
_MOST_QUESTIONS = 20
_Entry = tuple[str, Decimal | None]


def look_up(reading: Reading, path: str, keys: Collection[str]) -> PostedEntries | None:
    """The entries of these keys, without those that have none; None when the server offers no such look-up, or not to us.

    Args:
        path: the collection of customer ledger entries, relative to the reading's gate.
    """
    wanted = {key.strip().upper(): key for key in keys}
    if not wanted:
        return {}
    try:
        found = _found(reading, path, sorted(wanted))
    except (NotOffered, Forbidden, QueryRefused):
        return None
    entries: defaultdict[str, list[Decimal | None]] = defaultdict(list)
    for name, amount in found:
        entries[wanted[name]].append(amount)
    return dict(entries)


def _found(reading: Reading, path: str, numbers: Sequence[str]) -> Sequence[_Entry]:
    if len(numbers) > _FEW:
        try:
            where = f"{_FIELD} ge {literal(numbers[0])} and {_FIELD} le {literal(numbers[-1])}"
            return _ask(reading, path, where, numbers)
        except QueryRefused:
            # Not every server compares texts; all know "equals".
            pass
    longest = LONGEST_URL - _RESERVED - len(reading.url(path))
    chunks = chunks_of(_FIELD, numbers, longest)
    if len(chunks) > _MOST_QUESTIONS:
        return _ask(reading, path, "", numbers)
    return [entry for chunk in chunks for entry in _ask(reading, path, one_of(_FIELD, chunk), chunk)]


def _ask(reading: Reading, path: str, where: str, numbers: Sequence[str]) -> Sequence[_Entry]:
    wanted = frozenset(numbers)
    rows = _rows(reading, path, where)
    # The server may ignore a filter silently (F27): only what was asked for counts.
    return [entry for entry in rows if entry[0] in wanted]


def _rows(reading: Reading, path: str, where: str) -> Sequence[_Entry]:
    try:
        return reading.exactly(Question(path, (_NUMBER, _FIELD, _AMOUNT), where), _entry)
    except QueryRefused:
        # It may be a field that this server does not have; then whole entries are asked for.
        return reading.exactly(Question(path, (), where), _entry)


def _entry(row: Row) -> _Entry:
    return text(row, _FIELD).strip().upper(), None if row.get(_AMOUNT) is None else number(row, _AMOUNT)
