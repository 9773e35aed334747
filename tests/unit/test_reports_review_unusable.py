"""Workbooks from which no decision can be read."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from zlib import compress

import pytest
from openpyxl import Workbook

from importer.errors import PlanChanged, UnusableFile
from importer.reports.masking import masked
from importer.reports.review import read_review
from importer.reports.rows import plan_report
from importer.reports.workbook import write_workbook
from tests.unit.reviewing import EVERY, Clerk, column, reviewed, write


def unusable(tmp_path: Path, *clerk: Clerk) -> str:
    with pytest.raises(UnusableFile) as raised:
        reviewed(tmp_path, *clerk)
    return str(raised.value)


def rename(title: str, new: str) -> Clerk:
    def step(book: Workbook) -> None:
        book[title].title = new

    return step


def without(caption: str) -> Clerk:
    return lambda book: book["To review"].delete_cols(column(book["To review"], caption))


def set_plan(text: str) -> Clerk:
    def step(book: Workbook) -> None:
        sheet = book["Plan"]
        sheet.delete_rows(1, sheet.max_row)
        sheet["A1"] = text

    return step


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (rename("To review", "Done"), 'review.xlsx has no sheet "To review", but Summary, Done'),
        (rename("Plan", "Other"), "review.xlsx holds no plan to apply"),
        (without("Key"), 'have no captions "Key" and "Decision"'),
        (without("Decision"), 'have no captions "Key" and "Decision"'),
        (write("Why", "Note", row=1), 'two columns are called "Note"'),
        (set_plan("no base 64 at all"), "The plan inside review.xlsx is damaged"),
        (set_plan(b64encode(b"not compressed").decode()), "The plan inside review.xlsx is damaged"),
        (
            set_plan(b64encode(compress(b"{}" * 99)[:-9]).decode()),
            "The plan inside review.xlsx is incomplete or too large",
        ),
    ],
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(tmp_path: Path, step: Clerk, message: str) -> None:
    assert message in unusable(tmp_path, step)


def test_a_plan_that_was_edited_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanChanged):
        reviewed(tmp_path, set_plan(b64encode(compress(b'{"plan": "0"}')).decode()))


def test_a_workbook_for_reading_only_cannot_be_applied(tmp_path: Path) -> None:
    write_workbook(masked(plan_report(EVERY)), tmp_path / "masked.xlsx")
    with pytest.raises(UnusableFile, match="made for reading only"):
        read_review(tmp_path / "masked.xlsx")


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x05\x06" + b"\x00" * 18])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "review.xlsx").write_bytes(content)
    with pytest.raises(UnusableFile, match=r"review\.xlsx is no Excel workbook"):
        read_review(tmp_path / "review.xlsx")


def test_a_plan_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.reports.opened._LARGEST_PLAN", 100)
    assert "incomplete or too large" in unusable(tmp_path)
