"""How an amount says whether money came or went, beyond one signed column: words, chosen columns, fees, notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import PLAIN, mapping, read, refusal, rules, warnings
from tests.unit.test_reader_layouts import HEADER, TOP, changed, lines

WORDS = '[amounts]\nmodel = "{model}"\ndebit = ["out"]\ncredit = ["in"]\nneutral = ["own"]\n'
WITH_WORD = [
    (HEADER, 'header = ["Date", "Text", "Amount", "Way"]'),
    ('text = "Text"', 'text = "Text"\nindicator = "Way"'),
]
CHOSEN = [
    (HEADER, 'header = ["Date", "Text", "Way", "Paid", "In", "Got", "As"]'),
    (
        'amount = "Amount"',
        'debit = "Paid"\ndebit_currency = "In"\ncredit = "Got"\ncredit_currency = "As"\nindicator = "Way"',
    ),
]
WITH_FEE = [(HEADER, 'header = ["Date", "Text", "Amount", "Fee"]'), ('text = "Text"', 'text = "Text"\nfee = "Fee"')]


@pytest.mark.parametrize(
    ("model", "amount", "word", "expected"),
    [
        ("signed", "-5,00", "out", ["-5.00"]),
        ("signed", "5,00", "in", ["5.00"]),
        ("inverted", "5,00", "OUT", ["-5.00"]),
        ("inverted", "-5,00", "in", ["5.00"]),
        ("signed", "5,00", "out", []),
        ("inverted", "-5,00", "out", []),
        ("signed", "5,00", "perhaps", []),
        ("signed", "0,00", "in", []),
    ],
)
def test_a_sign_must_agree_with_the_word_beside_it(
    tmp_path: Path, model: str, amount: str, word: str, expected: list[str]
) -> None:
    layout = changed(*WITH_WORD) + WORDS.format(model=model)
    statement = read(tmp_path, f"Date;Text;Amount;Way\n01.03.2026;a;{amount};{word}\n", mapping(layout))

    assert [line.amount.text() for line in statement.lines] == expected
    assert rules(statement) == ([] if expected else ["AMT-6" if amount == "0,00" else "AMT-8"])


def test_a_neutral_word_beside_a_signed_amount_leaves_the_row_out(tmp_path: Path) -> None:
    layout = changed(*WITH_WORD) + WORDS.format(model="signed")
    statement = read(tmp_path, "Date;Text;Amount;Way\n01.03.2026;a;1,00;own\n02.03.2026;b;1,00;in\n", mapping(layout))

    assert ([line.text for line in statement.lines], warnings(statement)) == (["b"], ["ROW-LEFT-OUT"])


def test_the_word_chooses_between_two_filled_columns_and_their_currencies(tmp_path: Path) -> None:
    layout = changed(*CHOSEN) + WORDS.format(model="indicator")
    rows = "01.03.2026;a;out;10,00;EUR;11,00;USD\n02.03.2026;b;in;12,00;EUR;13,00;USD\n03.03.2026;c;own;1,00;EUR;1,00;USD\n"
    statement = read(tmp_path, "Date;Text;Way;Paid;In;Got;As\n" + rows, mapping(layout))

    assert [(line.text, str(line.amount)) for line in statement.lines] == [("a", "-10.00 EUR"), ("b", "13.00 USD")]
    assert warnings(statement) == ["ROW-LEFT-OUT"]


def test_a_zero_amount_is_a_notice_where_the_bank_writes_such(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n01.03.2026;new terms;0,00\n02.03.2026;b;1,00\n"
    statement = read(tmp_path, content, mapping(PLAIN + "[amounts]\nnotices = true\n"))

    assert [line.text for line in statement.lines] == ["b"]
    assert [str(warning) for warning in statement.warnings] == [
        "kto.csv, row 2: row 2 was left out: a notice without an amount (rule ROW-LEFT-OUT)"
    ]
    assert rules(read(tmp_path, content, mapping())) == ["AMT-6"]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ("", ["10.00", "-0.50", "-3.00", "0.20"]),
        ('fee_on = "credit"', ["10.00", "-0.50", "-3.00"]),
        ('fee_on = "debit"', ["10.00", "-3.00", "0.20"]),
        ("signed_fees = true", ["10.00", "0.50", "-3.00", "-0.20"]),
        ("net_amount = true", ["10.50", "-0.50", "-3.20", "0.20"]),
        ("net_amount = true\nsigned_fees = true", ["9.50", "0.50", "-2.80", "-0.20"]),
    ],
)
def test_a_fee_is_a_line_of_its_own_with_the_sign_and_on_the_side_that_the_bank_says(
    tmp_path: Path, amounts: str, expected: list[str]
) -> None:
    layout = changed(*WITH_FEE) + f"[amounts]\n{amounts}\n"
    found = lines(tmp_path, "Date;Text;Amount;Fee\n01.03.2026;a;10,00;0,50\n02.03.2026;b;-3,00;-0,20\n", layout)

    assert [amount for _, _, amount in found] == expected


def test_the_balance_beside_a_net_amount_is_the_one_after_the_fee(tmp_path: Path) -> None:
    layout = changed(
        (HEADER, 'header = ["Date", "Text", "Amount", "Fee", "Left"]'),
        ('text = "Text"', 'text = "Text"\nfee = "Fee"\nbalance = "Left"'),
        (TOP, f'{TOP}\nrunning = "after"'),
    )
    content = "Date;Text;Amount;Fee;Left\n01.03.2026;a;9,50;0,50;9,50\n02.03.2026;b;19,00;1,00;28,50\n"
    statement = read(tmp_path, content, mapping(layout + "[amounts]\nnet_amount = true\n"))

    assert [(str(line.amount), str(line.balance)) for line in statement.lines] == [
        ("10.00 EUR", "None"),
        ("-0.50 EUR", "9.50 EUR"),
        ("20.00 EUR", "None"),
        ("-1.00 EUR", "28.50 EUR"),
    ]


def test_a_row_whose_fee_cannot_be_read_is_rejected_as_a_whole(tmp_path: Path) -> None:
    content = "Date;Text;Amount;Fee\n01.03.2026;a;10,00;half\n02.03.2026;b;3,00;0,20\n"
    statement = read(tmp_path, content, mapping(changed(*WITH_FEE)))

    assert ([line.text for line in statement.lines], rules(statement)) == (["b", "Fee: b"], ["AMT-1"])


def test_a_currency_in_small_letters_is_read_where_the_bank_writes_it_so(tmp_path: Path) -> None:
    layout = changed((TOP, "small_currencies = true"), (HEADER, 'header = ["Date", "Text", "Amount", "Currency"]'))
    layout = layout.replace('text = "Text"', 'text = "Text"\ncurrency = "Currency"')
    content = "Date;Text;Amount;Currency\n01.03.2026;a;1,00;usd\n02.03.2026;b;1,00;Usd\n"
    statement = read(tmp_path, content, mapping(layout))

    assert [line.amount.currency for line in statement.lines] == ["USD"]
    assert rules(statement) == ["CUR-1"]


def test_a_header_of_several_versions_may_leave_out_the_currency(tmp_path: Path) -> None:
    amount = r'{ pattern = "Amount(?: (?P<currency>[A-Z]{3}))?" }'
    layout = changed(
        (HEADER, f'header = ["Date", "Text", {amount}]'), ('amount = "Amount"', f"amount = {amount}"), (TOP, TOP)
    )
    currencies = [
        read(tmp_path, f"Date;Text;{name}\n01.03.2026;a;1,00\n", mapping(layout)).lines[0].amount.currency
        for name in ("Amount", "Amount CHF")
    ]

    assert currencies == ["EUR", "CHF"]


def test_a_column_without_a_name_at_the_end_of_the_header_has_its_position(tmp_path: Path) -> None:
    layout = changed(
        (HEADER, 'header = ["Date", "Text", "Amount", ""]'), ('text = "Text"', 'text = "Text"\nindicator = 4')
    )

    assert lines(tmp_path, "Date;Text;Amount;\n01.03.2026;a;1,00;out\n", layout + WORDS.format(model="indicator")) == [
        ("2026-03-01", "a", "-1.00")
    ]


BALANCED = changed(
    (HEADER, 'header = ["Date", "Text", "Amount", "Balance"]'),
    ('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"'),
    (TOP, TOP + '\nrunning = "rounded"'),
)


def test_a_bank_that_rounds_may_be_off_by_one_cent_but_no_more(tmp_path: Path) -> None:
    head = "Date;Text;Amount;Balance\n01.03.2026;a;1,00;101,00\n"
    statement = read(tmp_path, f"{head}02.03.2026;b;2,37;103,38\n03.03.2026;c;1,00;104,38\n", mapping(BALANCED))

    assert [line.text for line in statement.lines] == ["a", "b", "c"]
    assert (statement.opening, statement.closing) == (None, None)
    assert "row 3: balance 103.39 EUR, but the rows before it lead to 103.37 EUR" in refusal(
        tmp_path, f"{head}02.03.2026;b;2,37;103,39\n", mapping(BALANCED)
    )


def test_a_bank_that_does_not_round_may_not_be_off_at_all(tmp_path: Path) -> None:
    exact = mapping(BALANCED.replace('"rounded"', '"after"'))

    assert "row 3: balance 103.38 EUR, but the rows before it lead to 103.37 EUR" in refusal(
        tmp_path, "Date;Text;Amount;Balance\n01.03.2026;a;1,00;101,00\n02.03.2026;b;2,37;103,38\n", exact
    )


def test_a_header_without_the_position_of_a_needed_column_is_another_layout(tmp_path: Path) -> None:
    layout = changed(
        (HEADER, 'header = ["Date", "Text", "Amount", ""]'), ('text = "Text"', 'text = "Text"\nindicator = 4')
    )

    assert "the table of mapping" in refusal(
        tmp_path, "Date;Text;Amount\n01.03.2026;a;1,00\n", mapping(layout + WORDS.format(model="indicator"))
    )
