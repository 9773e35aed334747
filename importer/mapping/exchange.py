"""A data exchange definition of Business Central (XML) as a mapping, so that formats set up there are not lost.

A definition addresses columns by number and seldom knows the header, so the mapping finds its columns by position.
Source: XMLports 1220 and 1225, tables 1222-1225, codeunit 1201; page Set up data exchange definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.errors import UnusableFile
from importer.mapping.exchange_formats import code_page, date_format, marks, month_language, usual_date
from importer.mapping.toml_text import CONFIRM, toml_line

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SEPARATORS = {"": ",", "0": ",", "1": "\t", "2": ";", "3": ",", "4": " "}
_CUSTOM, _BANK_STATEMENT, _DETAIL, _CSV_PORT = "5", "0", "0", "1220"
_TEXT_TYPES = {"1"}
_FIXED = "2"
_FILE_TYPES = {"0": "XML", "2": "fixed-width text", "3": "JSON"}
_ENCODINGS = {"0": "cp850", "1": "utf-8", "2": "utf-16-le"}
# Fields of the bank account reconciliation line (274), of the general journal line (81), and of the table before them.
_FIELDS = {
    "274": {
        "5": "booked_on", "12": "value_on", "7": "amount", "6": "text", "16": "text", "23": "text", "15": "counterparty",
        "24": "iban", "27": "reference", "70": "bank_reference",
    },
    "81": {"5": "booked_on", "13": "amount", "8": "text", "7": "bank_reference", "12": "currency", "171": "reference"},
}  # fmt: skip
_NAMES = {
    "currency": "currency", "currency code": "currency", "ccy": "currency", "balance": "balance", "saldo": "balance",
    "account": "account", "account no.": "account", "account number": "account", "iban": "account",
}  # fmt: skip
_SEVERAL = {"text", "counterparty", "reference"}
_DOUBLED, _NEGATED = 2, "-1"


@dataclass(frozen=True, slots=True)
class _Definition:
    """A definition and the line of it that describes bookings."""

    top: Element
    line: Element

    @property
    def columns(self) -> Mapping[int, Element]:
        return {int(column.get("ColumnNo", "0")): column for column in self.line.iter("DataExchColumnDef")}

    @property
    def mapped(self) -> Iterator[tuple[str, int, Element]]:
        """Fields of a mapping with the number of the column behind each."""
        for table in self.line.iter("DataExchMapping"):
            for field in table.iter("DataExchFieldMapping"):
                known = _FIELDS.get(field.get("TargetTableID") or table.get("TableId") or "", {})
                name = known.get(field.get("TargetFieldID") or field.get("FieldID") or "", "")
                if name and field.get("ColumnNo"):
                    yield name, int(field.get("ColumnNo", "0")), field

    def culture(self, numbers: Sequence[int]) -> str:
        """The culture of the first of these columns that names one."""
        cultures = (
            self.columns[number].get("DataFormattingCulture", "") for number in numbers if number in self.columns
        )
        return next(filter(None, cultures), "")


def is_exchange_definition(content: bytes) -> bool:
    """True for the XML that Business Central exports for a data exchange definition, in whatever encoding."""
    return b"<DataExchDef" in content[:8192].replace(b"\x00", b"")


def convert_exchange_definition(content: bytes, name: str) -> str:
    """The text of a mapping. What the definition leaves open is marked with CONFIRM.

    Raises:
        UnusableFile: the XML is damaged, or is a definition that no mapping can replace; the message says why.
    """
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(content)
    except ParseError as error:
        raise UnusableFile(f"{name}: the XML is damaged ({error}); export the definition again") from error
    top = root if root.tag == "DataExchDef" else root.find(".//DataExchDef")
    lines = (
        []
        if top is None
        else [line for line in top.iter("DataExchLineDef") if line.get("LineType", _DETAIL) == _DETAIL]
    )
    if top is None or not lines:
        raise UnusableFile(f"{name}: not a data exchange definition with columns")
    definition = _Definition(top, lines[0])
    try:
        why = _refused(definition)
        text = "\n".join([*_lines(definition, _fields(definition)), ""])
    except (ValueError, KeyError) as error:
        raise UnusableFile(
            f"{name}: the definition holds {error} where a known number belongs; export it again"
        ) from error
    if why:
        raise UnusableFile(f"{name}: the definition {why}; draft a mapping from a file of the bank instead")
    return text


def _refused(definition: _Definition) -> str:
    top, kind = definition.top, definition.top.get("FileType", "1")
    # The wizard of Business Central calls its CSV files fixed text, and reads them with the XMLport for CSV all the same.
    is_csv = kind in _TEXT_TYPES or (kind == _FIXED and top.get("ReadingWritingXMLport") == _CSV_PORT)
    if not is_csv:
        return f"reads {_FILE_TYPES.get(kind, 'an unknown kind of file')}, a mapping reads text with a delimiter, Excel or HTML"
    if top.get("Type", _BANK_STATEMENT) != _BANK_STATEMENT:
        return "is not for bank statements (Type is not 0)"
    if top.get("ColumnSeparator") == _CUSTOM and len(top.get("CustomColumnSeparator", "")) != 1:
        return f'separates columns by "{top.get("CustomColumnSeparator", "")}", a mapping by one character'
    amounts = [field for name, _, field in definition.mapped if name == "amount"]
    if odd := [field.get("Multiplier", "1") for field in amounts if _multiplier(field) not in (1, -1)]:
        return f"multiplies amounts by {odd[0]}, a mapping reads them as they are written"
    if len([field for field in amounts if not _is_sign(definition, field)]) > _DOUBLED:
        return "puts more than two columns into the amount"
    return ""


def _multiplier(field: Element) -> float:
    return float(field.get("Multiplier") or 1)


def _is_sign(definition: _Definition, field: Element) -> bool:
    column = definition.columns.get(int(field.get("ColumnNo", "0")))
    return column is not None and bool(column.get("NegativeSignIdentifier"))


def _fields(definition: _Definition) -> dict[str, list[int]]:
    """The columns by field of a mapping, counted from 1."""
    fields: dict[str, list[int]] = {}
    for name, number, field in definition.mapped:
        fields.setdefault("indicator" if name == "amount" and _is_sign(definition, field) else name, []).append(number)
    if len(fields.get("amount", [])) == _DOUBLED:
        negated = {number for name, number, field in definition.mapped if name == "amount" and _multiplier(field) < 0}
        first, second = fields.pop("amount")
        debit = second if second in negated and first not in negated else first
        fields |= {"debit": [debit], "credit": [first + second - debit]}
    taken = {number for numbers in fields.values() for number in numbers}
    for number, column in definition.columns.items():
        name = _NAMES.get(column.get("Name", "").strip().casefold(), "")
        if name and name not in fields and number not in taken:
            fields[name] = [number]
    return fields


def _lines(definition: _Definition, fields: dict[str, list[int]]) -> Iterator[str]:
    top = definition.top
    yield toml_line("title", top.get("Name") or top.get("Code") or "Converted")
    yield toml_line("evidence", "specification")
    yield toml_line("overlap", "full_days", f"{CONFIRM} full_days, incremental or balance; see mappings/README.md")
    if "currency" not in fields:
        yield toml_line("currency", "EUR", f"{CONFIRM} the definition does not say it")
    yield from _file_lines(definition, fields)
    yield from _table_lines(definition)
    yield from ("", "[columns]")
    if not {"amount", "debit"} & fields.keys():
        yield toml_line("amount", 1, f"{CONFIRM} the definition maps no column to the amount")
    if "booked_on" not in fields:
        yield toml_line("booked_on", 1, f"{CONFIRM} the definition maps no column to the transaction date")
    for name, numbers in fields.items():
        yield toml_line(name, numbers if name in _SEVERAL and len(numbers) > 1 else numbers[0])
    yield from _date_lines(definition, fields)
    yield from _number_lines(definition, fields)
    yield from _sign_lines(definition, fields)
    yield from _tag_lines(definition)
    rules = sorted({rule for _, _, field in definition.mapped if (rule := field.get("TransformationRule", ""))})
    if rules:
        yield f"\n# {CONFIRM} the transformation rules {', '.join(rules)} of the definition are not converted."


def _file_lines(definition: _Definition, fields: Mapping[str, Sequence[int]]) -> Iterator[str]:
    top = definition.top
    numbers = [number for found in fields.values() for number in found]
    encoding = _ENCODINGS.get(top.get("FileEncoding", ""))
    is_sure = encoding is not None and encoding != "cp850"
    yield from ("", "[file]")
    yield toml_line(
        "encodings",
        [encoding or code_page(definition.culture(numbers))],
        "" if is_sure else f"{CONFIRM} do letters such as ä é ł read right?",
    )
    separator = top.get("ColumnSeparator", "")
    yield toml_line(
        "delimiter", top.get("CustomColumnSeparator", "") if separator == _CUSTOM else _SEPARATORS[separator]
    )


def _table_lines(definition: _Definition) -> Iterator[str]:
    top, counted = definition.top, int(definition.line.get("ColumnCount") or 0)
    yield from ("", "[table]")
    header = top.get("HeaderTag", "").rstrip(";").split(";")
    if counted and len(header) == counted:
        yield toml_line("header", header)
        yield from _footer_lines(top)
        return
    why = "" if counted else f"{CONFIRM} the definition does not count the columns"
    yield toml_line("width", counted or max(definition.columns, default=1), why)
    if skipped := int(top.get("HeaderLines") or 0):
        yield toml_line("skip", skipped)
    yield from _footer_lines(top)


def _footer_lines(top: Element) -> Iterator[str]:
    if tag := top.get("FooterTag", "").split(";")[0]:
        yield toml_line("footer", "pattern")
        yield toml_line("end", f"^{re.escape(tag).replace(chr(92) + ' ', ' ')}(\\t|$)")


def _tag_lines(definition: _Definition) -> Iterator[str]:
    """Header lines that stand again and again are no bookings: a tag is their first column, the next ones may follow it."""
    tag, counted = definition.top.get("HeaderTag", "").rstrip(";"), int(definition.line.get("ColumnCount") or 0)
    if tag and len(tag.split(";")) != counted:
        yield from ("", "[[leave_out]]", toml_line("column", 1), toml_line("equals", tag.split(";")[0]))
        yield toml_line("because", "a header line")


def _date_lines(definition: _Definition, fields: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield from ("", "[dates]")
    written = {name: _formats(definition, fields.get(name, ())) for name in ("booked_on", "value_on")}
    culture = definition.culture([*fields.get("booked_on", ()), *fields.get("value_on", ())])
    doubt = (
        ""
        if written["booked_on"]
        else f"{CONFIRM} the definition leaves it to the culture {culture or 'of the computer'}"
    )
    formats = written["booked_on"] or [usual_date(culture)]
    yield toml_line("formats", formats, doubt)
    if written["value_on"] and written["value_on"] != formats:
        yield toml_line("value_formats", written["value_on"])
    if language := month_language(culture):
        yield toml_line("language", language)


def _formats(definition: _Definition, numbers: Sequence[int]) -> list[str]:
    texts = (definition.columns[number].get("DataFormat", "") for number in numbers if number in definition.columns)
    return list(dict.fromkeys(filter(None, map(date_format, texts))))


def _number_lines(definition: _Definition, fields: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield from ("", "[numbers]")
    culture = definition.culture([number for name in ("amount", "debit", "credit") for number in fields.get(name, ())])
    decimal, thousands = marks(culture)
    yield toml_line("decimal", decimal, "" if culture else f"{CONFIRM} the definition names no culture")
    yield toml_line("thousands", thousands)


def _sign_lines(definition: _Definition, fields: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield from ("", "[amounts]")
    negated = [number for name, number, field in definition.mapped if name == "amount" and _multiplier(field) < 0]
    if "indicator" in fields:
        word = definition.columns[fields["indicator"][0]].get("NegativeSignIdentifier", "")
        yield from (toml_line("model", "indicator"), toml_line("debit", word), toml_line("otherwise", "credit"))
    elif "debit" in fields and len(negated) == 1:
        yield toml_line("model", "debit_credit")
    elif "debit" in fields:
        yield toml_line("model", "debit_credit_signed", f"{CONFIRM} which of the two columns is the debit?")
    else:
        yield toml_line("model", "inverted" if negated else "signed")
