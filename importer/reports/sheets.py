"""The layout of the workbook, shared by its writer and by the reader of a filled-in review: sheets, columns, captions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.model import Candidate, Confidence
from importer.plan import Payment
from importer.reports.labels import LABELS, State
from importer.reports.printable import printable, sentence
from importer.reports.rows import Row

TO_REVIEW = "To review"
SHEETS: Mapping[str, tuple[State, ...]] = {
    "Needs attention": (State.UNKNOWN, State.ATTENTION, State.NOT_SENT),
    TO_REVIEW: (State.REVIEW,),
    "Ready": (State.READY, State.CHANGE, State.CREATED, State.CHANGED),
    "Already imported": (State.IMPORTED, State.LEFT, State.REMOVED),
    "Rejected": (State.REFUSED, State.REJECTED),
}
ALWAYS = frozenset(SHEETS) - {"Needs attention"}
LISTS, PLAN = "Lists", "Plan"  # hidden: what the drop-downs offer, and the plan that the review is about

KEY, DECISION = "Key", "Decision"
CUSTOMER, DOCUMENTS, AMOUNTS, NOTE = "Customer No.", "Applies-to Doc. Nos.", "Amounts to Apply", "Note"
ACCEPT, OTHER, IGNORE = "accept", "other", "ignore"
HINTS: Mapping[str, str] = {
    DECISION: "accept: as proposed. other: as you fill in to the right. ignore: import nothing. Empty: leave it for later.",
    CUSTOMER: "Only for other: the number of the customer who paid. May stay empty if you name invoices.",
    DOCUMENTS: "Only for other: one invoice, or several with a semicolon between them. "
    "Empty: the whole amount goes on the customer's account.",
    AMOUNTS: "Only for other, and only if not the whole Remaining Amount is settled: one amount per invoice, "
    "in the same order, with a semicolon between them.",
    NOTE: "For your colleagues; it is kept with the decision.",
}
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # in a workbook _x0041_ means the letter A, unless its _ is spelled out
CELL_LIMIT = 32_767  # characters; Excel refuses a file with more in a cell

Value = str | Decimal | date | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its caption, its width in characters, and what of a row stands in it."""

    caption: str
    width: int
    value: Callable[[Row], Value]


def _amount(row: Row) -> Decimal | None:
    return row.amount.amount if row.amount else None


def _confidence(row: Row) -> str:
    return "" if row.confidence is Confidence.NONE else row.confidence.capitalize()


def _reasons(row: Row) -> list[str]:
    return [sentence(reason.message) for reason in row.reasons]


def proposed(row: Row) -> str:
    """The proposal of a row in words: the customer, then a line per journal line; "" if there is none."""
    if not row.payments:
        return ""
    return "\n".join((f"Customer No. {row.named(row.payments[0].customer)}", *map(_part, row.payments)))


def _part(payment: Payment) -> str:
    return f"{payment.invoice or 'on account'} {-payment.amount}"


def _candidates(row: Row) -> str:
    return "\n".join(_candidate(row, candidate) for candidate in row.candidates)


def _candidate(row: Row, candidate: Candidate) -> str:
    named = ", ".join(filter(None, (row.named(candidate.customer or ""), candidate.invoice)))
    return f"{named}: {sentence(candidate.why)}"


DATE = Column("Date", 11, lambda row: row.booked_on)
AMOUNT = Column("Statement Amount", 12, _amount)
CURRENCY = Column("Currency", 9, lambda row: row.amount.currency if row.amount else "")
NAME = Column("Related-Party Name", 22, lambda row: printable(row.counterparty))
TEXT = Column("Transaction Text", 30, lambda row: printable(row.text))
ACCOUNT = Column("Related-Party Bank Acc. No.", 26, lambda row: printable(row.iban))
REFERENCE = Column("Payment Reference No.", 22, lambda row: printable(row.reference))
FACTS = (DATE, AMOUNT, CURRENCY, NAME, TEXT, ACCOUNT, REFERENCE)
"""What the bank wrote; a review in which any of it was edited is refused."""

WHY = "Why"
_ORIGIN = (
    Column("Match Confidence", 12, _confidence),
    Column("File", 26, lambda row: row.file),
    Column("Record", 8, lambda row: row.record),
)

REVIEW_COLUMNS = (
    DATE,
    AMOUNT,
    CURRENCY,
    NAME,
    TEXT,
    Column(WHY, 34, lambda row: "\n".join(_reasons(row))),
    Column("Proposal", 26, proposed),
    Column(DECISION, 11, lambda _: None),
    Column(CUSTOMER, 14, lambda _: None),
    Column(DOCUMENTS, 22, lambda _: None),
    Column(AMOUNTS, 18, lambda _: None),
    Column(NOTE, 24, lambda _: None),
    Column("Candidates", 52, _candidates),
    ACCOUNT,
    REFERENCE,
    *_ORIGIN,
    Column(KEY, 24, lambda row: row.key),
)

LINE_COLUMNS = (
    Column("State", 18, lambda row: LABELS[row.state].caption),
    DATE,
    AMOUNT,
    CURRENCY,
    NAME,
    TEXT,
    Column(CUSTOMER, 14, lambda row: row.customer),
    Column("Customer Name", 26, lambda row: row.basis.name_of(row.customer)),
    Column("Customer payment journal lines", 34, lambda row: "; ".join(map(_part, row.payments))),
    Column(WHY, 60, lambda row: " ".join(_reasons(row))),
    ACCOUNT,
    REFERENCE,
    *_ORIGIN,
    Column("External Document No.", 24, lambda row: row.key),
)


def cell_value(value: Value) -> Value:
    """The value as it stands in a cell: texts printable and no longer than a cell may be; our own line ends stay."""
    if not isinstance(value, str):
        return value
    text = "\n".join(map(printable, value.split("\n")))
    return _ESCAPE.sub("_x005F_", text)[:CELL_LIMIT]
