"""Records → bank lines, column by column; a record with a wrong cell becomes an unread row that names every wrong cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count, repeat, starmap

from msgspec import structs

from importer.cells import Wrong
from importer.mapping.schema import Side
from importer.model import BankLine, Problem, UnreadRow
from importer.money import Money
from importer.reader.amounts import NEUTRAL, Mixture, Number
from importer.reader.days import Days
from importer.reader.faults import Faults
from importer.reader.money_columns import MoneyColumns
from importer.reader.rows import Cell, Chunk, Row, first_filled, is_filled, text_of
from importer.reader.statuses import Statuses
from importer.reader.table import Table
from importer.reader.texts import DESTROYED, Texts, code, codes, count_garbled, destroyed, free_texts
from importer.reader.tidy import Notes, Records


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the file says outside its table, as far as lines need it."""

    account: str = ""
    currency: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Bank lines, and the records that could not be read."""

    lines: list[BankLine]
    unread: list[UnreadRow] = field(default_factory=list)


class LineReader:
    """Reads the records of one table."""

    def __init__(self, table: Table, around: Surroundings, notes: Notes, *, file: str, separator: str) -> None:
        self._table, self._around, self._notes = table, around, notes
        self._file, self._separator = file, separator
        self._mapping, self._places = table.mapping, table.places
        self._money = MoneyColumns(table, around.currency)
        self._statuses = Statuses(table)
        self._extract = [re.compile(extract.pattern) for extract in self._mapping.extract]
        self._known_accounts: dict[Cell, str | Wrong] = {}
        self._days = {
            "booked_on": Days(self._mapping.date_format, around.ends_on),
            "value_on": Days(self._mapping.value_date_format, around.ends_on, {"": None}),
        }

    @property
    def dates(self) -> Mapping[str, Collection[Cell]]:
        """The different cells of each field of dates, of all records read so far."""
        return {name: days.known.keys() for name, days in self._days.items()}

    @property
    def mixture(self) -> Mixture:
        """What the columns of numbers are made of, where they are not all of one kind."""
        return self._money.mixture

    def read(self, records: Records) -> Lines:
        """The records as lines, in their order; a fee in a column of its own is a further line behind its booking."""
        rows = records.chunk
        faults = Faults(self._table, self._file, rows.numbers)
        self._statuses.check(rows, faults)
        currencies = self._money.currencies(rows, faults)
        amounts = self._money.amounts(rows, currencies, faults)
        columns = (
            *_shared(records.records, rows.numbers),
            self._dates("booked_on", rows, faults),
            map(Money, amounts, currencies),  # type: ignore[arg-type] # None only where a fault takes the line out
            self._texts("text", rows, faults),
            self._dates("value_on", rows, faults),
            self._texts("counterparty", rows, faults),
            self._codes("iban", rows, faults),
            self._references(rows, faults),
            self._codes("bank_reference", rows, faults),
            self._accounts(rows, faults),
            self._money.balances(rows, currencies, faults),
        )
        # Strict: were a column ever shorter than the others, its cells would stand in the lines of other rows.
        lines = list(starmap(BankLine, zip(*columns, strict=True)))
        if self._extract:
            lines = [self._extracted(line) for line in lines]
        if not faults.by_record and "fee" not in self._places:
            return Lines(lines)
        return self._with_faults(lines, records, faults)

    def _with_faults(self, lines: Sequence[BankLine], records: Records, faults: Faults) -> Lines:
        result = Lines([])
        for index, (line, row) in enumerate(zip(lines, records.chunk.rows, strict=True)):
            problems = faults.by_record.get(index, [])
            neutral = next((problem.message for problem in problems if problem.rule == NEUTRAL.rule), None)
            if neutral is not None:
                self._notes.left_out.setdefault(neutral, []).append(line.row)
            elif problems:
                result.unread.append(self._unread(line, row, problems))
            else:
                self._add(result, line, row, faults, index)
        return result

    def _unread(self, line: BankLine, row: Row, problems: Sequence[Problem]) -> UnreadRow:
        return UnreadRow(line.record, line.row, self._separator.join(map(text_of, row)), tuple(problems))

    def _add(self, result: Lines, line: BankLine, row: Row, faults: Faults, index: int) -> None:
        match self._fee(line, row):
            case Wrong() as wrong:
                place = self._places["fee"][0]
                faults.add(index, place, row[place], wrong)
                result.unread.append(self._unread(line, row, faults.by_record[index]))
            case Decimal() as number if number:
                result.lines.extend(self._with_fee(line, Money(number, line.amount.currency)))
            case _:
                result.lines.append(line)

    def _fee(self, line: BankLine, row: Row) -> Number:
        side = self._mapping.amounts.fee_on
        if "fee" not in self._places or (side and (side is Side.DEBIT) != (line.amount.amount < 0)):
            return None
        return self._money.fee(row, line.amount.currency)

    def _with_fee(self, line: BankLine, fee: Money) -> tuple[BankLine, BankLine]:
        text = f"{self._mapping.amounts.fee_text}: {line.text}"
        amount = line.amount - fee if self._mapping.amounts.net_amount else line.amount
        # The balance beside them is the one after both.
        return structs.replace(line, amount=amount, balance=None), structs.replace(line, amount=fee, text=text)

    def _dates(self, name: str, rows: Chunk, faults: Faults) -> Iterable[date | None]:
        places = self._places.get(name, ())
        if not places:
            return repeat(None, len(rows.numbers))
        cells, days = first_filled(rows, places), self._days[name]
        days.learn(set(cells))
        for index, cell in enumerate(cells) if days.wrong else ():
            if cell in days.wrong and (is_filled(cell) or name == "booked_on"):
                faults.add(index, places[0], cell, days.wrong[cell])
        return map(days.known.__getitem__, cells)

    def _texts(self, name: str, rows: Chunk, faults: Faults) -> Sequence[str]:
        places = self._places.get(name, ())
        if not places:
            return [""] * len(rows.numbers)
        found = free_texts(self._text_columns(name, rows), self._mapping.text_separator)
        texts = self._reported(found, places[0], rows, faults)
        self._notes.garbled += count_garbled(texts)
        return texts

    def _references(self, rows: Chunk, faults: Faults) -> Sequence[str]:
        places = self._places.get("reference", ())
        if not places:
            return [""] * len(rows.numbers)
        columns = self._text_columns("reference", rows)
        for place, cells in zip(places, columns, strict=False):
            for index in destroyed(cells):
                faults.add(index, place, cells[index], DESTROYED)
        return self._reported(free_texts(columns, self._mapping.text_separator), places[0], rows, faults)

    def _text_columns(self, name: str, rows: Chunk) -> Sequence[Sequence[Cell]]:
        """The columns whose texts are joined; alternatives are one column."""
        first, *others = self._mapping.columns.named()[name]
        places = self._places[name]
        is_choice = first.first_filled and not others
        return [first_filled(rows, places)] if is_choice else [rows.column(place) for place in places]

    def _codes(self, name: str, rows: Chunk, faults: Faults) -> Sequence[str]:
        places = self._places.get(name, ())
        if not places:
            return [""] * len(rows.numbers)
        return self._reported(codes(first_filled(rows, places)), places[0], rows, faults)

    def _accounts(self, rows: Chunk, faults: Faults) -> Iterable[str]:
        stated = self._around.account
        places = self._places.get("account", ())
        if not places:
            return repeat(stated, len(rows.numbers))
        # One text for all lines of an account: a hundred thousand equal copies would be seven megabytes.
        known, cells = self._known_accounts, first_filled(rows, places)
        distinct = set(cells)
        known.update({cell: code(cell) for cell in distinct - known.keys()})
        if len(distinct) == 1 and isinstance(account := known[cells[0]], str):
            return repeat(account or stated, len(cells))
        accounts = self._reported(Texts.of([known[cell] for cell in cells]), places[0], rows, faults)
        return [account or stated for account in accounts]

    def _reported(self, found: Texts, place: int, rows: Chunk, faults: Faults) -> Sequence[str]:
        for index, wrong in found.wrong.items():
            faults.add(index, place, rows.column(place)[index], wrong)
        return found.texts

    def _extracted(self, line: BankLine) -> BankLine:
        for pattern in self._extract:
            if found := pattern.search(line.text[:2000]):
                groups = {name: text.strip() for name, text in found.groupdict().items() if text}
                line = structs.replace(
                    line,
                    counterparty=line.counterparty or groups.get("counterparty", ""),
                    iban=line.iban or groups.get("iban", ""),
                    reference=line.reference or groups.get("reference", ""),
                    bank_reference=line.bank_reference or groups.get("bank_reference", ""),
                    text=groups.get("text", line.text),
                )
        return line


def with_records_of_their_own(lines: Sequence[BankLine], unread: Sequence[UnreadRow]) -> list[BankLine]:
    """The lines, of which no two have one record: a fee, which stands in the row of its booking, counts behind the last one.

    Whoever keeps something of a line keeps it by file and record.
    """
    behind = count(1 + max([*(line.record for line in lines), *(row.record for row in unread)], default=0))
    seen: set[int] = set()
    result = []
    for line in lines:
        result.append(structs.replace(line, record=next(behind)) if line.record in seen else line)
        seen.add(line.record)
    return result


def _shared(records: Sequence[int], rows: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    # Where both count on without a gap, the number of a record is that of a row before it: one object can be both.
    if not (isinstance(records, range) and isinstance(rows, range)) or not records:
        return records, rows
    ahead = rows[0] - records[0]
    numbers = list(range(records[0], rows[-1] + 1))
    return numbers[: len(records)], numbers[ahead:]
