"""One row of the file → the customer it names and the changes it wishes, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from importer.cells import Wrong
from importer.customers.books import CURRENCIES, CustomerBooks
from importer.customers.columns import KEYS, Column, columns_of, named
from importer.customers.values import cleared, shown, wanted
from importer.master import Access, CustomerField, CustomerRecord, Given, Kind, MasterFile, MasterRow, is_blank, same
from importer.model import Problem
from importer.money import decimals_of
from importer.plan import FieldChange

_ALL_DECIMALS = 15


class Blanks(Enum):
    """What a blank cell means."""

    KEEP = "keep"  # nothing: the property stays as it is
    CLEAR = "clear"  # the property is emptied


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row says: `key` as the file has it, the customer if there is one, the changes, and the problems."""

    number: int
    key: str
    record: CustomerRecord | None
    changes: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one file against the customers as they stand."""

    file: MasterFile
    books: CustomerBooks
    blanks: Blanks

    def read(self, row: MasterRow) -> ReadRow:
        """The row with everything that is wrong with it; it names no customer while the header has no key column."""
        width = len(self.file.header)
        if len(row.cells) < width or not all(map(is_blank, row.cells[width:])):
            return ReadRow(row.number, "", None, problems=(self._width(row),))
        key = shown(row.cells[self._key.place]) if self._key else ""
        found = self._found(row)
        record = found if isinstance(found, CustomerRecord) else None
        wrong = [(self._key, found)] if self._key and isinstance(found, Wrong) else []
        changes = []
        for column in self._properties:
            wish = self._wish(row.cells[column.place], column.field, record)
            match wish:
                case Wrong():
                    wrong.append((column, wish))
                case FieldChange():
                    changes.append(wish)
        problems = tuple(self._problem(row, column, why) for column, why in wrong)
        return ReadRow(row.number, key, record, tuple(sorted(changes, key=self._place_in_body)), problems)

    @cached_property
    def _columns(self) -> Sequence[Column]:
        return columns_of(self.file, self.books.fields)

    @cached_property
    def _key(self) -> Column | None:
        return named(self._columns, KEYS[0]) or named(self._columns, KEYS[1])

    @cached_property
    def _properties(self) -> Sequence[Column]:
        return [column for column in self._columns if column is not self._key]

    def _found(self, row: MasterRow) -> CustomerRecord | Wrong | None:
        """The customer of the row, or why there is none; None while there is no key column."""
        if self._key is None:
            return None
        cell = row.cells[self._key.place]
        if isinstance(cell, Wrong):
            return cell
        text = shown(cell)
        if not text:
            return Wrong("key_is_given", "the row names no customer; fill it in or remove the row")
        by_id = self._key.field.name == KEYS[0]
        record = self.books.by_id.get(text.lower()) if by_id else self.books.by_number.get(text.upper())
        return record or Wrong("key_is_known", f"no customer has this {self._key.field.name}; {self._near(text)}")

    def _near(self, text: str) -> str:
        # No other number is offered: the next one is another customer, not a slip of the pen.
        padded = self.books.by_bare_number.get(text.upper().lstrip("0"))
        if padded:
            return f'did you mean "{padded.number}"? A spreadsheet removes leading zeros; format the column as text'
        return "customers are not created here, only changed"

    def _wish(self, cell: Given, field: CustomerField, record: CustomerRecord | None) -> FieldChange | Wrong | None:
        """What the cell wants to be changed, if anything."""
        if field.access is Access.READ or field.name in KEYS:
            return _not_to_be_changed(cell, field, record)
        if is_blank(cell) and self.blanks is Blanks.KEEP:
            return None
        text = self._cleared(field) if is_blank(cell) else wanted(cell, field, decimals_of(self.books.currency))
        if isinstance(text, Wrong):
            return text
        return self.books.unlisted(text, field) if record is None else self._difference(cell, text, field, record)

    def _cleared(self, field: CustomerField) -> str | Wrong:
        # Nobody trades in no currency: without one of its own a customer is shown with the local one.
        is_currency = field.table == CURRENCIES and field.kind is Kind.CODE
        return self.books.currency if is_currency else cleared(field)

    def _difference(
        self, cell: Given, text: str, field: CustomerField, record: CustomerRecord
    ) -> FieldChange | Wrong | None:
        theirs = record.fields.get(field.name)
        if theirs is None:
            return Wrong("server_has_property", f"this server shows no {field.name} of customers; remove the column")
        if same(text, theirs, field):
            return None
        return (
            _zeros_lost(cell, text, theirs) or self.books.unlisted(text, field) or FieldChange(field.name, theirs, text)
        )

    def _place_in_body(self, change: FieldChange) -> tuple[bool, int]:
        # Ids before codes: the server compares the two only in this order (business-central-api.md §4.2).
        return (self.books.fields[change.field].kind is not Kind.GUID, list(self.books.fields).index(change.field))

    def _problem(self, row: MasterRow, column: Column, why: Wrong) -> Problem:
        value = shown(row.cells[column.place])
        return Problem(why.rule, why.message, self.file.name, row.number, column.field.name, value)

    def _width(self, row: MasterRow) -> Problem:
        seen = (
            f"the row has {len(row.cells)} cells, the header has {len(self.file.header)}; "
            "put quotes around a value that holds the separator, and write an empty cell for what is missing"
        )
        return Problem("row_width", seen, self.file.name, row.number)


def _not_to_be_changed(cell: Given, field: CustomerField, record: CustomerRecord | None) -> Wrong | None:
    """A column that only repeats what is there is harmless, as in a file that was exported first."""
    if is_blank(cell) or record is None or isinstance(cell, Wrong):
        return cell if isinstance(cell, Wrong) else None
    theirs = record.fields.get(field.name, "")
    text = wanted(cell, field, _ALL_DECIMALS)
    if isinstance(text, str) and same(text, theirs, field):
        return None
    if field.name in KEYS:
        return Wrong(
            "key_is_kept",
            f'the row names customer "{theirs}" by its id; a number is not changed here. Correct the row, or rename the '
            "customer in Business Central",
        )
    return Wrong("property_is_read_only", f'is read-only, Business Central has "{theirs}"; remove the column')


def _zeros_lost(cell: Given, text: str, theirs: str) -> Wrong | None:
    """A number cell that stands where zeros came first: the spreadsheet dropped them, nobody wished it."""
    if isinstance(cell, Decimal) and theirs != text and theirs.startswith("0") and theirs.lstrip("0") == text:
        return Wrong(
            "cell_is_text", f'Business Central has "{theirs}"; the spreadsheet has removed the zeros, format as text'
        )
    return None
