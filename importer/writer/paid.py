"""A line that would be sent, and whose invoice was paid meanwhile: somebody may have entered the payment by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from importer.model import DocumentKind
from importer.states import Intent, Move, State
from importer.writer.reading import Reading
from importer.writer.session import Session, Word


def unpaid(session: Session, intents: Sequence[Intent], reading: Reading) -> list[Intent]:
    """Those of the intents that may be sent; the others are doubtful from now on, and a person says what became of them.

    A plan pays what was open when it was made, and long after that nobody looks again before a line is sent once more. What a
    person called absent is sent: she has looked.
    """
    asking = [one for one in intents if one.payment.invoice and not _is_told(session, one)]
    open_amounts = _open_amounts(session) if asking else {}
    paid = {(one.key, one.part): why for one in asking if (why := _why_paid(one, open_amounts, reading))}
    session.record(
        [
            Move(one, State.DOUBTFUL, paid[one.key, one.part])
            for one in asking
            if (one.key, one.part) in paid and one.state is not State.DOUBTFUL
        ]
    )
    return [one for one in intents if (one.key, one.part) not in paid]


def _is_told(session: Session, intent: Intent) -> bool:
    return session.policy.words.get(intent.payment.line_number) is Word.ABSENT


def _open_amounts(session: Session) -> Mapping[str, Decimal]:
    """What is open on each invoice, by its number."""
    documents = session.ports.business_central.snapshot().documents
    return {one.number: one.remaining.amount for one in documents if one.kind is DocumentKind.INVOICE}


def _why_paid(intent: Intent, open_amounts: Mapping[str, Decimal], reading: Reading) -> str:
    """Why the invoice has no room for the line; "" when it has, or is not known."""
    payment = intent.payment
    remaining = open_amounts.get(payment.invoice)
    if remaining is None or remaining - sum(_applied(intent, reading)) >= -payment.amount.amount:
        return ""
    number = payment.line_number
    return (
        f"invoice {payment.invoice} was paid meanwhile, or other lines of the journal are applied to it: this payment may have "
        f"been entered by hand. Look in the ledger entries of customer {payment.customer} for {payment.amount}, then say "
        f"`importer run settle --found {number}`, or `--absent {number}` to send it all the same"
    )


def _applied(intent: Intent, reading: Reading) -> Iterator[Decimal]:
    """What lines of other bank lines in the journal take of the invoice."""
    invoice = intent.payment.invoice.upper()
    for row in reading.lines:
        if row.invoice.strip().upper() == invoice and row.external_document_number.strip().upper() != intent.key:
            yield -row.amount
