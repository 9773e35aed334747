"""Answers as values: one total function says what a request led to, and everything that is not listed is `Unknown`.

Source: reliability.md §9.1 and §9.2, business-central-api.md §2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from importer.bc.json_text import Json, Unreadable, parse
from importer.bc.records import Malformed, journal_line
from importer.model import JournalLine
from importer.plan import FieldChange, LinePatch, Payment
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from importer.texts import one_line

_SAME_KEY = "Internal_EntityWithSameKeyExists"
_CHANGED = "Request_EntityChanged"
_NOT_THERE = frozenset({"BadRequest_ResourceNotFound", "BadRequest_NotFound", "Internal_RecordNotFound"})
# With these the server refuses before it does anything.
_NOT_APPLIED = frozenset({401, 403, 404, 405, 411, 413, 414, 415, 429})
_ACCESS = frozenset({"Authentication", "Authorization"})
NO_CREDENTIALS = "Authentication_InvalidCredentials"
_ACCESS_CODES = {401: NO_CREDENTIALS, 403: "Authorization_RequestDenied"}
_BUSINESS = frozenset({"BadRequest", "Application"})
# Other Internal_* codes may be transient; these two come from checking a field's relation, and that rolls the line back.
_RELATION = frozenset({"Internal_InvalidTableRelation", "Internal_DataNotFoundFilter"})
_CODES = frozenset({"customerNumber", "documentNumber", "externalDocumentNumber", "appliesToInvoiceNumber"})
_LONGEST_MESSAGE = 500

Intent = Payment | LinePatch | JournalLine


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one request, alone or out of a `$batch`; `problem` says why the body could not be read."""

    status: int
    body: Json = None
    problem: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A part of a `$batch` of which nothing usable is known, and why."""

    why: str


def part_of(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Part:
    """The answer to a request that was sent alone."""
    if not body:
        return Part(status, headers=headers or {})
    try:
        return Part(status, parse(body), headers=headers or {})
    except Unreadable as error:
        return Part(status, problem=str(error), headers=headers or {})


_LEFT_OUT = Unanswered("the answer to the batch leaves this part out")


def parts_of(envelope: Part, count: int) -> tuple[Part | Unanswered, ...]:
    """The answers to the `count` requests of a `$batch`, in the order they were asked; matched by id, never by position.

    An id that is doubled or was never given makes the whole envelope worthless: nobody knows which answer is whose.
    """
    wanted = [str(number) for number in range(1, count + 1)]
    try:
        responses = _responses(envelope)
    except Malformed as error:
        return (Unanswered(f"the answer to the batch is unusable: {error}"),) * count
    times = Counter(_id(response) for response in responses)
    strange = sorted(each for each in times if each not in wanted)
    doubled = sorted(each for each, seen in times.items() if seen > 1)
    if strange or doubled:
        what = (
            f"ids that were not asked for ({', '.join(strange)})" if strange else f"doubled ids ({', '.join(doubled)})"
        )
        return (Unanswered(f"the answer to the batch has {what}"),) * count
    found = {_id(response): _part(response) for response in responses}
    return tuple(found.get(each, _LEFT_OUT) for each in wanted)


def until_it_stopped(parts: Sequence[Part | Unanswered]) -> tuple[Part | Unanswered, ...]:
    """The answers up to the failure at which the server stopped, so that nothing behind it was carried out; all if it did not.

    It stops where it does not heed `odata.continue-on-error`, which only practitioners describe (§6): the last answer is then a
    failure, and just those behind it are left out. Answers that are missing otherwise were lost, and prove nothing.
    """
    answered = tuple(takewhile(lambda part: part != _LEFT_OUT, parts))
    last = answered[-1] if answered else _LEFT_OUT
    is_refusal = isinstance(last, Part) and 400 <= last.status < 500 and last.status != 408
    is_the_end = all(part == _LEFT_OUT for part in parts[len(answered) :])
    return answered if is_refusal and is_the_end else tuple(parts)


def classify(intent: Intent, part: Part | Unanswered) -> Reply:
    """What became of a request: decided by the error code first, then by the status; unlisted is `Unknown`.

    An answer "done" counts only if the stored record says what was sent (reliability.md §4.4).
    """
    if isinstance(part, Unanswered):
        return Unknown(part.why)
    if part.status in (200, 201, 204):
        return _done(intent, part)
    return _of_creation(part) if isinstance(intent, Payment) else of_change(part)


def of_change(part: Part) -> Refused | NotApplied | Changed | Missing | Unknown:
    """What an error answer to a change or removal of one record means."""
    code, message = error_of(part)
    if code == _CHANGED or part.status == 412:
        return Changed(message)
    if part.status == 404 or (part.status == 400 and code in _NOT_THERE):
        return Missing(message)
    return _refusal(part.status, code, message)


def of_envelope(part: Part) -> NotApplied | Unknown:
    """What an answer to a `$batch` as a whole, other than 200, means for each of its parts.

    A refusal is one of the envelope, not of the lines in it: they may be sent again.
    """
    reply = _refusal(part.status, *error_of(part))
    return NotApplied(reply.code, reply.message) if isinstance(reply, Refused) else reply


def _of_creation(part: Part) -> Reply:
    code, message = error_of(part)
    return SameKey(message) if code == _SAME_KEY else _refusal(part.status, code, message)


def error_of(part: Part) -> tuple[str, str]:
    """Code and message of an error answer; the code is "" when there is none, the message is always something to read."""
    error = part.body.get("error") if isinstance(part.body, dict) else None
    fields = error if isinstance(error, dict) else {}
    code, message = fields.get("code"), fields.get("message")
    words = one_line(message)[:_LONGEST_MESSAGE] if isinstance(message, str) else ""
    return (code if isinstance(code, str) else "", words or f"Business Central answered HTTP {part.status}")


def access_code(status: int, code: str) -> str:
    """The code of an error answer, in one spelling where it is about access.

    Servers word these differently; `Authentication_…` or `Authorization_…` says everywhere that it stops the run.
    """
    return code if code.partition("_")[0] in _ACCESS else _ACCESS_CODES.get(status, code)


def _refusal(status: int, code: str, message: str) -> Refused | NotApplied | Unknown:
    family = code.partition("_")[0]
    if status in _NOT_APPLIED or (status == 400 and (family in _ACCESS or code in _NOT_THERE)):
        return NotApplied(access_code(status, code) or f"HTTP {status}", message)
    if status == 400 and (family in _BUSINESS or code in _RELATION):
        return Refused(code, message)
    return Unknown(f"{message} (HTTP {status}{', ' + code if code else ''})")


def _done(intent: Intent, part: Part) -> Reply:
    if isinstance(intent, JournalLine):
        return Applied(intent) if part.status in (200, 204) else Unknown(f"a delete was answered HTTP {part.status}")
    if part.problem or not isinstance(part.body, dict):
        return Unknown(f"HTTP {part.status}, but the stored line is not in the answer: {part.problem or 'no object'}")
    try:
        line = journal_line(part.body)
    except Malformed as error:
        return Unknown(f"HTTP {part.status}, but the stored line cannot be read: {error}")
    different = _differences(line, intent)
    if different:
        return Unknown(f"mismatch: stored is not what was sent: {'; '.join(different)}")
    return Applied(line)


def _differences(line: JournalLine, intent: Payment | LinePatch) -> list[str]:
    return _from_payment(line, intent) if isinstance(intent, Payment) else _from_patch(line, intent)


def _from_payment(line: JournalLine, payment: Payment) -> list[str]:
    # What the server fills in or may shorten (description, comment, document number) is no matter of money.
    facts = (
        ("lineNumber", payment.line_number, line.line_number),
        ("externalDocumentNumber", _code(payment.external_document_number), _code(line.external_document_number)),
        ("amount", payment.amount.amount, line.amount),
        ("customerNumber", _code(payment.customer), _code(line.customer)),
        ("postingDate", payment.posting_date, line.posting_date),
        ("appliesToInvoiceNumber", _code(payment.invoice), _code(line.invoice)),
    )
    return [f"{name} {stored} instead of {sent}" for name, sent, stored in facts if sent != stored]


def _from_patch(line: JournalLine, patch: LinePatch) -> list[str]:
    stored = _fields(line)
    other = [] if line.id == patch.line_id else [f"line {line.id} answered instead"]
    return other + [
        f"{each.field} {stored[each.field]} instead of {each.new}"
        for each in patch.changes
        if each.field in stored and not _equal(each, stored[each.field])
    ]


def _fields(line: JournalLine) -> dict[str, str]:
    return {
        "lineNumber": str(line.line_number),
        "customerId": line.customer_id,
        "customerNumber": line.customer,
        "postingDate": line.posting_date.isoformat(),
        "documentNumber": line.document_number,
        "externalDocumentNumber": line.external_document_number,
        "amount": str(line.amount),
        "appliesToInvoiceId": line.invoice_id,
        "appliesToInvoiceNumber": line.invoice,
        "description": line.description,
        "comment": line.comment,
    }


def _equal(sent: FieldChange, stored: str) -> bool:
    if sent.field == "amount":
        return Decimal(sent.new) == Decimal(stored)
    if sent.field in _CODES:
        return _code(sent.new) == _code(stored)
    return sent.new.lower() == stored.lower() if sent.field.endswith("Id") else sent.new == stored


def _code(value: str) -> str:
    # A Code field is stored in upper case and without blanks around it (§2).
    return value.strip().upper()


def _responses(envelope: Part) -> list[Mapping[str, Json]]:
    if envelope.problem or not isinstance(envelope.body, dict):
        raise Malformed(envelope.problem or "it is not an object")
    responses = envelope.body.get("responses")
    if not isinstance(responses, list) or not all(isinstance(each, dict) for each in responses):
        raise Malformed("it has no list of responses")
    return [each for each in responses if isinstance(each, dict)]


def _id(response: Mapping[str, Json]) -> str:
    value = response.get("id")
    return str(value) if isinstance(value, str | int) else "none"


def _part(response: Mapping[str, Json]) -> Part | Unanswered:
    status, body, headers = response.get("status"), response.get("body"), response.get("headers")
    if isinstance(status, bool) or not isinstance(status, int):
        return Unanswered("the answer to this part has no status")
    names = headers if isinstance(headers, dict) else {}
    plain = {name.lower(): value for name, value in names.items() if isinstance(value, str)}
    if not isinstance(body, str):
        return Part(status, body, headers=plain)
    return part_of(status, body.encode("utf-8", "replace"), plain)
