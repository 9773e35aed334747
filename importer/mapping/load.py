"""Mapping files → mappings. A wrong key or value is named with its file and, for a key, the nearest one that exists."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import tomli
from pydantic import ValidationError

from importer.collection import without_collection
from importer.errors import ConfigurationError
from importer.mapping.schema import Mapping
from importer.mapping.wording import fault_text


def load_mappings(folders: Sequence[Path]) -> tuple[Mapping, ...]:
    """All mappings below the folders, ordered by id; of two with the same id that of the later folder counts.

    Raises:
        ConfigurationError: a folder does not exist or a file is wrong; all faults of the file are named.
    """
    found: dict[str, Mapping] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError(f"{folder} is not a folder with mappings; create it or name another one")
        with without_collection():
            for mapping_id in sorted(_ids(folder)):
                found[mapping_id] = load_mapping(folder / f"{mapping_id}.toml", mapping_id)
    return tuple(found[mapping_id] for mapping_id in sorted(found))


def _ids(folder: Path) -> Iterator[str]:
    for place, _, files in os.walk(folder):
        below = Path(place).relative_to(folder).as_posix()
        prefix = "" if below == "." else f"{below}/"
        yield from (prefix + name.removesuffix(".toml") for name in files if name.endswith(".toml"))


def load_mapping(path: Path, mapping_id: str | None = None) -> Mapping:
    """One mapping file; without an id it gets the file's name.

    Raises:
        ConfigurationError: the file cannot be read or is wrong; all faults are named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: the mapping cannot be read: {error}") from error
    return parse_mapping(text, mapping_id or path.stem, source=str(path))


def parse_mapping(text: str, mapping_id: str, *, source: str) -> Mapping:
    """A mapping from its text; `source` names it in messages.

    Raises:
        ConfigurationError: the text is not TOML or not a mapping; all faults are named.
    """
    try:
        content = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{source}: not a TOML file: {error}; texts need quotes, lists need brackets, a key stands once"
        ) from error
    try:
        return Mapping.model_validate({**content, "id": mapping_id})
    except ValidationError as error:
        faults = "\n".join(
            f"  {line}" for detail in error.errors() for line in fault_text(detail, Mapping).splitlines()
        )
        raise ConfigurationError(
            f"{source}: the mapping is wrong:\n{faults}\nmappings/README.md explains every key."
        ) from error
