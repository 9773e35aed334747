"""JSON as money needs it: numbers are exact in both directions, and a doubtful text is refused rather than repaired."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NoReturn

Json = str | int | bool | Decimal | None | list["Json"] | dict[str, "Json"]
# What is rendered: tuples and read-only mappings are welcome too, floats never.
Renderable = str | int | bool | Decimal | None | Sequence["Renderable"] | Mapping[str, "Renderable"]

# The server holds 15 digits before and some behind the point; a longer literal is an attack on whoever prints it.
_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 30


class Unreadable(ValueError):
    """A text that is not JSON as it must be: cut off, not UTF-8, NaN, a doubled name, too deep, a monstrous number."""


def parse(body: bytes) -> Json:
    """The value of a UTF-8 JSON text; fractions are `Decimal`.

    Raises:
        Unreadable: says what is wrong with it.
    """
    try:
        # Its own annotation: the standard library promises nothing about the type.
        value: Json = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise Unreadable("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not JSON ({error.msg} at character {error.pos})") from error
    return value


def render(value: Renderable) -> str:
    """The value as compact JSON, names in the order given: the server validates them in that order.

    Raises:
        TypeError: for a float or anything else that JSON does not hold exactly.
    """
    match value:
        case str():
            return _encode(value)
        case Decimal():
            return _literal(value)
        case None | bool() | int():
            return _encode(value)
        case Mapping():
            # Most values are texts: ten thousand lines are written at once.
            items = [
                f"{_name(name)}:{_encode(item) if type(item) is str else render(item)}" for name, item in value.items()
            ]
            return "{" + ",".join(items) + "}"
        case Sequence():
            return "[" + ",".join([render(item) for item in value]) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no exact JSON form")


_encode = json.JSONEncoder().encode


@cache
def _name(name: str) -> str:
    # The names of an API are few and come again in every line.
    return _encode(name)


def _literal(number: Decimal) -> str:
    if not number.is_finite():
        raise TypeError(f"{number} has no JSON form")
    return f"{number:f}"


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable("it holds a number of more than 40 characters")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Unreadable(f"{text} is out of range") from error
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise Unreadable(f"{text} is out of range")
    return number


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable("it holds a number of more than 40 digits")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise Unreadable(f"{text} is not a JSON number")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f'the name "{doubled}" stands twice in one object')
    return found
