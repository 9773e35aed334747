"""Letting Business Central check payments without keeping them: one transaction that ends with a request that must fail.

    payments ─▶ $batch, Isolation: snapshot ─▶ the first refusal ─▶ again with what is behind it … ─▶ all taken back

The server answers up to the first failure, so every refused payment costs one more round. A server that ignores the
isolation, as older ones do, would keep what it accepts: at first it gets one payment, and the rest when the journal, read
again, shows that it took that one back. Source: reliability.md F20.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importer.bc.exchange import Answer, Exchange
from importer.bc.replies import Part, Unanswered, classify, error_of, part_of, parts_of
from importer.bc.wire import Place, creation, rehearsal
from importer.bc.writing import LARGEST_CALL
from importer.errors import AccessDenied, ConfigurationError, ImporterError, ServerContradiction, ServerUnavailable
from importer.model import JournalLine
from importer.plan import Payment
from importer.ports import NotApplied, Refused, SameKey, Unknown

# One part is for what must fail.
_MOST = LARGEST_CALL - 1


def rehearse(
    exchange: Exchange, place: Place, payments: Sequence[Payment], journal: Callable[[], Sequence[JournalLine]]
) -> tuple[Refused | None, ...]:
    """What the server says against each payment, in the same order; None where nothing.

    Args:
        journal: reads all lines of the journal from the primary.

    Raises:
        ConfigurationError: the server has no such batches.
        ServerUnavailable: no usable answer; nothing is kept, because the transaction cannot succeed.
        ServerContradiction: something stayed, or what must fail succeeded.
    """
    before, said = journal(), list[Refused | None]()
    while len(said) < len(payments):
        took_one_back = None in said
        most = len(payments) if took_one_back else 1
        try:
            said += _rounds(exchange, place, payments[len(said) :][:most])
        finally:
            _nothing_stayed(before, journal(), payments)
    return tuple(said)


def _rounds(exchange: Exchange, place: Place, payments: Sequence[Payment]) -> list[Refused | None]:
    said: list[Refused | None] = []
    while len(said) < len(payments):
        said += _round(exchange, place, payments[len(said) :][:_MOST])
    return said


def _nothing_stayed(before: Sequence[JournalLine], after: Sequence[JournalLine], payments: Sequence[Payment]) -> None:
    """Make sure that no rehearsed payment stands in the journal that did not stand there before.

    Raises:
        ServerContradiction: names the lines; they are real and carry our keys, so the next import takes them over.
    """
    keys = {payment.external_document_number.upper() for payment in payments}
    known = {line.id for line in before}
    kept = [line for line in after if line.id not in known and line.external_document_number.upper() in keys]
    if kept:
        numbers = ", ".join(str(line.line_number) for line in kept)
        raise ServerContradiction(
            f"This server kept lines {numbers} of a check that it should have taken back. Delete them from the journal, or "
            "let the import take them over; do not use --ask-server with this server."
        )


def _round(exchange: Exchange, place: Place, payments: Sequence[Payment]) -> list[Refused | None]:
    """The verdicts up to the first refusal, as far as the server answered."""
    outcome = exchange.once(rehearsal(place, [creation(place, payment) for payment in payments]))
    if not isinstance(outcome, Answer):
        raise ServerUnavailable(f"Business Central did not finish the check ({outcome.why}). Nothing is kept.")
    if outcome.status != 200:
        raise _refused(outcome)
    *parts, last = parts_of(part_of(200, outcome.body), len(payments) + 1)
    if isinstance(last, Part) and last.status < 400:
        raise ServerContradiction("A request that must fail succeeded; look into the journal before anything else.")
    said: list[Refused | None] = []
    for payment, part in zip(payments, parts, strict=True):
        if isinstance(part, Unanswered) and said and said[-1] is not None:
            break
        said.append(_verdict(payment, part))
    return said


def _refused(answer: Answer) -> ImporterError:
    code, message = error_of(part_of(answer.status, answer.body))
    seen = f"{message} (HTTP {answer.status} {code})".replace(" )", ")")
    match answer.status:
        case 401 | 403:
            return AccessDenied(f"A permission for the check is missing: {seen}.")
        case 400 | 404 | 405 | 501:
            return ConfigurationError(f"This server cannot check without keeping: {seen}. Leave --ask-server out.")
        case _:
            return ServerUnavailable(f"Business Central did not finish the check: {seen}. Nothing is kept.")


def _verdict(payment: Payment, part: Part | Unanswered) -> Refused | None:
    if isinstance(part, Part) and part.status in (200, 201, 204):
        return None
    match classify(payment, part):
        case Refused() as refused:
            return refused
        case SameKey(message=message):
            return Refused("Internal_EntityWithSameKeyExists", message)
        case NotApplied(code=code, message=message) if code.startswith(("Authentication", "Authorization")):
            raise AccessDenied(f"A permission for the check is missing: {message}")
        case NotApplied(message=message) | Unknown(message=message):
            raise ServerUnavailable(f"Business Central did not finish the check ({message}). Nothing is kept.")
        case other:
            raise ServerUnavailable(f"Business Central gave a strange answer to the check ({other}). Nothing is kept.")
