"""Records → bank lines, column by column; a record with a wrong cell becomes an unread row that names every wrong cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from importer.cells import DateFormat, Wrong, native_date
from importer.model import BankLine, Problem, UnreadRow
from importer.money import Money
from importer.reader.amounts import NEUTRAL, unwrapped
from importer.reader.faults import Faults
from importer.reader.money_columns import MoneyColumns
from importer.reader.rows import Cell, Row, is_filled, text_of
from importer.reader.table import Table
from importer.reader.texts import codes, count_garbled, free_texts
from importer.reader.tidy import Notes, Records
from importer.reader.workbook import is_number

_NO_DATE = Wrong("DAT-1", "the booking date is missing")
_NUMBER = Wrong("DAT-1", "is a number, not a date; format the column as a date and export again")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the file says outside its table, as far as lines need it."""

    account: str = ""
    currency: str = ""
    ends_on: date | None = None


class LineReader:
    """Reads the records of one table."""

    def __init__(self, table: Table, around: Surroundings, notes: Notes, *, file: str, separator: str) -> None:
        self._table, self._around, self._notes = table, around, notes
        self._file, self._separator = file, separator
        self._mapping, self._places = table.mapping, table.places
        self._money = MoneyColumns(table, around.currency)
        self._extract = [re.compile(extract.pattern) for extract in self._mapping.extract]
        self._known_accounts: dict[str, str] = {}
        self._days: dict[str, dict[Cell, date | Wrong | None]] = {"booked_on": {}, "value_on": {}}

    def read(self, records: Records) -> list[BankLine | UnreadRow]:
        """One item per record, in their order; a fee in a column of its own is a further line after its booking."""
        rows = records.rows
        faults = Faults(self._table, self._file, records.numbers)
        currencies = self._money.currencies(rows, faults)
        amounts = self._money.amounts(rows, currencies, faults)
        columns = (
            records.records,
            records.numbers,
            self._dates("booked_on", rows, faults),
            map(Money, amounts, currencies),  # type: ignore[arg-type] # None only where a fault takes the line out
            self._texts("text", rows, faults),
            self._dates("value_on", rows, faults),
            self._texts("counterparty", rows, faults),
            self._codes("iban", rows, faults),
            self._texts("reference", rows, faults),
            self._codes("bank_reference", rows, faults),
            self._accounts(rows, faults),
            self._money.balances(rows, currencies, faults),
        )
        lines = list(map(BankLine, *columns))
        if self._extract:
            lines = [self._extracted(line) for line in lines]
        if not faults.by_record and "fee" not in self._places:
            return list[BankLine | UnreadRow](lines)
        return self._with_faults(lines, records, faults)

    def _with_faults(self, lines: Sequence[BankLine], records: Records, faults: Faults) -> list[BankLine | UnreadRow]:
        result: list[BankLine | UnreadRow] = []
        for index, line in enumerate(lines):
            row = records.rows[index]
            problems = faults.by_record.get(index, [])
            if any(problem.rule == NEUTRAL.rule for problem in problems):
                self._notes.left_out.setdefault(NEUTRAL.message, []).append(line.row)
            elif problems:
                result.append(self._unread(line, row, problems))
            else:
                result += [line, *self._fee(line, row, faults, index)]
        return result

    def _unread(self, line: BankLine, row: Row, problems: Sequence[Problem]) -> UnreadRow:
        return UnreadRow(line.record, line.row, self._separator.join(map(text_of, row)), tuple(problems))

    def _fee(self, line: BankLine, row: Row, faults: Faults, index: int) -> list[BankLine | UnreadRow]:
        if "fee" not in self._places:
            return []
        number = self._money.fee(row, line.amount.currency)
        if isinstance(number, Wrong):
            place = self._places["fee"][0]
            faults.add(index, place, row[place], number)
            return [self._unread(line, row, faults.by_record[index])]
        if not number:
            return []
        amount = Money(number, line.amount.currency)
        return [replace(line, amount=amount, text=f"{self._mapping.amounts.fee_text}: {line.text}", balance=None)]

    def _dates(self, name: str, rows: Sequence[Row], faults: Faults) -> Iterable[date | None]:
        places = self._places.get(name, ())
        if not places:
            return [None] * len(rows)
        if len(places) == 1:
            cells = [row[places[0]] for row in rows]
        else:
            cells = [next((row[place] for place in places if is_filled(row[place])), "") for row in rows]
        known = self._days[name]
        form = self._mapping.date_format if name == "booked_on" else self._mapping.value_date_format
        if name == "value_on":
            known.setdefault("", None)
        new = {cell: self._date(cell, form) for cell in set(cells) - known.keys()}
        known.update(new)
        days = [known[cell] for cell in cells]
        if not any(isinstance(day, Wrong) for day in set(days)):
            return days  # type: ignore[return-value] # none is wrong
        for index, day in enumerate(days):
            if isinstance(day, Wrong) and (is_filled(cells[index]) or name == "booked_on"):
                faults.add(index, places[0], cells[index], day)
        return [None if isinstance(day, Wrong) else day for day in days]

    def _date(self, cell: Cell, form: DateFormat) -> date | Wrong:
        if isinstance(cell, date):
            return native_date(cell)
        if isinstance(cell, Wrong):
            return cell
        if is_number(cell):
            return form.serial(float(text_of(cell))) if form.has_serials else _NUMBER
        text = unwrapped(text_of(cell))
        return form.parse(text, ends_on=self._around.ends_on) if text else _NO_DATE

    def _texts(self, name: str, rows: Sequence[Row], faults: Faults) -> Sequence[str]:
        places = self._places.get(name, ())
        if not places:
            return [""] * len(rows)
        texts = self._without_faults(free_texts(rows, places, self._mapping.text_separator), places[0], rows, faults)
        self._notes.garbled += count_garbled(texts)
        return texts

    def _codes(self, name: str, rows: Sequence[Row], faults: Faults) -> Sequence[str]:
        places = self._places.get(name, ())
        if not places:
            return [""] * len(rows)
        return self._without_faults(codes([row[places[0]] for row in rows]), places[0], rows, faults)

    def _accounts(self, rows: Sequence[Row], faults: Faults) -> Iterable[str]:
        accounts = self._codes("account", rows, faults)
        stated = self._around.account
        # One text for all lines of an account: a hundred thousand equal copies would be seven megabytes.
        return [self._known_accounts.setdefault(account, account) or stated for account in accounts]

    def _without_faults(
        self, texts: Sequence[str | Wrong], place: int, rows: Sequence[Row], faults: Faults
    ) -> Sequence[str]:
        if set(map(type, texts)) <= {str}:
            return texts  # type: ignore[return-value] # none is wrong
        result = []
        for index, text in enumerate(texts):
            if isinstance(text, Wrong):
                faults.add(index, place, rows[index][place], text)
            result.append("" if isinstance(text, Wrong) else text)
        return result

    def _extracted(self, line: BankLine) -> BankLine:
        for pattern in self._extract:
            if found := pattern.search(line.text[:2000]):
                groups = {name: text.strip() for name, text in found.groupdict().items() if text}
                line = replace(
                    line,
                    counterparty=line.counterparty or groups.get("counterparty", ""),
                    iban=line.iban or groups.get("iban", ""),
                    reference=line.reference or groups.get("reference", ""),
                    bank_reference=line.bank_reference or groups.get("bank_reference", ""),
                    text=groups.get("text", line.text),
                )
        return line
