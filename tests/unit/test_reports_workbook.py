from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from importer.errors import ReportNotWritten
from importer.model import BankLine
from importer.plan import Plan
from importer.reports.masking import masked
from importer.reports.outcomes import outcome_report
from importer.reports.rows import Report, plan_report
from importer.reports.workbook import workbook, write_workbook
from importer.states import State
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile

EVERY = plans.every_kind()


def opened(shown: Plan | Report, *, plan: Plan | None = None) -> Workbook:
    return load_workbook(BytesIO(workbook(shown, plan=plan)))


BOOK = opened(EVERY)


def read(caption: str, *lines: BankLine) -> list[object]:
    """What another reader than openpyxl finds under this caption of sheet Ready, where these lines are certain."""
    plan = plans.plan_of(*(plans.create(line, "10000", "103001") for line in lines))
    head, *rows = CalamineWorkbook.from_filelike(BytesIO(workbook(plan))).get_sheet_by_name("Ready").to_python()
    return [row[head.index(caption)] for row in rows]


def records(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_sheets_are_those_a_clerk_expects_and_the_rest_is_hidden() -> None:
    assert [sheet.title for sheet in BOOK if sheet.sheet_state == "visible"] == [
        "Summary",
        "To review",
        "Ready",
        "Already imported",
        "Rejected",
        "Balance check",
        "Open invoices",
    ]
    assert {sheet.title: sheet.sheet_state for sheet in BOOK if sheet.sheet_state != "visible"} == {
        "Lists": "hidden",
        "Plan": "veryHidden",
    }


def test_every_line_stands_in_exactly_one_sheet() -> None:
    lines = {
        title: [record["Record"] for record in records(BOOK[title])]
        for title in ("To review", "Ready", "Already imported", "Rejected")
    }
    assert lines == {"To review": [3, 4], "Ready": [1, 2, 6], "Already imported": [7, 8], "Rejected": [5]}


def test_amounts_and_dates_are_real() -> None:
    sheet = BOOK["Ready"]
    first = records(sheet)[0]
    assert (first["Date"], first["Statement Amount"], first["Currency"]) == (datetime(2026, 11, 3), 1190, "EUR")  # noqa: DTZ001 - a workbook has no zones
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == ("yyyy-mm-dd", "#,##0.00")


def test_amounts_have_the_decimals_of_their_currency() -> None:
    yen = plans.create(plans.line(1, "1000", "a", currency="JPY"), "1", "2")
    dinar = plans.create(plans.line(2, "1.125", "b", currency="KWD"), "1", "3")
    sheet = opened(plans.plan_of(yen, dinar))["Ready"]
    assert [sheet["C2"].number_format, sheet["C3"].number_format] == ["#,##0", "#,##0.000"]


def test_the_summary_shows_totals_as_numbers_and_how_to_decide() -> None:
    cells = [row for row in BOOK["Summary"].iter_rows(values_only=True) if row[0]]
    assert ("To review", 2, 1775, 0, "EUR") in cells
    assert ("All lines", 8, 6904, 89.9, "EUR") in cells
    assert any(str(row[0]).startswith("How to decide") for row in cells)


def test_the_balance_check_shows_the_sum_and_the_result() -> None:
    (check,) = records(BOOK["Balance check"])
    assert (check["Balance Last Statement"], check["Sum of the lines"], check["Statement Ending Balance"]) == (
        10000,
        6814.1,
        16814.1,
    )
    assert check["Result"] == "The balances cannot be checked: 1 record could not be read."


def test_each_line_to_review_offers_its_own_candidates_even_after_sorting() -> None:
    sheet = BOOK["To review"]
    offered = {
        validation.promptTitle: (str(validation.sqref), validation.formula1)
        for validation in sheet.data_validations.dataValidation
        if validation.type == "list"
    }
    # Both ranges are looked up by the key in column T of the same row, which sorting moves along.
    assert offered == {
        "Decision": ("H2:H3", '"accept,other,ignore"'),
        "Customer No.": ("I2:I3", "OFFSET(Lists!$B$1,MATCH($T2,Lists!$A:$A,0)-1,0,COUNTIF(Lists!$A:$A,$T2),1)"),
        "Applies-to Doc. Nos.": ("J2:J3", "OFFSET(Lists!$E$1,MATCH($T2,Lists!$D:$D,0)-1,0,COUNTIF(Lists!$D:$D,$T2),1)"),
    }
    assert (sheet["T1"].value, sheet.column_dimensions["T"].hidden) == ("Key", True)
    third, fourth = "BI100000000000000003", "BI100000000000000004"
    assert list(BOOK["Lists"].iter_rows(values_only=True)) == [
        (third, "10200", None, third, "103044"),
        (third, "10310", None, third, "103051"),
        (fourth, "10110", None, fourth, "103007"),
        (None, None, None, fourth, "103019"),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_a_stranger_is_a_formula(name: str) -> None:
    book = opened(hostile(HOSTILE[name]))
    assert [
        cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ] == []


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", "＝1+1", "\t=1+1", "  =1+1"])
def test_a_text_that_looks_like_a_formula_stays_text_when_it_is_edited(text: str) -> None:
    bank = plans.line(1, "5.00", text, counterparty=text)
    waiting = replace(plans.review_proposal(), source=plans.source(structs.replace(bank, record=2)))
    book = opened(plans.plan_of(plans.create(bank, "10000", "103001"), waiting, plans.skip_seen()))
    cells = (book["Ready"]["F2"], book["To review"]["C2"], book["To review"]["D2"])
    assert [(cell.data_type, bool(cell.quotePrefix)) for cell in cells] == [("s", True)] * 3
    assert book["Already imported"]["F2"].quotePrefix in (None, False)


@pytest.mark.parametrize(
    "text",
    ["_x0041_ _x1_", "_x0041_x0042_", "_x005F_x0041_", "=_x0041_", "<r>x</r>", "<r><b></r>", "<r>_x0041_</r>", "&lt;"],
)
def test_a_text_that_looks_like_an_escape_or_markup_is_read_as_it_is(text: str) -> None:
    assert read("Transaction Text", plans.line(1, "5.00", text)) == [text]


@pytest.mark.parametrize(("char", "kept"), [("x", 32_767), ("🥐", 16_383)])
def test_a_text_longer_than_a_cell_is_cut(char: str, kept: int) -> None:
    # Excel counts UTF-16 units, two for most emoji.
    assert read("Transaction Text", plans.line(1, "5.00", char * 40_000)) == [char * kept]


def test_an_amount_is_read_as_exactly_the_number_it_is() -> None:
    amounts = ["0.01", "0.10", "1.15", "1234567.89", "9999999999999.99", "1000.00"]
    found = read(
        "Statement Amount", *(plans.line(record, amount, "") for record, amount in enumerate(amounts, start=1))
    )
    assert [Decimal(str(amount)) for amount in found] == list(map(Decimal, amounts))


@pytest.mark.parametrize(
    ("day", "shown"), [(date(1900, 3, 1), date(1900, 3, 1)), (date(1900, 2, 28), "1900-02-28"), (date.max, date.max)]
)
def test_a_date_that_spreadsheets_do_not_agree_about_is_text(day: date, shown: date | str) -> None:
    assert read("Date", structs.replace(plans.line(1, "5.00", ""), booked_on=day)) == [shown]


def test_lines_that_no_sheet_can_hold_are_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.reports.grid._MOST_ROWS", 3)
    with pytest.raises(
        ReportNotWritten, match=r"3 lines are more than a sheet of a workbook holds\. Take --format html"
    ):
        workbook(EVERY)


def test_the_same_plan_is_the_same_workbook_byte_for_byte() -> None:
    assert workbook(EVERY) == workbook(EVERY)


def test_nothing_is_written_to_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert workbook(EVERY)


def test_nobody_has_saved_a_new_workbook() -> None:
    assert BOOK.properties.lastModifiedBy is None


def test_an_empty_plan_makes_a_workbook_with_all_sheets() -> None:
    book = opened(plans.plan_of())
    assert book.sheetnames == ["Summary", "To review", "Ready", "Already imported", "Rejected", "Balance check", "Plan"]


def test_a_masked_workbook_holds_no_account_number_and_no_plan() -> None:
    book = opened(masked(plan_report(EVERY)))
    values = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row]
    assert "Plan" not in book.sheetnames
    assert not any(plans.PAYER in value or plans.ACCOUNT in value for value in values)


def test_the_workbook_of_a_run_shows_what_needs_attention_and_can_still_be_reviewed() -> None:
    outcome = plans.run_outcome(EVERY, *[(State.CREATED, "")] * 3, (State.UNKNOWN, ""))
    book = opened(outcome_report(EVERY, replace(outcome, alarms=("a line was doubled",))), plan=EVERY)
    assert [record["State"] for record in records(book["Needs attention"])] == ["Outcome unknown"]
    assert [record["State"] for record in records(book["Ready"])] == ["Created", "Changed"]
    assert "Plan" in book.sheetnames
    assert book["Summary"]["A3"].value == "Alarm: a line was doubled"


def test_the_workbook_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    write_workbook(EVERY, tmp_path / "review.xlsx")
    assert (tmp_path / "review.xlsx").stat().st_mode & 0o777 == 0o600


def test_customers_are_named_where_their_names_are_known() -> None:
    book = opened(plan_report(EVERY))
    assert records(book["Ready"])[0]["Customer Name"] == "Müller & Töchter"
    two, proposed = records(book["To review"])
    assert proposed["Proposal"] == "Customer No. 10110 Gärtnerei Grün\n103007 1,180.00 EUR of 1,190.00 EUR"
    assert two["Candidates"] == (
        "10200 Weber Holzbau, 103044 (595.00 EUR left): Invoice 103044 of Weber Holzbau has this Remaining Amount.\n"
        "10310 Weber & Sohn, 103051 (595.00 EUR left): Invoice 103051 of Weber & Sohn has this Remaining Amount."
    )


def test_the_open_invoices_of_the_customers_of_waiting_lines_are_listed_the_oldest_first() -> None:
    assert [tuple(record.values()) for record in records(BOOK["Open invoices"])] == [
        ("10110", "Gärtnerei Grün", "103007", POSTED, DUE, 1190, "EUR"),
        ("10110", "Gärtnerei Grün", "103019", POSTED, DUE, 1180, "EUR"),
        ("10200", "Weber Holzbau", "103044", POSTED, DUE, 595, "EUR"),
        ("10310", "Weber & Sohn", "103051", POSTED, DUE, 595, "EUR"),
    ]


POSTED, DUE = datetime(2026, 10, 12), datetime(2026, 11, 11)  # noqa: DTZ001 - a workbook has no zones
