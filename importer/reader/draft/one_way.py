"""A balance that only falls, or only rises, shows one side: how the file writes the other, nothing shows."""

from __future__ import annotations

from itertools import pairwise

from importer.mapping.schema import AmountModel
from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option


def is_one_way(profile: Profile, balance: int) -> bool:
    """True when all balances go one way."""
    known = [number for number in profile.numbers(balance) if number is not None]
    return len({later > earlier for earlier, later in pairwise(known) if later != earlier}) == 1


def doubt_one_way(draft: Draft, option: Option, why: str) -> None:
    """Take back what balances of one side cannot prove of a single column of amounts."""
    shown = why.removeprefix("proven: ")
    if option.is_worded:
        for key in () if option.is_known else ("amounts.model", "amounts.debit", "amounts.credit"):
            draft.doubt(key, f"{shown}, but only with one of the words; does the other mean the other side?")
    elif "amount" in option.places and not _has_minus(option):
        draft.doubt("amounts.model", f"{shown}, but all go one way; how does the file write the other side?")


def _has_minus(option: Option) -> bool:
    """True for amounts that a minus shows to be paid: those without one are received, then."""
    return option.model is AmountModel.SIGNED and any(amount < 0 for amount in option.amounts if amount is not None)
