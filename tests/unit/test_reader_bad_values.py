"""Bad values, by the ids of reliability.md §10.3 (B55-B85, as far as they concern reading)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from importer.mapping import Mapping
from tests.unit.reader_files import PLAIN, generic, mapping, read, refusal, row, rules, warnings


def plain(tmp_path: Path, amount: str, numbers: str = "", currency: str = "EUR") -> list[str]:
    """The amount as read by a decimal comma mapping with further [numbers], else the rule it breaks."""
    text = PLAIN.replace('decimal = ","', f'decimal = ","\n{numbers}').replace('"EUR"', f'"{currency}"')
    statement = read(tmp_path, f'Date;Text;Amount\n01.03.2026;a;"{amount}"\n', mapping(text))
    return [line.amount.text() for line in statement.lines] + rules(statement)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e309", "1E+3", "1_000", "0x10", "١٢٣", "１２"])
def test_b55_b56_only_plain_digits_are_an_amount(tmp_path: Path, amount: str) -> None:
    assert plain(tmp_path, amount) == ["AMT-1"]


@pytest.mark.parametrize(
    ("amount", "read_as"),
    [
        ("1.234.567,8", "1234567.80"),
        ("1.234", "1234.00"),
        ("1234,5", "1234.50"),
        ("1,234,567.8", "AMT-4"),
        ("1,234", "AMT-4"),
        ("12.34", "AMT-4"),
        ("1.23.456", "AMT-4"),
        ("1234.567", "AMT-4"),
    ],
)
def test_b57_separators_are_read_as_declared_never_guessed(tmp_path: Path, amount: str, read_as: str) -> None:
    assert plain(tmp_path, amount, 'thousands = "."') == [read_as]


@pytest.mark.parametrize(
    ("amount", "numbers", "read_as"),
    [
        ("--5", "", "AMT-1"),
        ("+5", "", "5.00"),
        ("5-", "", "AMT-1"),
        ("5-", 'signs = ["trailing"]', "-5.00"),
        ("-5-", 'signs = ["trailing"]', "AMT-1"),
        ("(5)", "", "AMT-1"),
        ("(5)", 'signs = ["parentheses"]', "-5.00"),
        ("−5", "", "AMT-1"),
        ("−5", 'signs = ["unicode"]', "-5.00"),
        ("- 5", 'signs = ["spaced"]', "-5.00"),
        ("- 5", "", "AMT-1"),
        ("5 €", "", "AMT-1"),
        ("5 €", 'symbols = { "€" = "EUR" }', "5.00"),
        ("-EUR 5", 'symbols = { "EUR" = "EUR" }', "-5.00"),
        ("($5,00)", 'symbols = { "$" = "EUR" }\nsigns = ["parentheses"]', "-5.00"),
        (",5", "", "AMT-1"),
        (",5", 'signs = ["bare_fraction"]', "0.50"),
        ("1 234,56", 'thousands = " "', "1234.56"),
        ("1\u00a0234,56", 'thousands = " "', "1234.56"),
        ("1\u202f234,56", "", "AMT-4"),
        ("1'234,56", 'thousands = "\'"', "1234.56"),
        ("12,34,567", 'thousands = "."', "AMT-4"),
        ("12.34.567,00", 'thousands = "."\ngrouping = "indian"', "1234567.00"),
    ],
)
def test_b58_b59_signs_marks_and_blanks_are_read_only_as_declared(
    tmp_path: Path, amount: str, numbers: str, read_as: str
) -> None:
    assert plain(tmp_path, amount, numbers) == [read_as]


@pytest.mark.parametrize(
    ("amount", "rule"), [("", "AMT-5"), ("-", "AMT-5"), ("0", "AMT-6"), ("0,00", "AMT-6"), ("-0", "AMT-6")]
)
def test_b60_a_blank_and_a_zero_amount_are_rejected(tmp_path: Path, amount: str, rule: str) -> None:
    assert plain(tmp_path, amount, 'blanks = ["-"]') == [rule]


PAIR = PLAIN.replace('"Amount"]', '"Debit", "Credit"]').replace(
    'amount = "Amount"', 'debit = "Debit"\ncredit = "Credit"'
)
UNSIGNED = mapping(PAIR + '[amounts]\nmodel = "debit_credit"\n')
SIGNED = mapping(PAIR + '[amounts]\nmodel = "debit_credit_signed"\n')
REVERSING = mapping(PAIR + '[amounts]\nmodel = "debit_credit"\nreversals = true\n')


@pytest.mark.parametrize(
    ("layout", "cells", "read_as"),
    [
        (UNSIGNED, "5,00;", "-5.00"),
        (UNSIGNED, ";5,00", "5.00"),
        (UNSIGNED, "0,00;5,00", "5.00"),
        (UNSIGNED, "5,00;6,00", "AMT-7"),
        (UNSIGNED, ";", "AMT-5"),
        (UNSIGNED, "0;0", "AMT-6"),
        (UNSIGNED, "-5,00;", "AMT-9"),
        (REVERSING, "-5,00;", "5.00"),
        (SIGNED, "-5,00;", "-5.00"),
        (SIGNED, "5,00;", "AMT-8"),
        (SIGNED, ";5,00", "5.00"),
        (SIGNED, ";-5,00", "AMT-8"),
    ],
)
def test_b61_debit_and_credit_columns(tmp_path: Path, layout: Mapping, cells: str, read_as: str) -> None:
    statement = read(tmp_path, f"Date;Text;Debit;Credit\n01.03.2026;a;{cells}\n", layout)

    assert [line.amount.text() for line in statement.lines] + rules(statement) == [read_as]


INDICATED = mapping(
    PLAIN.replace('"Amount"]', '"Amount", "D/C"]').replace('amount = "Amount"', 'amount = "Amount"\nindicator = "D/C"')
    + '[amounts]\nmodel = "indicator"\ndebit = ["D", "Debit"]\ncredit = "C"\nneutral = "/"\n'
)


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        ("5,00;D", ["-5.00"]),
        ("5,00; debit", ["-5.00"]),
        ("-5,00;D", ["-5.00"]),
        ("5,00;C", ["5.00"]),
        ("-5,00;C", ["AMT-8"]),
        ("5,00;K", ["AMT-8"]),
        ("5,00;/", []),
    ],
)
def test_b62_the_sign_must_not_contradict_the_marker(tmp_path: Path, cells: str, read_as: list[str]) -> None:
    statement = read(tmp_path, f"Date;Text;Amount;D/C\n01.03.2026;a;{cells}\n", INDICATED)

    assert [line.amount.text() for line in statement.lines] + rules(statement) == read_as


def test_a_neutral_row_is_left_out_and_told(tmp_path: Path) -> None:
    statement = read(tmp_path, "Date;Text;Amount;D/C\n01.03.2026;a;5,00;/\n02.03.2026;b;6,00;C\n", INDICATED)

    assert ([line.record for line in statement.lines], warnings(statement)) == ([2], ["ROW-LEFT-OUT"])


WORDED = mapping(PLAIN + '[amounts]\nmodel = "word_in_cell"\ndebit = "Dr"\ncredit = ["Cr", "CR."]\n')


@pytest.mark.parametrize(
    ("amount", "read_as"),
    [("5,00Dr", "-5.00"), ("5,00 CR.", "5.00"), ("cr 5,00", "5.00"), ("5,00", "AMT-8"), ("5,00 DB", "AMT-8")],
)
def test_a_word_beside_the_number_signs_it(tmp_path: Path, amount: str, read_as: str) -> None:
    statement = read(tmp_path, f"Date;Text;Amount\n01.03.2026;a;{amount}\n", WORDED)

    assert [line.amount.text() for line in statement.lines] + rules(statement) == [read_as]


@pytest.mark.parametrize(
    ("currency", "amount", "read_as"),
    [
        ("EUR", "1,005", "AMT-4"),
        ("JPY", "1,5", "AMT-4"),
        ("JPY", "15", "15"),
        ("KWD", "1,505", "1.505"),
        ("KWD", "1,5055", "AMT-4"),
    ],
)
def test_b64_an_amount_has_no_more_decimals_than_its_currency(
    tmp_path: Path, currency: str, amount: str, read_as: str
) -> None:
    assert plain(tmp_path, amount, currency=currency) == [read_as]


def test_surplus_decimals_that_a_mapping_allows_must_be_zero(tmp_path: Path) -> None:
    assert plain(tmp_path, "1,500", "decimals = 3") == ["1.50"]
    assert plain(tmp_path, "1,505", "decimals = 3") == ["AMT-4"]


@pytest.mark.parametrize("amount", ["1000000000000000,00", "9" * 40, "-1000000000000000"])
def test_b65_more_than_business_central_holds_is_rejected(tmp_path: Path, amount: str) -> None:
    assert plain(tmp_path, amount) == ["AMT-2"]


@pytest.mark.parametrize("currency", ["", "EURO", "€", "eur", "E1R"])
def test_b67_a_currency_is_three_capital_letters(tmp_path: Path, currency: str) -> None:
    assert rules(read(tmp_path, generic(row(currency=currency)))) == ["CUR-1"]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("", "DAT-1"),
        ("0000-00-00", "DAT-1"),
        ("2026-02-31", "DAT-1"),
        ("2026-13-01", "DAT-1"),
        ("2026-00-01", "DAT-1"),
        ("2026-W01-1", "DAT-1"),
        ("20260101", "DAT-1"),
        ("46000", "DAT-1"),
        ("01.03.2026", "DAT-1"),
        ("2026-03-01 12:00", "DAT-1"),
        ("１２-03-2026", "DAT-1"),
        ("1752-12-31", "DAT-3"),
    ],
)
def test_b68_b69_b70_a_date_is_read_exactly_as_declared(tmp_path: Path, written: str, rule: str) -> None:
    assert rules(read(tmp_path, generic(row(date=written)))) == [rule]


def test_b69_two_digits_of_a_year_are_this_century_below_the_pivot(tmp_path: Path) -> None:
    layout = mapping(PLAIN.replace('["%d.%m.%Y"]', '["%d.%m.%y"]'))
    statement = read(tmp_path, "Date;Text;Amount\n01.03.69;a;1\n01.03.70;b;1\n01.03.2026;c;1\n", layout)

    assert ([line.booked_on for line in statement.lines], rules(statement)) == (
        [date(2069, 3, 1), date(1970, 3, 1)],
        ["DAT-1"],
    )


def test_b78_a_mistyped_iban_is_told_and_kept(tmp_path: Path) -> None:
    statement = read(
        tmp_path, generic(row(iban="DE89370400440532013001"), row(iban="DE89370400440532013000"), row(iban="DE**"))
    )

    assert ([line.iban for line in statement.lines], warnings(statement)) == (
        ["DE89370400440532013001", "DE89370400440532013000", "DE**"],
        ["IBAN-1"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "@SUM",
        "+1+1",
        "-2+3",
        "<script>",
        "{{7*7}}",
        "${jndi:x}",
        "'; DROP TABLE line;--",
        "' or 1 eq 1",
    ],
)
def test_b79_b80_b81_data_is_data(tmp_path: Path, text: str) -> None:
    assert [line.text for line in read(tmp_path, generic(row(text=text))).lines] == [text]


def test_b83_very_many_equal_lines_are_kept_and_told(tmp_path: Path) -> None:
    among_others = [row() if n % 2 else row(amount=f"{n + 1}.00", text=f"Invoice {n}") for n in range(2000)]
    statement = read(tmp_path, generic(*among_others))

    assert (len(statement.lines), warnings(statement)) == (2000, ["ROW-EQUAL"])


def test_b85_a_booking_and_its_reversal_are_both_kept(tmp_path: Path) -> None:
    statement = read(tmp_path, generic(row(amount="10.00"), row(amount="-10.00")))

    assert [line.amount.text() for line in statement.lines] == ["10.00", "-10.00"]


@pytest.mark.parametrize(
    ("formats", "dates", "refused"),
    [
        ("%d/%m/%Y", ["01/02/2026", "02/28/2026"], "02/28/2026"),
        ("%m/%d/%Y", ["01/02/2026", "28/02/2026"], "28/02/2026"),
        ("%d.%m.%y", ["01.02.26", "02.28.26"], "02.28.26"),
        ("%d/%m/%Y", ["01/02/2026", "31/02/2026"], ""),
        ("%d/%m/%Y", ["01/02/2026", "2026-02-28"], ""),
        ("%Y-%m-%d", ["2026-02-01", "2026-28-02"], ""),
        ("%y/%m/%d", ["26/02/01", "26/28/02"], ""),
        ("%d %b %Y", ["01 Feb 2026", "00 Feb 2026"], ""),
    ],
)
def test_one_date_with_day_and_month_turned_shows_that_all_would_be_misread(
    tmp_path: Path, formats: str, dates: list[str], refused: str
) -> None:
    layout = PLAIN.replace('formats = ["%d.%m.%Y"]', f'formats = ["{formats}"]')
    content = "Date;Text;Amount\n" + "".join(f"{day};a;1,00\n" for day in dates)

    if refused:
        assert f'row 3: "{refused}" is a date only with day and month the other way round' in refusal(
            tmp_path, content, mapping(layout)
        )
    else:
        assert rules(read(tmp_path, content, mapping(layout))) == ["DAT-1"]


def test_a_turned_value_date_shows_the_same_and_an_amount_that_looks_like_one_does_not(tmp_path: Path) -> None:
    text = PLAIN.replace('"Amount"]', '"Amount", "Value"]').replace(
        'text = "Text"', 'text = "Text"\nvalue_on = "Value"'
    )
    layout = mapping(text, formats='["%d.%m.%Y"]\nvalue_formats = ["%d/%m/%Y"]')
    head = "Date;Text;Amount;Value\n"

    assert 'row 2: "02/28/2026" is a date only with day and month the other way round' in refusal(
        tmp_path, f"{head}01.02.2026;a;1,00;02/28/2026\n", layout
    )
    assert rules(read(tmp_path, f"{head}01.02.2026;a;02.28.2026;01/02/2026\n", layout)) == ["AMT-4"]
