"""Which columns are the amount and the balance, and how the sign is written: proven by arithmetic, else by what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from importer.mapping.schema import AmountModel
from importer.reader.draft.arithmetic import ENOUGH, Flow, direction, flow
from importer.reader.draft.columns import Profile
from importer.reader.draft.fees import decide_fee, decide_net
from importer.reader.draft.finding import Draft
from importer.reader.draft.one_way import doubt_one_way, is_one_way
from importer.reader.draft.options import Option, options, side_numbers
from importer.reader.draft.owed import doubt_sides
from importer.reader.draft.signs import write_indicator, write_single, write_words

_WORDED = 5  # more than headers say against words
_PAIRS = (AmountModel.DEBIT_CREDIT, AmountModel.DEBIT_CREDIT_SIGNED)


@dataclass(frozen=True, slots=True)
class Proof:
    """An option whose amounts lead from each balance to the next."""

    option: Option
    balance: int
    flow: Flow


def decide_money(draft: Draft, profile: Profile, days: Sequence[date | None]) -> Option | None:
    """Write the lines of amount, balance and order; the option they stand for, None when no column holds amounts."""
    found = list(options(profile))
    proof = max(
        _proofs(profile, found, days), key=lambda proof: (_trust(profile, proof), proof.flow.steps), default=None
    )
    if proof is not None:
        _write_proof(draft, profile, proof)
        decide_net(draft, profile, proof.option)
        return proof.option
    option = _best_said(profile, found)
    if option is None:
        draft.notes.append("CONFIRM: no column was found that holds amounts. Name it: amount, or debit and credit")
        return None
    _write_columns(draft, profile, option, found)
    _write_balance(draft, profile, option)
    if going := direction(days):
        draft.prove("order", going, "the dates go that way")
    decide_fee(draft, profile, option, days)
    decide_net(draft, profile, option)
    return option


def _proofs(profile: Profile, found: Sequence[Option], days: Sequence[date | None]) -> Iterator[Proof]:
    for balance in profile.money:
        if profile.says(balance) not in ("balance", ""):
            continue
        numbers = profile.numbers(balance)
        for option in found:
            if balance in option.places.values():
                continue
            shown = flow(option.amounts, numbers, days)
            if shown is not None and shown.steps >= _enough(profile, option, balance):
                yield Proof(option if shown.sign > 0 else option.turned(), balance, shown)


def _enough(profile: Profile, option: Option, balance: int) -> int:
    """How many balances must follow; where headers do not say what the columns are, chance has more ways."""
    return ENOUGH if option.said > 0 and profile.says(balance) == "balance" else ENOUGH + 1


def _trust(profile: Profile, proof: Proof) -> int:
    says_balance = profile.says(proof.balance) == "balance"
    # Amounts that the words turn all one way fit without them too, but a row that no balance covers may have the other.
    worded = _WORDED * (proof.option.is_worded and is_one_way(profile, proof.balance))
    return proof.option.said + 3 * says_balance + proof.flow.is_dated + worded


def _write_proof(draft: Draft, profile: Profile, proof: Proof) -> None:
    shown, option = proof.flow, proof.option
    why = f"proven: balance arithmetic on {shown.steps} rows"
    for name, places in option.columns.items():
        draft.prove(f"columns.{name}", places, why)
    draft.prove("columns.balance", [proof.balance], why)
    draft.prove("running", shown.running, why)
    if shown.is_dated:
        draft.prove("order", shown.order, "proven: dates and balances")
        draft.prove("amounts.model", option.model.value, why)
    else:
        draft.guess(
            "order", shown.order, "the dates do not show the order; the balances show it if they are those after"
        )
        draft.guess("amounts.model", option.model.value, f"{why}, if the balance is the one after a booking")
    write_words(draft, profile, option, why)
    if is_one_way(profile, proof.balance):
        doubt_one_way(draft, option, why)
    doubt_sides(draft, profile, option, why)
    _write_sides(draft, profile, option)


def _best_said(profile: Profile, found: Sequence[Option]) -> Option | None:
    """The option that headers and content speak for; an amount with both signs stands above two columns of one side."""
    known = [option for option in found if option.is_known]
    return max(known, key=lambda option: (_likely(profile, option), -min(option.places.values())), default=None)


def _likely(profile: Profile, option: Option) -> float:
    filled = sum(bool(amount) for amount in option.amounts) / max(len(option.amounts), 1)
    both = len({amount > 0 for amount in option.amounts if amount}) == 2
    single = option.model is AmountModel.SIGNED
    pointed = any(_has_decimals(profile, place) for name, place in option.places.items() if name != "indicator")
    return option.said + 3 * filled + 1.5 * (both and single) + pointed


def _has_decimals(profile: Profile, place: int) -> bool:
    found = profile.writings.get(place)
    return found is not None and not found.are_whole


def _write_columns(draft: Draft, profile: Profile, option: Option, found: Sequence[Option]) -> None:
    rivals = _rivals(profile, option, found)
    fields = {place: name for name, place in option.places.items()}
    for name, places in option.columns.items():
        if name == "indicator":
            draft.prove(f"columns.{name}", places, "holds words of both sides")
        elif rivals:
            draft.guess(f"columns.{name}", places, f"or {' or '.join(rivals)}")
        elif all(profile.says(place) in (fields[place], name) for place in places):
            draft.prove(f"columns.{name}", places, "named so")
        else:
            draft.guess(f"columns.{name}", places, "taken because it holds numbers")
    _write_model(draft, profile, option)
    _write_sides(draft, profile, option)


def _rivals(profile: Profile, option: Option, found: Sequence[Option]) -> list[str]:
    """Other columns that may be the amount just as well, as a person finds them."""
    if "debit" in option.places:
        return list(_rival_pairs(profile, option, found))
    alone = {each.places["amount"]: each for each in found if each.model is AmountModel.SIGNED}
    own = alone[option.places["amount"]]
    others = (
        place
        for place, each in alone.items()
        if each.said >= own.said - 2 and each.amounts != own.amounts and _has_decimals(profile, place)
    )
    return [profile.grid.name(place) for place in sorted(others) if place != option.places["amount"]]


def _rival_pairs(profile: Profile, option: Option, found: Sequence[Option]) -> Iterator[str]:
    for each in found:
        if "debit" in each.places and each.said > 0 and each.amounts != option.amounts:
            yield " with ".join(map(profile.grid.name, each.places.values()))


def _write_model(draft: Draft, profile: Profile, option: Option) -> None:
    match option.model:
        case AmountModel.INDICATOR:
            write_indicator(draft, profile, option)
        case AmountModel.SIGNED | AmountModel.WORD_IN_CELL:
            write_single(draft, profile, option)
        case AmountModel.INVERTED:
            why = "every debit is positive and every credit negative, so negative is taken as received"
            draft.guess("amounts.model", option.model.value, why)
        case _:
            _write_pair(draft, profile, option)


def _write_pair(draft: Draft, profile: Profile, option: Option) -> None:
    paid = [number for number in side_numbers(profile, option.places["debit"]) if number]
    if not paid:
        draft.guess("amounts.model", option.model.value, "no debit in the file shows whether debits have a minus")
    elif option.said < 2:
        draft.guess("amounts.model", option.model.value, "the headers do not say which column is debit")
    else:
        is_minus = option.model is AmountModel.DEBIT_CREDIT_SIGNED
        usual, written = sum((number < 0) is is_minus for number in paid), "with" if is_minus else "without"
        if usual == len(paid):
            draft.prove("amounts.model", option.model.value, f"{usual} debits are written {written} a minus")
        else:
            why = f"{usual} of {len(paid)} debits are written {written} a minus; are the others reversals?"
            draft.guess("amounts.model", option.model.value, why)


def _write_sides(draft: Draft, profile: Profile, option: Option) -> None:
    """Debit and credit columns may hold both signs: then a sign turns the side."""
    if option.model not in _PAIRS:
        return
    for name, usual in (("debit", option.model is AmountModel.DEBIT_CREDIT), ("credit", True)):
        numbers = [number for number in side_numbers(profile, option.places[name]) if number]
        odd = [number for number in numbers if (number > 0) is not usual]
        if odd:
            shown = (
                "holds both signs; the odd ones turn"
                if len(odd) < len(numbers)
                else "is negative throughout; that turns"
            )
            draft.guess("amounts.reversals", value=True, why=f"the column {name} {shown} the side")


def _write_balance(draft: Draft, profile: Profile, option: Option) -> None:
    """A balance that no arithmetic shows is taken by its name; it is not checked then."""
    taken = set(option.places.values())
    named = [place for place in profile.money if place not in taken and profile.says(place) == "balance"]
    if len(named) == 1:
        draft.prove("columns.balance", named, "named so; the amounts do not lead from one to the next")
    elif named:
        draft.guess("columns.balance", named[:1], f"or {' or '.join(profile.grid.name(place) for place in named[1:])}")
