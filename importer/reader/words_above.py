"""What stands above a table may say that the mapping is another bank's: other words over its columns, another currency.

Only words that no mapping can have meant are heeded, such as "Saldo" over the column that it takes for the amount, or "Amount"
over another one. Bookings that would be taken for rows above the table are found in skipped.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from importer.errors import UnusableFile
from importer.reader.rows import Row, is_blank, text_of
from importer.reader.table import Table

_CODE = re.compile(r"\b[A-Z]{3}\b")
# What a column of each field is never called, by the roles of the lexicon of headers.
_NEVER = {
    "amount": {"balance"},
    "debit": {"balance", "credit"},
    "credit": {"balance", "debit"},
    "balance": {"amount", "debit", "credit"},
}


def refuse_other_words(table: Table, file: str) -> None:
    """Nothing, where the rows above a table do not contradict its mapping.

    Raises:
        UnusableFile: a row calls a column what it cannot be, or says another currency than the mapping's.
    """
    for why in _contradictions(table):
        raise UnusableFile(
            f"{file}, {why}; it is another bank's file or another layout. "
            f"Choose another mapping: importer mapping detect {file}"
        )


def _contradictions(table: Table) -> Iterator[str]:
    if not table.before:
        return
    mapping = table.mapping
    if not table.header:
        yield from _other_names(table)
    if mapping.currency and not (mapping.columns.currency or mapping.outside.currency):
        yield from _other_currencies(table, mapping.currency)


def _other_names(table: Table) -> Iterator[str]:
    from importer.reader.draft.words import role

    number, row = next(((n, row) for n, row in _numbered(table) if not is_blank(row)), (0, []))
    texts = [text_of(cell).strip() for cell in row]
    roles = [role("numbers", text) for text in texts]
    for name, never in _NEVER.items():
        for place in (place for place in table.places.get(name, ()) if 0 <= place < len(texts)):
            is_elsewhere = texts[place] and not roles[place] and name in roles
            if roles[place] in never or is_elsewhere:
                yield (
                    f'row {number}: column {place + 1} is called "{texts[place]}", mapping {table.mapping.id} takes it for '
                    f"the {name}"
                )


def _numbered(table: Table) -> Iterator[tuple[int, Row]]:
    """The rows above the table with their numbers, the nearest first."""
    yield from reversed(list(enumerate(table.before, 1)))


def _other_currencies(table: Table, currency: str) -> Iterator[str]:
    for number, row in _numbered(table):
        text = " ".join(map(text_of, row))
        words = _CODE.findall(text)
        if words and currency not in words and (code := _stated_currency(text, words)):
            yield f"row {number}: says the currency {code}, mapping {table.mapping.id} is for {currency}"


def _stated_currency(text: str, words: Iterable[str]) -> str:
    # The words of headers take a while to load, and few rows above a table hold three capital letters.
    from importer.reader.draft.words import lexicon, role

    codes = (word for word in words if word in lexicon()["codes"])
    return next(codes, "") if role("texts", text) == "currency" else ""
