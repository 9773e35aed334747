"""A file that was cut off is refused where it shows that; a bank that never ends its last row is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal, rules
from tests.unit.test_reader_layouts import HEADER, changed

LAYOUT = 'header = ["Date", "Text", "Amount", "Balance", "Valuta"]\nrows = "ragged"'
WIDE = changed((HEADER, LAYOUT), ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"\nvalue_on = "Valuta"'))
FOOTED = WIDE.replace('rows = "ragged"', 'rows = "ragged"\nfooter = "undated"')
TOTALS = '[[leave_out]]\ncolumn = "Date"\nequals = ["Total"]\nbecause = "a total"\n'
WHOLE = """Date;Text;Amount;Balance;Valuta
01.03.2026;a;10,50;110,50;01.03.2026
02.03.2026;b;-129,89;-19,39;02.03.2026
03.03.2026;c;120,00;100,61;03.03.2026"""
PLAIN_WHOLE = "Date;Text;Amount\n01.03.2026;a;10,50\n02.03.2026;b;7,25\n03.03.2026;c;-129,89"


@pytest.mark.parametrize(
    "lost", [len(";03.03.2026"), len(";100,61;03.03.2026"), len("61;03.03.2026"), len("26"), len("03.03.2026"), 1]
)
@pytest.mark.parametrize("layout", [WIDE, FOOTED])
def test_a_file_that_ends_inside_its_last_row_is_refused_with_that_row(tmp_path: Path, layout: str, lost: int) -> None:
    told = refusal(tmp_path, WHOLE[:-lost], mapping(layout))

    assert told.startswith("kto.csv, row 4: the file ends in the middle of this row")


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_last_amount_that_lost_its_decimals_refuses_the_file(tmp_path: Path, lost: int) -> None:
    assert "row 4: the file ends in the middle of this row" in refusal(tmp_path, PLAIN_WHOLE[:-lost], mapping())


def test_a_zero_that_lost_its_decimals_refuses_the_file(tmp_path: Path) -> None:
    layout = changed(
        (HEADER, 'header = ["Date", "Text", "Debit", "Credit"]'),
        ('amount = "Amount"', 'debit = "Debit"\ncredit = "Credit"'),
        ('decimal = ","', 'decimal = ","\n[amounts]\nmodel = "debit_credit"'),
    )
    whole = "Date;Text;Debit;Credit\n01.03.2026;a;1,50;0,00\n02.03.2026;b;0,00;2,00\n03.03.2026;c;7,50;0,00"

    assert len(read(tmp_path, whole, mapping(layout)).lines) == 3
    assert "in the middle of this row" in refusal(tmp_path, whole[:-1], mapping(layout))


BALANCED = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
)


@pytest.mark.parametrize("lost", [1, 2, 3, 5])
@pytest.mark.parametrize("rows", ["01.03.2026;a;10,50;110,50\n", "01.03.2026;a;10,50;\n02.03.2026;b;1,25;\n"])
def test_a_last_balance_that_lost_its_decimals_refuses_the_file(tmp_path: Path, rows: str, lost: int) -> None:
    whole = f"Date;Text;Amount;Balance\n{rows}03.03.2026;c;-0,89;109,61"

    assert len(read(tmp_path, whole, mapping(BALANCED)).lines) == rows.count("\n") + 1
    assert "in the middle of this row" in refusal(tmp_path, whole[:-lost], mapping(BALANCED))


def test_one_amount_alone_does_not_say_how_a_balance_is_written(tmp_path: Path) -> None:
    assert len(read(tmp_path, "Date;Text;Amount;Balance\n03.03.2026;c;-0,89;109", mapping(BALANCED)).lines) == 1


def test_an_amount_far_up_that_has_no_decimals_either_shows_that_nothing_is_lost(tmp_path: Path) -> None:
    rows = "".join(f"01.03.2026;a;{cents},{'50' if cents < 80 else '5'}\n" for cents in range(1, 90))

    assert len(read(tmp_path, f"Date;Text;Amount\n{rows}01.03.2026;b;9,5", mapping()).lines) == 90


def test_the_beginning_of_a_date_alone_is_no_footer(tmp_path: Path) -> None:
    assert "row 5: the file ends in the middle of" in refusal(tmp_path, WHOLE + "\n04.0", mapping(FOOTED))


@pytest.mark.parametrize(
    ("content", "layout", "bookings"),
    [
        (WHOLE, WIDE, 3),
        (WHOLE + "\n", WIDE, 3),
        (WHOLE + "\nTotal;0,61", FOOTED, 3),
        (WHOLE + "\n ", FOOTED, 3),
        (WHOLE + "\nTotal;0,61", WIDE + TOTALS, 3),
        (PLAIN_WHOLE.rpartition("\n02")[0], PLAIN, 1),
        (PLAIN_WHOLE, PLAIN, 3),
        (PLAIN_WHOLE.replace("7,25", "7"), PLAIN, 3),
        (PLAIN_WHOLE.replace("-129,89", "-129") + "\n", PLAIN, 3),
        (PLAIN_WHOLE.replace("10,50", "10").replace("-129,89", "-129"), PLAIN, 3),
    ],
)
def test_a_whole_file_without_a_last_line_end_is_read(tmp_path: Path, content: str, layout: str, bookings: int) -> None:
    assert len(read(tmp_path, content, mapping(layout)).lines) == bookings


def test_a_wrong_last_cell_that_is_no_beginning_of_another_is_an_error_of_its_row(tmp_path: Path) -> None:
    assert rules(read(tmp_path, PLAIN_WHOLE.replace("-129,89", "none"), mapping())) == ["AMT-1"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_line_end_of_two_bytes_is_one(tmp_path: Path, encoding: str) -> None:
    layout = mapping(PLAIN.replace("[table]", f'encodings = ["{encoding}"]\nstray_quotes = true\n[table]'))
    whole = PLAIN_WHOLE.replace("-129,89", "-129")

    assert len(read(tmp_path, (whole + "\n").encode(encoding), layout).lines) == 3
    assert "in the middle" in refusal(tmp_path, whole.encode(encoding), layout)


TIMED = changed((HEADER, 'header = ["Date", "Text", "Amount", "Time"]')) + (
    '[[keep_only]]\ncolumn = "Time"\npattern = "^[0-9]{2}:[0-9]{2}$"\nbecause = "not booked, it has no time"\n'
)
TIMES = "Date;Text;Amount;Time\n01.03.2026;a;10,50;08:15\n02.03.2026;b;7,25;09:30\n"


@pytest.mark.parametrize(
    ("last", "bookings"), [("1", 0), ("10", 0), ("10:", 0), ("10:4", 0), ("10:45", 3), ("", 2), ("x", 2)]
)
def test_a_row_that_is_left_out_because_its_last_cell_was_cut_off_refuses_the_file(
    tmp_path: Path, last: str, bookings: int
) -> None:
    content = f"{TIMES}03.03.2026;c;-1,00;{last}"

    if bookings:
        assert len(read(tmp_path, content, mapping(TIMED)).lines) == bookings
    else:
        assert f'row 4: the file ends in the middle of this row: its last cell "{last}"' in refusal(
            tmp_path, content, mapping(TIMED)
        )
