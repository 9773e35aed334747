"""A booking and its fee stand in one row and are two lines: neither takes the other's key or record (reliability.md §3.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.history import History
from importer.mapping import Mapping
from importer.model import BankLine, Statement
from importer.planner.naming import name_lines
from tests.unit.reader_files import PLAIN, mapping, read

FEES = PLAIN.replace('"Amount"]', '"Amount", "Fee"]').replace('amount = "Amount"', 'amount = "Amount"\nfee = "Fee"')
OLD = ["03.11.2026;Part of 103178;200,00;0,50", "03.11.2026;Part of 103178;100,00;0,50"]
NEW = "03.11.2026;Part of 103178;333,00;0,50"


@pytest.fixture
def with_fees() -> Mapping:
    return mapping(FEES)


def statement(folder: Path, layout: Mapping, *rows: str) -> Statement:
    return read(folder, "\n".join(["Date;Text;Amount;Fee", *rows]) + "\n", layout)


def receipts(folder: Path, layout: Mapping, *rows: str) -> dict[str, str]:
    """The key of each receipt by its amount."""
    sources = name_lines([statement(folder, layout, *rows)], "company", History())
    lines = [(source.line, source.key) for source in sources if isinstance(source.line, BankLine)]
    return {line.amount.text(): key for line, key in lines if line.amount.is_incoming}


def test_a_receipt_keeps_its_key_whatever_stands_above_it_with_the_same_fee(tmp_path: Path, with_fees: Mapping) -> None:
    before = receipts(tmp_path, with_fees, *OLD)
    after = receipts(tmp_path, with_fees, NEW, *OLD)

    assert before == {amount: after[amount] for amount in ("200.00", "100.00")}
    assert after["333.00"] not in before.values()


def test_no_two_lines_of_a_file_have_one_record(tmp_path: Path, with_fees: Mapping) -> None:
    found = statement(tmp_path, with_fees, *OLD, "04.11.2026;unread;x;", NEW)

    assert [(line.record, line.row, line.amount.text()) for line in found.lines] == [
        (1, 2, "200.00"),
        (5, 2, "-0.50"),
        (2, 3, "100.00"),
        (6, 3, "-0.50"),
        (4, 5, "333.00"),
        (7, 5, "-0.50"),
    ]


def test_a_fee_has_a_key_of_its_own(tmp_path: Path, with_fees: Mapping) -> None:
    sources = name_lines([statement(tmp_path, with_fees, *OLD)], "company", History())

    assert len({source.key for source in sources}) == 4
    assert [source.line.record for source in sources] == [1, 2, 3, 4]
