"""Currency, amount and balance columns → exact money, by the mapping's amount model."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from importer.cells import Wrong
from importer.mapping.schema import AmountModel, Side
from importer.money import Money
from importer.reader.amounts import (
    BLANK,
    CONTRADICTION,
    NEUTRAL,
    NOTICE,
    ZERO,
    Mixture,
    Number,
    NumberReader,
    Signer,
    unwrapped,
)
from importer.reader.faults import Faults
from importer.reader.rows import Cell, Chunk, Row, first_filled, is_filled, text_of
from importer.reader.table import Table
from importer.reader.texts import clean

_CURRENCY = re.compile("[A-Z]{3}")
_NO_CURRENCY = Wrong(
    "CUR-1", "is not a currency code of three capital letters; name the word in the mapping's currency_words"
)
UNKNOWN_CURRENCY = "XXX"  # stands in for the currency of a record that is going to be reported as wrong


class MoneyColumns:
    """Reads the money of one table's records; `stated` is the currency that the file states outside the table."""

    def __init__(self, table: Table, stated: str) -> None:
        self._table, self._places, self._mapping = table, table.places, table.mapping
        self._numbers = NumberReader(self._mapping.number_format)
        self._signer = Signer(self._mapping.amounts)
        self._currency = stated or _header_currency(table) or self._mapping.currency or ""

    @property
    def mixture(self) -> Mixture:
        """What the columns of numbers are made of, where they are not all of one kind."""
        return self._numbers.mixture

    def currencies(self, rows: Chunk, faults: Faults) -> list[str]:
        """The currency of every record, from its column, its cell, the file or the mapping."""
        places = self._places.get("currency", ())
        if self._mapping.columns.debit_currency or self._mapping.columns.credit_currency:
            return [self._side_currency(index, row, faults) for index, row in enumerate(rows.rows)]
        if not places and self._mapping.numbers.symbols:
            return [self._symbol_currency(index, row, faults) for index, row in enumerate(rows.rows)]
        cells = rows.column(places[0]) if places else [""] * len(rows.numbers)
        known = {cell: self._currency_of(cell) for cell in set(cells)}
        if len(known) == 1 and all(known.values()):
            return [*known.values()] * len(cells)
        for index, cell in enumerate(cells) if not all(known.values()) else ():
            if not known[cell]:
                faults.add(index, places[0] if places else -1, cell, _NO_CURRENCY)
        return [known[cell] or UNKNOWN_CURRENCY for cell in cells]

    def _currency_of(self, cell: Cell) -> str:
        text = clean(text_of(cell))
        if self._mapping.small_currencies and text.islower():
            text = text.upper()
        name = self._mapping.currency_words.get(text, text) or self._currency
        return name if _CURRENCY.fullmatch(name) else ""

    def _side_currency(self, index: int, row: Row, faults: Faults) -> str:
        place = self._places.get(f"{self._side(row)}_currency", (-1,))[0]
        name = self._currency_of(row[place] if place >= 0 else "")
        if not name:
            faults.add(index, place, row[place], _NO_CURRENCY)
        return name or UNKNOWN_CURRENCY

    def _side(self, row: Row) -> Side:
        if "indicator" in self._places:
            word = unwrapped(text_of(row[self._places["indicator"][0]]))
            return Side.DEBIT if self._signer.side(word) is Side.DEBIT else Side.CREDIT
        return Side.DEBIT if any(is_filled(row[place]) for place in self._places.get("debit", ())) else Side.CREDIT

    def _symbol_currency(self, index: int, row: Row, faults: Faults) -> str:
        for name in ("amount", "debit", "credit"):
            for place in self._places.get(name, ()):
                if found := self._numbers.symbol(row[place]):
                    return found
        if not self._currency:
            faults.add(index, -1, "", _NO_CURRENCY)
        return self._currency or UNKNOWN_CURRENCY

    def amounts(self, rows: Chunk, currencies: Sequence[str], faults: Faults) -> Sequence[Decimal | None]:
        """The signed amounts; None where a fault says why."""
        signed = self._signed(rows, currencies)
        if all(signed) and set(map(type, signed)) == {Decimal}:
            return signed  # type: ignore[return-value] # they are all decimals
        result: list[Decimal | None] = []
        zero = NOTICE if self._mapping.amounts.notices else ZERO
        for index, (number, row) in enumerate(zip(signed, rows.rows, strict=True)):
            if isinstance(number, Decimal) and number:
                result.append(number)
                continue
            wrong = BLANK if number is None else number if isinstance(number, Wrong) else zero
            place = self._place(row, wrong)
            faults.add(index, place, row[place], wrong)
            result.append(None)
        return result

    def _place(self, row: Row, wrong: Wrong) -> int:
        if wrong.rule == CONTRADICTION.rule and "indicator" in self._places:
            return self._places["indicator"][0]
        places = [place for name in ("amount", "debit", "credit") for place in self._places.get(name, ())]
        return next((place for place in places if is_filled(row[place])), places[-1])

    def _signed(self, rows: Chunk, currencies: Sequence[str]) -> Sequence[Number]:
        match self._mapping.amounts.model:
            case AmountModel.DEBIT_CREDIT | AmountModel.DEBIT_CREDIT_SIGNED:
                columns = (self._column(name, rows, currencies) for name in ("debit", "credit"))
                return list(map(self._signer.pair, *columns))
            case AmountModel.INDICATOR:
                words = self._words(rows, "indicator")
                return list(map(self._signer.marked, self._worded_columns(rows, currencies, words), words))
            case AmountModel.WORD_IN_CELL:
                return list(map(self._worded, rows.column(self._places["amount"][0]), currencies))
        signed = self._column("amount", rows, currencies)
        if self._mapping.amounts.model is AmountModel.INVERTED:
            signed = [-number if isinstance(number, Decimal) else number for number in signed]
        if "indicator" not in self._places:
            return signed
        return list(map(self._signer.agreeing, signed, self._words(rows, "indicator")))

    def _worded_columns(self, rows: Chunk, currencies: Sequence[str], words: Sequence[str]) -> Sequence[Number]:
        if "amount" in self._places:
            return self._column("amount", rows, currencies)
        columns = (self._column(name, rows, currencies) for name in ("debit", "credit"))
        return [
            debit if self._signer.side(word) is Side.DEBIT else credit
            for debit, credit, word in zip(*columns, words, strict=True)
        ]

    def _words(self, rows: Chunk, name: str) -> list[str]:
        return [unwrapped(text_of(cell)) for cell in rows.column(self._places[name][0])]

    def _column(self, name: str, rows: Chunk, currencies: Sequence[str]) -> Sequence[Number]:
        return self._numbers.column(first_filled(rows, self._places[name]), currencies)

    def _worded(self, cell: Cell, currency: str) -> Number:
        bare, word = self._signer.split_word(text_of(cell))
        return self._signer.marked(self._numbers.read(bare, currency), word)

    def balances(self, rows: Chunk, currencies: Sequence[str], faults: Faults) -> Iterable[Money | None]:
        """The running balances; None where the bank gives none."""
        if "balance" not in self._places:
            return itertools.repeat(None, len(rows.numbers))
        place, numbers = self._places["balance"][0], self._balance_numbers(rows, currencies)
        if set(map(type, numbers)) == {Decimal}:
            return list(map(Money, numbers, currencies))  # type: ignore[arg-type] # they are all decimals
        for index, (number, cell) in enumerate(zip(numbers, rows.column(place), strict=True)):
            if isinstance(number, Wrong):
                faults.add(index, place, cell, number)
        return [
            Money(number, currency) if isinstance(number, Decimal) else None
            for number, currency in zip(numbers, currencies, strict=True)
        ]

    def _balance_numbers(self, rows: Chunk, currencies: Sequence[str]) -> Sequence[Number]:
        cells = first_filled(rows, self._places["balance"])
        if self._mapping.amounts.model is AmountModel.WORD_IN_CELL:
            return list(map(self._worded_balance, cells, currencies))
        numbers = self._numbers.column(cells, currencies)
        if "balance_indicator" in self._places:
            return list(map(self._marked_balance, numbers, self._words(rows, "balance_indicator")))
        if not self._signer.has_words or not any(isinstance(number, Wrong) for number in numbers):
            return numbers
        return [
            self._worded_balance(cell, currency) if isinstance(number, Wrong) else number
            for number, cell, currency in zip(numbers, cells, currencies, strict=True)
        ]

    def _worded_balance(self, cell: Cell, currency: str) -> Number:
        bare, word = self._signer.split_word(text_of(cell))
        return self._marked_balance(self._numbers.read(bare, currency), word)

    def _marked_balance(self, number: Number, word: str) -> Number:
        signed = self._signer.marked(number, word) if word.strip() else number
        return None if signed is NEUTRAL else signed

    def fee(self, row: Row, currency: str) -> Number:
        """The signed amount of the fee column; None when there is none."""
        number = self._numbers.read(row[self._places["fee"][0]], currency)
        return -number if isinstance(number, Decimal) and not self._mapping.amounts.signed_fees else number


def _header_currency(table: Table) -> str:
    for columns in table.mapping.columns.named().values():
        for column in itertools.chain.from_iterable(each.first_filled or (each,) for each in columns):
            pattern = re.compile(column.pattern or "", re.IGNORECASE)
            for place in column.places(table.header, table.width) if "currency" in pattern.groupindex else ():
                found = pattern.fullmatch(" ".join(table.header[place].split()))
                if found and found["currency"]:
                    return table.mapping.currency_words.get(found["currency"], found["currency"].upper())
    return ""
