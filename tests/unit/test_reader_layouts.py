"""What the mapping language can say, one small file each (formats.md §4)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from importer.reader import recognise
from tests.unit.reader_files import ACCOUNT, PLAIN, generic, generic_workbook, mapping, read, refusal, row, warnings


def lines(tmp_path: Path, content: str, layout: str) -> list[tuple[str, str, str]]:
    statement = read(tmp_path, content, mapping(layout))
    assert statement.unread == ()
    return [(line.booked_on.isoformat(), line.text, line.amount.text()) for line in statement.lines]


def changed(*changes: tuple[str, str]) -> str:
    text = PLAIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


TOP = 'currency = "EUR"'
HEADER = 'header = ["Date", "Text", "Amount"]'
BOOKING = "01.03.2026;a;1,00\n"
READ = [("2026-03-01", "a", "1.00")]


def by_place(table: str, amount: int) -> list[tuple[str, str]]:
    named = [
        ('booked_on = "Date"', "booked_on = 1"),
        ('text = "Text"', "text = 2"),
        ('amount = "Amount"', f"amount = {amount}"),
    ]
    return [(HEADER, table), *named]


CURRENCY_IN_HEADER = r'{ pattern = "Amount \\((?P<currency>[A-Z]{3})\\)" }'
IN_TWO_LANGUAGES = [
    (HEADER, HEADER + '\nother_headers = [["Datum", "Text", "Betrag"]]'),
    ('"Date"\n', '{ any_of = ["Date", "Datum"] }\n'),
    ('amount = "Amount"', 'amount = { any_of = ["Amount", "Betrag"] }'),
]
IN_TWO_ROWS = [
    (HEADER, 'header = ["Date of", "Text of", "Amount EUR"]\nheader_rows = 2'),
    ('"Date"\n', '"Date of"\n'),
    ('"Text"\n', '"Text of"\n'),
    ('amount = "Amount"', 'amount = "Amount EUR"'),
]
STATED_CURRENCY = [(TOP, ""), ('decimal = ","', 'decimal = ","\n[outside]\ncurrency = { label = "Currency:" }')]
WITH_CURRENCY = [
    (HEADER, f'header = ["Date", "Text", {CURRENCY_IN_HEADER}]'),
    ('amount = "Amount"', f"amount = {CURRENCY_IN_HEADER}"),
    (TOP, ""),
]
BLANK_BEFORE_QUOTE = [('delimiter = ";"', 'delimiter = ";"\nblank_before_quote = true')]


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        ("DATE;TEXT;AMOUNT;;\n01.03.2026;a;1,00;;\n", []),
        ("Konto;\n\nDate;Text;Amount\n" + BOOKING, []),
        ("Datum;Text;Betrag\n" + BOOKING, IN_TWO_LANGUAGES),
        ("Date;Text;Amount\nof;of;EUR\n" + BOOKING, IN_TWO_ROWS),
        ("Date;Text;Amount\n" + BOOKING + "Date;Text;Amount\n", [(TOP, TOP + "\nrepeated_header = true")]),
        ("Date;Text;Amount;Tag 1;Tag 2\n01.03.2026;a;1,00;x;y\n", [(HEADER, HEADER + "\nmore_columns = true")]),
        (BOOKING, by_place("width = 3", -1)),
        ("x;y;z\n" + BOOKING, by_place("width = 3\nskip = 1", -1)),
        ("x;y;z\nBookings\n" + BOOKING, by_place('width = 3\nstart = "^Bookings"', 3)),
        (
            "Date;Text;Amount\n" + BOOKING + "\nEnd of list\nTotal;no;1,00\n",
            [(HEADER, HEADER + '\nfooter = "blank_row"')],
        ),
        ("Date;Text;Amount\n" + BOOKING + "Total;;1,00\n", [(HEADER, HEADER + '\nfooter = "pattern"\nend = "^Total"')]),
        (
            "Date;Text;Amount\n" + BOOKING + "Disclaimer\n",
            [(HEADER, HEADER + '\nfooter = "undated"\nrows = "lenient"')],
        ),
        ("'Date';'Text';'Amount'\n'01.03.2026';'a';'1,00'\n", [('delimiter = ";"', 'delimiter = ";"\nquote = "\'"')]),
        (
            'Date;Text;Amount\n"01.03.2026"\t;"a" ;"1,00"\n',
            [('delimiter = ";"', 'delimiter = ";"\nstray_quotes = true')],
        ),
        (' "Date"; "Text"; "Amount"\n "01.03.2026"; "a"; "1,00"\n', BLANK_BEFORE_QUOTE),
        ('Date;Text;Amount\n="01.03.2026";="a";="1,00"\n', []),
        ("Date;Text;Amount\n'01.03.2026;a;'1,00\n", []),
        ("Date;Text;Amount (EUR)\n" + BOOKING, WITH_CURRENCY),
        ("Currency:;EUR\nDate;Text;Amount\n" + BOOKING, STATED_CURRENCY),
    ],
)
def test_one_booking_is_found_in_every_layout(tmp_path: Path, content: str, changes: list[tuple[str, str]]) -> None:
    assert lines(tmp_path, content, changed(*changes)) == READ


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("1.3.2026", '"%d.%m.%Y"'),
        ("010326", '"%d%m%y"'),
        ("20260301", '"%Y%m%d"'),
        ("1 Mrz 2026", '"%d %b %Y"]\nlanguage = "de"\nvalue_formats = ["%d.%m.%Y"'),
        ("01 March 2026", '"%d %B %Y"'),
        ("2026-03-01 09:05:00.0", '"%Y-%m-%d %H:%M:%S.%f"'),
        ("01.03.2026 / 09:05", '"%d.%m.%Y / %H:%M"'),
        ("2026-03-01T09:05:00Z", '"%Y-%m-%d%*"'),
        ("2026-03-01", '"%d.%m.%Y", "%Y-%m-%d"'),
        ("46082", '"excel"'),
        ("44620", '"excel-1904"'),
    ],
)
def test_dates_are_read_in_the_declared_form(tmp_path: Path, written: str, formats: str) -> None:
    layout = changed(('["%d.%m.%Y"]', f"[{formats}]"))

    assert lines(tmp_path, f"Date;Text;Amount\n{written};a;1,00\n", layout) == READ


def test_a_date_without_a_year_takes_it_from_the_end_of_the_statement(tmp_path: Path) -> None:
    layout = (
        changed(('["%d.%m.%Y"]', '["%d.%m."]\nstated_formats = ["%m/%Y"]'))
        + '[outside]\nends_on = { label = "Until" }\n'
    )
    content = "Until;01/2026\nDate;Text;Amount\n31.12.;a;1,00\n02.01.;b;2,00\n"

    assert [day for day, _, _ in lines(tmp_path, content, layout)] == ["2025-12-31", "2026-01-02"]


def test_rows_without_date_and_amount_continue_the_booking_before(tmp_path: Path) -> None:
    layout = changed(
        (TOP, TOP + '\ncontinuation = "undated"'),
        ('"Amount"]', '"Amount", "Detail"]'),
        ('text = "Text"', 'text = "Text"\ndetail = "Detail"'),
    )
    content = (
        "Date;Text;Amount;Detail\n01.03.2026;Collective;30,00;\n;Adatum;;10,00\n;Trey;;20,00\n02.03.2026;b;1,00;\n"
    )

    assert lines(tmp_path, content, layout) == [
        ("2026-03-01", "Collective Adatum 10,00 Trey 20,00", "30.00"),
        ("2026-03-02", "b", "1.00"),
    ]


def test_an_undated_row_with_an_amount_is_rejected_not_dropped(tmp_path: Path) -> None:
    layout = changed((HEADER, HEADER + '\nfooter = "undated"'))
    statement = read(tmp_path, f"Date;Text;Amount\n{BOOKING};lost;5,00\n31.02.2026;bad;1,00\n", mapping(layout))

    assert [(unread.row, unread.problems[0].rule) for unread in statement.unread] == [(3, "DAT-1"), (4, "DAT-1")]


def test_a_fee_in_its_own_column_is_a_second_line(tmp_path: Path) -> None:
    layout = (
        changed(('"Amount"]', '"Amount", "Fee"]'), ('text = "Text"', 'text = "Text"\nfee = "Fee"'))
        + '[amounts]\nfee_text = "Charge"\n'
    )

    assert lines(tmp_path, "Date;Text;Amount;Fee\n01.03.2026;a;10,00;0,50\n02.03.2026;b;1,00;\n", layout) == [
        ("2026-03-01", "a", "10.00"),
        ("2026-03-01", "Charge: a", "-0.50"),
        ("2026-03-02", "b", "1.00"),
    ]


def test_named_groups_of_a_pattern_fill_blank_fields(tmp_path: Path) -> None:
    layout = changed() + '[[extract]]\npattern = "^(?P<counterparty>[^/]+)/(?P<iban>[A-Z0-9]+)/(?P<reference>.*)$"\n'
    line = read(tmp_path, "Date;Text;Amount\n01.03.2026;Adatum/DE02/RF18;1,00\n", mapping(layout)).lines[0]

    assert (line.counterparty, line.iban, line.reference) == ("Adatum", "DE02", "RF18")


def test_texts_of_several_columns_are_joined_without_blanks_and_repeats(tmp_path: Path) -> None:
    layout = changed(
        ('"Amount"]', '"Amount", "More", "Again"]'),
        ('text = "Text"', 'text = ["Text", "More", "Again"]'),
        (TOP, TOP + '\ntext_separator = " / "'),
    )

    assert lines(tmp_path, "Date;Text;Amount;More;Again\n01.03.2026;a;1,00;;b\n", layout) == [
        ("2026-03-01", "a / b", "1.00")
    ]
    assert lines(tmp_path, "Date;Text;Amount;More;Again\n01.03.2026;a;1,00;a;a\n", layout) == READ


def test_rows_that_are_no_bookings_are_left_out_and_told(tmp_path: Path) -> None:
    layout = (
        changed(('"Amount"]', '"Amount", "Status"]'))
        + '[[leave_out]]\ncolumn = "Status"\nequals = ["pending"]\nbecause = "pending"\n'
    )
    statement = read(
        tmp_path, "Date;Text;Amount;Status\n01.03.2026;a;1,00;Pending\n02.03.2026;b;1,00;booked\n", mapping(layout)
    )

    assert ([line.record for line in statement.lines], [problem.message for problem in statement.warnings]) == (
        [2],
        ["row 2 was left out: pending"],
    )


def test_several_accounts_are_read_where_the_mapping_allows_them(tmp_path: Path) -> None:
    layout = changed(
        (HEADER, 'header = ["Account", "Date", "Text", "Amount"]'),
        ('text = "Text"', 'text = "Text"\naccount = "Account"'),
        (TOP, TOP + "\nseveral_accounts = true"),
    )
    statement = read(tmp_path, "Account;Date;Text;Amount\nA;01.03.2026;a;1,00\nB;01.03.2026;a;1,00\n", mapping(layout))

    assert (statement.account, [line.account for line in statement.lines]) == ("", ["A", "B"])


def test_html_tables_are_read_by_a_mapping_for_them(tmp_path: Path) -> None:
    page = (
        "<html><table><tr><td>Statement</td></tr></table><table><tr><th>Date</th><th>Text</th><th>Amount</th></tr>"
        "<tr><td>01.03.2026</td><td>a&amp;b<br>c</td><td>1,00</td></tr></table></html>"
    )
    layout = changed(('delimiter = ";"', 'kinds = ["html"]'))

    assert lines(tmp_path, page, layout) == [("2026-03-01", "a&b c", "1.00")]
    assert refusal(tmp_path, page)


def test_cells_and_text_of_a_workbook_are_the_same_statement(tmp_path: Path) -> None:
    cells = generic_workbook([ACCOUNT, date(2026, 3, 2), date(2026, 3, 3), 12.5, "EUR", None, None, None, "a text"])
    written = generic(row(date="2026-03-02", value_date="2026-03-03", amount="12.50"))

    assert read(tmp_path, cells).lines == read(tmp_path, written).lines


def test_recognition_says_how_and_what_is_nearest(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("Date;Text;Amount\n" + BOOKING)
    (tmp_path / "other.csv").write_text("Date;Text;Sum\n" + BOOKING)
    plain = mapping()

    assert recognise(tmp_path / "known.csv", [plain]).how == "header"
    assert [(near.missing, near.extra) for near in recognise(tmp_path / "other.csv", [plain]).nearest] == [
        (("Amount",), ("Sum",))
    ]


def test_hidden_padding_and_blanks_do_not_matter(tmp_path: Path) -> None:
    statement = read(tmp_path, generic(row(text="\u00a0 padded\u3000 ", name="  Adatum\t")))

    assert ([(line.text, line.counterparty) for line in statement.lines], warnings(statement)) == (
        [("padded", "Adatum")],
        [],
    )


def test_a_booking_in_a_row_that_the_mapping_skips_refuses_the_file(tmp_path: Path) -> None:
    layout = mapping(changed(*by_place("width = 3\nskip = 1", 3)))

    assert read(tmp_path, "Konto;;\n" + BOOKING, layout).lines[0].text == "a"
    assert "row 1: mapping plain skips this row, but it is a booking" in refusal(tmp_path, BOOKING + BOOKING, layout)


def with_sides(rows: str) -> str:
    return changed(
        (HEADER, f'header = ["Date", "Text", "Debit", "Credit", ""]\nrows = "{rows}"'),
        ('amount = "Amount"', 'debit = "Debit"\ncredit = "Credit"'),
        ('decimal = ","', 'decimal = ","\n[amounts]\nmodel = "debit_credit"'),
    )


SIDES = "Date;Text;Debit;Credit;\n01.03.2026;a;;1,00;\n"


@pytest.mark.parametrize("rows", ["exact", "lenient"])
def test_a_record_that_lost_a_delimiter_refuses_the_file_instead_of_changing_its_sign(
    tmp_path: Path, rows: str
) -> None:
    told = refusal(tmp_path, SIDES + "02.03.2026;b;2,00;\n", mapping(with_sides(rows)))

    assert "row 3: has 4 columns, the records before it have 5" in told


def test_records_may_lack_cells_where_the_mapping_says_that_rows_are_ragged(tmp_path: Path) -> None:
    expected = [("2026-03-01", "a", "1.00"), ("2026-03-02", "b", "-2.00")]

    assert lines(tmp_path, SIDES + "02.03.2026;b;2,00\n", with_sides("ragged")) == expected


def test_a_dated_row_without_an_amount_is_a_record_not_a_footer(tmp_path: Path) -> None:
    layout = mapping(changed((HEADER, HEADER + '\nfooter = "undated"\nrows = "ragged"')))
    statement = read(tmp_path, "Date;Text;Amount\n" + BOOKING + "02.03.2026;b\nTotal;1,00\n", layout)

    assert [problem.rule for row in statement.unread for problem in row.problems] == ["AMT-5"]
    assert [line.text for line in statement.lines] == ["a"]
