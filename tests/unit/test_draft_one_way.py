"""Balances that only fall prove nothing of what was received: words decide, or a person is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafts import draft

# The oldest row is the only one received, and no balance before it shows that.
AMOUNTS = ("9,00", "1,00", "2,00", "3,00", "4,00")
BALANCES = ("99,00", "98,00", "96,00", "93,00", "89,00")
READ = ["9.00", "-1.00", "-2.00", "-3.00", "-4.00"]


def table(header: str, cells: str, *words: str) -> str:
    rows = zip(AMOUNTS, words or ("",) * len(AMOUNTS), BALANCES, strict=True)
    lines = (
        f"{day}.03.2026;a;{cells.format(amount, word)};{balance}\n"
        for day, (amount, word, balance) in enumerate(rows, 13)
    )
    return f"Date;Text;{header};Balance\n{''.join(lines)}"


@pytest.mark.parametrize(
    ("content", "model", "marked"),
    [
        (table("Amount;Side", "{};{}", "Ma", "Wn", "Wn", "Wn", "Wn"), "indicator", set()),
        (table("Importo;Segno", "{};{}", "A", "D", "D", "D", "D"), "indicator", set()),
        (
            table("Amount;Side", "{};{}", "foo", "bar", "bar", "bar", "bar"),
            "indicator",
            {"model", "debit", "credit"},
        ),
        (table("Amount", "{} {}", "CR", "DR", "DR", "DR", "DR"), "word_in_cell", set()),
        (table("Amount", "{} {}", "J", "K", "K", "K", "K"), "word_in_cell", set()),
    ],
)
def test_words_say_what_no_balance_covers(tmp_path: Path, content: str, model: str, marked: set[str]) -> None:
    made = draft(tmp_path, content)

    assert (made.values["amounts.model"], [amount for _, amount in made.lines]) == (model, READ)
    assert {"model", "debit", "credit", "otherwise"} & {*made.marked} == marked


@pytest.mark.parametrize(
    ("cells", "model", "is_asked"), [("{}", "inverted", True), ("-{}", "signed", False)], ids=["bare", "with a minus"]
)
def test_a_sign_is_proven_by_both_sides_or_by_a_minus(tmp_path: Path, cells: str, model: str, is_asked: bool) -> None:
    made = draft(tmp_path, table("Amount", cells))

    assert (made.values["amounts.model"], "model" in made.marked) == (model, is_asked)


def test_what_is_asked_says_what_is_not_shown(tmp_path: Path) -> None:
    remark = dict(draft(tmp_path, table("Amount", "{}")).remarks)["model"]

    assert "balance arithmetic on 4 rows, but all go one way; how does the file write the other side?" in remark


@pytest.mark.parametrize(("words", "marked"), [(("CR", "DR"), set()), (("J", "K"), {"debit", "credit"})])
def test_words_in_cells_that_banks_use_either_way_are_asked_about_without_a_balance(
    tmp_path: Path, words: tuple[str, str], marked: set[str]
) -> None:
    received, paid = words
    made = draft(tmp_path, f"Date;Text;Amount\n13.03.2026;a;1,00 {received}\n14.03.2026;b;2,00 {paid}\n")

    assert [amount for _, amount in made.lines] == ["1.00", "-2.00"]
    assert {"model", "debit", "credit"} & {*made.marked} == marked


def test_words_in_cells_that_the_balance_contradicts_are_asked_about(tmp_path: Path) -> None:
    rows = "13.03.2026;a;1,00 DR;99,00\n14.03.2026;b;2,00 DR;101,00\n15.03.2026;c;3,00 CR;98,00\n"
    made = draft(tmp_path, f"Date;Text;Amount;Balance\n{rows}")

    assert made.says("amounts.debit", "amounts.credit") == [["CR"], ["DR"]]
    assert {"debit", "credit"} <= {*made.marked}
