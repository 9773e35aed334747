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
from importer.reader.draft.words import mentions

_SIGNED = "fees that were paid have a minus"


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
        draft.prove("amounts.signed_fees", value=True, why=_SIGNED)


def decide_net(draft: Draft, profile: Profile, option: Option) -> None:
    """Write the column of fees where a gross amount less the fee is the amount that was chosen."""
    if option.model is not AmountModel.SIGNED or "amount" not in option.places:
        return
    taken = {option.places["amount"], draft.column("balance")}
    grosses = {place: profile.numbers(place) for place in profile.money if place not in taken}
    for fee in _named_fees(profile):
        for gross, numbers in grosses.items():
            sign = _sign_between(numbers, profile.numbers(fee), option.amounts) if gross != fee else 0
            if sign:
                _write_net(draft, fee, sign, profile.grid.name(gross))
                return


def _write_net(draft: Draft, fee: int, sign: int, gross: str) -> None:
    why = f"proven: column {gross} and the fee together are the amount in every row"
    draft.prove("columns.fee", [fee], why)
    draft.prove("amounts.net_amount", value=True, why=why)
    if sign > 0:
        draft.prove("amounts.signed_fees", value=True, why=_SIGNED)


def tell_fees(draft: Draft, profile: Profile, option: Option | None) -> None:
    """Ask whether fees are booked beside the amount, and say how they are to be read then."""
    for place in _named_fees(profile):
        if place not in draft.columns("fee", "amount", "debit", "credit"):
            draft.notes.append(_question(draft, profile, place, option))


def _question(draft: Draft, profile: Profile, fee: int, option: Option | None) -> str:
    name, amounts = profile.grid.name(fee), option.amounts if option is not None else []
    net = _net_after(profile, fee, amounts)
    signed = "signed_fees = true" if _usual_sign(profile.numbers(fee)) > 0 else ""
    if "running" in draft.findings:
        asked = "The balance shows that nothing is booked for them beside the amount: do not add them"
    elif any(mentions("net", profile.header(place)) for place in draft.columns("amount")):
        rules = " and ".join(filter(None, ("net_amount = true", signed)))
        asked = f"Is the amount what is left after them? Then add to [columns]: fee = {name}, and to [amounts]: {rules}"
    else:
        before = f" {net} is what is left after them, so only where the amount is the one before." if net else ""
        rules = f", and to [amounts]: {signed}" if signed else ""
        asked = f"Are they booked beside the amount?{before} Then add to [columns]: fee = {name}{rules}"
    return f"CONFIRM: column {name} holds fees. {asked}"


def _usual_sign(fees: Numbers) -> int:
    """1 where most fees have a minus: those are what was paid."""
    paid = [number < 0 for number in fees if number]
    return 1 if 2 * sum(paid) > len(paid) else -1


def _net_after(profile: Profile, fee: int, amounts: Numbers) -> str:
    """The name of the column that is what is left of the amounts after the fees, "" without one."""
    fees = profile.numbers(fee)
    others = (place for place in profile.money if place != fee)
    return next(
        (profile.grid.name(place) for place in others if _sign_between(amounts, fees, profile.numbers(place))), ""
    )


def _sign_between(gross: Numbers, fees: Numbers, net: Numbers) -> int:
    """1 where gross and fee together are the net amount in every row, -1 where gross less the fee is; 0 where neither is.

    Either of two amounts is the other with the fee, so the net one is that which most fees make smaller.
    """
    sign = _usual_sign(fees)
    return sign if len(gross) == len(net) and _together(gross, fees, sign) == list(net) else 0


def _named_fees(profile: Profile) -> list[int]:
    return [place for place in profile.money if profile.says(place) == "fee" and any(profile.numbers(place))]


def _fees(profile: Profile, option: Option, days: Sequence[date | None]) -> Iterator[Fee]:
    amount = option.places["amount"]
    balances = [place for place in profile.money if place != amount and profile.says(place) == "balance"]
    for balance in balances:
        for column in profile.money:
            fees = profile.numbers(column)
            # Columns of which each row fills one are two sides of a booking.
            if column in (amount, balance) or not any(map(_are_both, option.amounts, fees)):
                continue
            for sign in (1, -1):
                shown = flow(_together(option.amounts, fees, sign), profile.numbers(balance), days)
                if shown is not None and shown.is_dated and shown.sign > 0 and shown.steps > ENOUGH:
                    yield Fee(column, sign, balance, shown)


def _are_both(amount: Decimal | None, fee: Decimal | None) -> bool:
    return bool(amount) and bool(fee)


def _together(amounts: Numbers, fees: Numbers, sign: int) -> list[Decimal | None]:
    return [
        None if amount is None and fee is None else (amount or Decimal(0)) + sign * (fee or Decimal(0))
        for amount, fee in zip(amounts, fees, strict=True)
    ]
