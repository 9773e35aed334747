"""The keys of bank lines: a file that comes again keeps them, whatever its mapping reads now (reliability.md I10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from importer.history import EarlierFile, EarlierLine, History
from importer.identity import fingerprint, line_key
from importer.ledger import open_ledger
from importer.model import BankLine, Overlap, Reason, Statement
from importer.money import Money
from importer.plan import Create, Decision, Review, Skip
from importer.planner import name_lines
from importer.planner.answers import Question
from importer.writer import Ports
from tests.unit.journal_in_memory import COMPANY_ID
from tests.unit.ledger_places import Place
from tests.unit.small_imports import DAY, bank_line, run_import, statement

FULL, NEVER, BALANCE = Overlap.FULL_DAYS, Overlap.INCREMENTAL, Overlap.BALANCE


def words(texts: str) -> list[BankLine]:
    """ "a10 b20" are two lines with these texts and amounts, and a running balance."""
    lines, balance = list[BankLine](), Money.of("1000", "EUR")
    for record, word in enumerate(texts.split(), start=1):
        line = bank_line(record, f"{word[1:]}.00", word[0])
        balance += line.amount
        lines.append(structs.replace(line, balance=balance))
    return lines


def read(name: str, lines: Sequence[BankLine], overlap: Overlap) -> Statement:
    """A statement whose bytes are told by its name."""
    return replace(statement(name, [], overlap), lines=tuple(lines))


def otherwise(line: BankLine) -> BankLine:
    """The line as a mapping with other text columns reads it."""
    return structs.replace(
        line, text=f"{line.text} and more", counterparty="", bank_reference="7", reference="other", iban=""
    )


def imported(folder: Path, *statements: Statement) -> list[list[Decision]]:
    """What became of each statement, one import after the other on one ledger."""
    place, found = Place(str(folder / "state" / "importer.db")), list[list[Decision]]()
    for one in statements:
        with open_ledger(place.state, place.clock.now) as ledger:
            ports = Ports(place.server, ledger, place.clock.now, place.clock.sleep)
            found.append(list(run_import(ports, [one]).plan.decisions))
    return found


@pytest.mark.parametrize("overlap", Overlap)
def test_a_file_read_with_other_text_columns_brings_nothing_new(overlap: Overlap, tmp_path: Path) -> None:
    lines = words("a10 b20 b20 c30")
    now = read("bank.csv", map_lines(lines), overlap)
    first, again = imported(tmp_path, read("bank.csv", lines, overlap), now)
    assert [type(decision) for decision in first] == [Create] * 4
    assert [(type(d), d.finding.reasons[0].rule) for d in again] == [(Skip, "already_imported")] * 4
    assert [d.source.key for d in again] == [d.source.key for d in first]


def map_lines(lines: Sequence[BankLine]) -> list[BankLine]:
    return [otherwise(line) for line in lines]


@pytest.mark.parametrize("overlap", Overlap)
def test_it_also_keeps_them_when_a_larger_file_of_these_days_came_since(overlap: Overlap, tmp_path: Path) -> None:
    lines = words("a10 b20 c30")
    larger = read("larger.csv", words("a10 b20 c30 d40"), overlap)
    both = [read("bank.csv", lines, overlap), larger, read("bank.csv", map_lines(lines), overlap)]
    first, _, again = imported(tmp_path, *both)
    assert [d.source.key for d in again] == [d.source.key for d in first]
    assert [type(d) for d in again] == [Skip] * 3


@pytest.mark.parametrize("overlap", [FULL, BALANCE])
def test_another_file_read_with_other_text_columns_is_asked_about(overlap: Overlap, tmp_path: Path) -> None:
    lines, others = words("a10 b20"), words("a10 b20 c30")
    others = [structs.replace(otherwise(line), text="other", counterparty=line.counterparty) for line in others]
    larger = read("larger.csv", others, overlap)
    _, second = imported(tmp_path, read("bank.csv", lines, overlap), larger)
    assert [type(d) for d in second] == [Review, Review, Create]
    assert [d.finding.reasons[0].rule for d in second[:2]] == ["near_duplicate"] * 2


@pytest.mark.parametrize("overlap", Overlap)
def test_a_row_that_can_be_read_now_is_new_although_it_is_equal_to_one_that_could(
    overlap: Overlap, tmp_path: Path
) -> None:
    both = words("a10 a10")
    first, again = imported(tmp_path, read("bank.csv", both[1:], overlap), read("bank.csv", both, overlap))
    assert [type(d) for d in first + again] == [Create, Create, Skip]


def test_a_line_that_is_no_longer_of_that_day_and_amount_is_another_one() -> None:
    lines = words("a10 b20")
    kept = tuple(EarlierLine(line.record, line.booked_on, line.amount, fingerprint(line), "KEPT") for line in lines)
    bank = read(
        "bank.csv", [structs.replace(lines[0], booked_on=date(2026, 1, 1)), structs.replace(lines[1], record=3)], FULL
    )
    earlier = EarlierFile(bank.sha256, "bank.csv", bank.account, bank.mapping, FULL, DAY, DAY, lines=kept)
    named = name_lines([bank], COMPANY_ID, History(files=(earlier,)))
    assert [source.key for source in named] == [line_key(COMPANY_ID, line, 1) for line in bank.lines]


def test_equal_lines_of_files_that_never_repeat_one_are_counted_through_all_of_them() -> None:
    (line,) = words("a10")
    keys = [line_key(COMPANY_ID, line, number) for number in (1, 2, 3)]
    first = EarlierFile(
        "first",
        "first.csv",
        line.account,
        "generic",
        NEVER,
        DAY,
        DAY,
        lines=(EarlierLine(1, DAY, line.amount, fingerprint(line), keys[0]),),
    )
    two = [read("second.csv", [line], NEVER), read("third.csv", [line], NEVER)]
    named = name_lines(two, COMPANY_ID, History(files=(first,)))
    assert [source.key for source in named] == keys[1:]


def test_the_key_of_a_certain_line_does_not_depend_on_doubted_ones() -> None:
    (line,) = words("a10")
    saved_again, new = read("again.csv", [line], NEVER), read("new.csv", [line], NEVER)
    named = name_lines(
        [saved_again, new], COMPANY_ID, History(), doubted={("again.csv", 1): Question(Reason("rule", "why"))}
    )
    assert [source.key for source in named] == [line_key(COMPANY_ID, line, number) for number in (2, 1)]
