"""A column of fees: proven where the balance moves by the amount and the fee together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importer.mapping.schema import AmountModel
from importer.reader.draft.arithmetic import ENOUGH, Flow, Numbers, flow
from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option


@dataclass(frozen=True, slots=True)
class Fee:
    """A column whose numbers, times `sign`, lead together with the amounts from each balance to the next."""

    column: int
    sign: int
    balance: int
    flow: Flow


def decide_fee(draft: Draft, profile: Profile, option: Option, days: Sequence[date | None]) -> None:
    """Write the column of fees, and what it proves of amount and balance, where there is one."""
    if option.model is not AmountModel.SIGNED:
        return
    found = max(_fees(profile, option, days), key=lambda fee: fee.flow.steps, default=None)
    if found is None:
        return
    why = f"proven: balance arithmetic on {found.flow.steps} rows, amount and fee together"
    draft.prove("columns.amount", [option.places["amount"]], why)
    draft.prove("columns.fee", [found.column], why)
    draft.prove("columns.balance", [found.balance], why)
    draft.prove("running", found.flow.running, why)
    draft.prove("order", found.flow.order, "proven: dates and balances")
    draft.prove("amounts.model", option.model.value, why)
    if found.sign > 0:
        draft.prove("amounts.signed_fees", value=True, why="fees that were paid have a minus")


def decide_net(draft: Draft, profile: Profile, option: Option) -> None:
    """Write the column of fees of an amount that a balance has proven, where a gross amount less the fee is that amount."""
    if option.model is not AmountModel.SIGNED or "amount" not in option.places:
        return
    fees = [place for place in profile.money if profile.says(place) == "fee" and any(profile.numbers(place))]
    taken = {option.places["amount"], draft.column("balance"), *fees}
    for fee, gross in ((fee, place) for fee in fees for place in profile.money if place not in taken):
        for sign in (1, -1):
            if _together(profile.numbers(gross), profile.numbers(fee), sign) == list(option.amounts):
                why = f"proven: column {profile.grid.name(gross)} and the fee together are the amount in every row"
                draft.prove("columns.fee", [fee], why)
                draft.prove("amounts.net_amount", value=True, why=why)
                if sign > 0:
                    draft.prove("amounts.signed_fees", value=True, why="fees that were paid have a minus")
                return


def _fees(profile: Profile, option: Option, days: Sequence[date | None]) -> Iterator[Fee]:
    amount = option.places["amount"]
    balances = [place for place in profile.money if place != amount and profile.says(place) == "balance"]
    for balance in balances:
        for column in profile.money:
            fees = profile.numbers(column)
            if column in (amount, balance) or not any(fees):
                continue
            for sign in (1, -1):
                shown = flow(_together(option.amounts, fees, sign), profile.numbers(balance), days)
                if shown is not None and shown.is_dated and shown.sign > 0 and shown.steps > ENOUGH:
                    yield Fee(column, sign, balance, shown)


def _together(amounts: Numbers, fees: Numbers, sign: int) -> list[Decimal | None]:
    return [
        None if amount is None and fee is None else (amount or Decimal(0)) + sign * (fee or Decimal(0))
        for amount, fee in zip(amounts, fees, strict=True)
    ]
