"""A data exchange definition of Business Central (XML) as a mapping, so that formats set up there are not lost.

A definition addresses columns by number and knows no header, so the header is left to the mapping's reader by position.
Source: the XMLport of page Data Exchange Definitions; formats.md §4 (last column of the comparison).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from importer.cells import LANGUAGES
from importer.errors import UnusableFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SEPARATORS = {"1": "\t", "2": ";", "3": ",", "4": " "}  # 0 and none: the comma of the standard XMLport
_ENCODINGS = {"0": "cp850", "1": "utf-8", "2": "utf-16", "3": "windows-1252"}
_COMMA_CULTURES = re.compile("^(?!en|zh|ja|ko|he|th|de-CH|de-LI|it-CH|es-MX)", re.IGNORECASE)
# Fields of the bank account reconciliation line and of the staging table behind it.
_FIELDS = {
    "5": "booked_on",
    "6": "text",
    "7": "amount",
    "12": "value_on",
    "15": "counterparty",
    "16": "text",
    "23": "text",
    "24": "iban",
}
_NAMES = {
    "transaction date": "booked_on",
    "posting date": "booked_on",
    "value date": "value_on",
    "description": "text",
    "transaction text": "text",
    "amount": "amount",
    "statement amount": "amount",
    "related-party name": "counterparty",
    "related-party bank acc. no.": "iban",
    "payment reference no.": "reference",
    "transaction id": "bank_reference",
    "currency": "currency",
    "balance": "balance",
    "saldo": "balance",
}
# Parts of a .NET date format, the longer ones first.
_DATES = {
    "yyyy": "%Y",
    "yy": "%y",
    "MMM": "%b",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
}


def is_exchange_definition(content: bytes) -> bool:
    """True for the XML that Business Central exports for a data exchange definition."""
    return b"<DataExchDef" in content[:4096]


def convert_exchange_definition(content: bytes, name: str) -> str:
    """The text of a mapping. What the definition leaves open is marked with CONFIRM.

    Raises:
        UnusableFile: the XML is damaged or is not a definition of a text file with columns.
    """
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(content)
    except ParseError as error:
        raise UnusableFile(f"{name}: the XML is damaged ({error}); export the definition again") from error
    definition = root if root.tag == "DataExchDef" else root.find(".//DataExchDef")
    line = definition.find(".//DataExchLineDef") if definition is not None else None
    if definition is None or line is None:
        raise UnusableFile(f"{name}: not a data exchange definition with columns")
    return _mapping_text(definition, line)


def _mapping_text(definition: Element, line: Element) -> str:
    columns = list(_columns(line))
    dates = [column for column in columns if column.get("DataFormat") and column.get("DataType") in {"1", "Date"}]
    amounts = [column for column in columns if column.get("DataType") in {"2", "Decimal"}]
    separator = definition.get("CustomColumnSeparator") or _SEPARATORS.get(definition.get("ColumnSeparator", ""), ",")
    encoding = _ENCODINGS.get(definition.get("FileEncoding", ""), "windows-1252")
    width = int(line.get("ColumnCount") or 0) or max(
        (int(column.get("ColumnNo", "0")) for column in columns), default=1
    )
    culture = next((column.get("DataFormattingCulture", "") for column in amounts), "")
    decimal = "," if culture and _COMMA_CULTURES.match(culture) else "."
    formats = list(dict.fromkeys(_strptime(column.get("DataFormat", "")) for column in dates)) or ["%d.%m.%Y"]
    fields = _fields(line, columns)
    out = [
        f"title     = {json.dumps(definition.get('Name') or definition.get('Code') or 'Converted', ensure_ascii=False)}",
        'evidence  = "specification"',
        'overlap   = "full_days"  # CONFIRM: full_days, incremental or balance; see mappings/README.md',
        *([] if "currency" in fields else ['currency  = "EUR"  # CONFIRM: the definition does not say']),
        "",
        "[file]",
        f"encodings = {json.dumps([encoding])}",
        f"delimiter = {json.dumps(separator)}",
        "",
        "[table]",
        f"width = {width}",
        f"skip  = {int(definition.get('HeaderLines') or 0)}",
        "",
        "[columns]",
        *(f"{field:<14} = {_places(field, places)}" for field, places in fields.items() if places),
        "",
        "[dates]",
        f"formats = {json.dumps(formats)}",
        *_language(dates),
        "",
        "[numbers]",
        f'decimal   = "{decimal}"' + ("" if culture else "  # CONFIRM: the definition names no culture"),
        f'thousands = "{"." if decimal == "," else ","}"',
        "",
    ]
    return "\n".join([*out, *_sign(line, columns)])


def _columns(line: Element) -> Iterator[Element]:
    return line.iter("DataExchColumnDef")


def _fields(line: Element, columns: list[Element]) -> dict[str, list[int]]:
    names = {column.get("ColumnNo"): column.get("Name", "") for column in columns}
    fields: dict[str, list[int]] = {}
    for mapped in line.iter("DataExchFieldMapping"):
        number = mapped.get("ColumnNo")
        field = _FIELDS.get(mapped.get("FieldID") or mapped.get("TargetFieldID") or "") or _NAMES.get(
            names.get(number, "").casefold()
        )
        if field and number:
            fields.setdefault(field, []).append(int(number))
    marked = _indicator(columns)
    if marked is not None:
        indicator = int(marked.get("ColumnNo", "0"))
        fields["amount"] = [number for number in fields.get("amount", []) if number != indicator]
        fields["indicator"] = [indicator]
    for number, name in names.items():
        field = _NAMES.get(name.strip().casefold())
        if field and number and not fields.get(field):
            fields[field] = [int(number)]
    return fields


def _places(field: str, places: list[int]) -> str:
    return json.dumps(places) if field == "text" and len(places) > 1 else str(places[0])


def _language(dates: list[Element]) -> list[str]:
    languages = {column.get("DataFormattingCulture", "")[:2] for column in dates} & set(LANGUAGES) - {"en"}
    return [f'language = "{language}"' for language in sorted(languages)[:1]]


def _indicator(columns: list[Element]) -> Element | None:
    return next((column for column in columns if column.get("NegativeSignIdentifier")), None)


def _sign(line: Element, columns: list[Element]) -> list[str]:
    marked = _indicator(columns)
    if marked is not None:
        word = json.dumps(marked.get("NegativeSignIdentifier"), ensure_ascii=False)
        return ["[amounts]", 'model     = "indicator"', f"debit     = {word}", 'otherwise = "credit"', ""]
    negated = any(mapped.get("Multiplier") == "-1" for mapped in line.iter("DataExchFieldMapping"))
    return ["[amounts]", 'model = "inverted"', ""] if negated else []


def _strptime(text: str) -> str:
    return re.sub("|".join(_DATES), lambda found: _DATES[found[0]], text)
