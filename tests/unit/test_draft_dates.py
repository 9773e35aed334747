"""A draft reads dates in the form in which the bank writes them, and says when day and month may be either."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from importer.reader.draft.dates import day_column, day_formats, six_digits, yearless_column
from importer.reader.draft.order import settle
from tests.unit.drafts import draft
from tests.unit.reader_files import workbook


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("31.12.2026", ("%d.%m.%Y",)),
        ("3.4.2026", ("%d.%m.%Y", "%m.%d.%Y")),
        ("2026-12-31", ("%Y-%m-%d",)),
        ("2026-12-31 23:59:59.0", ("%Y-%m-%d %H:%M:%S.%f",)),
        ("2026-12-31T23:59:59Z", ("%Y-%m-%dT%H:%M:%S%z",)),
        ("31/12/26, 23:59", ("%d/%m/%y, %H:%M", "%y/%m/%d, %H:%M")),
        ("12/31/2026 11:59 PM", ("%m/%d/%Y %H:%M %p",)),
        ("23:59, 31/12/2026", ("%H:%M, %d/%m/%Y",)),
        ("20261231", ("%Y%m%d",)),
        ("31122026", ("%d%m%Y",)),
        ("20261231120000[0:GMT]", ("%Y%m%d%H%M%S[0:GMT]",)),
        ("2026年12月31日", ("%Y年%m月%d日",)),
        ("31-Dec-2026", ("%d-%b-%Y",)),
        ("31 déc. 2026", ("%d %b %Y",)),
        ("31Dec2026", ("%d%b%Y",)),
        ("02DEC26", ("%d%b%y",)),
        ("02INV2026", ()),
        ("Dec 31, 2026", ("%b %d, %Y",)),
        ("Do 31.12.2026", ("%a %d.%m.%Y",)),
        ("2026.12.31.", ("%Y.%m.%d.",)),
        ("31.12.2026 г.", ("%d.%m.%Y г.",)),
        ("31. 12. 2026", ("%d. %m. %Y",)),
        ("31.02.2026", ()),
        ("103017", ()),
        ("Rechnung 103012", ()),
        ("12.50", ()),
        ("1.234.567", ()),
        ("Pending", ()),
        ("13.03.2026 Kartenzahlung", ()),
        ("13.03.2026|a|5", ()),
        ("13.03.2026 (Text)", ("%d.%m.%Y (Text)",)),
    ],
)
def test_a_text_is_a_day_in_these_formats(text: str, formats: tuple[str, ...]) -> None:
    assert day_formats(text) == formats


@pytest.mark.parametrize(
    ("texts", "shapes", "language", "others"),
    [
        (["01 Mai 2026", "02 Okt 2026"], [("%d %b %Y",)], "de", ()),
        (["01 May 2026", "02 Oct 2026"], [("%d %b %Y",)], "en", ()),
        (["1 ago 2026"], [("%d %b %Y",)], "it", ()),
        (["2026-03-01", "2026-03-02 10:00:00"], [("%Y-%m-%d",), ("%Y-%m-%d %H:%M:%S",)], "en", ()),
        (["01.03.2026 (Mo)", "02.03.2026 (Di)"], [("%d.%m.%Y%*", "%m.%d.%Y%*")], "en", ()),
        (["Pending", "13.03.2026"], [("%d.%m.%Y",)], "en", ("Pending",)),
        (["1.3.2026", "13.03.2026"], [("%d.%m.%Y",)], "en", ()),
    ],
)
def test_a_column_is_read_by_shapes(
    texts: list[str], shapes: list[tuple[str, ...]], language: str, others: tuple[str, ...]
) -> None:
    column = day_column(texts)

    assert column is not None
    assert ([shape.formats for shape in column.shapes], column.language, column.others) == (shapes, language, others)


def test_a_column_of_words_or_numbers_is_no_column_of_days() -> None:
    assert [day_column(["a", "b"]), day_column(["12.50", "13.75"]), day_column([])] == [None, None, None]


def test_only_a_whole_column_of_six_digits_shows_days() -> None:
    assert [six_digits(texts) for texts in (["280326", "010426"], ["280326", "999999"], ["Text"], [])] == [
        True,
        False,
        False,
        False,
    ]
    column = yearless_column(["280326", "010426"])
    assert column is not None
    assert column.shapes[0].formats == ("%d%m%y", "%y%m%d")


@pytest.mark.parametrize(
    ("columns", "around", "formats", "why", "rival"),
    [
        (
            [["03/04/2026"], ["13/04/2026"]],
            [],
            [("%d/%m/%Y",), ("%d/%m/%Y",)],
            '"13/04/2026" in column 1 shows day before month',
            "",
        ),
        (
            [["03/04/2026"], ["04/13/2026"]],
            [],
            [("%m/%d/%Y",)] * 2,
            '"04/13/2026" in column 1 shows month before day',
            "",
        ),
        (
            [["03/04/2026"]],
            ["01/04/2026 to 30/04/2026"],
            [("%d/%m/%Y",)],
            '"30/04/2026" outside the table shows day before month',
            "",
        ),
        ([["03.04.2026"]], [], [("%d.%m.%Y",)], "", ""),
        (
            [["03/04/2026", "04/04/2026"]],
            [],
            [("%d/%m/%Y",)],
            "",
            'no date of the file has a value above 12; "03/04/2026" may be 03 April 2026 or 04 March 2026',
        ),
        # Read the other way the statement would cover most of a year.
        ([["04/01/2026", "04/02/2026", "04/03/2026", "04/12/2026"]], [], [("%m/%d/%Y",)], "", None),
        # … and it may: two bookings can lie a year apart.
        (
            [["12/01/2025", "01/03/2026"]],
            [],
            [("%m/%d/%Y",)],
            "",
            'no date of the file has a value above 12; "12/01/2025"',
        ),
        ([["26.05.25"]], [], [("%d.%m.%y",)], "", 'no date of the file has a value above 12; "26.05.25" may be'),
        ([["26.05.25", "01.05.25", "30.05.25"]], [], [("%d.%m.%y",)], "", ""),
        ([["01-Mar-2026"], ["2026-03-01"]], [], [("%d-%b-%Y",), ("%Y-%m-%d",)], "", ""),
    ],
)
def test_day_and_month_are_proven_by_the_whole_file_or_marked(
    columns: list[list[str]], around: list[str], formats: list[tuple[str, ...]], why: str, rival: str | None
) -> None:
    read = {place: column for place, texts in enumerate(columns) if (column := day_column(texts)) is not None}
    settled = settle(read, {place: str(place) for place in read}, around)

    assert ([settled.formats[place] for place in read], settled.why) == (formats, why)
    if rival is None:
        assert settled.rival
    else:
        assert settled.rival.startswith(rival)
        assert bool(settled.rival) == bool(rival)


HEAD = "Buchungstag;Valuta;Text;Betrag\n"


@pytest.mark.parametrize(
    ("content", "said", "marked"),
    [
        (
            HEAD + "13.03.2026;14.03.2026;a;1,50\n14.03.2026;14.03.2026;b;-2,50\n",
            ["Buchungstag", "Valuta", ["%d.%m.%Y"]],
            [],
        ),
        (
            HEAD.replace("Buchungstag", "Datum") + "13.03.2026;13.03.2026;a;1,50\n14.03.2026;14.03.2026;b;-2,50\n",
            ["Datum", "Valuta", ["%d.%m.%Y"]],
            [],
        ),
        (
            "Transaction date;Posting date;Text;Amount\n13/03/2026;14/03/2026;a;1.50\n",
            ["Posting date", None, ["%d/%m/%Y"]],
            [],
        ),
        (
            "Started;Completed;Text;Amount\n13/03/2026;14/03/2026;a;1.50\n",
            ["Started", None, ["%d/%m/%Y"]],
            ["booked_on"],
        ),
        (
            "Posting date;Purchase date;Text;Amount\n13/03/2026;14/01/2026;a;1.50\n",
            ["Posting date", None, ["%d/%m/%Y"]],
            ["booked_on"],
        ),
        (
            "Posting date;Purchase date;Card;Amount\n13/03/2026;12/03/2026;a;1.50\n",
            ["Posting date", None, ["%d/%m/%Y"]],
            ["booked_on"],
        ),
        ("Eins;Text;Amount\n13/03/2026;a;1.50\n", ["Eins", None, ["%d/%m/%Y"]], []),
        ("Eins;Zwei;Text;Amount\n13/03/2026;14/03/2026;a;1.50\n", ["Eins", None, ["%d/%m/%Y"]], ["booked_on"]),
        ("Datum;Text;Betrag\n280326;a;1,50\n010426;b;-2,50\n", ["Datum", None, ["%d%m%y"]], []),
        (
            "Datum;Text;Betrag\nneulich;a;1,50\n10 uhr;b;-2,50\n",
            ["Datum", None, ["%d.%m.%Y"]],
            ["booked_on", "formats"],
        ),
    ],
)
def test_the_booking_date_is_found_by_its_name_or_marked(
    tmp_path: Path, content: str, said: list[object], marked: list[str]
) -> None:
    made = draft(tmp_path, content)

    assert made.says("columns.booked_on", "columns.value_on", "dates.formats") == said
    assert [key for key in made.marked if key in ("booked_on", "value_on", "formats")] == marked


def test_dates_of_two_columns_may_have_formats_of_their_own(tmp_path: Path) -> None:
    made = draft(tmp_path, "Buchung;Valuta;Text;Betrag\n13.03.2026;2026-03-14;a;1,50\n")

    assert made.says("dates.formats", "dates.value_formats") == [["%d.%m.%Y"], ["%Y-%m-%d", "%d.%m.%Y"]]
    assert made.statement.lines[0].value_on == dt.date(2026, 3, 14)


@pytest.mark.parametrize(
    ("above", "stated"),
    [
        ("Auszug 2026年02月", {"pattern": "([0-9]{4}年[0-9]{1,2}月)"}),
        ("Period;01.12.2025 - 28.02.2026", {"pattern": r"([0-9./-]{8,10})[^0-9]*$"}),
        ("Period;01.12.2025;28.02.2026", {"pattern": r"([0-9./-]{8,10})[^0-9]*$"}),
        ("Statement Date :;28.02.2026", {"label": "Statement Date :"}),
        ("Account Number :;514012345678\nStatement Date :;28.02.2026", {"label": "Statement Date :"}),
        ("Account 51401234\nStatement of 28.02.2026", {"pattern": r"^Statement of.*?([0-9./-]{8,10})[^0-9]*$"}),
    ],
)
def test_days_without_a_year_take_it_from_above_the_table(tmp_path: Path, above: str, stated: dict[str, str]) -> None:
    made = draft(tmp_path, f"{above}\nDate;Text;Amount\n29.12;a;-1.50\n31.01;b;2.50\n")

    assert made.values["outside.ends_on"] == stated
    assert {"ends_on", "stated_formats"} <= set(made.marked)
    assert made.lines[0] == ("2025-12-29", "-1.50")


def test_days_without_a_year_anywhere_are_marked_and_the_draft_can_be_loaded(tmp_path: Path) -> None:
    made = draft(tmp_path, "Date;Text;Amount\n29.12;a;-1.50\n31.01;b;2.50\n")

    assert "ends_on" in made.marked
    assert made.statement.lines == ()


def test_date_cells_and_serial_numbers_of_workbooks_are_days(tmp_path: Path) -> None:
    head = ("Booking date", "Text", "Amount")
    cells = draft(tmp_path, workbook(head, (dt.date(2026, 3, 2), "a", 1.5), (dt.date(2026, 3, 3), "b", -2)), "a.xlsx")
    serials = draft(tmp_path, workbook(head, (46083, "a", 1.5), (46084, "b", -2)), "b.xlsx")

    assert cells.lines == serials.lines == [("2026-03-02", "1.50"), ("2026-03-03", "-2.00")]
    assert (cells.values["dates.formats"], "formats" in cells.marked) == (["%Y-%m-%d"], False)
    assert (serials.values["dates.formats"], "formats" in serials.marked) == (["excel"], True)
