"""The layout of the workbook, shared by its writer and by the reader of a filled-in review: sheets, columns, captions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.model import Candidate, Confidence
from importer.money import Money
from importer.plan import Payment
from importer.reports.labels import LABELS, State
from importer.reports.printable import printable, sentence
from importer.reports.rows import Row

TO_REVIEW, READY = "To review", "Ready"
SHEETS: Mapping[str, tuple[State, ...]] = {
    "Needs attention": (State.UNKNOWN, State.ATTENTION, State.NOT_SENT),
    TO_REVIEW: (State.REVIEW,),
    READY: (State.READY, State.CHANGE, State.CREATED, State.CHANGED),
    "Already imported": (State.IMPORTED, State.LEFT, State.REMOVED),
    "Rejected": (State.REFUSED, State.REJECTED),
}
ALWAYS = frozenset(SHEETS) - {"Needs attention"}
OPEN_INVOICES, BALANCES = "Open invoices", "Balance check"
LISTS, PLAN = "Lists", "Plan"  # hidden: what the drop-downs offer, and the plan that the review is about

KEY, DECISION = "Key", "Decision"
CUSTOMER, DOCUMENTS, AMOUNTS = "Customer No.", "Applies-to Doc. Nos.", "Amounts to Apply"
NOTE, DECIDED_BY = "Note", "Decided by"
ACCEPT, OTHER, IGNORE = "accept", "other", "ignore"
HINTS: Mapping[str, str] = {
    DECISION: "accept: as proposed. other: as you fill in to the right. ignore: never import this line. "
    "Empty: leave it for later.",
    CUSTOMER: "Only with other: the No. of the customer who paid, such as 10000. May stay empty if you name invoices, and "
    "must when these are of several customers.",
    DOCUMENTS: "Only with other: invoices of this customer, several with a semicolon between them: 103001; 103002. "
    "Empty: the whole amount stays on the customer's account.",
    AMOUNTS: "Only with other, and only if an invoice is not settled in full: one amount per invoice, in the same order, "
    "with a semicolon between them: 500.00; 90.50. What is left over stays on the customer's account.",
    NOTE: "For your colleagues; it is kept with the decision.",
    DECIDED_BY: "Your name. If empty, the name is kept that your spreadsheet program wrote into the file.",
}
READY_HINTS: Mapping[str, str] = {
    DECISION: "Empty: the line is created, or changed, as it stands here. ignore: never import it (a line to change stays "
    "as it is); enter the payment by hand.",
    NOTE: HINTS[NOTE],
    DECIDED_BY: HINTS[DECIDED_BY],
}
CELL_LIMIT = 32_767  # UTF-16 units; Excel refuses a file with more in a cell

Value = str | Decimal | date | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its caption, its width in characters, and what of a row stands in it."""

    caption: str
    width: int
    value: Callable[[Row], Value]

    def shown(self, row: Row) -> Value | Money:
        """What is written for a row: its value, an amount together with its currency."""
        return row.amount if self is AMOUNT else self.value(row)


def _amount(row: Row) -> Decimal | None:
    return row.amount.amount if row.amount else None


def _confidence(row: Row) -> str:
    return "" if row.confidence is Confidence.NONE else row.confidence.capitalize()


def _reasons(row: Row) -> list[str]:
    return [sentence(reason.message) for reason in row.reasons]


def proposed(row: Row) -> str:
    """The proposal of a row in words: each customer, then a line per journal line; "" if there is none."""
    if not row.payments:
        return ""
    return "\n".join(
        line
        for number in dict.fromkeys(payment.customer for payment in row.payments)
        for line in (
            f"Customer No. {row.named(number)}",
            *(_part(row, payment) for payment in row.payments if payment.customer == number),
        )
    )


def _part(row: Row, payment: Payment) -> str:
    left = row.basis.remaining(payment.invoice)
    return f"{payment.invoice or 'on account'} {-payment.amount}{f' of {left}' if left else ''}"


def _journal_lines(row: Row) -> str:
    return "; ".join(f"{payment.invoice or 'on account'} {-payment.amount}" for payment in row.payments)


def _candidates(row: Row) -> str:
    return "\n".join(_candidate(row, candidate) for candidate in row.candidates)


def _candidate(row: Row, candidate: Candidate) -> str:
    left = row.basis.remaining(candidate.invoice or "")
    invoice = f"{candidate.invoice}{f' ({left} left)' if left else ''}" if candidate.invoice else ""
    named = ", ".join(filter(None, (row.named(candidate.customer or ""), invoice)))
    return f"{named}: {sentence(candidate.why)}"


def _for_clerk(_: Row) -> None:
    """A cell that the clerk fills in."""


DATE = Column("Date", 11, lambda row: row.booked_on)
AMOUNT = Column("Statement Amount", 13, _amount)
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
    NAME,
    TEXT,
    Column(WHY, 32, lambda row: "\n".join(_reasons(row))),
    Column("Proposal", 30, proposed),
    Column("Candidates", 40, _candidates),
    Column(DECISION, 11, _for_clerk),
    Column(CUSTOMER, 14, _for_clerk),
    Column(DOCUMENTS, 22, _for_clerk),
    Column(AMOUNTS, 18, _for_clerk),
    Column(NOTE, 24, _for_clerk),
    Column(DECIDED_BY, 14, _for_clerk),
    CURRENCY,
    ACCOUNT,
    REFERENCE,
    *_ORIGIN,
    Column(KEY, 24, lambda row: row.key),
)

WAITING_COLUMNS = tuple(column for column in REVIEW_COLUMNS if column.value is not _for_clerk)

MARKER = "External Document No."
CERTAIN = (
    Column(CUSTOMER, 14, lambda row: row.customer),
    Column("Customer payment journal lines", 34, _journal_lines),
)
"""What becomes of a certain line; a review in which any of it was edited does not create the line."""

_OUTCOME = (
    Column("State", 18, lambda row: LABELS[row.state].caption),
    DATE,
    AMOUNT,
    CURRENCY,
    NAME,
    TEXT,
    CERTAIN[0],
    Column("Customer Name", 26, lambda row: row.basis.name_of(row.customer)),
    CERTAIN[1],
)
_REASON = (
    Column(WHY, 60, lambda row: " ".join(_reasons(row))),
    ACCOUNT,
    REFERENCE,
    *_ORIGIN,
    Column(MARKER, 24, lambda row: row.key),
)
LINE_COLUMNS = (*_OUTCOME, *_REASON)
READY_COLUMNS = (
    *_OUTCOME,
    Column(DECISION, 11, _for_clerk),
    Column(NOTE, 24, _for_clerk),
    Column(DECIDED_BY, 14, _for_clerk),
    *_REASON,
)


def cell_value(value: Value) -> Value:
    """The value as it stands in a cell: texts printable and no longer than a cell may be; our own line ends stay."""
    if not isinstance(value, str):
        return value
    text = value if value.isprintable() else "\n".join(map(printable, value.split("\n")))
    if len(text) <= CELL_LIMIT // 2:
        return text
    return text.encode("utf-16-le")[: 2 * CELL_LIMIT].decode("utf-16-le", errors="ignore")
