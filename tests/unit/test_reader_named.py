"""Layouts of which little is known are read for who names them; they claim no stranger's file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importer.errors import UnknownFormat, UnusableFile
from importer.reader import read_statement, recognise
from tests.unit.reader_files import PLAIN, mapping
from tests.unit.test_mapping_command import run

THIN = (
    PLAIN.replace('header = ["Date", "Text", "Amount"]', "width = 3\nskip = 1\nonly_when_named = true")
    .replace('booked_on = "Date"', "booked_on = 1")
    .replace('text = "Text"', "text = 2")
    .replace('amount = "Amount"', "amount = 3")
    .replace('decimal = ","', 'decimal = "proven"')
)
CONTENT = "Tag;Was;Wert\n13.03.2026;a;1,50\n14.03.2026;b;-2\n"


def saved(tmp_path: Path, content: str = CONTENT) -> Path:
    (tmp_path / "kto.csv").write_text(content)
    return tmp_path / "kto.csv"


def test_it_claims_no_file_and_is_suggested_for_one_that_it_fits(tmp_path: Path) -> None:
    thin, file = mapping(THIN), saved(tmp_path)

    found = recognise(file, [thin])
    assert ([], [thin]) == (list(found.candidates), list(found.suggested))
    with pytest.raises(UnknownFormat, match="it fits plain, read only when named"):
        read_statement(file, [thin])


@pytest.mark.parametrize(
    "content",
    [
        "Tag;Was;Wert\n13.03.2026;a;1,50;\n",
        "Tag;Was;Wert\n13/03/2026;a;1,50\n",
        "Tag;Was;Wert\n13.03.2026;a;1,50\n14.03.2026;b;x\n",
        "12.03.2026;a;1,50\n13.03.2026;b;1,50\n",
    ],
    ids=["width", "dates", "amounts of every row", "no header"],
)
def test_it_is_not_suggested_for_a_file_that_it_does_not_fit(tmp_path: Path, content: str) -> None:
    assert recognise(saved(tmp_path, content), [mapping(THIN)]).suggested == ()


def test_named_it_reads(tmp_path: Path) -> None:
    statement = read_statement(saved(tmp_path), [mapping(THIN)], "plain")

    assert [line.amount.text() for line in statement.lines] == ["1.50", "-2.00"]


def test_a_file_without_the_header_that_is_skipped_is_refused_before_its_first_booking_is_lost(tmp_path: Path) -> None:
    file = saved(tmp_path, "13.03.2026;a;1,50\n14.03.2026;b;-2\n")

    with pytest.raises(UnusableFile, match="row 1: mapping plain skips this row, but it is a booking"):
        read_statement(file, [mapping(THIN)], "plain")


def test_a_copy_with_the_header_of_the_file_is_recognised(tmp_path: Path) -> None:
    copied = mapping(THIN.replace("width = 3\nskip = 1\nonly_when_named = true", 'header = ["Tag", "Was", "Wert"]'))

    assert recognise(saved(tmp_path), [copied]).candidates == (copied,)


def test_a_header_that_two_currencies_share_is_only_suggested(tmp_path: Path) -> None:
    shared = mapping(THIN.replace("width = 3\nskip = 1", 'header = ["Tag", "Was", "Wert"]'))

    found = recognise(saved(tmp_path), [shared])
    assert ([], [shared]) == (list(found.candidates), list(found.suggested))


def test_detect_lists_what_fits(tmp_path: Path) -> None:
    file = saved(tmp_path)
    (tmp_path / "own.toml").write_text(THIN.replace('title = "Plain"', 'title = "Own bank"'))

    code, output = run("detect", file, "--mappings", tmp_path)
    assert code == 4
    assert "fits: own, Own bank; if this is your bank, name it with --mapping" in output
    assert "own" in json.loads(run("detect", file, "--mappings", tmp_path, "--format", "json")[1])["suggested"]
    assert "Own bank (only when named)" in run("list", "--mappings", tmp_path)[1]
    assert "Recognised only when named with --mapping" in run("show", "own", "--mappings", tmp_path)[1]
