from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from importer.errors import UnusableFile
from importer.master import MasterRow
from importer.reader.master import read_master


def read(folder: Path, content: bytes) -> tuple[tuple[str, ...], tuple[MasterRow, ...]]:
    path = folder / "customers.csv"
    path.write_bytes(content)
    file = read_master(path)
    return file.header, file.rows


ONE_ROW = (("number", "city"), (MasterRow(2, ("00123", "Kiel, Ost")),))


@pytest.mark.parametrize(
    "content",
    [
        b'number,city\n00123,"Kiel, Ost"\n',
        b"number;city\n00123;Kiel, Ost\n",
        b"\xef\xbb\xbfnumber;city\r\n00123;Kiel, Ost\r\n",
        b'"number";"city"\n"00123";"Kiel, Ost"',
        "number;city\n00123;Kiel, Ost\n".encode("utf-16"),
        b" number ; city \n00123;Kiel, Ost\n\n;\n",
    ],
)
def test_csv_is_read_with_the_separator_of_its_header(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == ONE_ROW


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_first_row_may_name_the_separator(tmp_path: Path, mark: bytes) -> None:
    assert read(tmp_path, mark + b"sep=;\nnumber;a,b\n1;x\n") == (("number", "a,b"), (MasterRow(3, ("1", "x")),))


def test_rows_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    _, rows = read(tmp_path, b'number,city\n\n1,"a\nb"\n2,c\n')
    assert [row.number for row in rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"number,city;country\n1,2;3\n", "holds both commas and semicolons"),
        (b"number\tcity\n1\t2\n", "holds neither a comma nor a semicolon"),
        (b"number\n1\n", "holds neither a comma nor a semicolon"),
        ("number,city\n1,Köln\n".encode("cp1252"), "customers.csv, row 2: is not UTF-8. Save the file as CSV UTF-8"),
        (b"number,city\n1,\x00\n", "holds NUL characters"),
        (b'number,city\n1,"open\n', "a quote is opened and never closed"),
        (b",\n,\n", "the file has no rows"),
        (b"\n\n", "the file is empty"),
        (b"<html><table></table></html>", "the file is a web page"),
        (b"%PDF-1.7", "a PDF document"),
    ],
)
def test_what_is_not_certain_refuses_the_file_and_says_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(UnusableFile, match=told):
        read(tmp_path, content)


def test_of_a_workbook_the_first_sheet_is_read_with_texts_as_texts(tmp_path: Path) -> None:
    book = Workbook()
    first = book.worksheets[0]
    first.append([])
    first.append(["number", "creditLimit", "taxLiable"])
    first.append(["00123", 0.1, True])
    first.append([10000, 1234567.89, None])
    book.create_sheet("other").append(["number", "city"])
    book.save(tmp_path / "c.xlsx")
    file = read_master(tmp_path / "c.xlsx")
    assert (file.header, file.header_row) == (("number", "creditLimit", "taxLiable"), 2)
    assert file.rows == (
        MasterRow(3, ("00123", Decimal("0.1"), True)),
        MasterRow(4, (Decimal(10000), Decimal("1234567.89"), "")),
    )
