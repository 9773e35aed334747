"""Every way in which the columns of an unknown file may say what was paid and what came, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product

from importer.mapping.schema import AmountModel
from importer.reader.draft.beside import worded
from importer.reader.draft.columns import Profile
from importer.reader.draft.figures import beside_of
from importer.reader.draft.words import is_neutral, mentions, role, side_words, words_beside

_NEVER = {"balance", "rate", "part", "fee"}
_MAY_BE_WORDS = {"", "indicator", "other"}
_MAY_BE_SIDE = {"", "amount"}
_HALF_NAMED = 3  # what it is worth that the header of one side is known
_WORTH = {"amount": 2, "debit": 0, "credit": 0, "foreign": -3, "": 0}


@dataclass(frozen=True, slots=True)
class Option:
    """One amount model with its columns by field. `amounts` are signed as it reads them; `said` is what headers are worth."""

    model: AmountModel
    places: Mapping[str, int]
    amounts: Sequence[Decimal | None]
    said: int = 0
    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    otherwise: str = ""
    is_known: bool = True  # False for words that only a balance can explain

    @property
    def is_worded(self) -> bool:
        """True where a word says the side of every amount."""
        return self.model in (AmountModel.INDICATOR, AmountModel.WORD_IN_CELL)

    @property
    def columns(self) -> Mapping[str, list[int]]:
        """The columns as a mapping names them: where debit and credit share their sign, they are one amount in two columns."""
        if self.model in (AmountModel.SIGNED, AmountModel.INVERTED):
            return {"amount": list(self.places.values())}
        return {name: [place] for name, place in self.places.items()}

    def turned(self) -> Option:
        """The same columns read the other way round."""
        amounts = [None if amount is None else -amount for amount in self.amounts]
        match self.model:
            case AmountModel.SIGNED:
                return replace(self, model=AmountModel.INVERTED, amounts=amounts)
            case AmountModel.INVERTED:
                return replace(self, model=AmountModel.SIGNED, amounts=amounts)
            case AmountModel.INDICATOR | AmountModel.WORD_IN_CELL:
                other = {"debit": "credit", "credit": "debit"}.get(self.otherwise, "")
                return replace(self, debit=self.credit, credit=self.debit, otherwise=other, amounts=amounts)
        sides = {"debit": self.places["credit"], "credit": self.places["debit"]}
        return replace(self, places=sides, amounts=amounts, said=-self.said)


def options(profile: Profile) -> Iterator[Option]:
    """All of them, what headers name and what they do not."""
    yield from _pairs(profile)
    for place in _amount_places(profile):
        numbers = profile.numbers(place)
        yield Option(AmountModel.SIGNED, {"amount": place}, numbers, _worth(profile, place))
        if not any(number < 0 for number in numbers if number is not None):
            yield from _with_words(profile, place, numbers)
            yield from _with_words_beside(profile, place, numbers)


def sides(profile: Profile) -> tuple[list[int], list[int]]:
    """The columns whose headers say debit and credit; one without any value counts too."""
    blank = [place for place in profile.places if not profile.words(place)]
    places = [*profile.money, *blank]
    said = {place: profile.says(place) for place in sorted(places)}
    return [place for place in said if said[place] == "debit"], [place for place in said if said[place] == "credit"]


def _pairs(profile: Profile) -> Iterator[Option]:
    for debit, credit in _named_pairs(profile):
        if option := _pair(profile, debit, credit, 4 + _own(profile, debit) + _own(profile, credit)):
            yield option
    for debit, credit in _half_named_pairs(profile):
        option = _pair(profile, debit, credit, _HALF_NAMED)
        if option is not None and all(option.amounts):
            yield option
    free = [place for place in profile.money if not profile.says(place)]
    for debit, credit in combinations(free, 2):
        if option := _pair(profile, debit, credit, 0):
            yield option


def _named_pairs(profile: Profile) -> list[tuple[int, int]]:
    """Columns of debit and credit by their headers; where some say beside it the same of both, such as net, only those."""
    paid, received = sides(profile)
    named = [(debit, credit) for debit in paid for credit in received]
    together = [
        (debit, credit)
        for debit, credit in named
        if words_beside("debit", profile.header(debit)) == words_beside("credit", profile.header(credit))
    ]
    return together or named


def _half_named_pairs(profile: Profile) -> Iterator[tuple[int, int]]:
    """A column whose header says a side with each whose header says none: it is the other where each row fills one."""
    paid, received = sides(profile)
    free = [place for place in profile.money if profile.says(place) in _MAY_BE_SIDE]
    if not received:
        yield from product(paid, free)
    if not paid:
        yield from product(free, received)


def _pair(profile: Profile, debit: int, credit: int, said: int) -> Option | None:
    paid, came = (side_numbers(profile, place) for place in (debit, credit))
    if said and _are_one_amount(paid, came):
        amounts = [-number if number is not None else None for number in map(_sum, paid, came)]
        return Option(AmountModel.INVERTED, {"debit": debit, "credit": credit}, amounts, said)
    both = sum(bool(one) and bool(other) for one, other in zip(paid, came, strict=True))
    if both or not (any(paid) or any(came)) or (not said and not (any(paid) and any(came))):
        return None
    # One reversal among the debits does not make a minus their usual sign.
    negative = 2 * sum(number < 0 for number in paid if number) >= max(sum(map(bool, paid)), 1)
    model = AmountModel.DEBIT_CREDIT_SIGNED if negative else AmountModel.DEBIT_CREDIT
    amounts = [_sum(one if negative or one is None else -one, other) for one, other in zip(paid, came, strict=True)]
    return Option(model, {"debit": debit, "credit": credit}, amounts, said - abs(credit - debit) // 4)


def _are_one_amount(paid: Sequence[Decimal | None], came: Sequence[Decimal | None]) -> bool:
    """True when every debit is positive and every credit negative, in rows of their own: one amount in two columns."""
    shown = any(paid) and any(came) and all(one is None or other is None for one, other in zip(paid, came, strict=True))
    return shown and min(filter(None, paid)) > 0 > max(filter(None, came))


def side_numbers(profile: Profile, place: int) -> list[Decimal | None]:
    """The numbers of a column that may be blank throughout."""
    return profile.numbers(place) if place in profile.writings else [None] * len(profile.rows)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None and other is None else (one or Decimal(0)) + (other or Decimal(0))


def _amount_places(profile: Profile) -> list[int]:
    money = [place for place in profile.money if profile.says(place) != "balance"]
    return [place for place in money if profile.says(place) not in _NEVER] or money


def _worth(profile: Profile, place: int) -> int:
    return _WORTH.get(profile.says(place), 0) + _own(profile, place)


def _own(profile: Profile, place: int) -> int:
    """1 for a column that says that it is in the account's own currency."""
    return int(mentions("own", profile.header(place)))


