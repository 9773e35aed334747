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
