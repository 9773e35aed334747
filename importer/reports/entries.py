"""What a clerk filled in for one line, understood or refused; nothing he wrote is guessed at.

The rules of a decision stand here, one function each; review.py says which row belongs to which line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from importer.choices import Accept, Assign, Choice, Entry, Ignore, Share
from importer.model import Problem
from importer.money import Money, decimals_of
from importer.reports import sheets
from importer.reports.rows import Row
from importer.reports.sheets import Column, Value, cell_value

_LISTED = re.compile(r"[;\n]")
_NUMBERS = re.compile(r"[;,\n]")
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[.,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?!(?P=mark))[.,](?P<cents>[0-9]+)")
_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]{1,2})?")
_PAID_OUT = f"money paid out cannot become a customer payment; choose {sheets.IGNORE} and enter it by hand"
_ROUNDING = Decimal("0.000001")  # a spreadsheet's binary numbers are that close to the decimal that was typed


@dataclass(frozen=True, slots=True)
class Filled:
    """One row of a sheet: its number as a person sees it, its cells by caption, and who saved the workbook."""

    sheet: str
    row: int
    cells: Mapping[str, object]
    saved_by: str = ""

    @property
    def entry(self) -> Entry:
        """Where this stands, with the note and the name beside it."""
        return Entry(self.sheet, self.row, self.text(sheets.NOTE), self.text(sheets.DECIDED_BY) or self.saved_by)

    def text(self, caption: str) -> str:
        """What stands in a cell, as text without blanks around it; a whole number without decimals."""
        return as_text(self.cells.get(caption))

    def problem(self, rule: str, caption: str, message: str) -> Problem:
        """A problem with a cell of this row."""
        return Problem(rule, message, self.sheet, self.row, caption, self.text(caption))


def as_text(value: object) -> str:
    """A cell as text: 10200.0 is "10200", a date is ISO, nothing is ""."""
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case _:
            return str(value).replace("\r\n", "\n").strip()


def choice_of(filled: Filled, line: Row) -> Choice | tuple[Problem, ...] | None:
    """The decision for a line; None where it goes on waiting, problems where it cannot be understood or contradicts itself."""
    if edited := _edited(filled, line):
        return edited
    match filled.text(sheets.DECISION).casefold():
        case "":
            return _undecided(filled)
        case sheets.ACCEPT:
            return _accept(filled, line)
        case sheets.IGNORE:
            return _refused_beside(filled, sheets.IGNORE) or Ignore(line.key, filled.entry)
        case sheets.OTHER:
            return _assign(filled, line)
        case _:
            words = f"is no decision; wanted {sheets.ACCEPT}, {sheets.OTHER}, {sheets.IGNORE} or nothing"
            return (filled.problem("decision", sheets.DECISION, words),)


def stop_of(filled: Filled, line: Row) -> Choice | tuple[Problem, ...] | None:
    """What is decided about a certain line; None where it is created as it stands.

    The only thing to decide is that it is not: whoever knows better than a certain match enters the payment by hand.
    """
    changed = [
        filled.problem("edited", caption, f'was changed from "{wanted}"; nothing can be changed here: {_STOP}')
        for caption, wanted in _differing(filled, line, sheets.CERTAIN)
    ]
    if edited := (*_edited(filled, line), *changed):
        return edited
    match filled.text(sheets.DECISION).casefold():
        case "" | sheets.ACCEPT:
            return None
        case sheets.IGNORE:
            return Ignore(line.key, filled.entry)
        case _:
            return (filled.problem("decision", sheets.DECISION, f"is no decision about a certain line: {_STOP}"),)


_STOP = f"leave it as it was, or write {sheets.IGNORE} under {sheets.DECISION} and enter the payment by hand"


def _edited(filled: Filled, line: Row) -> tuple[Problem, ...]:
    """The bank's facts must still be those of the plan: a decision about other facts is not about this line."""
    return tuple(
        filled.problem("edited", caption, f'was changed; the bank wrote "{wanted}"; restore it')
        for caption, wanted in _differing(filled, line, sheets.FACTS)
    )


