"""A look at a workbook before it is opened: bombs, tricks and damage are refused, what values cannot show is noted.

The archive is never extracted; members are inflated piece by piece and the limits count what really comes out.
Source: reliability.md §10.1 (B18-B28).
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

from importer.errors import UnusableFile
from importer.reader.compound import streams_are_sound
from importer.reader.old_records import facts_of
from importer.reader.rows import MOST_COLUMNS, MOST_ROWS
from importer.reader.sheet_facts import Place, SheetFacts
from importer.reader.source import COMPOUND, Source
from importer.reader.trial import survives_reading

MOST_EXPANDED = 1_000_000_000
MOST_RATIO = 100
MOST_MEMBERS = 10_000
MOST_CELLS = 30_000_000
_SMALL = 10_000_000  # below this a high ratio is only a short, repetitive sheet
_PIECE = 1 << 20
_OVERLAP = 4096
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_FORMULAS = (re.compile(rb"<f"), re.compile(rb":f[ >]"))  # in one pattern they would take ten times as long
_HIDDEN = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')
_ERROR = re.compile(rb"<(?:\w+:)?c (?=[^>]*\bt=[\"']e[\"'])([^>]*)>")
_EMPTY_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)([0-9]+)[\"']")
_COLUMN = re.compile(rb' r="([A-Z]{2,3})[0-9]+"(?:[^>]*[^/])?>')  # with content
_ROW = re.compile(rb'\br="([0-9]+)"')
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c((?: [^>]*)?)>\s*<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The facts per sheet name, and what the archive holds beside the sheets."""

    sheets: dict[str, SheetFacts]
    ignored: tuple[str, ...] = ()

    def of(self, name: str) -> SheetFacts:
        """The facts of a sheet; those of an ordinary one where none were found."""
        return self.sheets.get(name, SheetFacts())


def check_workbook(source: Source) -> Workbook:
    """Look before opening.

    Raises:
        UnusableFile: encrypted, damaged, dangerous, or not a workbook at all.
    """
    if source.content.startswith(COMPOUND):
        return _check_compound(source)
    try:
        with ZipFile(io.BytesIO(source.content)) as archive:
            return _check_archive(archive, source)
    except (BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise UnusableFile(f"{source.name}: the workbook is damaged or cut off ({error}); export it again") from error
    except RuntimeError as error:
        raise UnusableFile(f"{source.name}: the workbook is encrypted; save it without a password") from error


def _check_compound(source: Source) -> Workbook:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in source.content

    if holds("EncryptedPackage"):
        raise UnusableFile(f"{source.name}: the workbook is encrypted; save it without a password")
    if not (holds("Workbook") or holds("Book")):
        raise UnusableFile(
            f"{source.name}: an old Office document without a workbook; export the statement as CSV or Excel"
        )
    if not (streams_are_sound(source.content) and survives_reading(source.content)):
        raise UnusableFile(f"{source.name}: the workbook is damaged or cut off; export it again")
    try:
        return Workbook(facts_of(source.content))
    except (struct.error, IndexError) as error:
        raise UnusableFile(f"{source.name}: the workbook is damaged ({error}); export it again") from error


def _check_archive(archive: ZipFile, source: Source) -> Workbook:
    names = archive.namelist()
    _check_names(names, source.name)
    facts: dict[str, SheetFacts] = {}
    budget = MOST_EXPANDED
    for name in names:
        seen = SheetFacts()
        for piece in _pieces(archive, name):
            budget -= len(piece.fresh)
            expanded = MOST_EXPANDED - budget
            if budget < 0 or (expanded > _SMALL and expanded > MOST_RATIO * len(source.content)):
                raise UnusableFile(
                    f"{source.name}: the workbook expands to far more than it should hold; it is not read"
                )
            if name.endswith((".xml", ".rels")) and b"!" in piece.text and _DECLARATION.search(piece.text):
                raise UnusableFile(f"{source.name}: {name} declares a document type; such a workbook is not read")
            if name.startswith("xl/worksheets/"):
                _note(piece.text, seen)
        _check_extent(seen, source.name)
        if seen.unplaced:
            raise UnusableFile(
                f"{source.name}: a cell holds an error or a formula without a value, and the workbook does not say which one; "
                "open it in a spreadsheet, calculate, save"
            )
        facts[name] = seen
    return Workbook(_by_sheet(archive, facts, source.name), _ignored(names))


def _check_names(names: list[str], file: str) -> None:
    if len(names) > MOST_MEMBERS:
        raise UnusableFile(f"{file}: {len(names):,} parts are more than {MOST_MEMBERS:,}; it is not read")
    if len(set(names)) != len(names):
        raise UnusableFile(f"{file}: two parts of the archive have the same name; the workbook is damaged")
    for name in names:
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name):
            raise UnusableFile(f'{file}: the archive has a part named "{name}"; such a workbook is not read')
    if "xl/workbook.xml" in names:
        return
    kinds = {
        "xl/workbook.bin": "a binary workbook (.xlsb)",
        "word/document.xml": "a Word document",
        "content.xml": "an OpenDocument file",
    }
    what = next((text for part, text in kinds.items() if part in names), "a zip archive")
    raise UnusableFile(f"{file}: the file is {what}; export the statement as CSV or as .xlsx")


