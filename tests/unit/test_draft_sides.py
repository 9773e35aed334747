"""A draft of debit and credit columns that do not follow the usual signs says what they hold; a person confirms it."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import parse_mapping
from importer.reader import read_statement
from importer.reader.draft.words import role
from tests.unit.drafts import draft

BOTH = "CONFIRM: the column {} holds both signs; the odd ones turn the side"
NEGATIVE = "CONFIRM: the column {} is negative throughout; that turns the side"
SHARED = "CONFIRM: every debit is positive and every credit negative, so negative is taken as received"


def table(*rows: str, header: str = "Debit;Credit") -> str:
    lines = (f"{day}.03.2026;a;{row}\n" for day, row in enumerate(rows, 13))
    return f"Date;Text;{header}\n{''.join(lines)}"


@pytest.mark.parametrize(
    ("rows", "key", "remark", "read"),
    [
        (["1,00;", ";-2,00", ";-3,00"], "model", SHARED, ["-1.00", "2.00", "3.00"]),
        (["1,00;", ";-2,00", ";3,00"], "reversals", BOTH.format("credit"), ["-1.00", "-2.00", "3.00"]),
        (["1,00;", "-4,00;", ";-2,00"], "reversals", NEGATIVE.format("credit"), ["1.00", "-4.00", "-2.00"]),
        (["1,00;0,00", "0,00;-2,00"], "reversals", NEGATIVE.format("credit"), ["-1.00", "-2.00"]),
        ([";-1,00", ";-2,00"], "reversals", NEGATIVE.format("credit"), ["-1.00", "-2.00"]),
    ],
)
def test_signs_that_are_unusual_are_told_and_marked(
    tmp_path: Path, rows: list[str], key: str, remark: str, read: list[str]
) -> None:
    made = draft(tmp_path, table(*rows))

    assert dict(made.remarks)[key] == remark
    assert [amount for _, amount in made.lines] == read


def test_debit_and_credit_that_share_their_sign_are_one_amount_in_two_columns(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1,00;", ";-2,00"))

    assert made.says("columns.amount", "amounts.model", "columns.debit") == [
        {"first_filled": ["Debit", "Credit"]},
        "inverted",
        None,
    ]


def test_columns_that_no_header_calls_debit_and_credit_share_no_sign(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1,00;", ";-2,00", header="One;Two"))

    assert made.says("columns.debit", "columns.credit", "amounts.model") == ["One", "Two", "debit_credit"]
    assert {"debit", "credit", "model", "reversals"} <= {*made.marked}


@pytest.mark.parametrize(
    ("balances", "model", "marked", "read"),
    [
        (("99,00", "101,00", "104,00"), "inverted", set(), ["-1.00", "2.00", "3.00"]),
        (("101,00", "99,00", "96,00"), "signed", {"model"}, ["1.00", "-2.00", "-3.00"]),
    ],
)
def test_the_balance_shows_which_way_a_shared_sign_goes_and_is_asked_about_where_the_words_say_the_other(
    tmp_path: Path, balances: tuple[str, ...], model: str, marked: set[str], read: list[str]
) -> None:
    rows = (f"{row};{balance}" for row, balance in zip(("1,00;", ";-2,00", ";-3,00"), balances, strict=True))
    made = draft(tmp_path, table(*rows, header="Debit;Credit;Balance"))

    assert (made.values["amounts.model"], {"amount", "model"} & {*made.marked}) == (model, marked)
    assert [amount for _, amount in made.lines] == read


def test_of_two_columns_with_a_shared_sign_both_headers_state_the_currency(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1,00;", ";-2,00", header="Debit (USD);Credit (USD)"))

    assert [str(line.amount) for line in made.statement.lines] == ["-1.00 USD", "2.00 USD"]


def test_a_row_without_a_date_may_have_its_amount_in_either_column(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1,00;", ";-2,00").replace("14.03", ";c;;-9,00\n14.03"))

    assert made.values["leave_out"] == [{"column": "Date", "blank": True, "because": "not booked yet"}]


OWED = "right if the balance is what you own, not what you owe"


@pytest.mark.parametrize(
    ("header", "rows", "marked", "turned"),
    [
        (
            "Credit;Debit",
            ["5,00;;95,00", ";2,00;97,00", ";1,00;98,00"],
            ["debit", "credit"],
            "swap the columns of debit and credit",
        ),
        (
            "Amount;Side",
            ["5,00;CR;95,00", "2,00;DR;97,00", "1,00;DR;98,00"],
            ["debit", "credit"],
            "swap the words of debit and credit",
        ),
    ],
)
def test_where_the_balance_contradicts_the_words_for_the_sides_both_ways_are_named(
    tmp_path: Path, header: str, rows: list[str], marked: list[str], turned: str
) -> None:
    made = draft(tmp_path, table(*rows, header=f"{header};Balance"))

    remarks = [remark for key, remark in made.remarks if key in marked and remark.startswith("CONFIRM")]
    assert len(remarks) == len(marked)
    assert all(OWED in remark and turned in remark for remark in remarks)


def test_what_the_remark_on_money_that_is_owed_says_to_do_reads_the_file(tmp_path: Path) -> None:
    rows = ["50,00;;50,00", "30,00;;80,00", ";20,00;60,00", "10,00;;70,00", "5,00;;75,00", ";15,00;60,00"]
    made = draft(tmp_path, table(*rows, header="Debit;Credit;Balance"))
    turned = made.text.replace('= "Debit"', '= "?"').replace('= "Credit"', '= "Debit"').replace('= "?"', '= "Credit"')
    done = "".join(
        line for line in turned.splitlines(keepends=True) if line.split("=")[0].strip() not in ("balance", "running")
    )

    assert "swap the columns of debit and credit, and delete balance and running" in dict(made.remarks)["debit"]
    found = read_statement(made.path, [parse_mapping(done, "card", source="card.toml")], "card")
    assert [line.amount.text() for line in found.lines] == ["-50.00", "-30.00", "20.00", "-10.00", "-5.00", "15.00"]


def test_the_signs_that_only_a_balance_shows_are_those_of_money_that_one_owns(tmp_path: Path) -> None:
    made = draft(tmp_path, table("50,00;150,00", "-100,00;50,00", "20,00;70,00", header="Amount;Balance"))

    assert dict(made.remarks)["model"] == f"proven: balance arithmetic on 2 rows; {OWED}"


def test_one_reversal_among_the_debits_does_not_turn_the_others(tmp_path: Path) -> None:
    made = draft(tmp_path, table("100,00;", "60,00;", "-60,00;", ";70,00"))

    assert (
        dict(made.remarks)["model"] == "CONFIRM: 2 of 3 debits are written without a minus; are the others reversals?"
    )
    assert made.says("amounts.model", "amounts.reversals") == ["debit_credit", True]
    assert [amount for _, amount in made.lines] == ["-100.00", "-60.00", "60.00", "70.00"]


HALF = ["1,00;", ";2,00", "3,00;", ";4,00"]


@pytest.mark.parametrize(
    ("header", "rows", "said", "read"),
    [
        ("Debit;Foo", HALF, ["Debit", "Foo"], ["-1.00", "2.00", "-3.00", "4.00"]),
        ("Foo;Credit", HALF, ["Foo", "Credit"], ["-1.00", "2.00", "-3.00", "4.00"]),
        ("Foo;Debit", HALF, ["Debit", "Foo"], ["1.00", "-2.00", "3.00", "-4.00"]),
        ("Amount;Credit", HALF, ["Amount", "Credit"], ["-1.00", "2.00", "-3.00", "4.00"]),
        ("Debit;Foo", ["0,00;1,00", "2,00;0,00"], ["Debit", "Foo"], ["1.00", "-2.00"]),
        # Rows that fill both, or neither, are no two sides; nor is a pair where both sides are known.
        ("Amount;Credit", ["1,00;", "3,00;2,00", ";4,00"], [None, None], ["1.00", "3.00"]),
        ("Amount;Credit", ["1,00;", ";", ";4,00"], [None, None], ["1.00"]),
        ("Debit;Credit;Foo", ["1,00;;", ";2,00;", "3,00;;"], ["Debit", "Credit"], ["-1.00", "2.00", "-3.00"]),
    ],
)
def test_one_known_side_names_the_other_where_each_row_fills_one(
    tmp_path: Path, header: str, rows: list[str], said: list[str | None], read: list[str]
) -> None:
    made = draft(tmp_path, table(*rows, header=header))

    assert made.says("columns.debit", "columns.credit") == said
    assert [amount for _, amount in made.lines] == read


@pytest.mark.parametrize("other", ["Foo", "Amount"])
def test_the_side_without_a_known_word_is_asked_about_until_a_balance_proves_it(tmp_path: Path, other: str) -> None:
    alone = draft(tmp_path, table(*HALF, header=f"Debit;{other}"))
    balances = ("99,00", "101,00", "98,00", "102,00")
    rows = (f"{row};{balance}" for row, balance in zip(HALF, balances, strict=True))
    proven = draft(tmp_path, table(*rows, header=f"Debit;{other};Balance"))

    assert {"debit", "credit"} & {*alone.marked} == {"credit"}
    assert {"debit", "credit", "model"} & {*proven.marked} == set()


@pytest.mark.parametrize(
    ("debit", "credit"),
    [
        ("Výdaje", "Příjmy"),
        ("お引出し(円)", "お預入れ(円)"),
        ("Uttag", "Insättning"),
        ("Af", "Bij"),
        ("Bedrag af", "Bedrag bij"),
        ("Umsatz Soll", "Umsatz Haben"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_known_words_say_the_sides_in_either_order(tmp_path: Path, debit: str, credit: str, turn: int) -> None:
    header = ";".join([debit, credit][::turn])
    rows = [";".join(row.split(";")[::turn]) for row in HALF]
    made = draft(tmp_path, table(*rows, header=header))

    assert made.says("columns.debit", "columns.credit") == [debit, credit]
    assert {"debit", "credit", "model"} & {*made.marked} == set()


def test_a_commission_is_a_fee() -> None:
    assert role("numbers", "Comisión") == "fee"


def test_where_both_sides_are_known_no_other_column_may_be_one(tmp_path: Path) -> None:
    made = draft(tmp_path, table("1,00;;", ";2,00;9,00", "3,00;;", header="Debit;Credit;Foo"))

    assert made.says("columns.debit", "columns.credit") == ["Debit", "Credit"]
    assert {"debit", "credit"} & {*made.marked} == set()
