"""JSON documents as text that people can read and compare, and that is quick to write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any  # JSON has no better type

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def in_lines(document: Mapping[str, Any]) -> str:
    """One JSON document with each member on a line of its own, and each item of a list."""
    members = (f"{_ENCODER.encode(name)}: {_lines_of(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(members) + "\n}"


def _lines_of(value: Any) -> str:
    # Indenting further takes ten times as long, because the encoder that is written in C cannot.
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_ENCODER.encode, value)) + "\n]"
    return _ENCODER.encode(value)
