"""Real files of banks, where the collection is at hand: each is recognised, and says what an independent reading says.

The collection lies beside the checkout and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from importer.mapping import load_mappings
from importer.model import Statement
from importer.reader import read_statement
from importer.shipped import shipped
from tests.golden.independent import Facts, bookings

COLLECTION = Path(__file__).parents[3] / "shared" / "formats"
MAPPINGS = load_mappings([shipped("mappings")])
KINDS = {".csv", ".xlsx", ".xls", ".txt", ".tsv", ".dat"}

# Layouts whose published facts are too simple for their files; what is different is the independent reading.
TOO_SIMPLE = {
    "ch-raiffeisen-2": "quotes stand inside cells without meaning anything",
    "ch-raiffeisen-6": "quotes stand inside cells without meaning anything",
    "cn-bocom-credit": "a word in the text gives the sign",
    "cn-cmb-credit": "the dates have no year",
    "cz-ceska-sporitelna": "the one booking is of the year 1111",
    "za-absa-afr": "the dates have no year",
    "gb-john-lewis": "receipts have a plus sign and CR in a column without a name, payments neither",
    "xx-kraken": "amounts of coins, not of currencies",
}


def known(entry: Facts, facts: dict[str, Facts]) -> bool:
    return (
        Path(entry["file"]).suffix in KINDS
        and entry["format_id"] in facts
        and bool(facts[entry["format_id"]]["column_roles"])
        and (COLLECTION / "files" / entry["file"]).exists()
    )


def files() -> list[object]:
    if not COLLECTION.exists():
        return [pytest.param(None, None, marks=pytest.mark.skip(reason="the collection of real files is not here"))]
    facts = {entry["id"]: entry for entry in json.loads((COLLECTION / "formats.json").read_text(encoding="utf-8"))}
    manifest = json.loads((COLLECTION / "files" / "MANIFEST.json").read_text(encoding="utf-8"))
    return [
        pytest.param(COLLECTION / "files" / entry["file"], facts[entry["format_id"]], id=entry["format_id"])
        for entry in manifest
        if known(entry, facts) and entry["format_id"] not in TOO_SIMPLE
    ]


@pytest.mark.parametrize(("path", "facts"), files())
def test_a_real_file_says_what_an_independent_reading_says(path: Path, facts: Facts) -> None:
    statement, expected = read_statement(path, MAPPINGS), bookings(path, facts)
    rest = Counter(booking.amount for booking in expected)
    rest.subtract(line.amount.amount for line in statement.lines)

    # Every line is one of the bookings, and every booking that is no line is a row that was told to be left out.
    assert min(rest.values(), default=0) >= 0
    assert rest.total() <= left_out(statement)
    if not rest.total():
        assert [line.amount.amount for line in statement.lines] == [booking.amount for booking in expected]
        assert all(line.booked_on in booking.days for line, booking in zip(statement.lines, expected, strict=True))


def left_out(statement: Statement) -> int:
    """How many rows the statement says were no bookings."""
    texts = [warning.message for warning in statement.warnings if warning.rule in {"ROW-LEFT-OUT", "ROW-AFTER"}]
    return sum(int(text.split()[0]) if text[0].isdigit() else 1 for text in texts)
