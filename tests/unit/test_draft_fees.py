"""A draft finds a column of fees where the balance moves by the amount and the fee together, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import parse_mapping
from importer.reader import read_statement
from tests.unit.drafts import Draft, draft

HEADER = "Date;Text;Gross;Charge;Balance\n"
PROVEN = "proven: balance arithmetic on 3 rows, amount and fee together"


def rows(*cells: tuple[str, str, str]) -> bytes:
    lines = (
        f"{day}.03.2026;Payment;{amount};{fee};{balance}\n" for day, (amount, fee, balance) in enumerate(cells, 14)
    )
    return (HEADER + "".join(lines)).encode()


SIGNED = rows(
    ("100,00", "-1,50", "1098,50"),
    ("-20,00", "", "1078,50"),
    ("250,00", "-2,00", "1326,50"),
    ("5,00", "-0,50", "1331,00"),
)
BARE = rows(
    ("100,00", "1,50", "1098,50"), ("-20,00", "", "1078,50"), ("250,00", "2,00", "1326,50"), ("5,00", "0,50", "1331,00")
)
FOREIGN = rows(
    ("100,00", "-1,50", "1100,00"),
    ("-20,00", "", "1070,00"),
    ("250,00", "-2,00", "1329,00"),
    ("5,00", "-0,50", "1331,00"),
)
SHORT = rows(("100,00", "-1,50", "1098,50"), ("-20,00", "", "1078,50"), ("250,00", "-2,00", "1326,50"))


@pytest.mark.parametrize(
    ("content", "fee", "is_signed"),
    [(SIGNED, "Charge", True), (BARE, "Charge", None), (FOREIGN, None, None), (SHORT, None, None)],
    ids=["paid with a minus", "paid without a sign", "balance of something else", "too few steps"],
)
def test_a_column_is_the_fee_where_it_leads_to_the_next_balance(
    tmp_path: Path, content: bytes, fee: str | None, is_signed: bool | None
) -> None:
    made = draft(tmp_path, content)

    assert (made.values.get("columns.fee"), made.values.get("amounts.signed_fees")) == (fee, is_signed)


def test_what_a_fee_proves_is_no_longer_asked(tmp_path: Path) -> None:
    made = draft(tmp_path, SIGNED)

    assert [remark for key, remark in made.remarks if key in ("amount", "fee", "balance", "model")] == [PROVEN] * 4
    assert made.lines == [
        ("2026-03-14", "100.00"),
        ("2026-03-14", "-1.50"),
        ("2026-03-15", "-20.00"),
        ("2026-03-16", "250.00"),
        ("2026-03-16", "-2.00"),
        ("2026-03-17", "5.00"),
        ("2026-03-17", "-0.50"),
    ]


NET = """Datum;Text;Brutto;Spesen;Netto;Saldo
14.03.2026;a;100,00;1,50;98,50;1098,50
15.03.2026;b;-20,00;;-20,00;1078,50
16.03.2026;c;250,00;2,00;248,00;1326,50
17.03.2026;d;5,00;0,50;4,50;1331,00
"""


def test_a_gross_amount_less_the_fee_shows_that_the_proven_amount_is_net(tmp_path: Path) -> None:
    made = draft(tmp_path, NET)

    assert made.says("columns.amount", "columns.fee", "amounts.net_amount") == ["Netto", "Spesen", True]
    assert [amount for _, amount in made.lines] == ["100.00", "-1.50", "-20.00", "250.00", "-2.00", "5.00", "-0.50"]
    assert "holds fees" not in made.text


def test_a_fee_that_no_amount_shows_is_asked_about(tmp_path: Path) -> None:
    made = draft(tmp_path, NET.replace("98,50;", "98,40;", 1).replace("1098,50", "1098,40"))

    assert made.says("columns.fee", "amounts.net_amount") == [None, None]
    assert '# CONFIRM: column "Spesen" holds fees.' in made.text


NO_BALANCE = """Datum;Text;{header}
14.03.2026;a;100,00;{minus}1,50;{after}
15.03.2026;b;-20,00;0,00;-20,00
16.03.2026;c;250,00;{minus}2,00;248,00
"""


def notes(made: Draft) -> list[str]:
    return [line for line in made.text.splitlines() if "holds fees" in line]


@pytest.mark.parametrize(
    ("content", "added"),
    [
        (
            NO_BALANCE.format(header="Brutto;Spesen;Netto", minus="-", after="98,50"),
            'the amount is the one before. Then add to [columns]: fee = "Spesen", and to [amounts]: signed_fees = true',
        ),
        (
            NO_BALANCE.format(header="Brutto;Spesen;Netto", minus="", after="98,50"),
            'is the one before. Then add to [columns]: fee = "Spesen"',
        ),
        # A fee that came back does not make the others received.
        (
            NO_BALANCE.format(header="Betrag;Spesen;Info", minus="-", after="x").replace("0,00;-20,00", "1,00;y"),
            'beside the amount? Then add to [columns]: fee = "Spesen", and to [amounts]: signed_fees = true',
        ),
        (
            NO_BALANCE.format(header="Nettobetrag;Spesen;Info", minus="-", after="x"),
            'Then add to [columns]: fee = "Spesen", and to [amounts]: net_amount = true and signed_fees = true',
        ),
        (
            NO_BALANCE.format(header="Nettobetrag;Spesen;Info", minus="", after="x"),
            'Then add to [columns]: fee = "Spesen", and to [amounts]: net_amount = true',
        ),
    ],
    ids=["net with signs", "net without", "only signs", "named net with signs", "named net without"],
)
def test_what_is_said_to_do_about_fees_names_their_sign(tmp_path: Path, content: str, added: str) -> None:
    assert [line.endswith(added) for line in notes(draft(tmp_path, content))] == [True]


def test_fees_that_are_read_as_the_remark_says_are_paid(tmp_path: Path) -> None:
    made = draft(tmp_path, NO_BALANCE.format(header="Brutto;Spesen;Netto", minus="-", after="98,50"))
    done = made.text.replace("\n[columns]\n", '\n[columns]\nfee = "Spesen"\n').replace(
        "\n[amounts]\n", "\n[amounts]\nsigned_fees = true\n"
    )

    found = read_statement(made.path, [parse_mapping(done, "fees", source="fees.toml")], "fees")
    assert [line.amount.text() for line in found.lines] == ["100.00", "-1.50", "-20.00", "250.00", "-2.00"]


def test_a_net_amount_that_is_chosen_needs_no_balance(tmp_path: Path) -> None:
    made = draft(tmp_path, NO_BALANCE.format(header="Original;Spesen;Betrag", minus="-", after="98,50"))

    assert made.says("columns.amount", "columns.fee", "amounts.net_amount", "amounts.signed_fees") == [
        "Betrag",
        "Spesen",
        True,
        True,
    ]
    assert [amount for _, amount in made.lines] == ["100.00", "-1.50", "-20.00", "250.00", "-2.00"]
    assert notes(made) == []


def test_where_the_balance_goes_by_the_amount_alone_no_fee_is_advised(tmp_path: Path) -> None:
    made = draft(tmp_path, NET.replace("Netto", "Betrag").replace("100,00;1,50", "100,00;1,40"))

    assert [line.endswith("beside the amount: do not add them") for line in notes(made)] == [True]
    assert "fee =" not in made.text


TWO_SIDES = """Date;Text;Foo;Bar;Balance
14.03.2026;a;-1,00;0,00;99,00
15.03.2026;b;0,00;2,00;101,00
16.03.2026;c;-3,00;0,00;98,00
17.03.2026;d;0,00;4,00;102,00
"""


def test_a_column_that_is_never_filled_beside_the_amount_is_no_fee(tmp_path: Path) -> None:
    made = draft(tmp_path, TWO_SIDES.replace("Foo", "Amount"))

    assert "columns.fee" not in made.values
