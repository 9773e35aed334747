"""Which mark is the decimal mark, where the mapping leaves that to the file: all number cells of the whole table are looked at.

    reading ","   decimal comma, thousands . blank '        reading "."   decimal point, thousands , blank '

    cells that only one reading can read prove it ── of both kinds: the file contradicts itself, refused
    none of them, but cells that both read and differently ("1.234"): undecidable, refused
    only whole numbers: both readings are the same

A value never decides for itself, and what only looks like thousands proves nothing: a mark before three digits may be a
decimal mark in every currency that has decimals. What was proven is told. Source: formats.md §4 (11), §6 (1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from importer.cells import NumberFormat
from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.mapping.schema import AmountModel
from importer.mapping.values import THOUSANDS
from importer.model import Problem
from importer.money import decimals_of
from importer.reader.amounts import Signer, unwrapped
from importer.reader.faults import Faults
from importer.reader.money_columns import MoneyColumns
from importer.reader.outside import read_outside
from importer.reader.rows import Cell
from importer.reader.table import Table
from importer.reader.tidy import Notes, Records, Tidier

RULE = "DECIMAL-PROVEN"
_NUMBERS = ("amount", "debit", "credit", "fee", "balance")
_THOUSANDTHS = 3
_ALIKE = str.maketrans("023456789", "1" * 9)


@dataclass(frozen=True, slots=True)
class Witness:
    """A number cell; `row` is 0 outside the table."""

    text: str
    row: int
    column: str

    def __str__(self) -> str:
        place = f"row {self.row}, column {self.column}" if self.row else self.column
        return f'"{self.text}" ({place})'


@dataclass(slots=True)
class Evidence:
    """What the cells say: per decimal mark how many show it and the first of them; and the first that may be either."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Witness] = field(default_factory=dict)
    either: Witness | None = None


def with_proven_mark(table: Table, *, file: str, separator: str) -> tuple[Mapping, list[Problem]]:
    """The table's mapping with the decimal mark that its cells prove, and what proves it. The table is read to its end.

    Raises:
        UnusableFile: the cells contradict one another, or do not show the mark.
    """
    evidence = _Inquiry(table, file).hear(separator)
    _raise_if_contradictory(evidence, file)
    if not evidence.counts and evidence.either is not None:
        raise UnusableFile(_undecidable(evidence.either, table.mapping, file))
    for mark, witness in evidence.shown.items():
        cells = f"{evidence.counts[mark]} cells prove" if evidence.counts[mark] > 1 else "1 cell proves"
        message = f'{cells} that the decimal mark is "{mark}"'
        return table.mapping.declaring(mark), [Problem(RULE, message, file, witness.row, witness.column, witness.text)]
    return table.mapping.declaring("."), []


def _raise_if_contradictory(evidence: Evidence, file: str) -> None:
    if len(evidence.shown) > 1:
        comma, point = evidence.shown[","], evidence.shown["."]
        raise UnusableFile(
            f"{file}: the numbers contradict one another: {comma} has a decimal comma, {point} a decimal point; the file is "
            "damaged or was put together from two, or the mapping takes a column for numbers that holds none"
        )


def _undecidable(witness: Witness, mapping: Mapping, file: str) -> str:
    return (
        f"{file}: nothing in it shows whether {witness} has a decimal or a thousands mark. Export a longer period, or copy "
        f'mapping {mapping.id} into a folder of your own and write decimal = "," or "." into its [numbers]'
    )


class _Inquiry:
    """Looks at the number cells of one table under both readings."""

    def __init__(self, table: Table, file: str) -> None:
        self._table, self._file, self._mapping = table, file, table.mapping
        self._above = read_outside(table.mapping, table.before, file)
        # Which currency a record has does not depend on the decimal mark.
        self._money = MoneyColumns(replace(table, mapping=table.mapping.declaring(".")), self._above.currency)
        self._signer = Signer(table.mapping.amounts)
        self._forms = {mark: replace(form, decimals=None) for mark, form in _forms(table.mapping)}
        self._known: dict[tuple[str, int], dict[str, Decimal]] = {}
        self._evidence = Evidence()

    def hear(self, separator: str) -> Evidence:
        notes = Notes()
        for records in Tidier(self._table, notes, file=self._file, separator=separator).records():
            self._hear_table(records)
        self._hear_outside(notes)
        return self._evidence

    def _hear_table(self, records: Records) -> None:
        chunk = records.chunk
        currencies = self._money.currencies(chunk, Faults(self._table, self._file, chunk.numbers))
        decimals = [self._decimals(currency) for currency in currencies]
        for place in (place for name in _NUMBERS for place in self._table.places.get(name, ())):
            self._hear_cells(chunk.column(place), decimals, chunk.numbers, self._table.caption(place))

    def _hear_outside(self, notes: Notes) -> None:
        rows = [*self._table.before, *(row for _, row in notes.after)]
        outside = read_outside(self._mapping, rows, self._file)
        decimals = self._decimals(outside.currency or self._mapping.currency or "")
        self._hear_cells([outside.opening], [decimals], [0], "opening balance")
        self._hear_cells([outside.closing], [decimals], [0], "closing balance")

    def _hear_cells(self, cells: Sequence[Cell], decimals: Sequence[int], rows: Sequence[int], column: str) -> None:
        shapes = [_shape(cell) for cell in cells]
        for (shape, most), count in Counter(zip(shapes, decimals, strict=True)).items():
            readings = self._readings(shape, most)
            if readings and len(set(readings.values())) == len(readings):
                first = shapes.index(shape)
                self._note(tuple(readings), Witness(str(cells[first]).strip(), rows[first], column), count)

    def _note(self, marks: Sequence[str], witness: Witness, count: int) -> None:
        if len(marks) > 1:
            self._evidence.either = self._evidence.either or witness
            return
        self._evidence.counts[marks[0]] += count
        self._evidence.shown.setdefault(marks[0], witness)

    def _readings(self, text: str, decimals: int) -> dict[str, Decimal]:
        if (text, decimals) not in self._known:
            self._known[text, decimals] = self._read(text, decimals)
        return self._known[text, decimals]

    def _read(self, text: str, decimals: int) -> dict[str, Decimal]:
        if self._mapping.amounts.model is AmountModel.WORD_IN_CELL:
            text, _ = self._signer.split_word(text)
        numbers = ((mark, _number(form, text, decimals)) for mark, form in self._forms.items())
        return {mark: number for mark, number in numbers if number is not None}

    def _decimals(self, currency: str) -> int:
        most = max(decimals_of(currency), self._mapping.numbers.decimals or 0)
        return max(most, _THOUSANDTHS) if most else 0


def _forms(mapping: Mapping) -> Iterator[tuple[str, NumberFormat]]:
    return ((mark, mapping.declaring(mark).number_format) for mark in THOUSANDS)


def _shape(cell: Cell) -> str:
    """A text with all digits alike; which reading can read it depends on nothing else. Other cells have no shape."""
    return cell.translate(_ALIKE) if isinstance(cell, str) else ""


def _number(form: NumberFormat, text: str, decimals: int) -> Decimal | None:
    bare, _ = form.split_symbol(unwrapped(text))
    number = form.parse(bare, decimals)
    return number if isinstance(number, Decimal) else None
