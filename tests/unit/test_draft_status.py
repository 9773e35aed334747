"""A draft finds the words of a status: which leave a row out, and which bookings have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import Draft, draft

HEAD = "Datum;Text;Betrag\n"
READ = [("2026-03-13", "-1.50"), ("2026-03-14", "2.00")]


@pytest.mark.parametrize("header", ["Date;Text;Amount;StateType\n", ""], ids=["compound name", "no header"])
def test_a_status_by_another_name_or_none_that_says_not_booked_leaves_rows_out(tmp_path: Path, header: str) -> None:
    made = draft(tmp_path, f"{header}13.03.2026;a;-1,50;BOOKED\n14.03.2026;b;2,00;PENDING\n")

    assert [line.amount.text() for line in made.statement.lines] == ["-1.50"]


def test_a_status_that_says_not_booked_leaves_rows_out_and_names_the_words_of_bookings(tmp_path: Path) -> None:
    rows = "13.03.2026;a;-1,50;gebucht\n14.03.2026;b;2,00;gebucht\n15.03.2026;c;9,00;vorgemerkt\n"
    made = draft(tmp_path, HEAD.strip() + ";Status\n" + rows)

    rule = {"column": "Status", "equals": ["vorgemerkt"], "bookings": ["gebucht"], "because": "not booked yet"}
    assert made.values["leave_out"] == [rule]
    assert "bookings" in made.marked
    assert made.lines == READ


def with_status(tmp_path: Path, header: str, *words: str) -> Draft:
    rows = "".join(f"{day}.03.2026;a;1,50;{word}\n" for day, word in enumerate(words, 13))
    return draft(tmp_path, f"{HEAD.strip()};{header}\n{rows}")


@pytest.mark.parametrize(
    ("header", "words", "bookings"),
    [
        ("Status", ["Posted", "Posted"], ["Posted"]),
        ("Stav", ["Zaúčtováno"], ["Zaúčtováno"]),
        ("Status", ["ok", "ok", "neu", "ok"], ["ok", "neu"]),
        ("Reden van weigering", ["", "", "saldo", ""], ["saldo", ""]),
        ('"Status\nder Zahlung"', ["a", "a", "b", "a"], ["a", "b"]),
    ],
)
def test_the_words_of_a_status_are_those_of_bookings_once_somebody_confirms_them(
    tmp_path: Path, header: str, words: list[str], bookings: list[str]
) -> None:
    made = with_status(tmp_path, header, *words)

    assert [rule["bookings"] for rule in made.values["leave_out"]] == [bookings]
    assert "bookings" in made.marked
    assert len(made.lines) == len(words)


def test_a_word_that_a_status_brings_later_is_an_error_and_no_booking(tmp_path: Path) -> None:
    made = with_status(tmp_path, "Status", "Posted", "Posted")
    made.path.write_text(made.path.read_text() + "15.03.2026;c;9,00;On its way\n")

    assert made.lines == [("2026-03-13", "1.50"), ("2026-03-14", "1.50")]
    assert [row.row for row in made.statement.unread] == [4]


@pytest.mark.parametrize(
    ("header", "words", "shown"),
    [("Status", ("ok", "neu"), '"ok", "neu"'), ("Reden van weigering", ("", "saldo"), '"saldo"')],
)
def test_a_status_whose_words_hardly_come_again_is_told(
    tmp_path: Path, header: str, words: tuple[str, str], shown: str
) -> None:
    made = with_status(tmp_path, header, *words)

    assert f'\n# CONFIRM: column "{header}" tells {shown} of some rows. Are all of these rows bookings?' in made.text
    assert "leave_out" not in made.values
