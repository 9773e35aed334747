"""Bank file + mapping → Statement. The only home of pandas, csv and workbooks; only model values leave it.

source.py ─▶ delimited.py | workbook.py | markup.py ─▶ table.py ─▶ tidy.py ─▶ lines.py ─▶ integrity.py ─▶ Statement
                               heads.py ─▶ recognise.py: which mapping?
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from importer.errors import ConfigurationError, UnusableFile
from importer.mapping import Mapping
from importer.model import Statement
from importer.processor import turn_to_compute
from importer.reader.doubtful import set_future_aside
from importer.reader.read import read_with
from importer.reader.recognise import Nearest, Recognition, claims, read_recognised
from importer.reader.source import open_source

__all__ = ["Nearest", "Recognition", "detect", "read_statement", "recognise", "set_future_aside"]


def read_statement(path: Path, mappings: Sequence[Mapping], mapping_id: str | None = None) -> Statement:
    """The bank file as a statement; its mapping is recognised unless an id is given.

    Wrong rows are in `unread`, all of them; what was left out or is odd is in `warnings`.

    Raises:
        UnknownFormat: no mapping recognises the file; the nearest is named with what differs.
        AmbiguousFormat: two mappings claim it and read it differently.
        UnusableFile: the file is damaged, dangerous, or contradicts itself.
        ConfigurationError: there is no mapping with this id.
    """
    mapping = None if mapping_id is None else find_mapping(mappings, mapping_id)
    source = open_source(path)
    with turn_to_compute():
        return read_recognised(source, claims(source, mappings)) if mapping is None else read_with(source, mapping)


def recognise(path: Path, mappings: Sequence[Mapping]) -> Recognition:
    """Which mappings claim the file, and why; the nearest when none does.

    Raises:
        UnusableFile: the file cannot be opened or holds no statement.
    """
    return claims(open_source(path), mappings)


def detect(path: Path, mappings: Sequence[Mapping]) -> tuple[Recognition, Statement | UnusableFile]:
    """Which mappings claim the file and why, and the statement that comes of it, or why there is none.

    Raises:
        UnusableFile: the file cannot be opened or holds no statement.
    """
    source = open_source(path)
    found = claims(source, mappings)
    try:
        return found, read_recognised(source, found)
    except UnusableFile as error:
        return found, error


def find_mapping(mappings: Sequence[Mapping], mapping_id: str) -> Mapping:
    """The mapping with this id.

    Raises:
        ConfigurationError: there is none; the nearest is named.
    """
    for mapping in mappings:
        if mapping.id == mapping_id:
            return mapping
    near = get_close_matches(mapping_id, [mapping.id for mapping in mappings], n=1)
    hint = f"; did you mean {near[0]}?" if near else "; name the folder of a mapping of your own with --mappings."
    raise ConfigurationError(f'there is no mapping "{mapping_id}"{hint} All are listed by: importer mapping list')
