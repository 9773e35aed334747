"""What an answer or a row means for an intent: pure functions, one place for every conclusion."""

from __future__ import annotations

from importer.identity import is_line_key
from importer.model import JournalLine
from importer.plan import Payment
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from importer.states import DONE, Intent, Move, State


def after_reply(intent: Intent, reply: Reply) -> Move:
    """The step that the answer to a create calls for."""
    match reply:
        case Applied(line=line):
            return seen(intent, line)
        case Refused(code=code, message=message):
            return Move(intent, State.REJECTED, f"{message} ({code})" if code else message)
        case NotApplied(code=code, message=message):
            return Move(intent, State.PLANNED, f"{message} ({code})" if code else message)
        case SameKey():
            return Move(intent, State.HIDDEN, _taken(intent))
        case Changed(message=message) | Missing(message=message) | Unknown(message=message):
            return Move(intent, State.UNKNOWN, message)


def seen(intent: Intent, line: JournalLine) -> Move:
    """The step when `line` is the intent's own line in the journal: as it was sent and seen, or not.

    A line that somebody changed stays one that somebody changed, whatever it looks like later.
    """
    differences = compare(intent.payment, line)
    if intent.state not in DONE - {State.MISMATCH}:
        return Move(intent, State.MISMATCH if differences else State.CREATED, "; ".join(differences), line)
    changes = (*differences, *touched(intent.line, line))
    if changes or intent.state is State.EDITED:
        return Move(intent, State.EDITED, "; ".join(changes) or intent.reason, line)
    return Move(intent, State.CREATED, line=line)


def touched(before: JournalLine | None, now: JournalLine) -> list[str]:
    """What somebody else changed in a line beside what `compare` looks at; nothing when it was never seen before."""
    if before is None:
        return []
    texts = (
        ("documentNumber", before.document_number, now.document_number),
        ("description", before.description, now.description),
        ("comment", before.comment, now.comment),
    )
    return [f"{name}: was {was}, is {is_}" for name, was, is_ in texts if was != is_]


def is_ours(intent: Intent, line: JournalLine) -> bool:
    """True when the row on the intent's line number is its own line.

    The key says so. A row with no key of ours but the same customer, amount, date and invoice is ours too: a person
    changed its key. By chance a foreign line is never on this number with these facts, and a new number would pay twice.
    """
    if carries_key(intent, line):
        return True
    marker = line.external_document_number.strip().upper()
    return not is_line_key(marker) and not compare(intent.payment, line, but=("externalDocumentNumber",))


def carries_key(intent: Intent, line: JournalLine) -> bool:
    """True when the row has the key of the intent's bank line."""
    return line.external_document_number.strip().upper() == intent.key


def compare(payment: Payment, line: JournalLine, but: tuple[str, ...] = ()) -> list[str]:
    """What of the payment stands differently in the journal: only what was sent, as Business Central stores it.

    Args:
        but: names of API fields that are not compared.
    """
    facts = (
        ("lineNumber", payment.line_number, line.line_number),
        ("externalDocumentNumber", payment.external_document_number, line.external_document_number.strip().upper()),
        ("customerNumber", payment.customer.strip().upper(), line.customer.strip().upper()),
        ("amount", payment.amount.amount, line.amount),
        ("postingDate", payment.posting_date, line.posting_date),
        ("appliesToInvoiceNumber", payment.invoice.strip().upper(), line.invoice.strip().upper()),
        ("documentNumber", payment.document_number.strip().upper(), line.document_number.strip().upper()),
    )
    skipped = but if payment.document_number else (*but, "documentNumber")
    return [
        f"{name}: sent {sent}, in the journal {stored}"
        for name, sent, stored in facts
        if name not in skipped and sent != stored
    ]


def _taken(intent: Intent) -> str:
    number = intent.payment.line_number
    return (
        f"a line with this line number already exists in the journal, where the API does not show it. Look there for line "
        f"{number}, {intent.payment.amount} of customer {intent.payment.customer}: if it is this payment, say "
        f"`importer run settle --found {number}`, else delete it or give it another type that the API shows"
    )


def ask_a_person(intent: Intent) -> str:
    """Why only a person can say what became of a line, where to look, and how to say it."""
    number, payment = intent.payment.line_number, intent.payment
    return (
        f"it may have been posted, and nothing that can be read says so. Look in the ledger entries of customer "
        f"{payment.customer} for {payment.amount}, external document number {intent.key}, then say "
        f"`importer run settle --found {number}` or `--absent {number}`"
    )
