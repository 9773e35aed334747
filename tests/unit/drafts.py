"""Drafts of mappings as values: what they say by key, which lines are marked, and what they read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importer.mapping import parse_mapping
from importer.model import Statement
from importer.reader import read_statement
from importer.reader.draft import draft_mapping


@dataclass(frozen=True)
class Draft:
    """A draft and the file that it was made of."""

    text: str
    path: Path

    @property
    def values(self) -> Mapping[str, Any]:  # TOML has no narrower type
        """The values by dotted key; lists of tables stay lists."""
        content = tomllib.loads(self.text)
        flat = {key: value for key, value in content.items() if not isinstance(value, dict)}
        for section in ("file", "table", "columns", "dates", "numbers", "amounts", "outside"):
            flat |= {f"{section}.{key}": value for key, value in content.get(section, {}).items()}
        return {key: content[key] for key in ("currency_words",) if key in content} | flat

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """Keys, without their sections, with the remark behind each."""
        pairs = (line.split("  # ", 1) for line in self.text.splitlines() if "  # " in line)
        return [(line.split("=")[0].strip(), remark) for line, remark in pairs]

    @property
    def marked(self) -> list[str]:
        """The keys whose lines a person has to confirm, without those of every draft."""
        always = {"title", "overlap"}
        return [key for key, remark in self.remarks if remark.startswith("CONFIRM: ") and key not in always]

    @property
    def statement(self) -> Statement:
        """The file, read with the draft as it is."""
        return read_statement(self.path, [parse_mapping(self.text, "draft", source="draft.toml")], "draft")

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Booking date and amount of every line that the draft reads."""
        return [(line.booked_on.isoformat(), line.amount.text()) for line in self.statement.lines]

    def says(self, *keys: str) -> list[Any]:  # TOML has no narrower type
        """The values of these keys, None for what is not there."""
        return [self.values.get(key) for key in keys]


def draft(tmp_path: Path, content: str | bytes, name: str = "kto.csv") -> Draft:
    """The draft for a file with this content; text is saved as UTF-8."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Draft(draft_mapping(path), path)
