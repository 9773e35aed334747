"""Another table in the file, with other columns, is neither passed over nor read by the columns of the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal

FIVE_TEXT = PLAIN.replace('"Amount"]', '"Amount", "Note", "Place"]').replace(
    'header = ["Date"', 'footer = "undated"\nheader = ["Date"'
)
FIVE = mapping(FIVE_TEXT)
OWN = "Date;Text;Amount;Note;Place\n01.03.2026;a;1,00;;\n02.03.2026;b;2,00;;\n"
TURNED = "Date;Note;Amount;Text;Place\n03.03.2026;;3,00;c;\n"
SHIFTED = "Text;Date;Amount;Note;Place\nc;03.03.2026;3,00;;\n"
RENAMED = "Day;Text;Amount;Note;Place\n03.03.2026;c;3,00;;\n"
SHORTER = "Date;Amount;Note;Place\n03.03.2026;3,00;;\n"


@pytest.mark.parametrize("other", [TURNED, SHIFTED, RENAMED, SHORTER])
def test_a_table_with_other_columns_above_refuses_the_file(tmp_path: Path, other: str) -> None:
    message = refusal(tmp_path, f"Account 1\n{other}\n{OWN}", FIVE)

    assert message.startswith("kto.csv, row 2: the header of another table than that of row 5")


@pytest.mark.parametrize("other", [TURNED, SHIFTED, RENAMED])
def test_a_table_with_other_columns_below_refuses_the_file(tmp_path: Path, other: str) -> None:
    message = refusal(tmp_path, OWN + other, FIVE)

    assert message.startswith("kto.csv, row 4: the header of another table than that of row 1")


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Date;Note;Amount;Text;Place\n", ""),
        ("Date;Amount;Note\n03.03.2026;3,00;x\n", ""),
        ("Account;1\nperiod;01.03.2026\nbalance;3,00\n", "Total;;3,00;;\n"),
        ("", "Date;Text;Amount;Note;Place\n"),
    ],
    ids=["a header without bookings", "a summary", "a preamble and a footer", "the same header again"],
)
def test_what_is_no_other_table_does_not_refuse_the_file(tmp_path: Path, above: str, below: str) -> None:
    assert [line.text for line in read(tmp_path, above + OWN + below, FIVE).lines] == ["a", "b"]


@pytest.mark.parametrize("below", [TURNED, OWN])
def test_a_table_below_the_end_of_the_table_is_passed_over_only_where_the_mapping_knows_it(
    tmp_path: Path, below: str
) -> None:
    pattern = FIVE_TEXT.replace('footer = "undated"', 'footer = "pattern"\nend = "^Total"')
    knowing = mapping(pattern.replace('end = "^Total"', 'end = "^Total"\ntables_below = true'))
    content = f"{OWN}Total;;3,00;;\n{below}"

    assert [line.text for line in read(tmp_path, content, knowing).lines] == ["a", "b"]
    assert refusal(tmp_path, content, mapping(pattern)) == (
        "kto.csv, row 5: the header of another table than that of row 1; the bookings below it would be passed over. "
        "Export the tables one by one, or cut the file there"
    )


def test_the_same_header_again_with_the_text_of_the_row_after_it_does_not_refuse_the_file(tmp_path: Path) -> None:
    carrying_on = mapping(
        FIVE_TEXT.replace('footer = "undated"\n', "").replace("[file]", 'continuation = "undated"\n[file]')
    )
    again = "Date;Text;Amount;Note;Place\n;more;;;\n03.03.2026;c;3,00;;\n"

    assert [line.text for line in read(tmp_path, OWN + again, carrying_on).lines] == ["a", "b", "c"]
