"""Small bank files and mappings for the reader's tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from importer.errors import UnusableFile
from importer.mapping import Mapping, load_mappings, parse_mapping
from importer.model import Statement
from importer.reader import read_statement
from importer.shipped import shipped

HEADER = (
    "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,bank_reference"
)
ACCOUNT = "DE02120300000000202051"
GENERIC = next(mapping for mapping in load_mappings([shipped("mappings")]) if mapping.id == "generic")
PLAIN = """
title = "Plain"
evidence = "specification"
overlap = "full_days"
currency = "EUR"
[file]
delimiter = ";"
[table]
header = ["Date", "Text", "Amount"]
[columns]
booked_on = "Date"
text = "Text"
amount = "Amount"
[dates]
formats = ["%d.%m.%Y"]
[numbers]
decimal = ","
"""


def mapping(text: str = PLAIN, **changes: str) -> Mapping:
    """A mapping from its text; `changes` replace a key's whole line, by key."""
    lines = [
        f"{line.split(' = ')[0]} = {changes[line.split(' = ')[0]]}" if line.split(" = ")[0] in changes else line
        for line in text.splitlines()
    ]
    return parse_mapping("\n".join(lines), "plain", source="plain.toml")


def row(
    *, date: str = "2026-03-02", amount: str = "10.00", currency: str = "EUR", text: str = "a text", **more: str
) -> str:
    """A row of the generic layout; `more` are account, value_date, name, iban, reference, bank_reference."""
    cells = [
        more.get("account", ACCOUNT),
        date,
        more.get("value_date", ""),
        amount,
        currency,
        more.get("name", ""),
        more.get("iban", ""),
        more.get("reference", ""),
        text,
        more.get("bank_reference", ""),
    ]
    return ",".join(cells)


def generic(*rows: str) -> str:
    """A file of the generic layout."""
    return "\n".join([HEADER, *rows]) + "\n"


def read(tmp_path: Path, content: str | bytes, *mappings: Mapping, name: str = "kto.csv") -> Statement:
    """The content, saved and read by these mappings, else by the generic one; text is saved as UTF-8."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_statement(path, mappings or [GENERIC])


def refusal(tmp_path: Path, content: str | bytes, *mappings: Mapping, name: str = "kto.csv") -> str:
    """Why the file is refused as a whole; "" when it is not."""
    try:
        read(tmp_path, content, *mappings, name=name)
    except UnusableFile as error:
        return str(error)
    return ""


def rules(statement: Statement) -> list[str]:
    """The rules that the unread rows broke."""
    return [problem.rule for unread in statement.unread for problem in unread.problems]


def warnings(statement: Statement) -> list[str]:
    """The rules of the warnings."""
    return [problem.rule for problem in statement.warnings]


def workbook(*rows: Sequence[object], then: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """A workbook with these rows in its only sheet, changed by `then` before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    if then is not None:
        then(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def generic_workbook(*rows: Sequence[object], then: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """A workbook of the generic layout."""
    return workbook(HEADER.split(","), *rows, then=then)


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The archive with changed and further members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, member in more.items():
            new.writestr(name, member)
    return buffer.getvalue()
