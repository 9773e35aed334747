"""A file's bytes and what they really are, whatever the name says. Nothing here trusts a name or an extension.

Source: reliability.md §10.1 (B1-B20).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from importer.errors import UnusableFile
from importer.mapping.layout import Kind

MOST_TEXT_BYTES = 200_000_000
MOST_WORKBOOK_BYTES = 50_000_000
ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"{\\rtf": "a rich text document",
    b"PK\x05\x06": "an empty zip archive",
    b"SQLite format 3": "an SQLite database",
}
_TEMPORARY = (".part", ".tmp", ".crdownload", ".partial")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Source:
    """A bank file in memory; what is made of it can be kept beside it as long as it lives."""

    name: str
    content: bytes
    kind: Kind
    sha256: str


def open_source(path: Path) -> Source:
    """The file, read once.

    Raises:
        UnusableFile: it is not there, not a regular file, empty, too large or of a kind that holds no statement.
    """
    content = _content(path)
    return Source(path.name, content, _kind(content, path.name), sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    if path.name.startswith((".", "~$")) or path.name.casefold().endswith(_TEMPORARY):
        raise UnusableFile(f"{path.name}: a temporary or hidden file; give the finished file")
    try:
        # A named pipe must not hang the night run, so the file is opened without waiting and looked at first.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise UnusableFile(
            f"{path.name}: cannot be opened: {error.strerror}; check the name and the permissions"
        ) from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise UnusableFile(f"{path.name}: not a regular file; name the statement itself")
    with os.fdopen(descriptor, "rb") as file:
        if facts.st_size > MOST_TEXT_BYTES:
            raise UnusableFile(
                f"{path.name}: {facts.st_size:,} bytes are more than {MOST_TEXT_BYTES:,}; export a shorter period"
            )
        content = file.read(facts.st_size + 1)
    if len(content) != facts.st_size:
        raise UnusableFile(f"{path.name}: the file changed while it was read; wait until it is complete")
    return content


def _kind(content: bytes, name: str) -> Kind:
    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnusableFile(f"{name}: the file is empty; export the statement again")
    for mark, what in _FOREIGN.items():
        if content.startswith(mark):
            raise UnusableFile(f"{name}: the file is {what}; export the statement as CSV or Excel")
    if content.startswith((ZIP, COMPOUND)):
        if len(content) > MOST_WORKBOOK_BYTES:
            raise UnusableFile(
                f"{name}: the workbook is larger than {MOST_WORKBOOK_BYTES:,} bytes; export a shorter period"
            )
        return Kind.EXCEL
    return _text_kind(content, name)


def _text_kind(content: bytes, name: str) -> Kind:
    head = content[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise UnusableFile(f"{name}: the file is an Excel 2003 XML table; export it again as .xlsx or CSV")
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        return Kind.HTML
    if head.startswith(b"<?xml"):
        if b"<html" in head:
            return Kind.HTML
        raise UnusableFile(f"{name}: the file is XML; export the statement as CSV or Excel")
    return Kind.CSV
