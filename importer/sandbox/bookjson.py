"""Taking a JSON record of a file of books apart; each function raises UnusableBooks when the shape is wrong."""

from __future__ import annotations

from importer.sandbox.schema import Json

Record = dict[str, Json]


class UnusableBooks(ValueError):
    """The file of invented books is wrong; the message names the company and the record."""


def records_of(record: Record, name: str) -> list[Record]:
    """The list of records of that name; empty when it is left out."""
    found = list_of(record, name)
    if not all(isinstance(each, dict) for each in found):
        raise UnusableBooks(f"'{name}' must be a list of records")
    return [each for each in found if isinstance(each, dict)]


def list_of(record: Record, name: str) -> list[Json]:
    """The list of that name; empty when it is left out."""
    found = record.get(name, [])
    if not isinstance(found, list):
        raise UnusableBooks(f"'{name}' must be a list")
    return found


def names_of(record: Record, name: str) -> Record:
    """The table of codes and names of that name; empty when it is left out."""
    found = record.get(name, {})
    if not isinstance(found, dict):
        raise UnusableBooks(f"'{name}' must be a table of codes and names")
    return found


def text_of(record: Record, name: str) -> str:
    """The text of that name; "" when it is left out."""
    found = record.get(name, "")
    return found if isinstance(found, str) else str(found)
