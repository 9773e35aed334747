"""What an invoice tells of a line that was not found, where posted entries do not: whether it was ever paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from importer.model import Document, DocumentKind
from importer.states import Intent, State
from importer.writer.judge import ask_a_person
from importer.writer.session import Session


class Verdict(StrEnum):
    """What may be concluded of a line that was not found."""

    ABSENT = "absent"
    POSTED = "posted"
    WAITING = "waiting"  # nothing yet; time will tell
    OPEN = "open"  # nothing, ever, by reading: only a person can tell


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A verdict and, where it is not final, why."""

    verdict: Verdict
    why: str = ""


class Since(StrEnum):
    """What is known of the journal since a line was sent. It is posted as a whole."""

    STANDS = "stands"  # an older line stands in it, so it was not posted since
    UNKNOWN = "unknown"  # nothing shows that it was posted since, and nothing that it was not
    WAS_EMPTIED = "was emptied"  # others of its lines are gone
    FORGOTTEN = "forgotten"  # whether the line was ever sent is not known either
    WAS_POSTED = "was posted"  # lines of the same bank line stand in the entries


ABSENT = Conclusion(Verdict.ABSENT)
_LEFT = frozenset({Since.WAS_EMPTIED, Since.WAS_POSTED})


def by_invoices(
    session: Session, intents: Sequence[Intent], since: Callable[[Intent], Since]
) -> Mapping[tuple[str, int], Conclusion]:
    """What the invoices tell of these intents, by key and part.

    Where the invoice of one of them is settled, the journal may have been posted with the others in it.
    """
    documents = session.ports.business_central.snapshot().documents if intents else ()
    invoices = {document.number: document for document in documents if document.kind is DocumentKind.INVOICE}
    settled = {(each.key, each.part) for each in intents if _is_settled(each, invoices.get(each.payment.invoice))}

    def since_then(intent: Intent) -> Since:
        told = since(intent)
        return Since.WAS_EMPTIED if told is Since.UNKNOWN and settled - {(intent.key, intent.part)} else told

    return {
        (intent.key, intent.part): _by_invoice(intent, invoices.get(intent.payment.invoice), since_then(intent))
        for intent in intents
    }


def _is_settled(intent: Intent, invoice: Document | None) -> bool:
    """This much is no longer open on the invoice, so the line may have paid it."""
    return invoice is not None and invoice.remaining.amount < -intent.payment.amount.amount


def _by_invoice(intent: Intent, invoice: Document | None, since: Since) -> Conclusion:
    """An invoice on which nothing was ever paid was not paid by this line; if it is settled, this line may have done it.

    Where the journal was posted since, an unpaid one proves nothing: somebody may have applied the line to another before.
    What was doubtful for that reason stays so, whatever becomes of the lines that showed it.
    """
    is_unpaid = invoice is not None and invoice.remaining == invoice.total
    if is_unpaid and since not in _LEFT and intent.state is not State.DOUBTFUL:
        return ABSENT
    is_settled = _is_settled(intent, invoice)
    if is_settled and since in _LEFT:
        return Conclusion(Verdict.POSTED, "left with the journal, and its invoice is settled")
    if since is Since.STANDS and not is_settled and intent.state is not State.HIDDEN:
        return ABSENT
    return Conclusion(Verdict.OPEN, ask_a_person(intent))
