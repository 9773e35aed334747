"""A draft reads headers of many languages: which column is debit, credit, amount, balance and value date, none marked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.drafts import draft

BOOKINGS = (("02", "1190.00"), ("03", "-59.90"), ("05", "-1234.56"), ("17", "250.00"))
BALANCES = ("2190.00", "2130.10", "895.54", "1145.54")
READ = [(f"2026-03-{day}", amount) for day, amount in BOOKINGS]


def comma(number: str) -> str:
    return f"{Decimal(number):,.2f}".translate(str.maketrans(",.", ".,"))


def row(number: int, fields: list[str]) -> str:
    """One booking with these fields of a mapping, in their order."""
    day, amount = BOOKINGS[number]
    paid = amount.startswith("-")
    cells = {
        "booked_on": f"{day}.03.2026",
        "value_on": f"{day}.03.2026",
        "text": f"text {number}",
        "debit": comma(amount[1:]) if paid else "",
        "credit": "" if paid else comma(amount),
        "amount": comma(amount),
        "balance": comma(BALANCES[number]),
    }
    return ";".join(cells[field] for field in fields)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(
            {"booked_on": "Data mov.", "value_on": "Data valor", "debit": "Débito", "credit": "Crédito"},
            id="Portuguese",
        ),
        pytest.param(
            {"value_on": "Datum valute", "debit": "Iznos isplate", "credit": "Iznos uplate", "balance": "Stanje"},
            id="Croatian",
        ),
        pytest.param({"booked_on": "Datum knjiženja", "debit": "Na teret", "credit": "U korist"}, id="Serbian"),
        pytest.param(
            {"booked_on": "Fecha", "debit": "Retiros", "credit": "Depósitos", "balance": "Saldo"}, id="Spanish"
        ),
        pytest.param({"booked_on": "Дата", "debit": "Дебит", "credit": "Кредит", "balance": "Салдо"}, id="Bulgarian"),
        pytest.param({"booked_on": "Ngày giao dịch", "debit": "Ghi nợ", "credit": "Ghi có"}, id="Vietnamese"),
        pytest.param({"booked_on": "วันที่", "debit": "ถอนเงิน", "credit": "ฝากเงิน", "balance": "คงเหลือ"}, id="Thai"),
        pytest.param(
            {"booked_on": "Ημερομηνία", "value_on": "Τοκισμός από", "debit": "Χρέωση", "credit": "Πίστωση"}, id="Greek"
        ),
        pytest.param(
            {"booked_on": "Dagsetning", "value_on": "Vaxtadagur", "amount": "Upphæð", "balance": "Staða"},
            id="Icelandic",
        ),
        pytest.param(
            {
                "booked_on": "Data operacji",
                "value_on": "Data waluty",
                "amount": "Kwota",
                "balance": "Saldo po operacji",
            },
            id="Polish",
        ),
        pytest.param({"booked_on": "Dato", "debit": "Ut fra konto", "credit": "Inn på konto"}, id="Norwegian"),
        pytest.param({"booked_on": "التاريخ", "debit": "مدين", "credit": "دائن", "balance": "الرصيد"}, id="Arabic"),
    ],
)
def test_columns_are_found_by_their_headers(tmp_path: Path, columns: dict[str, str]) -> None:
    columns = {"booked_on": "Datum", **columns, "text": "Info text"}
    rows = [";".join(columns.values()), *(row(number, list(columns)) for number in range(len(BOOKINGS)))]
    made = draft(tmp_path, "\n".join(rows) + "\n")

    assert {field: made.values[f"columns.{field}"] for field in columns} == columns
    assert not {"debit", "credit", "amount", "balance", "booked_on", "value_on"} & set(made.marked)
    assert made.lines == READ


def test_greek_letters_for_debit_and_credit_are_told_but_marked(tmp_path: Path) -> None:
    rows = "13.03.2026;a text;1.190,00;Π\n14.03.2026;b text;59,90;Χ\n"
    made = draft(tmp_path, f"Ημερομηνία;Αιτιολογία;Ποσό;Πρόσημο ποσού\n{rows}")

    assert made.says("amounts.debit", "amounts.credit") == [["Χ"], ["Π"]]
    assert {"debit", "credit"} <= set(made.marked)
    assert made.lines == [("2026-03-13", "1190.00"), ("2026-03-14", "-59.90")]


def test_a_text_that_says_that_money_is_only_reserved_leaves_rows_out(tmp_path: Path) -> None:
    rows = "13.03.2026;Giro;1,50;\n14.03.2026;Kjøp  Reservert transaksjon ;;2,00\n"
    made = draft(tmp_path, f"Dato;Forklaring;Ut fra konto;Inn på konto\n{rows}")

    assert made.lines == [("2026-03-13", "-1.50")]
    assert "pattern" in made.marked
