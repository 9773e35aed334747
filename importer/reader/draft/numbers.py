"""The lines of [numbers]: marks, signs, decimals and words for no value, as the columns of money write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from importer.money import decimals_of
from importer.reader.draft.columns import Profile
from importer.reader.draft.figures import decimal_places, is_indian, thousands_marks
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option

_USUAL = {",": [".", " "], ".": [","]}


def decide_numbers(draft: Draft, profile: Profile, option: Option | None) -> None:
    """Write how numbers are written."""
    places = [place for name, place in option.places.items() if name != "indicator"] if option is not None else []
    balance = draft.column("balance")
    places += [balance] if balance is not None else []
    writings = [profile.writings[place] for place in places if place in profile.writings]
    figures = [figure for found in writings for figure in found.figures]
    decimal = profile.decimal
    _write_decimal(draft, profile, decimal)
    seen = thousands_marks(figures, decimal)
    usual = [mark for mark in _USUAL[decimal] if mark not in seen]
    draft.prove("numbers.thousands", [*seen, *usual])
    if any(is_indian(figure.number, decimal) for figure in figures):
        draft.prove("numbers.grouping", "indian", "the marks stand between twos")
    if signs := sorted({sign.value for found in writings for sign in found.signs}):
        draft.prove("numbers.signs", signs)
    if blanks := sorted({blank for found in writings for blank in found.blanks}):
        draft.prove("numbers.blanks", blanks, "stand for no value")
    draft.decimals = decimal_places(figures, decimal)


def _write_decimal(draft: Draft, profile: Profile, decimal: str) -> None:
    if profile.is_decimal_proven:
        cells = any(profile.writings[place].figures for place in profile.money)
        draft.prove(
            "numbers.decimal", decimal, "proven: whole columns can be read in no other way" if cells else "number cells"
        )
    else:
        draft.guess("numbers.decimal", decimal, "no number of the file shows which mark is the decimal mark")


def decide_decimals(draft: Draft, profile: Profile) -> None:
    """Write how many decimals there may be where they are more than the currency has, and ask where none are written."""
    currencies = _currencies(draft, profile)
    if draft.decimals > max(map(decimals_of, currencies)):
        why = f"up to {draft.decimals} are written; more than the currency has must be zero"
        draft.prove("numbers.decimals", draft.decimals, why)
    places = [place for place in draft.columns("amount", "debit", "credit", "balance") if place in profile.writings]
    if places and any(map(decimals_of, currencies)) and _are_all_whole(profile, places):
        for name in ("amount", "debit", "credit"):
            _ask_for_scale(draft, f"columns.{name}")


def _currencies(draft: Draft, profile: Profile) -> list[str]:
    """The currencies that the draft knows the amounts to be in; "" for an unknown one."""
    place, stated, marks = draft.column("currency"), draft.value("currency"), draft.value("numbers.symbols")
    found = [re.fullmatch(pattern, " ".join(draft.header[place].split())) for place, pattern in draft.patterns.items()]
    codes = [*(profile.words(place) if place is not None else []), *(each["currency"] for each in found if each)]
    codes += [stated] if isinstance(stated, str) else marks.values() if isinstance(marks, Mapping) else []
    return codes or [""]


def _are_all_whole(profile: Profile, places: Sequence[int]) -> bool:
    """True when no number in these columns, and no other amount, has any mark: balances follow at every scale then."""
    numbers = (number for place in profile.money for number in profile.numbers(place) if number is not None)
    figures = (figure for place in places for figure in profile.writings[place].figures)
    return all(number == number.to_integral_value() for number in numbers) and all(
        figure.number.isdigit() for figure in figures
    )


def _ask_for_scale(draft: Draft, key: str) -> None:
    if found := draft.findings.get(key):
        question = "whole amounts, or in cents? In cents: add implied_decimals = 2 to [numbers]"
        draft.doubt(key, "; ".join(filter(None, (found.why, question))))
