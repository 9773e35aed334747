"""Requests and replies as the sandbox sees them, and its own JSON writer: decimals stay exact."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from json.encoder import encode_basestring_ascii
from typing import cast

from importer.sandbox.refusals import Refusal, bad_request
from importer.sandbox.rows import Row
from importer.sandbox.schema import Json

JSON_TYPE = "application/json; odata.metadata=minimal"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one part of a batch. `origin` is scheme and host; header names are in lower case.

    `body` is the text of a request; for a part of a batch it is already JSON, in `content`.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    origin: str
    body: bytes = b""
    content: Json = None

    def json(self) -> Json:
        """The body as JSON.

        Raises:
            Refusal: not JSON, or not sent as JSON.
        """
        if not self.body:
            return self.content
        media = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if media != "application/json":
            raise Refusal(415, "BadRequest", f"The media type '{media}' is not supported; send application/json.")
        return read_json(self.body)

    def json_object(self) -> dict[str, Json]:
        """The body as a JSON object, its properties in the order they were sent."""
        content = self.json()
        if not isinstance(content, dict):
            raise bad_request("Invalid Request Body")
        return content

    def prefers(self, wanted: str) -> bool:
        """Whether the Prefer header names it, with or without "odata.", as "true" or without a value."""
        given = {each.strip().lower() for each in self.headers.get("prefer", "").split(",")}
        return bool(given & {f"odata.{wanted}", wanted, f"odata.{wanted}=true", f"{wanted}=true"})


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. No `content` means an empty body; `text` is a body that is not JSON."""

    status: int
    content: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def error_code(self) -> str:
        """The code of an error answer; "" for everything else."""
        error = self.content.get("error") if isinstance(self.content, dict) else None
        found = error.get("code") if isinstance(error, dict) else None
        return found if isinstance(found, str) else ""

    def body(self) -> bytes:
        """The body as it is sent."""
        if self.content is None:
            return self.text.encode()
        return write_json(self.content).encode()


def read_json(body: bytes) -> Json:
    """Parse a body; numbers with a decimal point become exact decimals.

    Raises:
        Refusal: the body is not JSON.
    """
    try:
        return cast("Json", json.loads(body, parse_float=Decimal, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        raise bad_request("Invalid Request Body") from None


def write_json(value: Json) -> str:
    """JSON text of a value, decimals as plain numbers without trailing zeros."""
    match value:
        case str():
            return encode_basestring_ascii(value)
        case None | True | False:
            return _CONSTANTS[value]
        case Decimal():
            return decimal_text(value)
        case dict():
            return (
                "{"
                + ",".join([f"{encode_basestring_ascii(key)}:{write_json(item)}" for key, item in value.items()])
                + "}"
            )
        case list():
            return "[" + ",".join([write_json(item) for item in value]) + "]"
        case _:
            return str(value)


def decimal_text(number: Decimal) -> str:
    """A decimal as a plain JSON number: -1190, 0.5."""
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def etag(row: Row) -> str:
    """The weak, opaque tag of this version of a record."""
    digits = int.from_bytes(blake2b(f"{row.id}{row.version}".encode(), digest_size=8).digest(), "big") % 10**19
    opaque = base64.b64encode(f"'20;{digits:019d}{row.version % 10}1;00;'".encode()).decode()
    return f'W/"{opaque}"'


def header_date(moment: datetime) -> str:
    """A moment as the Date header writes it."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[moment.weekday()]}, {moment.day:02d} {months[moment.month - 1]} {moment:%Y %H:%M:%S} GMT"


def lower_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers with their names in lower case."""
    return {name.lower(): value for name, value in headers}


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _no_constant(name: str) -> Decimal:
    raise ValueError(name)
