"""Query options and pages: $filter, $select, $orderby, $top, $skip, $count, $skiptoken and odata.maxpagesize."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from urllib.parse import quote

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.filters import Filter, compile_filter
from importer.sandbox.refusals import Refusal, bad_request
from importer.sandbox.rows import Row
from importer.sandbox.schema import Entity, Json, to_json
from importer.sandbox.wire import Request, etag

Scan = Callable[[tuple[str, int] | None], Iterable[Row]]

_KNOWN = frozenset(
    ("$filter", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$schemaversion", "$format")
)


@dataclass(frozen=True, slots=True)
class Query:
    """The options of a GET. `order` holds the row attributes to sort by, "-" in front of descending ones.

    `token` says where a next page begins: the place of the last row in key order, or how many sorted rows to skip.
    """

    filter: Filter | None
    select: tuple[str, ...] | None
    order: tuple[str, ...]
    top: int | None
    skip: int
    count: str
    token: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a collection; `token` leads to the next page, `total` is the $count when it was asked for."""

    rows: list[Row]
    token: str | None
    total: int | None


def parse_query(request: Request, entity: Entity, behaviour: Behaviour) -> Query:
    """The query options of a request.

    Raises:
        Refusal: an unknown option, a bad expression or number, a property that does not exist.
    """
    given = dict(request.query)
    unknown = [name for name in given if name.startswith("$") and name not in _KNOWN]
    if unknown:
        text = f"The query parameter '{unknown[0]}' is not supported."
        raise Refusal(400, "BadRequest_InvalidRequestUrl", text)
    return Query(
        filter=_filter(given.get("$filter", ""), entity, behaviour),
        select=_select(given.get("$select", ""), entity),
        order=_order(given.get("$orderby", ""), entity),
        top=_number(given, "$top"),
        skip=_number(given, "$skip") or 0,
        count=given.get("$count", "false").lower(),
        token=_read_token(given["$skiptoken"]) if "$skiptoken" in given else None,
    )


def page_size(request: Request, limit: int) -> tuple[int, dict[str, str]]:
    """How many entities one page holds, and the headers that say that a wish was heard."""
    for wish in request.headers.get("prefer", "").split(","):
        name, _, number = wish.strip().partition("=")
        if name.lower() in {"odata.maxpagesize", "maxpagesize"} and number.isdigit() and int(number) > 0:
            return min(int(number), limit), {"Preference-Applied": f"odata.maxpagesize={number}"}
    return limit, {}


def take_page(scan: Scan, query: Query, size: int) -> Page:
    """The page that a query asks for; `scan` gives the rows in key order, from the start or behind a place."""
    total = sum(1 for _ in _matching(scan(None), query)) if query.count == "true" else None
    if query.order:
        rows: Iterator[Row] = iter(_sorted(list(_matching(scan(None), query)), query.order))
        skip = query.token[1] if query.token else query.skip
    else:
        rows = _matching(scan(query.token), query)
        skip = 0 if query.token else query.skip
    wanted = size if query.top is None else min(size, query.top)
    taken = list(islice(rows, skip, skip + wanted + 1))
    more = len(taken) > wanted > 0 and (query.top is None or query.top > wanted)
    taken = taken[:wanted]
    return Page(taken, _write_token(taken[-1], query, skip + wanted) if more else None, total)


def next_link(request: Request, query: Query, page: Page) -> str:
    """The address of the page behind this one, with the same options."""
    options = [(name, text) for name, text in request.query if name not in {"$skiptoken", "$skip", "$top"}]
    if query.top is not None:
        options.append(("$top", str(query.top - len(page.rows))))
    options.append(("$skiptoken", page.token or ""))
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in options)
    return f"{request.origin}{quote(request.path, safe='/()$,')}?{text}"


def shown(row: Row, entity: Entity, select: tuple[str, ...] | None) -> dict[str, Json]:
    """A row as the API shows it, nested where the entity is, with its etag first."""
    body: dict[str, Json] = {"@odata.etag": etag(row)}
    for item, value in zip(entity.properties, entity.values(row), strict=True):
        outer, _, inner = item.name.partition(".")
        if select is not None and outer not in select:
            continue
        if not inner:
            body[outer] = to_json(item, value)
            continue
        nested = body.setdefault(outer, {})
        if isinstance(nested, dict):
            nested[inner] = to_json(item, value)
    for name in entity.nullable:
        nested = body.get(name)
        if isinstance(nested, dict) and not any(nested.values()):
            body[name] = None
    return body


def _matching(rows: Iterable[Row], query: Query) -> Iterator[Row]:
    return iter(rows) if query.filter is None else filter(query.filter.test, rows)


def _filter(expression: str, entity: Entity, behaviour: Behaviour) -> Filter | None:
    if not expression.strip() or behaviour.filters == "ignored":
        return None
    found = compile_filter(expression, entity, behaviour.page_variable_filters)
    if behaviour.time_filters == "refused" and "lastModifiedDateTime" in found.names:
        raise bad_request("The property 'lastModifiedDateTime' cannot be used in the $filter query option.")
    return found


def _select(given: str, entity: Entity) -> tuple[str, ...] | None:
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    if not names or "*" in names:
        return None
    known = {name.split(".")[0] for name in entity.by_name}
    for name in names:
        if name not in known:
            raise bad_request(f"Could not find a property named '{name}' on type 'Microsoft.NAV.{entity.single}'.")
    return names


def _order(given: str, entity: Entity) -> tuple[str, ...]:
    order: list[str] = []
    for wish in given.split(","):
        name, _, direction = wish.strip().partition(" ")
        if not name:
            continue
        item = entity.by_name.get(name)
        if item is None or direction.strip() not in {"", "asc", "desc"}:
            raise bad_request(f"Could not find a property named '{name}' on type 'Microsoft.NAV.{entity.single}'.")
        order.append(f"-{item.field}" if direction.strip() == "desc" else item.field)
    return tuple(order)


def _number(given: dict[str, str], name: str) -> int | None:
    if name not in given:
        return None
    if not given[name].isdigit():
        raise bad_request(f"Invalid value '{given[name]}' for {name} query option found.")
    return int(given[name])


def _sorted(rows: list[Row], order: tuple[str, ...]) -> list[Row]:
    for name in reversed(order):
        rows.sort(key=attrgetter(name.removeprefix("-")), reverse=name.startswith("-"))
    return rows


def _write_token(row: Row, query: Query, taken: int) -> str:
    place = ["", taken] if query.order else list(row.key[1:])
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_token(token: str) -> tuple[str, int]:
    try:
        text, number = json.loads(base64.urlsafe_b64decode(token))
        return str(text), int(number)
    except (ValueError, TypeError, binascii.Error):
        raise bad_request("The $skiptoken is not valid.") from None
