"""The same bookings in two layouts, or in other words, are paid once, one after the other or together (reliability.md ID5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from importer.model import Overlap, Statement
from tests.unit.doubting import FULL, bank, told
from tests.unit.small_imports import ACCOUNT
from tests.unit.writer_desk import Desk


@pytest.mark.parametrize("overlap", Overlap)
@pytest.mark.parametrize("words", ["a30", "x30"])
@pytest.mark.parametrize("together", [True, False])
def test_the_same_bookings_in_two_layouts_are_paid_once(
    overlap: Overlap, words: str, together: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    both = [bank("b.csv", "a30", overlap), replace(bank("a.xlsx", words, overlap), mapping="other")]
    for files in [both] if together else [both[:1], both[1:]]:
        desk.run_files(files)
    assert desk.amounts in (["-30.00"], [])
    for files in (both, both[::-1], both[:1], both[1:]):
        desk.run_files(files)
    assert desk.amounts in (["-30.00"], [])


def test_a_booking_that_two_exports_word_differently_is_paid_once_when_they_come_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert told(desk.run_files([bank("1.csv", "a30 b20", FULL), bank("2.csv", "x30 b20 c40", FULL)])) == [
        *["Create"] * 2,
        "Review near_duplicate",
        "Skip repeated_in_run",
        "Create",
    ]


def test_a_line_known_before_comes_first_whatever_the_name_of_its_file(tmp_path: Path) -> None:
    desk, other = Desk(tmp_path), replace(bank("a.xlsx", "x30"), mapping="other")
    desk.run_files([bank("b.csv", "a30")])
    assert told(desk.run_files([other, bank("b.csv", "a30")])) == ["Review near_duplicate", "Skip already_imported"]


def test_equal_amounts_in_different_words_are_two_payments_where_files_never_repeat_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert told(desk.run_files([bank("1.csv", "a30"), bank("2.csv", "x30")])) == ["Create"] * 2


ALIKE = ["DE02120300000000202051", "de02 1203 0000 0000 2020 51"]


def of_account(one: Statement, account: str) -> Statement:
    lines = tuple(structs.replace(line, account=account) for line in one.lines)
    return replace(one, account=account, lines=lines)


@pytest.mark.parametrize("accounts", [("", ACCOUNT), (ACCOUNT, ""), ALIKE, ALIKE[::-1]])
@pytest.mark.parametrize("layout", ["generic", "other"])
@pytest.mark.parametrize("together", [True, False])
def test_the_account_may_be_told_by_one_export_alone_or_be_written_in_another_way(
    accounts: tuple[str, str], layout: str, together: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    first, second = (bank(name, words, FULL) for name, words in (("1.csv", "a30"), ("2.csv", "x30")))
    both = [of_account(first, accounts[0]), of_account(replace(second, mapping=layout), accounts[1])]
    for files in [both] if together else [both[:1], both[1:]]:
        desk.run_files(files)
    assert desk.amounts == ["-30.00"]


def test_an_account_told_in_the_configuration_makes_no_new_payments_of_known_ones(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run_files([of_account(bank("1.csv", "a30 b20"), "")])
    again = of_account(bank("2.csv", "a30 b20 c40"), ACCOUNT)
    assert told(desk.run_files([again])) == ["Review near_duplicate", "Review near_duplicate", "Create"]


def test_equal_amounts_on_two_accounts_are_two_payments(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    other = of_account(replace(bank("2.csv", "x30", FULL), mapping="other"), "FR7630006000011234567890189")
    assert told(desk.run_files([bank("1.csv", "a30", FULL), other])) == ["Create"] * 2