def _differing(filled: Filled, line: Row, columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """The captions under which something else stands than was written there, with what was written."""
    for column in columns:
        wanted = column.value(line)
        if column.caption in filled.cells and not _same(filled.cells[column.caption], wanted):
            yield column.caption, as_text(cell_value(wanted))


def _same(seen: object, wanted: Value) -> bool:
    match seen, wanted:
        case int() | float(), Decimal():
            # A spreadsheet keeps 15 digits of a number and no more.
            return f"{seen:.15g}" == f"{float(wanted):.15g}"
        case datetime(), date():
            return seen.date() == wanted
        case _:
            return _unescaped(seen) == _unescaped(cell_value(wanted))


def _unescaped(value: object) -> str:
    """A cell as text without the mark by which programs tell a text that looks like an escape from one (_x005F_x0041_).

    openpyxl leaves the mark out wherever it stands among shared texts, and keeps it elsewhere.
    """
    return as_text(value).replace("x005F_", "")


def _undecided(filled: Filled) -> tuple[Problem, ...] | None:
    for caption in (sheets.CUSTOMER, sheets.DOCUMENTS, sheets.AMOUNTS):
        if filled.text(caption):
            words = f"is filled in, but {sheets.DECISION} is empty; choose {sheets.OTHER}, or clear it"
            return (filled.problem("decision_missing", caption, words),)
    return None


def _accept(filled: Filled, line: Row) -> Choice | tuple[Problem, ...]:
    if line.amount and not line.amount.is_incoming:
        return (filled.problem("paid_out", sheets.DECISION, _PAID_OUT),)
    if not line.payments:
        words = f"nothing is proposed; choose {sheets.OTHER} and fill in the customer or the invoices"
        return (filled.problem("nothing_proposed", sheets.DECISION, words),)
    proposal = {
        sheets.CUSTOMER: (line.customer,),
        sheets.DOCUMENTS: ("; ".join(line.invoices),),
        sheets.AMOUNTS: ("",),
    }
    for caption, same in proposal.items():
        if filled.text(caption) not in ("", *same):
            words = f"differs from the proposal; choose {sheets.OTHER} to carry out what you filled in, or clear it"
            return (filled.problem("accept_differs", caption, words),)
    return Accept(line.key, filled.entry)


def _refused_beside(filled: Filled, decision: str) -> tuple[Problem, ...]:
    return tuple(
        filled.problem("contradiction", caption, f"is filled in, but the decision is {decision}; clear one of them")
        for caption in (sheets.CUSTOMER, sheets.DOCUMENTS, sheets.AMOUNTS)
        if filled.text(caption)
    )


def _assign(filled: Filled, line: Row) -> Choice | tuple[Problem, ...]:
    if line.amount and not line.amount.is_incoming:
        return (filled.problem("paid_out", sheets.DECISION, _PAID_OUT),)
    customer, documents = filled.text(sheets.CUSTOMER), _parts(filled.text(sheets.DOCUMENTS), _NUMBERS)
    if not customer and not documents:
        words = f"is empty; the decision {sheets.OTHER} needs a customer, an invoice, or both"
        return (filled.problem("nobody", sheets.CUSTOMER, words),)
    amounts = _amounts(filled, line)
    if isinstance(amounts, Problem):
        return (amounts,)
    if problem := _misfit(filled, line, documents, amounts):
        return (problem,)
    settled: Sequence[Money | None] = amounts or [None] * len(documents)
    shares = tuple(Share(document, amount) for document, amount in zip(documents, settled, strict=True))
    return Assign(line.key, filled.entry, customer, shares)


def _misfit(filled: Filled, line: Row, documents: Sequence[str], amounts: Sequence[Money]) -> Problem | None:
    if len(set(documents)) < len(documents):
        return filled.problem("twice", sheets.DOCUMENTS, "names an invoice twice; name each once")
    if amounts and len(amounts) != len(documents):
        words = f"has {len(amounts)} amounts for {len(documents)} invoices; give one for each, or none at all"
        return filled.problem("amount_count", sheets.AMOUNTS, words)
    if any(amount.amount <= 0 for amount in amounts):
        return filled.problem("amount_sign", sheets.AMOUNTS, "must be more than zero")
    if amounts and line.amount and (total := Money.sum(amounts, line.amount.currency)).amount > abs(line.amount).amount:
        words = f"adds up to {total}, more than the {abs(line.amount)} of the bank line; lower it"
        return filled.problem("amount_sum", sheets.AMOUNTS, words)
    return None


def _amounts(filled: Filled, line: Row) -> list[Money] | Problem:
    value = filled.cells.get(sheets.AMOUNTS)
    currency = line.amount.currency if line.amount else ""
    if isinstance(value, int | float):
        numbers: list[Decimal | None] = [Decimal(repr(value))]
    else:
        numbers = [_number(text) for text in _parts(as_text(value), _LISTED)]
    amounts = [_exact(number, currency) for number in numbers]
    read = [Money(amount, currency) for amount in amounts if amount is not None]
    if len(read) == len(amounts):
        return read
    words = "is no clear amount; wanted a number such as 1190.00, several with a semicolon between them"
    return filled.problem("amount", sheets.AMOUNTS, words)


def _parts(text: str, between: re.Pattern[str]) -> list[str]:
    return [part for piece in between.split(text) if (part := piece.strip())]


def _number(text: str) -> Decimal | None:
    """A number with a point or a comma before its decimals; None where the mark could as well be one of thousands."""
    if found := _GROUPED.fullmatch(text):
        whole = text[: -len(found["cents"]) - 1]
        return Decimal(f"{re.sub('[^0-9]', '', whole)}.{found['cents']}")
    return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def _exact(number: Decimal | None, currency: str) -> Decimal | None:
    """The number with the decimals of the currency; None where it has more of them."""
    if number is None:
        return None
    rounded = round(number, decimals_of(currency))
    return rounded if abs(rounded - number) < _ROUNDING else None
