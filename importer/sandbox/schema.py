"""Entities as the API shows them: properties, their types and limits, and how values travel between JSON and rows."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import cast

from importer.sandbox.refusals import Refusal, bad_request, too_long
from importer.sandbox.rows import BLANK_DATE, NULL_ID, Row

Value = str | int | bool | Decimal | date | datetime
Json = dict[str, "Json"] | list["Json"] | str | int | Decimal | bool | None

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL_LIMIT = Decimal("999999999999999.99")
_INTEGER_LIMIT = 2**31 - 1
_FIRST_DATE = date(1753, 1, 1)


class Kind(Enum):
    """The types of properties, by their names in OData. A list is kept as JSON text."""

    GUID = "Edm.Guid"
    CODE = "Edm.String"
    TEXT = "Edm.String "
    INTEGER = "Edm.Int32"
    DECIMAL = "Edm.Decimal"
    DATE = "Edm.Date"
    DATETIME = "Edm.DateTimeOffset"
    BOOLEAN = "Edm.Boolean"
    CHOICE = "Microsoft.NAV enumeration"
    LIST = "Collection"


class Access(Enum):
    """Who may set a property."""

    READ_ONLY = "read-only"
    WRITE = "write"
    NOT_EDITABLE = "refused by the page"


class Backing(Enum):
    """What lies behind a property: a field of the table, or a variable of the page that no filter reaches."""

    TABLE = "table"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity.

    `name` is its JSON name, dotted when nested ("address.city"). `field` is the attribute of the row. `limit` counts
    UTF-16 units. `choices` maps the names of an enumeration in JSON to what the row holds.
    """

    name: str
    field: str
    kind: Kind
    limit: int = 0
    access: Access = Access.READ_ONLY
    backing: Backing = Backing.TABLE
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def blank(self) -> Value:
        """The value of the empty field."""
        return _BLANK[self.kind]


_BLANK: Mapping[Kind, Value] = {
    Kind.GUID: NULL_ID,
    Kind.CODE: "",
    Kind.TEXT: "",
    Kind.INTEGER: 0,
    Kind.DECIMAL: Decimal(0),
    Kind.DATE: BLANK_DATE,
    Kind.DATETIME: datetime.min.replace(tzinfo=UTC),
    Kind.BOOLEAN: False,
    Kind.CHOICE: "",
    Kind.LIST: "[]",
}


@dataclass(frozen=True)
class Entity:
    """An entity set of one API flavour: `name` of the set, `single` of one entity, and its properties in their order.

    `whole` names what must be present in a nested object that is sent; `nullable` names nested objects that are shown as
    null when they are blank.
    """

    name: str
    single: str
    properties: tuple[Property, ...]
    whole: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    nullable: frozenset[str] = frozenset()
    by_name: Mapping[str, Property] = dataclasses.field(init=False)
    values: Callable[[Row], tuple[Value, ...]] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.properties})
        object.__setattr__(self, "values", attrgetter(*(each.field for each in self.properties)))


def to_value(item: Property, given: Json, *, null: str = "refused") -> Value:
    """The JSON value of a property as the row will hold it.

    Args:
        null: "refused" or "blank", what a JSON null means.

    Raises:
        Refusal: wrong type, too long, out of range, or not one of the choices.
    """
    if given is None:
        if null == "blank":
            return item.blank
        raise Refusal(400, "BadRequest_RequiredParamNotProvided", f"Field '{item.name}' must not be blank or empty.")
    return _CONVERT[item.kind](item, given)


def to_json(item: Property, value: Value) -> Json:
    """The value of a row as JSON shows it."""
    match value:
        case datetime():
            return f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        case date():
            return value.isoformat()
        case str() if item.kind is Kind.LIST:
            return cast("Json", json.loads(value))
        case str() if item.choices:
            return next((name for name, stored in item.choices.items() if stored == value), value)
        case _:
            return value


def _wrong_type(item: Property, given: Json) -> Refusal:
    return bad_request(f"Cannot convert the literal '{given}' to the expected type '{item.kind.value.strip()}'.")


def _fitting(text: str, item: Property) -> str:
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if item.limit and length > item.limit:
        raise too_long(text, length, item.limit)
    return text


def _code(item: Property, given: Json) -> Value:
    if not isinstance(given, str):
        raise _wrong_type(item, given)
    return _fitting(given.strip(" ").upper(), item)


def _text(item: Property, given: Json) -> Value:
    if not isinstance(given, str):
        raise _wrong_type(item, given)
    return _fitting(given, item)


def _guid(item: Property, given: Json) -> Value:
    if not isinstance(given, str):
        raise _wrong_type(item, given)
    if not _GUID.fullmatch(given):
        raise Refusal(400, "Application_InvalidGUID", f"The value '{given}' of '{item.name}' is not a valid GUID.")
    return given.lower()


def _integer(item: Property, given: Json) -> Value:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > _INTEGER_LIMIT:
        raise _wrong_type(item, given)
    return given


def _decimal(item: Property, given: Json) -> Value:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise _wrong_type(item, given)
    number = Decimal(given)
    if abs(number) > _DECIMAL_LIMIT:
        raise bad_request(f"The value {given} of '{item.name}' is outside the range of a decimal.")
    return number


def _date(item: Property, given: Json) -> Value:
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise bad_request(f"Unable to convert value to Date: '{given}' in '{item.name}'.")
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise bad_request(f"Unable to convert value to Date: '{given}' in '{item.name}'.") from None
    if day != BLANK_DATE and day < _FIRST_DATE:
        raise bad_request(f"Unable to convert value to Date: '{given}' in '{item.name}'.")
    return day


def _datetime(item: Property, given: Json) -> Value:
    if not isinstance(given, str):
        raise _wrong_type(item, given)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise bad_request(f"Unable to convert value to DateTime: '{given}' in '{item.name}'.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _boolean(item: Property, given: Json) -> Value:
    if not isinstance(given, bool):
        raise _wrong_type(item, given)
    return given


def _choice(item: Property, given: Json) -> Value:
    if not isinstance(given, str):
        raise _wrong_type(item, given)
    if given not in item.choices:
        raise bad_request(f"The value '{given}' is not valid for '{item.name}'; valid are {', '.join(item.choices)}.")
    return item.choices[given]


def _list(item: Property, given: Json) -> Value:
    if not isinstance(given, list):
        raise _wrong_type(item, given)
    try:
        return json.dumps(given)
    except TypeError:
        raise _wrong_type(item, given) from None


_CONVERT: Mapping[Kind, Callable[[Property, Json], Value]] = {
    Kind.GUID: _guid,
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.LIST: _list,
}
