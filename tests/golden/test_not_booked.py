"""Rows that a shipped layout tells from bookings by a word in their text are left out, with the reason."""

from __future__ import annotations

from pathlib import Path

from importer.mapping import load_mappings
from importer.reader import read_statement
from importer.shipped import shipped

MAPPINGS = load_mappings([shipped("mappings")])
SAMPLE = shipped("samples") / "pl" / "mbank-lista-2.csv"


def test_what_mbank_has_not_settled_is_not_booked(tmp_path: Path) -> None:
    text = SAMPLE.read_bytes().decode("utf-8")
    at = text.index("2026-03-16;")
    row = '2026-03-17;"ZMYŚLONY SERWIS ZAKUP transakcja nierozliczona";"Konto 0000";"Bez kategorii";-31,43 PLN;;\n'
    file = tmp_path / SAMPLE.name
    file.write_bytes((text[:at] + row + text[at:]).encode())
    whole, more = read_statement(SAMPLE, MAPPINGS), read_statement(file, MAPPINGS)
    assert [line.amount for line in more.lines] == [line.amount for line in whole.lines]
    assert "not settled, so not booked yet" in more.warnings[0].message
