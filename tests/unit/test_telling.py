from __future__ import annotations

import unicodedata

import pytest

from importer.cli.telling import show_row, tell, tell_error
from importer.errors import OtherAccount, UnknownFormat
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_a_stranger_wrote_steers_the_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"importer: {HOSTILE[name]}\n  second line")
    show_row("10000", HOSTILE[name], "in use")
    out, err = capsys.readouterr()
    assert (err.count("\n"), out.count("\n"), out.count("\t")) == (2, 1, 2)
    assert not {unicodedata.category(char) for char in out + err if char not in "\n\t\u200d"} & {"Cc", "Cf", "Cs"}


def test_account_numbers_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"account {plans.PAYER} is unknown")
    show_row("10000", plans.PAYER, "")
    assert capsys.readouterr() == ("10000\tDE02••••••••••••••5030\n", "account DE02••••••••••••••5030 is unknown\n")


def test_two_accounts_that_are_to_be_compared_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(OtherAccount(f"\x1b[2Ja.csv is of {plans.PAYER}"))
    tell_error(UnknownFormat(f"b.csv has columns {plans.PAYER}"))
    assert capsys.readouterr().err == (
        f"importer: <U+001B>[2Ja.csv is of {plans.PAYER}\nimporter: b.csv has columns DE02••••••••••••••5030\n"
    )
