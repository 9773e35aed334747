"""The sheets of a file, and those of them that hold the table of a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importer.errors import UnknownFormat
from importer.mapping import Mapping
from importer.mapping.headers import plain_header, plain_row
from importer.mapping.layout import FileRules, Kind
from importer.model import Problem
from importer.reader.delimited import read_delimited
from importer.reader.rows import Sheet
from importer.reader.source import Source
from importer.reader.table import Table, find_table, find_table_loosely


@dataclass(frozen=True, slots=True)
class Located:
    """A sheet with the mapping's table, unread yet, and what is to be told of them: how the header differs."""

    sheet: Sheet
    table: Table
    warnings: Sequence[Problem] = ()


def sheets_of(source: Source, rules: FileRules) -> list[Sheet]:
    """The sheets of a file; text files have one.

    Raises:
        UnusableFile: the file is of another kind than the mapping reads, or damaged.
    """
    if source.kind not in rules.kinds:
        wanted = " or ".join(rules.kinds)
        raise UnknownFormat(
            f"{source.name}: the file is {_named(source.kind)}, the mapping reads {wanted}; export it as that"
        )
    match source.kind:
        case Kind.EXCEL:
            from importer.reader.workbook import read_workbook

            return read_workbook(source, rules)
        case Kind.HTML:
            from importer.reader.markup import read_markup

            return read_markup(source, rules)
    return [read_delimited(source, rules)]


def _named(kind: Kind) -> str:
    return {Kind.CSV: "text (CSV)", Kind.EXCEL: "an Excel workbook", Kind.HTML: "a web page (HTML)"}[kind]


def fitting(source: Source, mapping: Mapping) -> Iterator[Located]:
    """The sheets with the mapping's table: with its whole header first, then those with the columns that are needed.

    Raises:
        UnusableFile: there is none, or the file is damaged.
    """
    seen = set()
    for sheet in sheets_of(source, mapping.file):
        if table := find_table(sheet, mapping):
            seen.add(sheet.name)
            yield Located(sheet, table)
    for sheet in sheets_of(source, mapping.file):
        if sheet.name not in seen and (table := find_table_loosely(sheet, mapping)):
            seen.add(sheet.name)
            yield Located(sheet, table, _differences(table, source.name))
    if not seen:
        raise UnknownFormat(
            f"{source.name}: the table of mapping {mapping.id} is not in the file; it needs the columns "
            f"{', '.join(_needed(mapping))}. Choose another mapping: importer mapping detect {source.name}"
        )


def _needed(mapping: Mapping) -> list[str]:
    return [f'"{column}"' for columns in mapping.columns.named().values() for column in columns if not column.optional]


def _differences(table: Table, file: str) -> list[Problem]:
    if not table.header:
        return []
    wanted = [plain_header(str(column)) for column in table.mapping.table.header]
    seen = plain_row(table.header)
    extra = [table.header[place] for place, cell in enumerate(seen) if cell and cell not in wanted]
    missing = [str(column) for column, cell in zip(table.mapping.table.header, wanted, strict=True) if cell not in seen]
    texts = [f"also has {', '.join(extra)}"] if extra else []
    texts += [f"lacks {', '.join(missing)}"] if missing else []
    message = "the header differs from the mapping's: " + ("; ".join(texts) or "the columns stand in another order")
    return [Problem("HEAD-1", message, file, table.header_row)]
