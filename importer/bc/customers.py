"""Customers as master data: read with every property, changed field by field. Pure; the client sends what is made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from importer.bc.flavours import Flavour
from importer.bc.json_text import Renderable
from importer.bc.records import Malformed, Row, etag, key, required_text
from importer.bc.replies import Part, Unanswered, of_change
from importer.bc.wire import JSON_CONTENT, Request
from importer.customer_ports import CustomerReply, Stored
from importer.master import Access, CustomerField, CustomerPatch, CustomerRecord, Fields, Kind, same
from importer.ports import Unknown
from importer.texts import unescaped


def record(row: Row, fields: Fields) -> CustomerRecord:
    """A row of `customers` with every property that the dialect knows and the row shows."""
    texts = {name: _text(found, field) for name, field in fields.items() if (found := _at(row, name)) is not _ABSENT}
    return CustomerRecord(key(row), required_text(row, "number"), etag(row), texts)


def patch_request(flavour: Flavour, company: str, patch: CustomerPatch) -> Request:
    """Change the given properties of a customer, only if it is still the version that was read.

    A nested object is sent whole: the server takes what is missing in it for empty (§8).

    Raises:
        ValueError: a property that the dialect does not have or does not let be changed; the validator says so before.
    """
    body: dict[str, Renderable] = {}
    for change in patch.changes:
        field = flavour.customer_properties.get(change.field)
        if field is None or field.access is Access.READ:
            raise ValueError(f"{change.field} of a customer cannot be changed in {flavour.name}")
        outer, _, inner = change.field.partition(".")
        value = _value(change.new, field, flavour)
        body[outer] = value if not inner else {**_members(patch.base, outer, flavour, body), inner: value}
    path = flavour.one_customer(company, patch.base.id)
    return Request("PATCH", path, headers=(JSON_CONTENT, ("If-Match", patch.base.etag)), body=body)


def judge(patch: CustomerPatch, fields: Fields, part: Part | Unanswered) -> CustomerReply:
    """What became of a change; unlisted is `Unknown`, and "done" counts only if the wanted values are stored."""
    if isinstance(part, Unanswered):
        return Unknown(part.why)
    if part.status != 200:
        return of_change(part) if part.status >= 300 else Unknown(f"a change was answered HTTP {part.status}")
    try:
        stored = record(part.body if isinstance(part.body, dict) else {}, fields)
    except Malformed as error:
        return Unknown(f"HTTP 200, but the stored customer cannot be read: {part.problem or error}")
    different = list(_differences(patch, stored, fields))
    if different:
        return Unknown(f"mismatch: stored is not what was sent: {'; '.join(different)}")
    return Stored(stored)


def _differences(patch: CustomerPatch, stored: CustomerRecord, fields: Fields) -> Iterable[str]:
    if stored.id != patch.base.id:
        yield f"customer {stored.number} answered instead"
    for change in patch.changes:
        seen = stored.fields.get(change.field, "")
        if not same(change.new, seen, fields[change.field]):
            yield f"{change.field} {seen} instead of {change.new}"


_ABSENT = object()


def _at(row: Row, name: str) -> object:
    outer, _, inner = name.partition(".")
    value = row.get(outer, _ABSENT)
    if not inner:
        return value
    # A nested object that is empty is shown as null, and its members are empty texts.
    return value.get(inner, _ABSENT) if isinstance(value, dict) else ("" if value is None else _ABSENT)


def _text(value: object, field: CustomerField) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case str():
            return unescaped(value) if field.kind is Kind.OPTION else value
        case _:
            raise Malformed(f"{field.name} is neither a text nor a number")


def _value(text: str, field: CustomerField, flavour: Flavour) -> Renderable:
    match field.kind:
        case Kind.BOOLEAN:
            return text.strip().lower() == "true"
        case Kind.DECIMAL:
            return Decimal(text)
        case Kind.OPTION:
            return unescaped(text) or flavour.blank_option
        case _:
            return text


def _members(
    base: CustomerRecord, outer: str, flavour: Flavour, body: Mapping[str, Renderable]
) -> Mapping[str, Renderable]:
    """The writable members of a nested object as they stand, or as an earlier change of this patch left them."""
    begun = body.get(outer)
    if isinstance(begun, Mapping):
        return begun
    names = [name for name, field in flavour.customer_properties.items() if field.access is Access.WRITE]
    return {name.partition(".")[2]: base.fields[name] for name in _inside(outer, names) if name in base.fields}


def _inside(outer: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if name.startswith(f"{outer}.")]
