"""Whatever a bank writes, a file whose mapping leaves the decimal mark open is read right or refused, never wrongly."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from importer.errors import UnusableFile
from importer.money import decimals_of
from tests.unit.reader_files import PLAIN, mapping, read

PROVEN = PLAIN.replace('decimal = ","', 'decimal = "proven"')


@dataclass(frozen=True)
class Convention:
    """How a bank writes numbers: `decimals` fixed, or None = as few as needed, as spreadsheets do."""

    decimal: str
    thousands: str
    decimals: int | None

    def write(self, number: Decimal) -> str:
        text = f"{number:,f}" if self.decimals is None else f"{number:,.{self.decimals}f}"
        whole, _, fraction = text.partition(".")
        if self.decimals is None:
            fraction = fraction.rstrip("0")
        return whole.replace(",", self.thousands) + (self.decimal + fraction if fraction else "")


CONVENTIONS = st.sampled_from(
    [
        Convention(decimal, thousands, decimals)
        for decimal, others in ((",", (".", " ", "'", "\u202f", "")), (".", (",", " ", "’", "\u00a0", "")))
        for thousands in others
        for decimals in (None, 0, 2, 3)
    ]
)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Convention, str, list[Decimal]]:
    convention = draw(CONVENTIONS)
    # Nobody writes yen with three decimals; with one or two they are no thousands.
    currency = draw(st.sampled_from(["EUR", "KWD"] if convention.decimals == 3 else ["EUR", "JPY", "KWD"]))
    places = decimals_of(currency)
    if convention.decimals is not None:
        places = min(places, convention.decimals)
    cents = st.integers(-(10**9), 10**9) | st.integers(-9, 9).map(lambda number: number * 1000 * 10**places)
    amounts = st.lists(cents.filter(bool).map(lambda number: Decimal(number).scaleb(-places)), min_size=1, max_size=6)
    return convention, currency, draw(amounts)


@given(ledgers())
def test_the_proof_is_right_or_refuses(ledger: tuple[Convention, str, list[Decimal]]) -> None:
    convention, currency, amounts = ledger
    content = "Date;Text;Amount\n" + "".join(f"01.03.2026;text;{convention.write(amount)}\n" for amount in amounts)
    with tempfile.TemporaryDirectory() as folder:
        try:
            statement = read(Path(folder), content, mapping(PROVEN, currency=f'"{currency}"'))
        except UnusableFile as error:
            assert "nothing in it shows" in str(error)  # noqa: PT017 - refusing is one of the two right answers
            return

    unread = {row.row for row in statement.unread}
    wanted = [(row, amount) for row, amount in enumerate(amounts, 2) if row not in unread]
    assert wanted == [(line.row, line.amount.amount) for line in statement.lines]
