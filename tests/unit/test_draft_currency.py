"""The likeliest currency of a file that does not say it: always to be confirmed, and for a reason that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import draft

GERMAN = ("Datum;Buchungstext;Betrag;Konto", "13.03.2026", "14.03.2026")
ENGLISH = ("Date;Details;Amount;Account", "13/03/2026", "14/03/2026")
AMERICAN = ("Date;Details;Amount;Account", "03/13/2026", "03/14/2026")


def table(
    form: tuple[str, str, str], amount: str = "-1.50", *, text: str = "a text", account: str = "", above: str = ""
) -> str:
    header, first, second = form
    return f"{above}{header}\n{first};{text};{amount};{account}\n{second};b text;{amount[1:]};{account}\n"


@pytest.mark.parametrize(
    ("content", "currency", "why"),
    [
        (table(GERMAN, account="DE02120300000000202051"), "EUR", "the account's country"),
        (table(GERMAN, "-1,50", above="Konto;CH93 0076 2011 6238 5295 7;;\n"), "CHF", "the account's country"),
        (table(GERMAN, "-1,50", above="Konto;CH94 0076 2011 6238 5295 7;;\n"), "EUR", "does not say it"),
        (table(ENGLISH).replace("Account", "Price in SEK"), "SEK", "only a header names it"),
        (table(ENGLISH).replace("Account", "SEK or NOK"), "EUR", "does not say it"),
        (table(ENGLISH).replace("Account", "Sort Code"), "GBP", "the header has words of its country"),
        (table(("Dato;Tekst;Beløb;Konto", "13.03.2026", "14.03.2026"), "-1,50"), "DKK", "the header has words"),
        (table(("Datum;Text;Belopp;Konto", "2026-03-13", "2026-03-14"), "-1,50"), "SEK", "the header has words"),
        (table(ENGLISH, text="INTERAC e-Transfer"), "CAD", "the texts have words of its country"),
        (table(ENGLISH, text="EFTPOS ZELLE"), "EUR", "does not say it"),
        (table(("取引日;お引出し;Amount;残高詳細", "2026/03/13", "2026/03/14"), "-150"), "JPY", "the header has words"),
        (
            table(("取引日;摘要;Amount;残高詳細", "2026/03/13", "2026/03/14"), "-1.50"),
            "CNY",
            "goes with the script",
        ),
        (table(GERMAN), "CHF", "language and form"),
        (table(("Fecha;Débito;Amount;Konto", "13.03.2026", "14.03.2026")), "EUR", "does not say it"),
        (table(("Date;Credit;Amount;Konto", "13.03.2026", "14.03.2026")), "EUR", "does not say it"),
        (table(GERMAN, "-1,50"), "EUR", "does not say it"),
        (table(AMERICAN), "USD", "language and form"),
        (table(AMERICAN).replace("Account", "Debit Card"), "USD", "language and form"),
        (table(AMERICAN, "-1,50"), "EUR", "does not say it"),
        (table(ENGLISH), "EUR", "does not say it"),
        (table(ENGLISH, text="to PL61 1090 1014 0000 0712 1981 2874"), "PLN", "other accounts are of its country"),
    ],
)
def test_the_surest_hint_gives_the_currency_and_a_person_confirms_it(
    tmp_path: Path, content: str, currency: str, why: str
) -> None:
    made = draft(tmp_path, content)
    remark = next(line for line in made.text.splitlines() if line.startswith("currency "))

    assert (made.values["currency"], "currency" in made.marked, why in remark) == (currency, True, True), remark


@pytest.mark.parametrize(
    ("header", "debit", "credit", "named"),
    [
        ("Debit ccy;Debit;Credit ccy;Credit", "USD;1.50;;", ";;GEL;2.50", ("Debit ccy", "Credit ccy")),
        ("Credit;Credit ccy;Debit ccy;Debit", ";;USD;1.50", "2.50;GEL;;", ("Debit ccy", "Credit ccy")),
        ("Debit;Currency 1;Credit;Currency 2", "1.50;USD;;", ";;2.50;GEL", ("Currency 1", "Currency 2")),
        ("Currency 1;Debit;Currency 2;Credit", "USD;1.50;;", ";;GEL;2.50", ("Currency 1", "Currency 2")),
    ],
)
def test_each_side_has_the_currency_that_is_called_so_or_stands_beside_it(
    tmp_path: Path, header: str, debit: str, credit: str, named: tuple[str, str]
) -> None:
    made = draft(tmp_path, f"Date;Details;{header}\n13.03.2026;a;{debit}\n14.03.2026;b;{credit}\n")

    assert made.says("columns.debit_currency", "columns.credit_currency", "currency") == [*named, None]
    assert [str(line.amount.currency) for line in made.statement.lines] == ["USD", "GEL"]


def test_the_currency_in_the_header_of_an_amount_stands_above_a_column_of_currencies(tmp_path: Path) -> None:
    content = (
        "Date;Text;Amount (UAH);Original amount;Currency\n13.03.2026;a;-43.10;-1.04;EUR\n14.03.2026;b;19.32;19.32;UAH\n"
    )
    made = draft(tmp_path, content)

    assert [line.amount.currency for line in made.statement.lines] == ["UAH", "UAH"]
    assert "columns.currency" not in made.values


SEVERAL = """Date;Text;{header};Amount;Balance
13.03.2026;a;EUR;-1,50;98,50
14.03.2026;b;USD;-9,00;89,50
15.03.2026;c;USD;9,00;98,50
16.03.2026;d;EUR;2,00;100,50
"""


def test_a_column_called_currency_is_read_although_one_balance_runs_through_several(tmp_path: Path) -> None:
    made = draft(tmp_path, SEVERAL.format(header="Currency"))

    assert [line.amount.currency for line in made.statement.lines] == ["EUR", "USD", "USD", "EUR"]
    assert made.marked == ["currency"]


def test_a_column_of_currencies_that_the_balance_contradicts_is_named_where_the_currency_is_asked_for(
    tmp_path: Path,
) -> None:
    made = draft(tmp_path, SEVERAL.format(header="Asset Currency"))

    assert ("currency", "EUR") in {(key, made.values.get(key)) for key in made.marked}
    assert 'or column "Asset Currency", with EUR, USD?' in made.text


NAMED = "Date;Text;{}\n13.03.2026;a;-1.50\n14.03.2026;b;2.50\n"


@pytest.mark.parametrize(
    ("header", "currency", "is_asked"),
    [
        ("Valor (R$)", "BRL", False),
        ("Amount [₦]", "NGN", False),
        ("Amount (KSH)", "KES", False),
        ("Amount in RM", "MYR", False),
        ("Betrag €", "EUR", False),
        ("Suma (lei)", "RON", False),
        ("Amount ($)", "USD", True),
        ("Amount (Rs.)", "INR", True),
        ("Amount (net)", "EUR", True),
        ("Gs", "EUR", True),
    ],
)
def test_a_mark_in_the_header_of_the_amount_states_the_currency(
    tmp_path: Path, header: str, currency: str, is_asked: bool
) -> None:
    made = draft(tmp_path, NAMED.format(header))

    assert (made.values["currency"], "currency" in made.marked) == (currency, is_asked)
    assert {line.amount.currency for line in made.statement.lines} == {currency}


def test_a_mark_that_only_one_currency_has_stands_above_a_column_of_currencies_and_a_shared_one_below(
    tmp_path: Path,
) -> None:
    rows = "Date;Text;Amount ({});Currency\n13.03.2026;a;-1.50;EUR\n14.03.2026;b;2.50;USD\n"
    own, shared = (draft(tmp_path, rows.format(mark)) for mark in ("R$", "$"))

    assert own.says("currency", "columns.currency") == ["BRL", None]
    assert shared.says("currency", "columns.currency") == [None, "Currency"]


def test_the_marks_of_the_amounts_stand_above_that_of_the_balance(tmp_path: Path) -> None:
    rows = "13.03.2026;a;1.50;;99\n14.03.2026;b;;2.50;98\n"
    one, two = (draft(tmp_path, f"Date;Text;Debit{mark};Credit;Balance (₦)\n{rows}") for mark in ("", " (R$)"))

    assert (one.values["currency"], two.values["currency"]) == ("NGN", "BRL")


@pytest.mark.parametrize(
    ("above", "currency", "label", "words"),
    [
        ("Valuta: LEI", "RON", "Valuta", {"LEI": "RON"}),
        ("Valuta;LEI", "RON", "Valuta", {"LEI": "RON"}),
        ("Moneda: PESOS MEXICANOS", "MXN", "Moneda", {"PESOS MEXICANOS": "MXN"}),
        ("Moeda: EUR", "EUR", "Moeda", None),
        ("Currency: US$", "USD", "Currency", {"US$": "USD"}),
    ],
)
def test_a_currency_above_the_table_is_read_in_every_file(
    tmp_path: Path, above: str, currency: str, label: str, words: dict[str, str] | None
) -> None:
    made = draft(tmp_path, f"{above}\n{NAMED.format('Amount')}")

    assert made.says("outside.currency", "currency", "currency_words") == [{"label": label}, None, words]
    assert {line.amount.currency for line in made.statement.lines} == {currency}
    assert ("currency_words" in made.marked) is (words is not None)


def test_a_mark_of_several_currencies_means_the_one_that_stands_above_the_table(tmp_path: Path) -> None:
    rows = "Date;Text;Amount\n13.03.2026;a;$-1500\n14.03.2026;b;$2500\n"
    made = draft(tmp_path, f"Moneda: PESOS DE CHILE\n{rows}")

    assert made.values["numbers.symbols"] == {"$": "CLP"}
    assert "symbols" in made.marked
