"""Each API flavour as a user meets it: checked, previewed, imported, corrected and imported again over the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from importer.sandbox.app import BASE
from tests.flow.conftest import Desk
from tests.flow.test_main_job import DEMO, journal

BASES = {
    "v2.0": BASE,
    "v1.0": "/BC/api/v1.0",
    "graph-beta": "/beta",
    "financials-beta": "/v1.0/api/beta",
}


def speak(desk: Desk, flavour: str) -> None:
    desk.configure(desk.url, desk.url.removesuffix(BASE) + BASES[flavour])
    desk.configure('journal = "BANK"', f'journal = "BANK"\napi = "{flavour}"')


def in_other_words(desk: Desk, more: str) -> Path:
    """The same bookings as a later export has them, with more behind their texts."""
    path = desk.folder / "later.csv"
    with DEMO.open(encoding="utf-8", newline="") as old, path.open("w", encoding="utf-8", newline="") as new:
        rows = list(csv.DictReader(old))
        writer = csv.DictWriter(new, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "text": f"{row['text']}{more}"} for row in rows)
    return path


@pytest.mark.parametrize("more", [" ..!", " ff"], ids=["punctuation", "fuller text"])
@pytest.mark.parametrize("flavour", BASES)
def test_lines_are_created_and_corrected_in_every_flavour(desk: Desk, flavour: str, more: str) -> None:
    speak(desk, flavour)
    assert desk.importer("company", "check").code == 0
    assert desk.importer("preview", DEMO).code == 3
    assert desk.writes() == []

    assert desk.importer("import", DEMO, "--yes").code == 3
    created, lines = desk.writes(), desk.sandbox.journal_lines("BANK")
    assert [line.partition(" ")[0] for line in created] == ["POST"] * 6
    assert len(journal(desk)) == 6

    later = in_other_words(desk, more)
    seen = desk.importer("preview", later, "--format", "json").document
    assert (seen["totals"]["patch"]["lines"], seen["totals"]["create"]["lines"]) == (5, 0)
    touched = next(line.line_number for line in lines if line.invoice_number == "103196")
    person = desk.sandbox.edit("BANK", touched, comment="by hand")
    assert desk.importer("import", later, "--yes").code == 3
    assert [line.partition(" ")[0] for line in desk.writes()[len(created) :]] == ["PATCH"] * 5
    now = desk.sandbox.journal_lines("BANK")
    assert [line for line in now if not line.description.endswith(more)] == [person]
    assert [(line.id, line.line_number, line.amount) for line in now] == [
        (line.id, line.line_number, line.amount) for line in lines
    ]


@pytest.mark.parametrize("flavour", BASES)
def test_what_a_flavour_cannot_do_is_said(desk: Desk, flavour: str) -> None:
    speak(desk, flavour)
    said = [line for line in desk.importer("company", "check").out.splitlines() if "Not offered here" in line]
    assert len(said) == (4 if flavour.endswith("beta") else 0)
    asked = desk.importer("preview", DEMO, "--ask-server")
    assert asked.code == (78 if flavour.endswith("beta") else 3)
    assert desk.sandbox.journal_lines("BANK") == ()
