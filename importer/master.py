"""Customer master data as values: what a customer consists of, one customer as it stands, a change of it, a file of wishes.

The tables of properties are data of the API flavours (bc/customer_fields.py); everybody else only looks into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from importer.cells import Wrong
from importer.plan import FieldChange
from importer.texts import unescaped


class Kind(StrEnum):
    """How a property is written down."""

    TEXT = "text"
    CODE = "code"
    GUID = "GUID"
    OPTION = "option"
    BOOLEAN = "true or false"
    DECIMAL = "number"
    EMAIL = "e-mail address"
    PHONE = "phone number"


class Access(StrEnum):
    """Whether a property may be changed through the API."""

    WRITE = "write"
    READ = "read-only"


@dataclass(frozen=True, slots=True)
class CustomerField:
    """One property. `length` is in characters, 0 where there is no limit; `options` are the values of an option.

    `table` is the entity set of the small table whose code (or id, for a GUID) the property holds; "" for none.
    `lengths` are the limits of the single lines where a text has several.
    """

    name: str
    kind: Kind = Kind.TEXT
    length: int = 0
    access: Access = Access.WRITE
    options: tuple[str, ...] = ()
    table: str = ""
    lengths: tuple[int, ...] = ()


Fields = Mapping[str, CustomerField]


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer as it stands. `fields` are texts by property name, dotted for nested ones, of what the server shows."""

    id: str
    number: str
    etag: str
    fields: Mapping[str, str]

    @property
    def name(self) -> str:
        """The customer's name."""
        return self.fields.get("displayName", "")


@dataclass(frozen=True, slots=True)
class CustomerPatch:
    """Changes to one customer, based on the version that was read."""

    base: CustomerRecord
    changes: tuple[FieldChange, ...]

    @property
    def etag(self) -> str:
        """The version the changes are based on."""
        return self.base.etag


# What a cell of a file holds: text, the number or truth value of a workbook's cell, or why it cannot be read.
Readable = str | Decimal | bool
Given = Readable | Wrong


@dataclass(frozen=True, slots=True)
class MasterRow:
    """One row below the header; `number` is its row in the file, from 1. It may be shorter or longer than the header."""

    number: int
    cells: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class MasterFile:
    """A file of customers as it was read; blank rows are left out, and `header_row` counts from 1."""

    name: str
    sha256: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[MasterRow, ...]


def is_blank(given: Given) -> bool:
    """True for a cell that holds nothing."""
    return isinstance(given, str) and not given.strip()


def same(wanted: str, stored: str, field: CustomerField) -> bool:
    """True when the server would store the wanted text as the stored one."""
    match field.kind:
        case Kind.DECIMAL:
            return Decimal(wanted or "0") == Decimal(stored or "0")
        case Kind.CODE:
            return wanted.strip().upper() == stored.strip().upper()
        case Kind.GUID | Kind.BOOLEAN:
            return wanted.strip().lower() == stored.strip().lower()
        case Kind.OPTION:
            return unescaped(wanted) == stored
        case Kind.TEXT | Kind.EMAIL | Kind.PHONE:
            return wanted.replace("\r\n", "\n") == stored.replace("\r\n", "\n")
