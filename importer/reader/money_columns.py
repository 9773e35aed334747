"""Currency, amount and balance columns → exact money, by the mapping's amount model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from importer.cells import Wrong
from importer.mapping.schema import AmountModel
from importer.money import Money
from importer.reader.amounts import BLANK, ZERO, Number, NumberReader, Signer, unwrapped
from importer.reader.faults import Faults
from importer.reader.rows import Cell, Row, is_filled, text_of
from importer.reader.table import Table
from importer.reader.texts import clean

_CURRENCY = re.compile("[A-Z]{3}")
_NO_CURRENCY = Wrong(
    "CUR-1", "is not a currency code of three capital letters; name the word in the mapping's currency_words"
)
NEUTRAL = Wrong("NEUTRAL", "neither money received nor paid out, says the bank")
UNKNOWN_CURRENCY = "XXX"  # stands in for the currency of a record that is going to be reported as wrong


class MoneyColumns:
    """Reads the money of one table's records; `stated` is the currency that the file states outside the table."""

    def __init__(self, table: Table, stated: str) -> None:
        self._table, self._places, self._mapping = table, table.places, table.mapping
        self._numbers = NumberReader(self._mapping.number_format)
        self._signer = Signer(self._mapping.amounts)
        self._currency = stated or _header_currency(table) or self._mapping.currency or ""

    def currencies(self, rows: Sequence[Row], faults: Faults) -> list[str]:
        """The currency of every record, from its column, its cell, the file or the mapping."""
        places = self._places.get("currency", ())
        if self._mapping.columns.debit_currency or self._mapping.columns.credit_currency:
            return [self._side_currency(index, row, faults) for index, row in enumerate(rows)]
        if not places and self._mapping.numbers.symbols:
            return [self._symbol_currency(index, row, faults) for index, row in enumerate(rows)]
        if not places and self._currency:
            return [self._currency] * len(rows)
        known: dict[Cell, str] = {}
        result = []
        for index, row in enumerate(rows):
            cell = row[places[0]] if places else ""
            name = known.get(cell)
            if name is None:
                name = self._currency_of(cell)
                if not name:
                    faults.add(index, places[0] if places else -1, cell, _NO_CURRENCY)
                else:
                    known[cell] = name
            result.append(name or UNKNOWN_CURRENCY)
        return result

    def _currency_of(self, cell: Cell) -> str:
        text = clean(text_of(cell))
        name = self._mapping.currency_words.get(text, text) or self._currency
        return name if _CURRENCY.fullmatch(name) else ""

    def _side_currency(self, index: int, row: Row, faults: Faults) -> str:
        side = "debit" if any(is_filled(row[place]) for place in self._places.get("debit", ())) else "credit"
        place = self._places.get(f"{side}_currency", (-1,))[0]
        name = self._currency_of(row[place] if place >= 0 else "")
        if not name:
            faults.add(index, place, row[place], _NO_CURRENCY)
        return name or UNKNOWN_CURRENCY

    def _symbol_currency(self, index: int, row: Row, faults: Faults) -> str:
        for name in ("amount", "debit", "credit"):
            for place in self._places.get(name, ()):
                if found := self._numbers.symbol(row[place]):
                    return found
        if not self._currency:
            faults.add(index, -1, "", _NO_CURRENCY)
        return self._currency or UNKNOWN_CURRENCY

    def amounts(self, rows: Sequence[Row], currencies: Sequence[str], faults: Faults) -> list[Decimal | None]:
        """The signed amounts; None where a fault says why."""
        amount = self._amount_reader()
        result: list[Decimal | None] = []
        for index, (row, currency) in enumerate(zip(rows, currencies, strict=True)):
            number, place = amount(row, currency)
            if isinstance(number, Decimal) and number:
                result.append(number)
                continue
            wrong = BLANK if number is None else number if isinstance(number, Wrong) else ZERO
            faults.add(index, place, row[place], wrong)
            result.append(None)
        return result

    def _amount_reader(self) -> Callable[[Row, str], tuple[Number, int]]:
        match self._mapping.amounts.model:
            case AmountModel.DEBIT_CREDIT | AmountModel.DEBIT_CREDIT_SIGNED:
                return self._pair
            case AmountModel.INDICATOR:
                return self._indicated
            case AmountModel.WORD_IN_CELL:
                return self._worded
        return self._single

    def _number(self, name: str, row: Row, currency: str) -> tuple[Number, int]:
        places = self._places[name]
        for place in places:
            number = self._numbers.read(row[place], currency)
            if number is not None:
                return number, place
        return None, places[0]

    def _single(self, row: Row, currency: str) -> tuple[Number, int]:
        number, place = self._number("amount", row, currency)
        return self._signer.single(number), place

    def _pair(self, row: Row, currency: str) -> tuple[Number, int]:
        debit, place = self._number("debit", row, currency)
        credit, other = self._number("credit", row, currency)
        return self._signer.pair(debit, credit), place if debit is not None else other

    def _indicated(self, row: Row, currency: str) -> tuple[Number, int]:
        number, place = self._number("amount", row, currency)
        word_place = self._places["indicator"][0]
        signed = self._signer.marked(number, unwrapped(text_of(row[word_place])))
        if isinstance(signed, Wrong) and not isinstance(number, Wrong):
            return signed, word_place
        return (NEUTRAL if isinstance(signed, str) else signed), place

    def _worded(self, row: Row, currency: str) -> tuple[Number, int]:
        place = self._places["amount"][0]
        bare, word = self._signer.split_word(text_of(row[place]))
        signed = self._signer.marked(self._numbers.read(bare, currency), word)
        return (NEUTRAL if isinstance(signed, str) else signed), place

    def balances(self, rows: Sequence[Row], currencies: Sequence[str], faults: Faults) -> Iterable[Money | None]:
        """The running balances; None where the bank gives none."""
        places = self._places.get("balance")
        if not places:
            return [None] * len(rows)
        result: list[Money | None] = []
        for index, (row, currency) in enumerate(zip(rows, currencies, strict=True)):
            number = self._balance(row[places[0]], currency)
            if isinstance(number, Wrong):
                faults.add(index, places[0], row[places[0]], number)
            result.append(Money(number, currency) if isinstance(number, Decimal) else None)
        return result

    def _balance(self, cell: Cell, currency: str) -> Number:
        if self._mapping.amounts.model is not AmountModel.WORD_IN_CELL:
            return self._numbers.read(cell, currency)
        bare, word = self._signer.split_word(text_of(cell))
        number = self._numbers.read(bare, currency)
        signed = self._signer.marked(number, word) if word else number
        return None if isinstance(signed, str) else signed

    def fee(self, row: Row, currency: str) -> Number:
        """The amount of the fee column as money paid out; None when there is none."""
        number, _ = self._number("fee", row, currency)
        return -abs(number) if isinstance(number, Decimal) else number


def _header_currency(table: Table) -> str:
    for columns in table.mapping.columns.named().values():
        for column in columns:
            pattern = re.compile(column.pattern or "", re.IGNORECASE)
            for place in column.places(table.header, table.width) if "currency" in pattern.groupindex else ():
                if found := pattern.fullmatch(" ".join(table.header[place].split())):
                    return table.mapping.currency_words.get(found["currency"], found["currency"].upper())
    return ""
