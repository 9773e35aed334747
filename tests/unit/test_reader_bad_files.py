"""Bad and hostile files, by the ids of reliability.md §10.1 (B1-B30)."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from importer.errors import UnusableFile
from importer.reader import read_statement
from importer.reader.rows import CHUNK_ROWS
from tests.unit.reader_files import (
    ACCOUNT,
    GENERIC,
    generic,
    generic_workbook,
    read,
    refusal,
    repacked,
    row,
    rules,
    warnings,
    workbook,
)

BOOK = generic_workbook([ACCOUNT, date(2026, 3, 2), None, 12.5, "EUR", "Adatum", None, None, "Invoice 103001", None])


def sheet_of(book: openpyxl.Workbook) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n", b"\xff\xfe"])
def test_b1_b2_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "the file is empty" in refusal(tmp_path, content)


def test_b3_a_header_without_bookings_is_a_statement_without_lines(tmp_path: Path) -> None:
    statement = read(tmp_path, generic())

    assert (statement.lines, warnings(statement)) == ((), ["FILE-2"])


@pytest.mark.parametrize("name", ["~$kto.xlsx", "kto.csv.part", "kto.tmp", "kto.crdownload", ".kto.csv"])
def test_b6_a_temporary_file_is_not_read(tmp_path: Path, name: str) -> None:
    assert "temporary or hidden" in refusal(tmp_path, generic(row()), name=name)


def test_b7_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be opened"):
        read_statement(tmp_path / "missing.csv", [GENERIC])


def test_b8_a_pipe_and_a_folder_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", tmp_path):
        with pytest.raises(UnusableFile, match=r"not a regular file|cannot be opened"):
            read_statement(path, [GENERIC])


def test_b9_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")

    with pytest.raises(UnusableFile, match="cannot be opened"):
        read_statement(tmp_path / "link.csv", [GENERIC])


@pytest.mark.parametrize("name", ["-rf.csv", "a\nb.csv", "\u202egnp.csv", "*?.csv", "x" * 240 + ".csv"])
def test_b10_a_strange_name_changes_nothing(tmp_path: Path, name: str) -> None:
    assert len(read(tmp_path, generic(row()), name=name).lines) == 1


def test_b13_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_001)

    with pytest.raises(UnusableFile, match=r"too many|more than"):
        read_statement(path, [GENERIC])


def test_b15_the_content_counts_not_the_extension(tmp_path: Path) -> None:
    assert len(read(tmp_path, generic(row()), name="kto.xlsx").lines) == 1
    assert len(read(tmp_path, BOOK, name="kto.csv").lines) == 1


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<html><body><table><tr><td>a</td></tr></table></body></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "Excel 2003 XML"),
    ],
)
def test_b16_markup_called_excel_is_refused_with_advice(tmp_path: Path, content: bytes, what: str) -> None:
    message = refusal(tmp_path, content, name="kto.xls")

    assert what in message or "no mapping" in message


def test_b17_a_damaged_old_workbook_is_refused_without_harm(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 22 + b"\x09\x00\x06\x00" + b"\x01" * 2000

    assert "damaged" in refusal(tmp_path, content + "Workbook".encode("utf-16-le"), name="kto.xls")


def test_b18_an_encrypted_workbook_is_refused(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")

    assert "encrypted" in refusal(tmp_path, content, name="kto.xlsx")


def test_b19_macros_are_ignored_and_told(tmp_path: Path) -> None:
    content = repacked(BOOK, lambda _, member: member, **{"xl/vbaProject.bin": b"macro"})
    statement = read(tmp_path, content, name="kto.xlsm")

    assert (len(statement.lines), warnings(statement)) == (1, ["FILE-5"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"<?xml version='1.0'?><Document/>", "XML"),
        (repacked(BOOK, lambda _, member: member).replace(b"xl/workbook.xml", b"xl/workbook.bin"), "xlsb"),
        (repacked(BOOK, lambda _, member: member).replace(b"xl/workbook.xml", b"xx/workbook.xml"), "zip archive"),
    ],
)
def test_b20_another_kind_of_file_is_refused_by_name(tmp_path: Path, content: bytes, what: str) -> None:
    assert what in refusal(tmp_path, content)


def test_b21_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    assert "damaged" in refusal(tmp_path, BOOK[: len(BOOK) // 2], name="kto.xlsx")


def test_b21_a_damaged_member_is_refused(tmp_path: Path) -> None:
    at = BOOK.index(b"xl/worksheets/sheet1.xml") + 40
    damaged = BOOK[:at] + bytes(20) + BOOK[at + 20 :]

    assert "damaged" in refusal(tmp_path, damaged, name="kto.xlsx")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml"])
def test_b21_a_member_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "not read" in refusal(tmp_path, repacked(BOOK, lambda _, member: member, **{name: b"x"}), name="kto.xlsx")


def test_b22_a_bomb_is_refused_while_it_expands(tmp_path: Path) -> None:
    bomb = repacked(BOOK, lambda _, member: member, **{"xl/media/a.bin": bytes(30_000_000)})

    assert "expands" in refusal(tmp_path, bomb, name="kto.xlsx")


def test_b23_a_document_type_is_refused(tmp_path: Path) -> None:
    def change(name: str, member: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return member
        return b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + member

    assert "document type" in refusal(tmp_path, repacked(BOOK, change), name="kto.xlsx")


def test_b24_a_lying_dimension_is_not_believed(tmp_path: Path) -> None:
    lying = repacked(BOOK, lambda _, member: member.replace(b'ref="A1:J2"', b'ref="A1:XFD1048576"'))

    assert len(read(tmp_path, lying, name="kto.xlsx").lines) == 1


def test_b24_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert "columns" in refusal(tmp_path, workbook(["x"] * 300), name="kto.xlsx")


def test_b24_a_cell_at_the_far_corner_is_refused(tmp_path: Path) -> None:
    def far(book: openpyxl.Workbook) -> None:
        sheet_of(book)["XFD1048576"] = 1

    assert "columns" in refusal(tmp_path, generic_workbook(then=far), name="kto.xlsx")


def test_b26_the_sheet_with_the_header_is_read(tmp_path: Path) -> None:
    def covered(book: openpyxl.Workbook) -> None:
        book.create_sheet("Cover", 0)["A1"] = "Account statement"

    content = generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR"], then=covered)

    assert len(read(tmp_path, content, name="kto.xlsx").lines) == 1


def test_b26_a_sheet_behind_a_large_one_is_read_with_its_texts(tmp_path: Path) -> None:
    def behind(book: openpyxl.Workbook) -> None:
        cover = book.create_sheet("Cover", 0)
        for number in range(CHUNK_ROWS * 2):
            cover.append([f"Note {number}"])

    content = generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR", "Adatum"], then=behind)

    assert [line.counterparty for line in read(tmp_path, content, name="kto.xlsx").lines] == ["Adatum"]


def test_b26_hidden_rows_count_and_are_told(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        sheet_of(book).row_dimensions[2].hidden = True

    statement = read(tmp_path, generic_workbook([ACCOUNT, "2026-03-02", None, 1, "EUR"], then=hide), name="kto.xlsx")

    assert (len(statement.lines), warnings(statement)) == (1, ["ROW-HIDDEN"])


def test_b28_a_formula_without_value_and_an_error_reject_their_rows(tmp_path: Path) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        sheet_of(book)["D2"] = "=1+1"
        sheet_of(book)["D3"] = "#REF!"

    rows = [[ACCOUNT, "2026-03-02", None, amount, "EUR"] for amount in (1, 2, 3)]
    statement = read(tmp_path, generic_workbook(*rows, then=spoil), name="kto.xlsx")

    assert rules(statement) == ["CELL-2", "CELL-1"]
    assert [line.amount.amount for line in statement.lines] == [Decimal(3)]


def test_b29_dates_are_read_by_the_workbooks_own_calendar(tmp_path: Path) -> None:
    def apple(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    content = generic_workbook([ACCOUNT, datetime(2026, 3, 2, 9, 30), None, 1, "EUR"], then=apple)  # noqa: DTZ001 - a cell

    assert [line.booked_on for line in read(tmp_path, content, name="kto.xlsx").lines] == [date(2026, 3, 2)]


def test_b29_a_number_is_not_a_date(tmp_path: Path) -> None:
    content = generic_workbook([ACCOUNT, 46000, None, 1, "EUR"])

    assert rules(read(tmp_path, content, name="kto.xlsx")) == ["DAT-1"]


def test_b30_numbers_as_text_and_text_as_numbers_are_exact(tmp_path: Path) -> None:
    content = generic_workbook([ACCOUNT, "2026-03-02", None, "1190.10", "EUR", None, None, 103001, None, 4711])
    line = read(tmp_path, content, name="kto.xlsx").lines[0]

    assert (line.amount.text(), line.reference, line.bank_reference) == ("1190.10", "103001", "4711")


def test_an_amount_cell_with_more_decimals_than_its_currency_rejects_its_row(tmp_path: Path) -> None:
    rows = [[ACCOUNT, "2026-03-02", None, amount, currency] for amount, currency in ((0.123, "EUR"), (1.5, "JPY"))]

    assert rules(read(tmp_path, generic_workbook(*rows), name="kto.xlsx")) == ["AMT-4", "AMT-4"]
