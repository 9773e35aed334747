"""What a request does to the books: reading, creating, changing, deleting, posting."""

from __future__ import annotations

import re

from importer.sandbox.customers import as_shown, create_customer, delete_customer, patch_customer
from importer.sandbox.documents import patch_document
from importer.sandbox.journals import create_journal, delete_journal, patch_journal
from importer.sandbox.papers import PAYMENT_TEMPLATE, Document, Journal, Line
from importer.sandbox.payments import create_payment, delete_payment, patch_payment
from importer.sandbox.posting import post_journal
from importer.sandbox.queries import Query, next_link, page_size, parse_query, shown, take_page
from importer.sandbox.refusals import Refusal, bad_request, no_record, not_allowed
from importer.sandbox.rows import Customer, Row
from importer.sandbox.schema import Json
from importer.sandbox.sources import Visit, find_row, in_one_order, scan_rows
from importer.sandbox.wire import Reply, etag

_TAG = re.compile(r'W/"[^"]+"')


def answer(visit: Visit) -> Reply:
    """Carry out a request.

    Raises:
        Refusal: the answer is an error; the caller takes back what was changed.
    """
    if visit.request.method not in {"GET", "HEAD"} and visit.desk.behaviour.write_permission == "denied":
        raise Refusal(403, "Authorization_RequestDenied", "You do not have permission to change this table.")
    if visit.target.entity.single == "customerLedgerEntry" and visit.desk.behaviour.posted_lookup == "denied":
        raise Refusal(403, "Authorization_RequestDenied", "You do not have permission to read customer ledger entries.")
    if visit.target.action:
        return _act(visit)
    match visit.request.method:
        case "GET" | "HEAD":
            return _read_one(visit) if visit.target.key else _read_many(visit)
        case "POST" if visit.target.key is None:
            return _create(visit)
        case "PATCH" | "PUT" if visit.target.key:
            return _patch(visit)
        case "DELETE" if visit.target.key:
            return _delete(visit)
        case method:
            kind = "Collection" if visit.target.key is None else "Entity"
            raise not_allowed(method, visit.target.entity.name, kind)


def _read_one(visit: Visit) -> Reply:
    query = parse_query(visit.request, visit.target.entity, visit.desk.behaviour)
    return Reply(200, _entity(visit, _found(visit), query))


def _read_many(visit: Visit) -> Reply:
    desk, target, request = visit.desk, visit.target, visit.request
    query = in_one_order(parse_query(request, target.entity, desk.behaviour), target)
    size, headers = page_size(request, desk.behaviour.page_size)
    page = take_page(lambda after: scan_rows(visit, query, after), query, size)
    content: dict[str, Json] = {"@odata.context": f"{visit.root}/$metadata#{target.context}"}
    if page.total is not None:
        content["@odata.count"] = page.total
    content["value"] = [shown(row, target.entity, query.select) for row in page.rows]
    if page.token is not None:
        content["@odata.nextLink"] = next_link(request, query, page)
    return Reply(200, content, headers)


def _create(visit: Visit) -> Reply:
    row = _created(visit, visit.request.json_object())
    place = f"{visit.request.origin}{visit.request.path}"
    location = f"{place}/{row.id}" if visit.target.flavour.keys == "segments" else f"{place}({row.id})"
    return Reply(201, _entity(visit, row), {"Location": location})


def _patch(visit: Visit) -> Reply:
    row = _found(visit)
    _check_tag(visit, row, needed=True)
    return Reply(200, _entity(visit, _patched(visit, row, visit.request.json_object())))


def _delete(visit: Visit) -> Reply:
    row = _found(visit)
    _check_tag(visit, row, needed=visit.desk.behaviour.delete_if_match == "required")
    desk = visit.desk
    match row:
        case Customer():
            delete_customer(desk, row)
        case Line():
            delete_payment(desk, row)
        case Journal():
            delete_journal(desk, row)
        case _:
            raise Refusal(400, "BadRequest_MethodNotAllowed", f"{visit.target.entity.name} cannot be deleted.")
    return Reply(204)


def _act(visit: Visit) -> Reply:
    target = visit.target
    if visit.request.method != "POST":
        raise not_allowed(visit.request.method, target.action, "Action")
    if target.entity.single != "journal" or target.action != "microsoft.nav.post":
        text = f"The action '{target.action}' is not implemented for '{target.entity.name}'."
        raise Refusal(404, "BadRequest_NotFound", text)
    journal = _found(visit)
    _check_tag(visit, journal, needed=False)
    if visit.desk.behaviour.posting_permission == "denied":
        raise Refusal(403, "Authorization_RequestDenied", "You do not have permission to post a general journal.")
    if isinstance(journal, Journal):
        post_journal(visit.desk, journal)
    return Reply(204)


def _check_tag(visit: Visit, row: Row, *, needed: bool) -> None:
    given = visit.request.headers.get("if-match")
    if given is None and not needed:
        return
    if given is None or (given != "*" and not _TAG.fullmatch(given)):
        text = (
            "Could not validate the client concurrency token required by the service. "
            "Please provide a valid token in the client request."
        )
        raise Refusal(400, "BadRequest_InvalidToken", text)
    if given not in {"*", etag(row)}:
        text = "Another user has already changed the record."
        raise Refusal(visit.desk.behaviour.stale_status, "Request_EntityChanged", text)


def _entity(visit: Visit, row: Row, query: Query | None = None) -> Json:
    context = f"{visit.root}/$metadata#{visit.target.context}/$entity"
    if isinstance(row, Customer):
        row = next(as_shown(visit.desk, iter([row])))
    return {"@odata.context": context, **shown(row, visit.target.entity, query.select if query else None)}


def _created(visit: Visit, body: dict[str, Json]) -> Row:
    desk, entity = visit.desk, visit.target.entity
    match entity.single:
        case "customer":
            return create_customer(desk, entity, body)
        case "customerPayment":
            return create_payment(desk, entity, visit.target.journal, body)
        case "customerPaymentJournal":
            return _created_with_lines(visit, body)
        case "journal":
            return create_journal(desk, entity, "GENERAL", body)
        case _:
            raise not_allowed("POST", entity.name)


def _created_with_lines(visit: Visit, body: dict[str, Json]) -> Journal:
    """A payment journal and, when the body brings them along, its lines (deep insert)."""
    lines = body.get("customerPayments", [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise bad_request("Invalid Request Body")
    own = {name: value for name, value in body.items() if name != "customerPayments"}
    journal = create_journal(visit.desk, visit.target.entity, PAYMENT_TEMPLATE, own)
    for line in lines:
        if isinstance(line, dict):
            create_payment(visit.desk, visit.target.flavour.entities["customerPayments"], journal, line)
    return journal


def _patched(visit: Visit, row: Row, body: dict[str, Json]) -> Row:
    desk, entity = visit.desk, visit.target.entity
    match row:
        case Customer():
            return patch_customer(desk, entity, row, body)
        case Line():
            return patch_payment(desk, entity, row, body)
        case Journal():
            return patch_journal(desk, entity, row, body)
        case Document():
            return patch_document(desk, entity, row, body)
        case _:
            raise not_allowed("PATCH", entity.name, "Entity")


def _found(visit: Visit) -> Row:
    """The record of the key; it must lie in the company, and a payment in the journal of the path."""
    row = find_row(visit, visit.target.key or "")
    if row is None or (visit.target.company is not None and visit.target.company.id not in _owners(row)):
        raise no_record(visit.target.entity.name)
    return row


def _owners(row: Row) -> tuple[str, str]:
    return (getattr(row, "company_id", ""), row.id)
