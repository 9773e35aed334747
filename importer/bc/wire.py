"""Requests as values: what is asked, how a journal line is written down, how many go into one envelope. Pure.

The order of the fields is part of the message: the server validates a body in its order, and only "id first, number
second" makes it compare the two. The other way round the id silently wins (business-central-api.md §4.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, urlencode

from importer.bc.flavours import Flavour
from importer.bc.json_text import Renderable, render
from importer.bc.records import NULL_GUID
from importer.model import JournalLine
from importer.plan import FieldChange, LinePatch, Payment

# A GUID that no server hands out.
NOBODY = "ffffffff-ffff-4fff-bfff-ffffffffffff"
PRIMARY = ("Data-Access-Intent", "ReadWrite")
# Every proxy on the way takes URLs up to here.
LONGEST_URL = 2000
JSON_CONTENT = ("Content-Type", "application/json")
_ORDER = (
    "customerId",
    "customerNumber",
    "appliesToInvoiceId",
    "appliesToInvoiceNumber",
    "postingDate",
    "amount",
    "documentNumber",
    "externalDocumentNumber",
    "description",
    "comment",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` is relative to the base URL, `headers` do not hold credentials, `body` is None for none.

    `link` is the full URL of a further page, as the server named it, in place of path and query.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Renderable] | None = None
    link: str = ""

    @property
    def target(self) -> str:
        """Path and query as they stand in a URL; blanks are %20, never a plus."""
        if not self.query:
            return self.path
        return f"{self.path}?{urlencode(self.query, safe='$,()', quote_via=quote)}"

    @property
    def content(self) -> bytes:
        """The body as it is sent; ASCII only."""
        return b"" if self.body is None else render(self.body).encode("ascii")


@dataclass(frozen=True, slots=True)
class Place:
    """One journal of one company, in one dialect."""

    flavour: Flavour
    company: str
    journal: str

    @property
    def lines(self) -> str:
        """Path of the journal's lines."""
        return self.flavour.lines(self.company, self.journal)

    def line(self, line: str) -> str:
        """Path of one line."""
        return self.flavour.line(self.company, self.journal, line)


def listing(path: str, *, select: Sequence[str] = (), where: str = "", page_size: int = 0) -> Request:
    """Read a collection from the primary database: a replica may lag behind what was just written (§10)."""
    query = [("$filter", where)] if where else []
    if select:
        query.append(("$select", ",".join(select)))
    headers = [PRIMARY]
    if page_size:
        headers.append(("Prefer", f"odata.maxpagesize={page_size}"))
    return Request("GET", path, tuple(query), tuple(headers))


def creation(place: Place, payment: Payment) -> Request:
    """Create one journal line. Every field is sent, because the server fills a missing one from a neighbouring line (F7).

    Only an empty document number is left out, then Business Central numbers the line. Without an invoice the null GUID is
    not sent: the empty number says the same and is what a person would leave.
    """
    body: dict[str, Renderable] = {
        "lineNumber": payment.line_number,
        "customerId": payment.customer_id,
        "customerNumber": payment.customer,
    }
    if payment.invoice_id:
        body["appliesToInvoiceId"] = payment.invoice_id
    body["appliesToInvoiceNumber"] = payment.invoice
    body["postingDate"] = payment.posting_date.isoformat()
    if payment.document_number:
        body["documentNumber"] = payment.document_number
    body["externalDocumentNumber"] = payment.external_document_number
    body["amount"] = payment.amount.amount
    body["description"] = payment.description
    body["comment"] = payment.comment
    return Request("POST", place.lines, headers=(JSON_CONTENT,), body=body)


def change(place: Place, patch: LinePatch) -> Request:
    """Change the given fields of a line, only if it is still the version the patch is based on."""
    changes = sorted(patch.changes, key=_place_in_body)
    body = {each.field: _value(each) for each in changes}
    return Request("PATCH", place.line(patch.line_id), headers=(JSON_CONTENT, ("If-Match", patch.etag)), body=body)


def removal(place: Place, line: JournalLine) -> Request:
    """Delete a line, only if it is still the version that was read."""
    return Request("DELETE", place.line(line.id), headers=(("If-Match", line.etag),))


def new_journal(path: str, code: str, name: str) -> Request:
    """Create a customer payment journal; its template is the server's own (§3.1)."""
    return Request("POST", path, headers=(JSON_CONTENT,), body={"code": code, "displayName": name})


def envelope(requests: Sequence[Request]) -> Request:
    """Several requests in one `$batch`, each its own transaction, all of them tried; ids are "1", "2", …

    `continue-on-error`, because otherwise the server stops at the first refusal and the rest stays without an answer (F19).
    """
    parts = [_part(number, request) for number, request in enumerate(requests, start=1)]
    return Request(
        "POST", "$batch", headers=(JSON_CONTENT, ("Prefer", "odata.continue-on-error")), body={"requests": parts}
    )


def rehearsal(place: Place, requests: Sequence[Request]) -> Request:
    """Requests in one `$batch` that is one transaction, and behind them one that must fail: all is taken back (F20).

    What fails is a change of a line that cannot exist; whoever ignored the isolation would not store anything by it.
    """
    failing = Request(
        "PATCH", place.line(NOBODY), headers=(JSON_CONTENT, ("If-Match", 'W/"0"')), body={"description": "rehearsal"}
    )
    parts = [_part(number, request) for number, request in enumerate([*requests, failing], start=1)]
    return Request("POST", "$batch", headers=(JSON_CONTENT, ("Isolation", "snapshot")), body={"requests": parts})


def one_of(name: str, values: Sequence[str]) -> str:
    """A filter on one text field; `or` is allowed on the same field only (F27)."""
    return " or ".join(f"{name} eq {literal(value)}" for value in values)


def ids_in(ids: Sequence[str]) -> str:
    """A filter for the records with these ids; a GUID stands without quotes."""
    return " or ".join(f"id eq {each}" for each in ids)


def literal(value: str) -> str:
    """A text as it stands in a filter."""
    return "'" + value.replace("'", "''") + "'"


def chunks_of(name: str, values: Sequence[str], longest: int) -> tuple[tuple[str, ...], ...]:
    """The values cut into runs whose filter, encoded, stays within `longest` characters; at least one value each."""
    chunks: list[tuple[str, ...]] = []
    current: list[str] = []
    for value in values:
        if current and len(quote(one_of(name, [*current, value]))) > longest:
            chunks.append(tuple(current))
            current = []
        current.append(value)
    return (*chunks, tuple(current)) if current else tuple(chunks)


def _part(number: int, request: Request) -> dict[str, Renderable]:
    part: dict[str, Renderable] = {
        "id": str(number),
        "method": request.method,
        "url": request.target,
        "headers": dict(request.headers),
    }
    if request.body is not None:
        part["body"] = request.body
    return part


def _place_in_body(change: FieldChange) -> tuple[int, str]:
    return (_ORDER.index(change.field) if change.field in _ORDER else len(_ORDER), change.field)


def _value(change: FieldChange) -> Renderable:
    match change.field:
        case "amount":
            return Decimal(change.new)
        case "lineNumber":
            return int(change.new)
        case "customerId" | "appliesToInvoiceId":
            # A blank is no GUID; the null GUID takes the invoice away (business-central-api.md §4.2).
            return change.new or NULL_GUID
        case _:
            return change.new
