"""A stated opening or closing balance agrees with the lines and with their running balances (reliability.md B52)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal, warnings
from tests.unit.test_reader_layouts import HEADER, TOP, changed

RUNNING = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
    (TOP, TOP + '\nrunning = "after"'),
    ("[dates]", '[outside]\nopening = { label = "Opening" }\nclosing = { label = "Closing" }\n[dates]'),
)
AFTER = ["01.03.2026;a;1,00;11,00", "02.03.2026;b;2,00;13,00", "03.03.2026;c;3,00;16,00"]
BEFORE = ["01.03.2026;a;1,00;10,00", "02.03.2026;b;2,00;11,00", "03.03.2026;c;3,00;13,00"]


def file(rows: list[str], opening: str, closing: str) -> str:
    stated = [f"{name};{money};;" for name, money in (("Opening", opening), ("Closing", closing)) if money]
    return "\n".join([*stated, "Date;Text;Amount;Balance", *rows, ""])


@pytest.mark.parametrize(("running", "rows"), [("after", AFTER), ("before", BEFORE)])
@pytest.mark.parametrize("turned", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize(("opening", "closing"), [("10,00", "16,00"), ("", "16,00"), ("", "")])
def test_what_is_stated_is_what_the_balances_begin_and_end_with(
    running: str, rows: list[str], turned: int, opening: str, closing: str, tmp_path: Path
) -> None:
    whole = read(tmp_path, file(rows[::turned], opening, closing), mapping(RUNNING, running=f'"{running}"'))
    assert [str(whole.opening or "10.00 EUR"), str(whole.closing)] == ["10.00 EUR", "16.00 EUR"]


@pytest.mark.parametrize(("running", "rows"), [("after", AFTER), ("before", BEFORE)])
@pytest.mark.parametrize("turned", [1, -1], ids=["oldest first", "newest first"])
def test_a_last_row_that_is_missing_shows_in_the_closing_balance(
    running: str, rows: list[str], turned: int, tmp_path: Path
) -> None:
    message = refusal(tmp_path, file(rows[:2][::turned], "", "16,00"), mapping(RUNNING, running=f'"{running}"'))
    assert "begin with 10.00 EUR and end with 13.00 EUR, but the file says closing balance 16.00 EUR;" in message


def test_the_first_line_shows_it_too_where_one_row_cannot_tell_the_order(tmp_path: Path) -> None:
    assert refusal(tmp_path, file(AFTER[:1], "", "11,00"), mapping(RUNNING)) == ""
    assert "end with 13.00 EUR" in refusal(tmp_path, file(AFTER[1:2], "", "11,00"), mapping(RUNNING))


def test_a_file_that_opens_and_does_not_close_is_cut_off(tmp_path: Path) -> None:
    assert "no closing balance where the mapping says" in refusal(tmp_path, file(AFTER, "10,00", ""), mapping(RUNNING))


def test_balances_that_nobody_has_proven_are_not_held_against_what_is_stated(tmp_path: Path) -> None:
    assert refusal(tmp_path, file(AFTER[:2], "", "16,00"), mapping(RUNNING, running='"unproven"')) == ""


def test_a_row_that_could_not_be_read_may_be_the_one_that_is_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path, file([*AFTER[:2], "O3.03.2026;c;3,00;16,00"], "", "16,00"), mapping(RUNNING)) == ""


def test_a_total_proves_nothing_where_a_row_could_not_be_read_or_there_are_two_currencies(tmp_path: Path) -> None:
    above = "Opening;10,00;\nClosing;99,00;\n"
    plain = changed(("[dates]", '[outside]\nopening = { label = "Opening" }\nclosing = { label = "Closing" }\n[dates]'))
    bookings = "Date;Text;Amount\n01.03.2026;a;1,00\n{};b;2,00\n"
    assert "the lines give 13.00 EUR" in refusal(tmp_path, above + bookings.format("02.03.2026"), mapping(plain))
    assert refusal(tmp_path, above + bookings.format("O2.03.2026"), mapping(plain)) == ""
    two = plain.replace(HEADER, 'header = ["Date", "Text", "Amount", "Currency"]').replace(
        'amount = "Amount"', 'amount = "Amount"\ncurrency = "Currency"'
    )
    rows = "Date;Text;Amount;Currency\n01.03.2026;a;1,00;EUR\n02.03.2026;b;2,00;USD\n"
    assert len(read(tmp_path, above + rows, mapping(two)).lines) == 2


@pytest.mark.parametrize("written", ["1O,00", "10.00 rest", "10,00 Cr"])
def test_a_stated_balance_that_cannot_be_read_refuses_the_file_instead_of_proving_nothing(
    written: str, tmp_path: Path
) -> None:
    message = refusal(tmp_path, file(AFTER, written, "16,00"), mapping(RUNNING))
    assert message.startswith(f'kto.csv: the opening balance "{written}"')


@pytest.mark.parametrize("above", ["Closing;n/a;;", "Closing;Opening;;"])
def test_a_stated_balance_without_a_digit_is_none(above: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, f"{above}\n{file(AFTER, '', '')}", mapping(RUNNING)).lines) == len(AFTER)


def test_balances_that_are_all_missing_are_told(tmp_path: Path) -> None:
    rows = [f"{row.rpartition(';')[0]};" for row in AFTER]
    assert warnings(read(tmp_path, file(rows, "", ""), mapping(RUNNING))) == ["BAL-3"]
    assert warnings(read(tmp_path, file([*rows, AFTER[0]], "", ""), mapping(RUNNING))) == []
    assert warnings(read(tmp_path, file(rows, "", ""), mapping(RUNNING, running='"unproven"'))) == []


INSIDE = """
[[leave_out]]
column = "Text"
pattern = "^(Opening|Closing) balance$"
because = "a balance"
"""


@pytest.mark.parametrize(
    ("closing", "refused"),
    [("16,00", False), ("17,00", True), ("16,00 C", False), ("16,00 D", True), ("16,00\tC", False)],
)
def test_stated_balances_are_found_in_rows_that_are_left_out_and_signed_by_their_word(
    closing: str, refused: bool, tmp_path: Path
) -> None:
    layout = PLAIN.replace("[numbers]", '[amounts]\ndebit = ["D"]\ncredit = ["C"]\n[numbers]').replace(
        "[dates]",
        '[outside]\nopening = { label = "Opening balance" }\nclosing = { label = "Closing balance" }\n[dates]',
    )
    rows = ["01.03.2026;Opening balance;10,00", "02.03.2026;a;6,00", f"03.03.2026;Closing balance;{closing}"]
    message = refusal(tmp_path, "\n".join(["Date;Text;Amount", *rows, ""]), mapping(layout + INSIDE))
    assert bool(message) is refused
    assert ("the lines give 16.00 EUR, but the file says" in message) is refused


DAYS = [*AFTER[:2], "02.03.2026;b;4,00;17,00", "02.03.2026;c;-1,00;16,00", "05.03.2026;d;3,00;19,00"]


@pytest.mark.parametrize(
    "order", [(4, 1, 2, 3, 0), (0, 3, 2, 1, 4)], ids=["days newest first, each oldest first", "the other way round"]
)
def test_the_bookings_of_a_day_may_stand_in_another_order_than_the_days(order: tuple[int, ...], tmp_path: Path) -> None:
    layout = mapping(RUNNING)
    rows = [DAYS[place] for place in order]
    whole = read(tmp_path, file(rows, "", ""), layout)
    assert (len(whole.lines), str(whole.opening), str(whole.closing)) == (5, "10.00 EUR", "19.00 EUR")
    for missing in range(1, 4):
        assert "the rows before it lead to" in refusal(
            tmp_path, file(rows[:missing] + rows[missing + 1 :], "", ""), layout
        )


def test_rows_of_different_days_that_changed_places_are_no_order_of_a_bank(tmp_path: Path) -> None:
    rows = [DAYS[place] for place in (4, 0, 1, 2, 3)]
    assert "the rows before it lead to" in refusal(tmp_path, file(rows, "", ""), mapping(RUNNING))
