"""Rows above a table that say it is another bank's refuse the file; whatever else stands there does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.model import Statement
from importer.reader import read_statement, recognise
from tests.unit.reader_files import PLAIN, mapping, read, refusal
from tests.unit.test_reader_layouts import HEADER, changed

BOOKING = "01.03.2026;a;1,00;5,00\n"
PLACES = [
    ('"Date"\n', "1\n"),
    ('"Text"\n', "2\n"),
    ('amount = "Amount"\n', "amount = 3\nbalance = 4\n"),
]
COUNTED = changed((HEADER, "width = 4\nskip = 1"), *PLACES)
SIDES = changed(
    (HEADER, "width = 4\nskip = 1"),
    *PLACES[:2],
    ('amount = "Amount"\n', "debit = 3\ncredit = 4\n"),
    ('decimal = ","', 'decimal = ","\n[amounts]\nmodel = "debit_credit"'),
)


def named(tmp_path: Path, content: str, layout: str) -> Statement:
    """The file, read by the mapping that somebody named."""
    (tmp_path / "kto.csv").write_text(content)
    return read_statement(tmp_path / "kto.csv", [mapping(layout)], "plain")


@pytest.mark.parametrize(
    ("above", "layout", "told"),
    [
        ("Datum;Text;Betrag;Saldo", COUNTED, ""),
        ("a;b;c;d", COUNTED, ""),
        ("Datum;Text;Saldo;Betrag", COUNTED, 'column 3 is called "Saldo", mapping plain takes it for the amount'),
        ("Datum;Amount;Type;Saldo", COUNTED, 'column 3 is called "Type", mapping plain takes it for the amount'),
        ("Datum;Amount;;Saldo", COUNTED, ""),
        ("Date;Text;;Debit", COUNTED, 'column 4 is called "Debit", mapping plain takes it for the balance'),
        ("Date;Text;Debit;Credit", SIDES, ""),
        ("Date;Text;Credit;Debit", SIDES, 'column 3 is called "Credit", mapping plain takes it for the debit'),
        ("Date;Text;Soll;Saldo", SIDES, 'column 4 is called "Saldo", mapping plain takes it for the credit'),
    ],
)
def test_other_words_over_the_columns_refuse_the_file(tmp_path: Path, above: str, layout: str, told: str) -> None:
    content = f"{above}\n{BOOKING}" if layout is COUNTED else f"{above}\n01.03.2026;a;;1,00\n"

    if told:
        with pytest.raises(UnusableFile, match=f"kto.csv, row 1: {told}; it is another bank's file"):
            named(tmp_path, content, layout)
    else:
        assert [line.amount.text() for line in named(tmp_path, content, layout).lines] == ["1.00"]


def test_a_mapping_that_the_words_contradict_does_not_claim_the_file(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text("Datum;Text;Saldo;Betrag\n" + BOOKING)

    assert recognise(tmp_path / "kto.csv", [mapping(COUNTED)]).candidates == ()


STATED = PLAIN + '[outside]\ncurrency = { label = "Currency:" }\n'
IN_A_COLUMN = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Currency"]'),
    ('amount = "Amount"', 'amount = "Amount"\ncurrency = "Currency"'),
)


@pytest.mark.parametrize(
    ("above", "layout", "found"),
    [
        ("Account currency:;USD;", PLAIN, "row 1: says the currency USD, mapping plain is for EUR"),
        ("Währung (CHF);;", PLAIN, "row 1: says the currency CHF, mapping plain is for EUR"),
        ("Account currency:;EUR;", PLAIN, "EUR"),
        ("Currencies: USD, EUR;;", PLAIN, "EUR"),
        ("Currency: see below, IBAN and BIC;;", PLAIN, "EUR"),
        ("To: USD Northwind;;", PLAIN, "EUR"),
        ("Currency:;USD;", STATED, "USD"),
        ("Currency;USD;;", IN_A_COLUMN, "SEK"),
    ],
)
def test_another_currency_above_the_table_refuses_the_file(tmp_path: Path, above: str, layout: str, found: str) -> None:
    content = f"{above}\nDate;Text;Amount\n01.03.2026;a;1,00\n"
    if layout is IN_A_COLUMN:
        content = f"{above}\nDate;Text;Amount;Currency\n01.03.2026;a;1,00;SEK\n"

    if found.startswith("row"):
        assert f"kto.csv, {found}; it is another bank's file" in refusal(tmp_path, content, mapping(layout))
    else:
        assert [line.amount.currency for line in read(tmp_path, content, mapping(layout)).lines] == [found]