def _with_words(profile: Profile, place: int, numbers: Sequence[Decimal | None]) -> Iterator[Option]:
    for column in profile.places:
        said_so = role("texts", profile.header(column)) in _MAY_BE_WORDS
        words = profile.few_words(column) if column != place and said_so else []
        neutral = tuple(word for word in words if is_neutral(word))
        plain = [word for word in words if word not in neutral]
        known = side_words(plain)
        texts = profile.texts(column)
        some_blank = not all(texts)
        if known is None and len(plain) == 2 and not some_blank:
            known = [plain[0]], [plain[1]], False
        if known is None or (some_blank and len(plain) != 1):
            continue
        debit, credit = tuple(known[0]), tuple(known[1])
        otherwise = ("debit" if plain[0] in credit else "credit") if some_blank else ""
        debits = {*debit, ""} if otherwise == "debit" else {*debit}
        amounts = [_signed(number, text, debits, neutral) for number, text in zip(numbers, texts, strict=True)]
        is_known = side_words(plain) is not None
        said = _worth(profile, place) + (2 if is_known else -2)
        places = {"amount": place, "indicator": column}
        yield Option(AmountModel.INDICATOR, places, amounts, said, debit, credit, neutral, otherwise, is_known=is_known)


def _with_words_beside(profile: Profile, place: int, numbers: Sequence[Decimal | None]) -> Iterator[Option]:
    """The words of both sides in the cells themselves, as in "193.48 CR"."""
    known = side_words(worded(profile, place))
    if known is None:
        return
    debit, credit, _ = known
    beside = [beside_of(cell) for cell in profile.cells(place)]
    said = {word for word, number in zip(beside, numbers, strict=True) if number}
    if said == {*debit, *credit}:
        amounts = [_signed(number, word, {*debit}, ()) for number, word in zip(numbers, beside, strict=True)]
        worth = _worth(profile, place) + 2
        yield Option(AmountModel.WORD_IN_CELL, {"amount": place}, amounts, worth, tuple(debit), tuple(credit))


def _signed(number: Decimal | None, word: str, debits: AbstractSet[str], neutral: Sequence[str]) -> Decimal | None:
    if number is None or word in neutral:
        return None
    return -number if word in debits else number
