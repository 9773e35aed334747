"""A cell of the file → the text that a property shall hold, exactly as told, or why it cannot.

Source: business-central-api.md §3.3; the types and lengths are data of the flavour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from importer.cells import Wrong
from importer.line_changes import NULL_ID
from importer.master import CustomerField, Given, Kind, Readable
from importer.texts import unescaped, utf16_length

_LARGEST = Decimal("999999999999999.99")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@;,<>()\[\]\"\\]+@[^\s@;,.<>()\[\]\"\\]+(?:\.[^\s@;,.<>()\[\]\"\\]+)+")
_DESTROYED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE)
_MOST_DIGITS = 15  # a workbook keeps no more of a number
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(given: Given) -> str:
    """A cell as a person sees it."""
    match given:
        case str():
            return given.strip()
        case bool():
            return "TRUE" if given else "FALSE"
        case Decimal():
            return plain(given)
        case Wrong():
            return ""


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    return f"{number.normalize() + 0:f}"


def wanted(given: Given, field: CustomerField, decimals: int) -> str | Wrong:
    """The text that the property shall hold, as Business Central stores it; the cell is not blank.

    Args:
        decimals: how many decimals the company's currency has.
    """
    if isinstance(given, Wrong):
        return given
    match field.kind:
        case Kind.DECIMAL:
            return _number(given, decimals)
        case Kind.BOOLEAN:
            return _truth(given)
        case _:
            return _text(given, field)


def cleared(field: CustomerField) -> str | Wrong:
    """What a property holds when it is emptied."""
    match field.kind:
        case Kind.DECIMAL:
            return "0"
        case Kind.GUID:
            return NULL_ID
        case Kind.BOOLEAN:
            return Wrong(
                "property_can_be_empty", f"{field.name} is true or false, it cannot be emptied; write one of them"
            )
        case Kind.OPTION if "" not in field.options:
            return Wrong(
                "property_can_be_empty", f"{field.name} cannot be emptied; write one of {', '.join(field.options)}"
            )
        case _ if field.name in _NEVER_EMPTY:
            return Wrong("property_can_be_empty", f"{field.name} cannot be emptied, Business Central needs it")
        case _:
            return ""


# Source: business-central-api.md §3.3, 'The blank "displayName" is not allowed.'
_NEVER_EMPTY = frozenset({"displayName", "number"})


def _number(given: Readable, decimals: int) -> str | Wrong:
    text = shown(given)
    if isinstance(given, bool) or not _NUMBER.fullmatch(text):
        return Wrong(
            "property_is_number", "is not a number; write digits with a point before the decimals, such as 1500.50"
        )
    number = Decimal(text)
    if abs(number) > _LARGEST:
        return Wrong("property_is_number", f"is larger than {_LARGEST:,}, the most that Business Central can hold")
    if number != round(number, decimals):
        return Wrong("property_is_number", f"has more than {decimals} decimals; round it, nothing is rounded here")
    return plain(number)


def _truth(given: Readable) -> str | Wrong:
    text = shown(given).lower()
    return text if text in ("true", "false") else Wrong("property_is_true_or_false", "write true or false")


def _text(given: Readable, field: CustomerField) -> str | Wrong:
    text = _written(given)
    if isinstance(text, Wrong):
        return text
    checked = _CHECKS[field.kind](text, field)
    return checked if isinstance(checked, Wrong) else _fitting(checked, field)


def _written(given: Readable) -> str | Wrong:
    """The characters of a cell: of a number only those that a workbook surely kept."""
    text = shown(given)
    if isinstance(given, bool):
        return Wrong("cell_is_text", "the cell holds a truth value, a text is wanted; format the column as text")
    is_whole = isinstance(given, str) or (given == given.to_integral_value() and len(text.lstrip("-")) <= _MOST_DIGITS)
    if not is_whole or _DESTROYED.fullmatch(text):
        return Wrong(
            "cell_is_text", "a spreadsheet has made a number of it; format the column as text and write it again"
        )
    return text


def _plain_text(text: str, field: CustomerField) -> str | Wrong:
    unseen = [char for char in text if unicodedata.category(char) in _UNSEEN and not (char in "\r\n" and field.lengths)]
    if unseen:
        return Wrong(
            "property_is_readable",
            f"holds a character that cannot be seen (U+{ord(unseen[0]):04X}), such as a line break; write it again without",
        )
    return text


def _code(text: str, field: CustomerField) -> str | Wrong:
    checked = _plain_text(text, field)
    return checked.upper() if isinstance(checked, str) else checked


def _guid(text: str, _: CustomerField) -> str | Wrong:
    if _GUID.fullmatch(text):
        return text.lower()
    return Wrong("property_is_guid", f"is not a GUID; write it as {NULL_ID}, which stands for none")


def _option(text: str, field: CustomerField) -> str | Wrong:
    option = unescaped(text)
    if option in field.options:
        return option
    allowed = ", ".join(each or "_x0020_ (none)" for each in field.options)
    return Wrong("property_is_option", f"is not one of its options; write {allowed}")


def _email(text: str, field: CustomerField) -> str | Wrong:
    """Several addresses may stand there with semicolons between them."""
    if all(_is_address(each.strip()) for each in text.split(";")):
        return _plain_text(text, field)
    return Wrong(
        "property_is_email", "is not an e-mail address; write it as name@example.com, several with ; between them"
    )


def _is_address(text: str) -> bool:
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return _ADDRESS.fullmatch(text) is not None and not dots


def _phone(text: str, field: CustomerField) -> str | Wrong:
    """Source: business-central-api.md §3.3, "Phone No. must not contain letters"."""
    if any(char.isalpha() for char in text):
        return Wrong("phone_has_no_letters", "a phone number must not hold letters; write digits, blanks and + - / ( )")
    return _plain_text(text, field)


_CHECKS: Mapping[Kind, Callable[[str, CustomerField], str | Wrong]] = {
    Kind.TEXT: _plain_text,
    Kind.CODE: _code,
    Kind.GUID: _guid,
    Kind.OPTION: _option,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
}


def _fitting(text: str, field: CustomerField) -> str | Wrong:
    lines = text.splitlines() or [""]
    limits: Iterable[int] = field.lengths or (field.length,)
    if field.lengths and len(lines) > len(field.lengths):
        return Wrong("property_fits", f"has {len(lines)} lines, at most {len(field.lengths)} are allowed; shorten it")
    for line, limit in zip(lines, limits, strict=False):
        if limit and utf16_length(line) > limit:
            return Wrong(
                "property_fits", f"has {utf16_length(line)} characters, at most {limit} are allowed; shorten it"
            )
    return "\n".join(lines)
