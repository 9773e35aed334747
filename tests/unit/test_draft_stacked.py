"""Tables one below the other: rows that are not booked yet end the table, and a second account refuses the draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from tests.unit.drafts import draft

HEAD = "Date;Text;Amount;Balance\n"
BOOKED = "13.11.2026;a;100,00;1100,00\n14.11.2026;b;-50,00;1050,00\n15.11.2026;c;70,00;1120,00\n"
PENDING = "17.11.2026;d;33,00;\n18.11.2026;e;-5,00;\n"
TITLE = "Vorgemerkte Umsätze;;;\n"
READ = [("2026-11-13", "100.00"), ("2026-11-14", "-50.00"), ("2026-11-15", "70.00")]


@pytest.mark.parametrize(
    ("content", "end", "tables_below"),
    [
        pytest.param(HEAD + BOOKED + TITLE + PENDING, r"^\s*Vorgemerkte Umsätze", None, id="in the table"),
        pytest.param(HEAD + BOOKED + "\nPending (2)\n" + HEAD + PENDING, r"^\s*Pending \(\d+\)", True, id="own header"),
    ],
)
def test_pending_rows_below_a_title_of_their_own_do_not_become_bookings(
    tmp_path: Path, content: str, end: str, tables_below: bool | None
) -> None:
    made = draft(tmp_path, content)

    assert made.says("table.footer", "table.end", "table.tables_below") == ["pattern", end, tables_below]
    assert made.values["table.pending_below"] is True
    assert "end" in made.marked
    assert made.lines == READ


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TITLE + HEAD + PENDING + "\nGebuchte Umsätze;;;\n" + HEAD + BOOKED, id="above the header"),
        pytest.param(HEAD + TITLE + PENDING + "Gebuchte Umsätze;;;\n" + BOOKED, id="below the header"),
    ],
)
def test_pending_rows_above_the_booked_ones_refuse_the_draft(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnusableFile, match=r'"Vorgemerkte Umsätze".*not booked yet.*"Gebuchte Umsätze".*without'):
        draft(tmp_path, content)


def test_only_pending_rows_are_asked_about(tmp_path: Path) -> None:
    made = draft(tmp_path, TITLE + HEAD + PENDING)

    assert '# CONFIRM: row 1 says "Vorgemerkte Umsätze". Are the rows below it booked?' in made.text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IBAN;DE02120300000000202051;EUR;\n\n", "IBAN;DE02500105170137075030;USD;\n\n"),
        ("Account: 00112233\n", "Account: 00445566\n"),
        ("Account;00112233;;\nCurrency;EUR;;\n\n", "Currency;USD;;\n"),
    ],
)
def test_a_second_account_below_the_first_refuses_the_draft(tmp_path: Path, first: str, second: str) -> None:
    with pytest.raises(UnusableFile, match=r"several accounts stand one below the other.*export"):
        draft(tmp_path, first + HEAD + BOOKED + "\n" + second + HEAD + BOOKED)


def test_the_same_account_above_every_page_is_one_account(tmp_path: Path) -> None:
    account = "IBAN;DE02120300000000202051;EUR;\n"
    made = draft(tmp_path, account + HEAD + BOOKED + account + HEAD + "16.11.2026;d;1,00;1121,00\n")

    assert made.lines == [*READ, ("2026-11-16", "1.00")]
