"""Marks of currencies beside numbers are no words for debit and credit, and a draft says what it does not know of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.reader.draft.words import side_words
from tests.unit.drafts import draft


def table(*amounts: str, header: str = "Amount") -> str:
    rows = "".join(f"{day}.03.2026|a|{amount}\n" for day, amount in enumerate(amounts, 13))
    return f"Date|Text|{header}\n{rows}"


@pytest.mark.parametrize("mark", ["S/", "S/.", "S$", "D$", "C$", "A$", "K.S$"])
def test_a_letter_beside_a_mark_says_no_side(mark: str) -> None:
    assert side_words([mark]) is None


@pytest.mark.parametrize("word", ["D", "D.", "(D)", "c", "借 Dr"])
def test_a_letter_that_stands_alone_says_a_side(word: str) -> None:
    assert side_words([word]) is not None


@pytest.mark.parametrize(
    ("amounts", "model", "currency", "read"),
    [
        (["S/ -1,250.50", "S/ 20,000.00"], "signed", "PEN", ["-1250.50", "20000.00"]),
        (["S/ 1,250.50", "S/ 20,000.00"], "signed", "PEN", ["1250.50", "20000.00"]),
        (["S$1,250.50", "S$20,000.00"], "signed", "SGD", ["1250.50", "20000.00"]),
        (["C$1,250.50", "C$20,000.00"], "signed", "CAD", ["1250.50", "20000.00"]),
        (["A$1,250.50", "-A$20,000.00"], "signed", "AUD", ["1250.50", "-20000.00"]),
        (["K1,250.50", "K20,000.00"], "signed", "XXX", ["1250.50", "20000.00"]),
        (["D 1,250.50", "-D 20,000.00"], "signed", "XXX", ["1250.50", "-20000.00"]),
        (["1,250.50 D", "20,000.00 C"], "word_in_cell", "EUR", ["-1250.50", "20000.00"]),
    ],
)
def test_a_mark_of_a_currency_turns_no_amount(
    tmp_path: Path, amounts: list[str], model: str, currency: str, read: list[str]
) -> None:
    made = draft(tmp_path, table(*amounts))

    assert made.values["amounts.model"] == model
    assert [(line.amount.text(), line.amount.currency) for line in made.statement.lines] == [
        (amount, currency) for amount in read
    ]


def test_a_letter_that_no_currency_is_known_for_is_asked_about(tmp_path: Path) -> None:
    made = draft(tmp_path, table("K1,250.50", "K20,000.00"))

    assert made.says("numbers.symbols", "currency") == [{"K": ""}, "XXX"]
    assert {"symbols", "currency", "model"} <= {*made.marked}


def test_a_letter_is_the_same_mark_beside_the_balance(tmp_path: Path) -> None:
    made = draft(tmp_path, table("K5.50|K15.50", "K-2.00|K13.50", "K1.00|K14.50", header="Amount|Balance"))

    assert [amount for _, amount in made.lines] == ["5.50", "-2.00", "1.00"]
    assert made.values["columns.balance"] == "Balance"


def test_a_word_that_every_amount_has_is_not_proven_to_say_a_side(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1.50 Cr", "2.00 Cr"))

    assert made.says("amounts.model", "amounts.credit") == ["word_in_cell", ["Cr"]]
    assert {"model", "debit", "credit"} <= {*made.marked}
    assert dict(made.remarks)["model"].startswith('CONFIRM: every amount has "Cr"; does it say the side')


@pytest.mark.parametrize(
    ("mark", "currency"),
    [
        ("₱", "PHP"), ("₦", "NGN"), ("GH₵", "GHS"), ("KSh", "KES"), ("RM", "MYR"), ("HK$", "HKD"), ("৳", "BDT"),
        ("₸", "KZT"), ("₾", "GEL"), ("₡", "CRC"), ("B/.", "PAB"), ("NT$", "TWD"), ("Q", "GTQ"),
        ("L.", "HNL"), ("Rs.", "INR"), ("Z$", "XXX"), ("Le", "XXX"), ("P", "XXX"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{sign}{mark}{number}", "{mark} {sign}{number}"])
def test_numbers_with_the_mark_of_any_currency_are_amounts(tmp_path: Path, mark: str, currency: str, form: str) -> None:
    amounts = [
        form.format(sign=sign, mark=mark, number=number) for sign, number in (("-", "1,250.50"), ("", "20,000.00"))
    ]
    rows = "".join(f'{day}/03/2026,a,"{amount}"\n' for day, amount in enumerate(amounts, 13))
    made = draft(tmp_path, f"Date,Text,Amount\n{rows}")

    assert made.says("columns.amount", "file.quote", "table.rows") == ["Amount", None, None]
    assert [(line.amount.text(), line.amount.currency) for line in made.statement.lines] == [
        ("-1250.50", currency),
        ("20000.00", currency),
    ]
    assert currency != "XXX" or {"symbols", "currency"} <= {*made.marked}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Amount", ["P1.50", "Q2.50"]),  # two marks
        ("Amount", ["Pfund1.50", "Pfund2.50"]),  # no short one
        ("Foo", ["P1.50", "P2.50"]),  # no header that speaks of money
        ("Amount", ["P1.50", "2.50"]),  # some have none
    ],
)
def test_what_is_no_mark_makes_no_amounts(tmp_path: Path, header: str, cells: list[str]) -> None:
    made = draft(tmp_path, table(*cells, header=header))

    assert made.says("columns.amount", "numbers.symbols") == [None, None]
