"""A draft finds account, currency, names and texts, in columns and around the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import draft

ROWS = ("13.03.2026;a text;-1,50;{}\n", "14.03.2026;b text;2,00;{}\n")
OURS, THEIRS = "DE02120300000000202051", "DE89370400440532013000"


def table(header: str, one: str, other: str, above: str = "") -> str:
    return f"{above}Datum;Text;Betrag;{header}\n" + ROWS[0].format(one) + ROWS[1].format(other)


@pytest.mark.parametrize(
    ("content", "said", "marked"),
    [
        (table("Währung", "EUR", "EUR"), {"columns.currency": "Währung"}, []),
        (table("Valuta", "EUR", "USD"), {"columns.currency": "Valuta"}, []),
        (table("Währung", "EUR", ""), {"columns.currency": "Währung", "currency": "EUR"}, ["currency"]),
        (table("Währung;Originalwährung", "EUR;USD", "EUR;GBP"), {"columns.currency": "Währung"}, []),
        (table("Currency;Card currency", "EUR;USD", "EUR;GBP"), {"columns.currency": "Currency"}, ["currency"]),
        (table("Валюта", "грн", "грн"), {"currency_words": {"грн": "UAH"}}, ["currency_words"]),
        (table("Währung", "chf", "usd"), {"columns.currency": "Währung", "small_currencies": True}, []),
        (table("Code", "CHF", "CHF"), {"columns.currency": "Code"}, ["currency"]),
        (table("Code", "chf", "chf"), {"columns.currency": "Code", "small_currencies": True}, ["currency"]),
        (table("Code", "Chf", "Chf"), {"currency": "EUR"}, ["currency"]),
        (table("Code", "CHF", ""), {"currency": "EUR"}, ["currency"]),
        (table("Code", "CHF", "XYZ"), {"currency": "EUR"}, ["currency"]),
        (table("Originalwährung", "CHF", "CHF"), {"currency": "EUR"}, ["currency"]),
        (table("Code", "CHF", "CHF", "Währung;SEK\n\n"), {"outside.currency": {"label": "Währung"}}, []),
        (table("Saldo CHF", "9,00", "7,00"), {"columns.balance": {"pattern": "Saldo (?P<currency>[A-Z]{3})"}}, []),
        (table("Info", "x", "y", "Währung;SEK\n\n"), {"outside.currency": {"label": "Währung"}}, []),
        (table("Info", "x", "y", "Kontokorrent CHF 123\n\n"), {"currency": "CHF"}, ["currency"]),
        (table("Konto", "CH9300762011623852957", "CH9300762011623852957"), {"currency": "CHF"}, ["currency"]),
        (table("Info", "x", "y"), {"currency": "EUR"}, ["currency"]),
    ],
)
def test_the_currency_is_found_or_marked(
    tmp_path: Path, content: str, said: dict[str, object], marked: list[str]
) -> None:
    made = draft(tmp_path, content)

    assert {key: made.values[key] for key in said} == said
    assert [key for key in made.marked if key.startswith("currency")] == marked
    assert made.statement.lines


def test_a_mark_beside_every_amount_says_the_currency_already(tmp_path: Path) -> None:
    made = draft(tmp_path, table("Code", "CHF", "CHF").replace("50;", "50 €;").replace("00;", "00 €;"))

    assert made.says("columns.currency", "currency") == [None, None]
    assert [line.amount.currency for line in made.statement.lines] == ["EUR", "EUR"]


def test_a_currency_in_a_header_stands_for_others_too(tmp_path: Path) -> None:
    made = draft(
        tmp_path, "Datum;Text;Belastung (CHF);Gutschrift (CHF)\n13.03.2026;a text;1.50;\n14.03.2026;b text;;2.00\n"
    )

    assert made.values["table.header"][2:] == [
        {"pattern": r"Belastung \((?P<currency>[A-Z]{3})\)"},
        {"pattern": r"Gutschrift \((?P<currency>[A-Z]{3})\)"},
    ]
    assert [str(line.amount) for line in made.statement.lines] == ["-1.50 CHF", "2.00 CHF"]


def test_debit_and_credit_may_have_currencies_of_their_own(tmp_path: Path) -> None:
    head = "Date;Text;Debit;Debit currency;Credit;Credit currency\n"
    made = draft(tmp_path, head + "13.03.2026;a text;-1.50;CHF;;\n14.03.2026;b text;;;2.00;USD\n")

    assert [str(line.amount) for line in made.statement.lines] == ["-1.50 CHF", "2.00 USD"]


def test_a_balance_that_runs_through_all_rows_shows_that_another_column_is_not_the_currency(tmp_path: Path) -> None:
    rows = "13.03.2026;a text;-1,00;9,00;CHF\n14.03.2026;b text;2,00;11,00;USD\n15.03.2026;c text;-4,50;6,50;CHF\n"
    for header in ("Asset currency", "Asset"):
        made = draft(tmp_path, f"Datum;Text;Betrag;Saldo;{header}\n{rows}")

        assert "columns.currency" not in made.values
        assert "currency" in made.marked


@pytest.mark.parametrize(
    ("codes", "remark"),
    [
        (("USD", "Text"), "CONFIRM: it holds a currency in every row; is it that of the amounts?"),
        (("USD", "CHF"), "CONFIRM: or 5; it holds a currency in every row; is it that of the amounts?"),
    ],
)
def test_a_currency_in_every_row_is_taken_where_no_header_speaks_of_it(
    tmp_path: Path, codes: tuple[str, str], remark: str
) -> None:
    made = draft(tmp_path, "".join(f"{day}.03.2026;a text;-1,50;{';'.join(codes)}\n" for day in (13, 14)))

    assert [line.amount.currency for line in made.statement.lines] == ["USD", "USD"]
    assert ("currency", remark) in made.remarks


@pytest.mark.parametrize(
    ("content", "account", "iban", "marked"),
    [
        (table("Auftragskonto", OURS, OURS), "Auftragskonto", None, []),
        (table("IBAN Zahlungsbeteiligter", THEIRS, ""), None, "IBAN Zahlungsbeteiligter", []),
        (table("Konto;Partner IBAN", f"{OURS};{THEIRS}", f"{OURS};"), "Konto", "Partner IBAN", []),
        (table("X", OURS, OURS), "X", None, ["account"]),
        (table("X", THEIRS, ""), None, None, []),
        (table("Kategorie", "Einkauf", "Miete"), None, None, []),
    ],
)
def test_our_account_is_told_from_theirs(
    tmp_path: Path, content: str, account: str | None, iban: str | None, marked: list[str]
) -> None:
    made = draft(tmp_path, content)

    assert made.says("columns.account", "columns.iban") == [account, iban]
    assert [key for key in made.marked if key in ("account", "iban", "several_accounts")] == marked


def test_several_accounts_in_a_file_are_marked(tmp_path: Path) -> None:
    rows = (
        f"13.03.2026;a;1,50;{OURS}\n14.03.2026;b;-2,00;{OURS}\n15.03.2026;c;3,00;{THEIRS}\n16.03.2026;d;4,00;{THEIRS}\n"
    )
    made = draft(tmp_path, f"Datum;Text;Betrag;Konto\n{rows}")

    assert made.says("columns.account", "several_accounts") == ["Konto", True]
    assert "several_accounts" in made.marked
    assert len(made.statement.lines) == 4


@pytest.mark.parametrize(
    ("above", "label", "marked"),
    [
        (f"IBAN:;{OURS}\n\n", "IBAN:", False),
        ("Konto DE02 1203 0000 0000 2020 51\n\n", "Konto", False),
        ("Kontonummer;1234567\n\n", "Kontonummer", True),
    ],
)
def test_the_account_above_the_table_is_taken(tmp_path: Path, above: str, label: str, marked: bool) -> None:
    made = draft(tmp_path, table("Info", "x", "y", above))

    assert (made.values["outside.account"], "account" in made.marked) == ({"label": label}, marked)
    assert made.statement.account


def test_no_account_is_taken_from_other_lines_above(tmp_path: Path) -> None:
    assert (
        "outside.account"
        not in draft(tmp_path, table("Info", "x", "y", "Kontoauszug vom;01.03.2026\nName;Demo GmbH\n\n")).values
    )


@pytest.mark.parametrize(
    ("above", "below", "found"),
    [
        ("Anfangssaldo;10,00\nEndsaldo;10,50\n\n", "", {"opening": "Anfangssaldo", "closing": "Endsaldo"}),
        ("Saldo alt;10,00\n\n", "Neuer Saldo;10,50\n", {"opening": "Saldo alt", "closing": "Neuer Saldo"}),
        ("Anfangssaldo;10,00\nEndsaldo;11,50\n\n", "", {}),
        ("Verfügbarer Saldo;99,00\n\n", "", {}),
    ],
)
def test_balances_around_the_table_are_taken_when_they_prove_the_amounts(
    tmp_path: Path, above: str, below: str, found: dict[str, str]
) -> None:
    made = draft(tmp_path, table("Info", "x", "y", above) + below)

    assert {
        name: made.values[f"outside.{name}"]["label"]
        for name in ("opening", "closing")
        if f"outside.{name}" in made.values
    } == found


def test_names_references_and_texts_are_found_by_their_headers(tmp_path: Path) -> None:
    head = "Datum;Auftraggeber/Empfänger;BIC;Verwendungszweck;Kundenreferenz;Transaktions-Nr.;Kategorie;Betrag\n"
    rows = "13.03.2026;Adatum;AAAADEBB;RE 1;REF1;T1;x;-1,50\n14.03.2026;Contoso;BBBBDEFF;RE 2;REF2;T2;y;2,00\n"
    made = draft(tmp_path, head + rows)

    assert made.says("columns.counterparty", "columns.text", "columns.reference", "columns.bank_reference") == [
        "Auftraggeber/Empfänger",
        "Verwendungszweck",
        "Kundenreferenz",
        "Transaktions-Nr.",
    ]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;Text;Text;Betrag\n13.03.2026;a text;x;-1,50\n14.03.2026;b text;y;2,00\n")

    assert made.values["columns.text"] == [{"name": "Text", "nth": 1}, {"name": "Text", "nth": 2}]


def test_numbers_that_a_spreadsheet_destroyed_are_left_out_and_told(tmp_path: Path) -> None:
    made = draft(tmp_path, table("Auftragsnummer", "8.82931E+13", "88074906629464"))

    assert "columns.bank_reference" not in made.values
    assert '# Column "Auftragsnummer" is left out: a spreadsheet has destroyed its numbers.' in made.text
    assert made.statement.unread == ()


def test_a_column_without_a_name_that_tells_kinds_of_rows_apart_is_told(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;;Text;Betrag\n13.03.2026;20;a text;-1,50\n14.03.2026;82;b text;2,00\n")

    assert '# CONFIRM: column 2 has no name and holds "20", "82". Are all of these rows bookings?' in made.text


def test_filled_columns_that_the_draft_does_not_use_are_named(tmp_path: Path) -> None:
    content = (
        "Date;Text;Amount;Zusatz;Empty;Status\n13.03.2026;rent;-1,50;RE 4711;;booked\n14.03.2026;toner;2,00;;;pending\n"
    )
    made = draft(tmp_path, content)

    assert '\n# Columns not used: "Zusatz". Where one tells what is paid' in made.text
    assert "Columns not used" not in draft(tmp_path, "Date;Text;Amount\n13.03.2026;rent;-1,50\n").text


def test_without_amounts_the_draft_says_so_and_takes_no_other_column_for_them(tmp_path: Path) -> None:
    made = draft(tmp_path, "Date;Text;Zwei\n13.03.2026;a;x\n14.03.2026;a;y\n")

    assert "columns.amount" not in made.values
    assert "# CONFIRM: no column was found that holds amounts. Name it: amount, or debit and credit" in made.text
    assert "# CONFIRM: with this draft the file cannot be read yet:" in made.text
