"""The workbook in a real spreadsheet program: opened, calculated, saved again, and read back."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from importer.choices import Accept, Assign, Entry, Share
from importer.reports.review import read_review
from importer.reports.workbook import write_workbook
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile

EVERY = plans.every_kind()
# Commas, quotes, UTF-8, values as shown, and the second sheet only.
AS_CSV = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"


def convert(libreoffice: Path, folder: Path, kind: str, *files: Path) -> Path:
    """Open the files and save them again as this kind; returns the folder they are saved in."""
    saved = folder / "saved"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(libreoffice), "--headless", profile, "--convert-to", kind, "--outdir", str(saved), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return saved


@pytest.fixture(scope="module")
def saved(libreoffice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workbooks as LibreOffice saves them: reviewed by a clerk, and full of hostile texts."""
    folder = tmp_path_factory.mktemp("libreoffice")
    write_workbook(EVERY, folder / "review.xlsx")
    book = load_workbook(folder / "review.xlsx")
    fill(book)
    book.save(folder / "review.xlsx")
    for name, text in HOSTILE.items():
        write_workbook(hostile(text), folder / f"{name}.xlsx")
    return convert(libreoffice, folder, "xlsx:Calc MS Excel 2007 XML", *sorted(folder.glob("*.xlsx")))


def fill(book: Workbook) -> None:
    sheet = book["To review"]
    sheet["H2"], sheet["I2"], sheet["J2"], sheet["K2"] = "other", "10200", "103044", 500.5
    sheet["H3"], sheet["L3"] = "accept", "as agreed by telephone"


def test_decisions_survive_saving_in_libreoffice(saved: Path) -> None:
    choices = read_review(saved / "review.xlsx")
    assert (choices.plan, choices.problems) == (EVERY, ())
    amount = plans.line(1, "500.50", "").amount
    assert choices.choices == (
        Assign("BI100000000000000003", Entry("To review", 2), "10200", (Share("103044", amount),)),
        Accept("BI100000000000000004", Entry("To review", 3, "as agreed by telephone")),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_survive_saving_in_libreoffice(saved: Path, name: str) -> None:
    choices = read_review(saved / f"{name}.xlsx")
    assert (choices.undecided, choices.problems) == (("BI100000000000000002",), ())


@pytest.mark.parametrize("name", HOSTILE)
def test_libreoffice_sees_no_formula_in_texts_of_strangers(saved: Path, name: str) -> None:
    book = load_workbook(saved / f"{name}.xlsx")
    formulas = [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_the_drop_downs_offer_the_candidates_of_their_own_line(libreoffice: Path, tmp_path: Path) -> None:
    write_workbook(EVERY, tmp_path / "lists.xlsx")
    book = load_workbook(tmp_path / "lists.xlsx")
    sheet = book["To review"]
    formulas = {
        validation.promptTitle: str(validation.formula1)
        for validation in sheet.data_validations.dataValidation
        if "OFFSET" in str(validation.formula1)
    }
    for row in (2, 3):
        for column, formula in zip("VW", formulas.values(), strict=True):
            offered = formula.replace("$T2", f"$T{row}")
            sheet[f"{column}{row}"] = f'=INDEX({offered},1)&"|"&INDEX({offered},ROWS({offered}))'
    book.active = book.sheetnames.index("To review")
    book.save(tmp_path / "lists.xlsx")
    saved = convert(libreoffice, tmp_path, f"csv:{AS_CSV}", tmp_path / "lists.xlsx")
    (path,) = saved.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        shown = [row[21:23] for row in csv.reader(lines)][1:3]
    assert shown == [["10200|10310", "103044|103051"], ["10110|10110", "103007|103019"]]
