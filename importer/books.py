"""The books that a plan is made on: with what is on its way to Business Central, and with nobody from memory alone."""

from __future__ import annotations

from dataclasses import replace

from importer.model import JournalLine, Snapshot
from importer.office import Office
from importer.plan import Create, Patch, Payment, Plan, Review


def books_of(office: Office) -> Snapshot:
    """The books as they will be once everything whose outcome is unknown turns out to have been created."""
    world = office.business_central
    books = world.snapshot()
    numbers = {line.line_number for line in books.journal_lines}
    unsettled = [intent.payment for intent in office.ledger.unfinished(world.company_id, world.journal.id)]
    claims = tuple(_as_line(payment) for payment in unsettled if payment.line_number not in numbers)
    return replace(books, journal_lines=(*books.journal_lines, *claims))


def books_for(plan: Plan, office: Office) -> Snapshot:
    """The same, in which everybody who pays in this plan is as he stands now."""
    books = books_of(office)
    return books_of(office) if is_outdated(plan, office) else books


def is_outdated(plan: Plan, office: Office) -> bool:
    """Whether somebody who pays in this plan is no longer as he was remembered; then the next books are read anew."""
    decisions = (one for one in plan.decisions if isinstance(one, Create | Patch | Review))
    return office.remembering.is_outdated({payment.customer for one in decisions for payment in one.payments})


def _as_line(payment: Payment) -> JournalLine:
    return JournalLine(
        id="",
        etag="",
        line_number=payment.line_number,
        customer=payment.customer,
        customer_id=payment.customer_id,
        posting_date=payment.posting_date,
        document_number=payment.document_number,
        external_document_number=payment.external_document_number,
        amount=payment.amount.amount,
        invoice=payment.invoice,
        invoice_id=payment.invoice_id,
        description=payment.description,
        comment=payment.comment,
    )
