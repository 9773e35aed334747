"""A draft finds amount, sign and balance: proven by arithmetic, else by what headers and words say, else marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from importer.reader.draft.arithmetic import Flow, flow
from importer.reader.draft.words import role, side_words
from tests.unit.drafts import draft

DAYS = [dt.date(2026, 3, day) for day in (2, 3, 4)]


def numbers(*texts: str) -> list[Decimal | None]:
    return [Decimal(text) if text else None for text in texts]


@pytest.mark.parametrize(
    ("amounts", "balances", "days", "expected"),
    [
        (("1", "2", "-5"), ("11", "13", "8"), DAYS, Flow(2, 1, "oldest_first", "after", is_dated=True)),
        (("-5", "2", "1"), ("8", "13", "11"), DAYS[::-1], Flow(2, 1, "newest_first", "after", is_dated=True)),
        (("-1", "-2", "5"), ("11", "13", "8"), DAYS, Flow(2, -1, "oldest_first", "after", is_dated=True)),
        (("1", "2", "-5"), ("10", "11", "13"), DAYS, Flow(2, 1, "oldest_first", "before", is_dated=True)),
        (("1", "2", "-5"), ("11", "", "8"), DAYS, Flow(1, 1, "oldest_first", "after", is_dated=True)),
        (("1", "2", "-5"), ("11", "13", "8"), [DAYS[0]] * 3, Flow(2, 1, "oldest_first", "after", is_dated=False)),
        # The dates run against the balances: the order is not shown, and no sign is turned for it.
        (("1", "2", "-5"), ("11", "13", "8"), DAYS[::-1], Flow(2, 1, "oldest_first", "after", is_dated=False)),
        (("1", "2", "-5"), ("11", "13", "9"), DAYS, None),
        (("0", "0", "0"), ("11", "11", "11"), DAYS, None),
    ],
)
def test_balances_that_follow_from_amounts_show_order_and_sign(
    amounts: Sequence[str], balances: Sequence[str], days: Sequence[dt.date], expected: Flow | None
) -> None:
    assert flow(numbers(*amounts), numbers(*balances), days) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["S", "H"], (["S"], ["H"], True)),
        (["Credit", "Debit"], (["Debit"], ["Credit"], True)),
        (["借 Dr", "贷 Cr"], (["借 Dr"], ["贷 Cr"], True)),
        (["Af"], (["Af"], ["BIJ"], True)),
        (["Дебет", "Кредит"], (["Дебет"], ["Кредит"], True)),
        (["D", "K"], (["D"], ["K"], True)),
        (["K", "J"], (["K"], ["J"], False)),
        (["C", "A"], (["C"], ["A"], False)),
        (["支出", "收入", "/"], (["支出"], ["收入"], True)),
        (["Gutschrift", "Zahlung"], None),
        (["foo", "bar"], None),
        ([], None),
    ],
)
def test_words_say_debit_and_credit_at_every_bank_or_only_at_some(
    words: list[str], expected: tuple[list[str], list[str], bool] | None
) -> None:
    assert side_words(words) == expected


@pytest.mark.parametrize(
    ("group", "header", "expected"),
    [
        ("numbers", "Saldo nach Buchung", "balance"),
        ("numbers", "Credit/Debit Amount", "amount"),
        ("numbers", "Importo di fatturazione in uscita", "debit"),
        ("numbers", "Entrate", "credit"),
        ("numbers", "Wechselkurs", "rate"),
        ("numbers", "Betrag Fremdwährung", "foreign"),
        ("numbers", "Betrag Einzelzahlung (CHF)", "part"),
        ("numbers", "D\ufffdbit", "debit"),
        ("numbers", "Cума списання", "debit"),
        ("numbers", "金额", "amount"),
        ("numbers", "Inn", "credit"),
        ("numbers", "Innings", ""),
        ("numbers", "Avant commission", "amount"),
        ("numbers", "Commission", "fee"),
        ("numbers", "Kwota w walucie obcej", "foreign"),
        ("numbers", "Kwota w walucie rachunku", "amount"),
        ("numbers", "Kontonummer", "count"),
        ("numbers", "", ""),
        ("numbers", "Салдо", "balance"),
        ("numbers", "คงเหลือ", "balance"),
        ("numbers", "Staða", "balance"),
        ("numbers", "الرصيد", "balance"),
        ("texts", "Motif du refus", "status"),
        ("texts", "Reject reason", "status"),
        ("texts", "Grund der Ablehnung", "status"),
        ("dates", "Buchungstag", "booked"),
        ("dates", "Date de valeur", "value"),
        ("dates", "Fälligkeitsdatum", "other"),
        ("dates", "Дата", "day"),
        ("texts", "Auftraggeber/Empfänger", "counterparty"),
        ("texts", "Kategorie", "other"),
    ],
)
def test_headers_say_what_a_column_holds(group: str, header: str, expected: str) -> None:
    assert role(group, header) == expected


SIGNED = "Date;Text;{};{}\n13.03.2026;a;-1.000,50;99,50\n14.03.2026;b;5,00;104,50\n15.03.2026;c;-4,50;100,00\n"
TURNED = "Date;Text;{};{}\n13.03.2026;a;1.000,50;99,50\n14.03.2026;b;-5,00;104,50\n15.03.2026;c;4,50;100,00\n"
SIDES = "Date;Text;{};{};{}\n13.03.2026;a;1.000,50;;99,50\n14.03.2026;b;;5,00;104,50\n15.03.2026;c;4,50;;100,00\n"
WORDS = "Date;Text;{};{};{}\n13.03.2026;a;1.000,50;{};99,50\n14.03.2026;b;5,00;{};104,50\n15.03.2026;c;4,50;{};100,00\n"
READ = ["-1000.50", "5.00", "-4.50"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SIGNED.format("Betrag", "Saldo"), {"amount": "Betrag", "balance": "Saldo", "model": "signed"}),
        (TURNED.format("Sum", "Balance"), {"amount": "Sum", "balance": "Balance", "model": "inverted"}),
        (SIDES.format("Soll", "Haben", "Saldo"), {"debit": "Soll", "credit": "Haben", "model": "debit_credit"}),
        (
            SIDES.format("Soll", "Haben", "Saldo").replace(";1.0", ";-1.0").replace(";4,50", ";-4,50"),
            {"model": "debit_credit_signed"},
        ),
        # The headers lie; the balance does not.
        (SIDES.format("Haben", "Soll", "Saldo"), {"debit": "Haben", "credit": "Soll", "model": "debit_credit"}),
        (
            WORDS.format("Betrag", "S/H", "Saldo", "S", "H", "S"),
            {"indicator": "S/H", "debit words": ["S"], "credit words": ["H"]},
        ),
        (
            WORDS.format("Betrag", "X", "Saldo", "K", "J", "K"),
            {"indicator": "X", "debit words": ["K"], "credit words": ["J"]},
        ),
        (WORDS.format("Betrag", "X", "Saldo", "", "CR", ""), {"credit words": ["CR"], "otherwise": "debit"}),
    ],
)
def test_a_balance_proves_amount_and_sign(tmp_path: Path, content: str, said: dict[str, object]) -> None:
    made = draft(tmp_path, content)
    keys = {
        "model": "amounts.model",
        "debit words": "amounts.debit",
        "credit words": "amounts.credit",
        "otherwise": "amounts.otherwise",
    }

    assert {key: made.values[keys.get(key, f"columns.{key}")] for key in said} == said
    assert [amount for _, amount in made.lines] == READ
    assert (made.values["running"], made.values["order"]) == ("after", "oldest_first")
    assert {"amount", "model", "indicator", "order", "running"} & set(made.marked) == set()
    assert "proven: balance arithmetic on 2 rows" in dict(made.remarks)["model"]


def test_words_that_nobody_knows_are_explained_by_the_balance_only(tmp_path: Path) -> None:
    rows = WORDS.format("Betrag", "X", "Saldo", "foo", "bar", "foo") + "16.03.2026;d;1,00;bar;101,00\n"
    proven, unproven = draft(tmp_path, rows), draft(tmp_path, rows.replace("101,00", "999,00"))

    assert proven.says("columns.indicator", "amounts.debit", "amounts.credit") == ["X", ["foo"], ["bar"]]
    assert unproven.says("columns.indicator", "amounts.model") == [None, "signed"]
    assert "model" in unproven.marked


def test_a_balance_before_each_booking_is_told(tmp_path: Path) -> None:
    rows = "13.03.2026;a;-1,00;100,00\n14.03.2026;b;5,00;99,00\n15.03.2026;c;-4,50;104,00\n"
    made = draft(tmp_path, f"Date;Text;Amount;Balance\n{rows}")

    assert (made.values["running"], made.values["amounts.model"], made.marked) == ("before", "signed", ["currency"])


def test_a_balance_that_the_dates_contradict_leaves_the_sign_to_a_person(tmp_path: Path) -> None:
    made = draft(tmp_path, SIGNED.format("Betrag", "Saldo").replace("13.03", "17.03").replace("14.03", "16.03"))

    assert [amount for _, amount in made.lines] == READ
    assert {"order", "model"} <= set(made.marked)


def test_a_balance_that_counts_rows_which_are_left_out_is_not_checked(tmp_path: Path) -> None:
    rows = "13.03.2026;a;-1,00;99,00;booked\n14.03.2026;b;5,00;104,00;pending\n15.03.2026;c;-4,50;99,50;booked\n"
    made = draft(tmp_path, f"Date;Text;Amount;Balance;Status\n{rows}")

    assert "running" not in made.values
    assert [amount for _, amount in made.lines] == ["-1.00", "-4.50"]
    assert "equals" in made.marked


PLAIN = "Date;Text;{}\n"


@pytest.mark.parametrize(
    ("header", "rows", "said", "marked"),
    [
        ("Betrag", ["-1,00", "2,00"], ["Betrag", "signed"], ["model"]),
        ("Betrag", ["1,00", "2,00"], ["Betrag", "signed"], ["model"]),
        ("Betrag;Karte", ["1,00;x", "2,00;y"], ["Betrag", "inverted"], ["model"]),
        ("Betrag;Originalbetrag", ["-1,00;-1,10", "2,00;2,20"], ["Betrag", "signed"], ["model"]),
        ("Betrag;Summe", ["-1,00;-1,10", "2,00;2,20"], ["Betrag", "signed"], ["amount", "model"]),
        ("Eins;Zwei", ["-1,00;-1,10", "2,00;2,20"], ["Eins", "signed"], ["amount", "model"]),
        ("Betrag;D/C", ["1,00;D", "2,00;C"], ["Betrag", "indicator"], []),
        ("Betrag;D/C", ["-1,00;D", "2,00;C"], ["Betrag", "signed"], []),
        ("Betrag;D/C", ["1,00;D", "-2,00;C"], ["Betrag", "inverted"], []),
        ("Betrag;K/J", ["1,00;K", "2,00;J"], ["Betrag", "indicator"], ["debit", "credit"]),
        ("Betrag;D/C", ["1,00;D", "2,00;D"], ["Betrag", "indicator"], ["credit"]),
        ("Betrag", ["1,00 Dr", "2,00 Cr"], ["Betrag", "word_in_cell"], []),
        ("Betrag", ["1,00", "+2,00"], ["Betrag", "word_in_cell"], ["model", "credit", "otherwise"]),
    ],
)
def test_without_a_balance_the_sign_is_said_or_marked(
    tmp_path: Path, header: str, rows: list[str], said: list[object], marked: list[str]
) -> None:
    lines = "".join(f"{13 + number}.03.2026;a;{row}\n" for number, row in enumerate(rows))
    made = draft(tmp_path, PLAIN.format(header) + lines)

    assert made.says("columns.amount", "amounts.model") == said
    assert [key for key in made.marked if key not in ("currency", "decimal", "text")] == marked


@pytest.mark.parametrize(
    ("header", "rows", "said", "marked"),
    [
        ("Soll;Haben", ["1,00;", ";2,00"], ["Soll", "Haben", "debit_credit", None], []),
        ("Haben;Soll", [";1,00", "2,00;"], ["Soll", "Haben", "debit_credit", None], []),
        ("Приход;Разход", ["0,00;1,00", "2,00;0,00"], ["Разход", "Приход", "debit_credit", None], []),
        ("Uscite;Entrate", ["-1,00;", ";2,00"], ["Uscite", "Entrate", "debit_credit_signed", None], []),
        ("Soll;Haben", ["1,00;0,00", "0,00;2,00"], ["Soll", "Haben", "debit_credit", None], []),
        ("Soll;Haben", [";1,00", ";2,00"], ["Soll", "Haben", "debit_credit", None], ["model"]),
        ("Soll;Haben", ["1,00;", "-3,00;"], ["Soll", "Haben", "debit_credit_signed", True], ["model", "reversals"]),
        ("Eins;Zwei", ["1,00;", ";2,00"], ["Eins", "Zwei", "debit_credit", None], ["debit", "credit", "model"]),
        ("Betrag;Soll;Haben", ["-1,00;1,00;", "2,00;;2,00"], ["Soll", "Haben", "debit_credit", None], []),
        (
            "Soll;Haben;Soll netto;Haben netto",
            ["1,00;;1,00;", ";2,00;;2,00"],
            ["Soll", "Haben", "debit_credit", None],
            [],
        ),
        (
            "Soll;Haben;Eins;Zwei",
            ["1,00;;1,10;", ";2,00;;2,20"],
            ["Soll", "Haben", "debit_credit", None],
            [],
        ),
    ],
)
def test_two_columns_are_debit_and_credit(
    tmp_path: Path, header: str, rows: list[str], said: list[object], marked: list[str]
) -> None:
    lines = "".join(f"{13 + number}.03.2026;a;{row}\n" for number, row in enumerate(rows))
    made = draft(tmp_path, PLAIN.format(header) + lines)

    assert made.says("columns.debit", "columns.credit", "amounts.model", "amounts.reversals") == said
    assert [key for key in made.marked if key not in ("currency", "decimal")] == marked


@pytest.mark.parametrize(
    ("header", "pair", "remark"),
    [
        (
            "Net debit (X);Gross debit;Gross credit;Net credit (X)",
            ["Net debit (X)", "Net credit (X)"],
            'CONFIRM: or "Gross debit" with "Gross credit"',
        ),
        (
            "Debit A;Debit B;Credit C;Credit D",
            ["Debit A", "Credit C"],
            'CONFIRM: or "Debit A" with "Credit D" or "Debit B" with "Credit C" or "Debit B" with "Credit D"',
        ),
    ],
)
def test_of_several_debits_and_credits_those_count_that_say_the_same_beside_it_and_the_others_are_told(
    tmp_path: Path, header: str, pair: list[str], remark: str
) -> None:
    made = draft(tmp_path, f"Date;Text;{header}\n13.03.2026;a;1,00;1,50;;\n14.03.2026;b;;;3,00;2,00\n")

    assert made.says("columns.debit", "columns.credit") == pair
    assert [why for key, why in made.remarks if key in ("debit", "credit")] == [remark] * 2


def test_numbers_that_are_no_money_are_no_amounts(tmp_path: Path) -> None:
    head = "Date;Text;Cheque no;Card;Rate;MCC;Amount\n"
    made = draft(tmp_path, head + "13.03.2026;a;101;4567;1,05;5411;1,00\n14.03.2026;b;102;4567;1,07;5411;-2,00\n")

    assert (made.values["columns.amount"], "amount" in made.marked) == ("Amount", False)


def test_a_column_without_a_name_is_called_as_the_currency_before_it(tmp_path: Path) -> None:
    rows = "13-03-2026,a,EUR,-1.00,EUR,9.00,x\n14-03-2026,b,EUR,2.00,EUR,12.00,y\n"
    made = draft(tmp_path, f"Datum,Omschrijving,Mutatie,,Saldo,,Order\n{rows}")

    assert made.says("columns.amount", "columns.balance") == [4, 6]


def test_fees_beside_the_amount_are_told(tmp_path: Path) -> None:
    made = draft(tmp_path, "Date;Text;Amount;Fee\n13.03.2026;a;-1,00;0,50\n14.03.2026;b;2,00;0,00\n")

    assert '# CONFIRM: column "Fee" holds fees.' in made.text
