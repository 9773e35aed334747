"""A balance of money that is owed, as of a card or a loan, proves every sign turned. The words of the header tell it apart."""

from __future__ import annotations

from importer.mapping.schema import AmountModel
from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option
from importer.reader.draft.signs import words_of
from importer.reader.draft.words import side_words

_OWN = "right if the balance is what you own, not what you owe"
_TURN = "if it is what you owe (card, loan),"


def doubt_sides(draft: Draft, profile: Profile, option: Option, why: str) -> None:
    """Mark the sides that arithmetic shows against the words for them; where no word says a side, tell what is assumed."""
    match option.model:
        case AmountModel.INDICATOR | AmountModel.WORD_IN_CELL if _are_words_against(profile, option):
            _doubt(draft, why, "amounts.debit", "amounts.credit", turned="swap the words of debit and credit")
        case AmountModel.SIGNED if "debit" in option.places:
            _doubt(draft, why, "amounts.model", turned='write model = "inverted"')
        case AmountModel.SIGNED | AmountModel.INVERTED if "amount" in option.places:
            found = draft.findings["amounts.model"]
            (draft.prove if found.is_proven else draft.guess)("amounts.model", found.value, f"{found.why}; {_OWN}")
        case AmountModel.DEBIT_CREDIT | AmountModel.DEBIT_CREDIT_SIGNED if _are_headers_against(profile, option):
            _doubt(draft, why, "columns.debit", "columns.credit", turned="swap the columns of debit and credit")


def _are_words_against(profile: Profile, option: Option) -> bool:
    known = side_words([word for word in words_of(profile, option) if word not in option.neutral])
    return known is not None and known[2] and bool({*option.debit} & {*known[1]} or {*option.credit} & {*known[0]})


def _are_headers_against(profile: Profile, option: Option) -> bool:
    return profile.says(option.places["debit"]) == "credit" or profile.says(option.places["credit"]) == "debit"


def _doubt(draft: Draft, why: str, *keys: str, turned: str) -> None:
    against = f"{why.removeprefix('proven: ')} against the words for the sides"
    doubt = f"{against}; {_OWN}; {_TURN} {turned}, and delete balance and running"
    for key in keys:
        draft.doubt(key, doubt)