@dataclass(frozen=True, slots=True)
class _Piece:
    fresh: bytes
    text: bytes  # with the end of the piece before, so that nothing is missed at the seam


def _pieces(archive: ZipFile, name: str) -> Iterator[_Piece]:
    with archive.open(name) as member:
        before = b""
        while fresh := member.read(_PIECE):
            text = before + fresh
            yield _Piece(fresh, text)
            before = text[-_OVERLAP:]


def _check_extent(facts: SheetFacts, file: str) -> None:
    # The reader below holds the whole rectangle up to the last cell, so one stray cell must not decide its size.
    if facts.last_column > MOST_COLUMNS:
        raise UnusableFile(f"{file}: a sheet has {facts.last_column:,} columns, more than {MOST_COLUMNS}")
    if facts.last_row > MOST_ROWS or facts.last_row * facts.last_column > MOST_CELLS:
        raise UnusableFile(
            f"{file}: a sheet reaches down to row {facts.last_row:,}, which is too much; delete stray cells"
        )


def _column_number(letters: str) -> int:
    """The number of a column from its letters: 1 for "A", 27 for "AA"."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _note(text: bytes, facts: SheetFacts) -> None:
    for letters in set(_COLUMN.findall(text)):
        facts.last_column = max(facts.last_column, _column_number(letters.decode()))
    last_value = max(text.rfind(b"<v>"), text.rfind(b"<is>"))
    last_row = text.rfind(b"<row ", 0, last_value) if last_value >= 0 else -1
    if last_row >= 0 and (number := _ROW.search(text, last_row)):
        facts.last_row = max(facts.last_row, int(number[1]))
    # The plain searches are many times faster than the patterns, and nearly always say no.
    if b'hidden="' in text:
        facts.hidden_rows += len(_HIDDEN.findall(text, _OVERLAP if len(text) > _PIECE else 0))
    if b't="e"' in text or b"t='e'" in text:
        _add_cells(facts, facts.in_error, _ERROR.findall(text))
    if any(formula.search(text) for formula in _FORMULAS):
        facts.formulas = True
        found = _EMPTY_FORMULA.findall(text)
        # The empty text is a value, too; it is stored as one.
        _add_cells(
            facts, facts.without_value, [cell for cell, value in found if not (value and _EMPTY_TEXT.search(cell))]
        )


def _add_cells(facts: SheetFacts, cells: set[Place], found: Iterable[bytes]) -> None:
    """Add the places of cells, given by their attributes."""
    for attributes in found:
        if name := _REFERENCE.search(attributes):
            cells.add((int(name[2]), _column_number(name[1].decode()) - 1))
        else:
            facts.unplaced = True


def _by_sheet(archive: ZipFile, facts: dict[str, SheetFacts], file: str) -> dict[str, SheetFacts]:
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        workbook = fromstring(archive.read("xl/workbook.xml"))
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ParseError) as error:
        raise UnusableFile(f"{file}: the workbook's list of sheets is missing or damaged; export it again") from error
    targets = {link.get("Id"): "xl/" + (link.get("Target") or "").removeprefix("/xl/") for link in links}
    found = {}
    for sheet in workbook.iter():
        if sheet.tag.endswith("}sheet"):
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            found[sheet.get("name") or ""] = facts.get(targets.get(link, ""), SheetFacts())
    return found


def _ignored(names: list[str]) -> tuple[str, ...]:
    kinds = {
        "vbaProject.bin": "macros",
        "externalLinks/": "links to other workbooks",
        "embeddings/": "embedded objects",
        "activeX/": "controls",
        "connections.xml": "data connections",
    }
    return tuple(what for part, what in kinds.items() if any(part in name for name in names))
