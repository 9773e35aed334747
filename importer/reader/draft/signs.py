"""What says whether money came or went where no balance proves it: the sign, a word in another column or in the cell."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from importer.mapping.schema import AmountModel
from importer.reader.draft.beside import is_everywhere, worded
from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option
from importer.reader.draft.words import is_neutral, side_words

_EITHER_WAY = "banks use these words either way"


def write_words(draft: Draft, profile: Profile, option: Option, why: str) -> None:
    """The words of an indicator column, or beside the numbers, that the balance has proven."""
    if not option.is_worded:
        return
    seen = words_of(profile, option)
    for side, words in (("debit", option.debit), ("credit", option.credit)):
        if set(words) <= set(seen):
            draft.prove(f"amounts.{side}", list(words), why)
        else:
            draft.guess(f"amounts.{side}", list(words), "not in this file")
    if option.otherwise:
        draft.prove("amounts.otherwise", option.otherwise, why)
    _write_neutral(draft, option)


def _write_neutral(draft: Draft, option: Option) -> None:
    if option.neutral:
        draft.guess(
            "amounts.neutral", list(option.neutral), "these rows are neither paid nor received and are left out"
        )


def words_of(profile: Profile, option: Option) -> list[str]:
    """The words that say the sides, wherever they stand."""
    if option.model is AmountModel.WORD_IN_CELL:
        return worded(profile, option.places["amount"])
    return profile.words(option.places["indicator"])


def write_indicator(draft: Draft, profile: Profile, option: Option) -> None:
    """An indicator column without a balance: its words say which side they mean, unless banks differ about them."""
    draft.prove("amounts.model", option.model.value, "no amount has a sign, the word in the other column says it")
    plain = [word for word in profile.words(option.places["indicator"]) if not is_neutral(word)]
    known = side_words(plain)
    for side, words in (("debit", option.debit), ("credit", option.credit)):
        seen = all(word in plain for word in words)
        if known is None or not known[2]:
            draft.guess(f"amounts.{side}", list(words), _EITHER_WAY)
        elif not seen:
            draft.guess(f"amounts.{side}", list(words), "not in this file")
        else:
            draft.prove(f"amounts.{side}", list(words), "the words say so")
    if option.otherwise:
        draft.guess("amounts.otherwise", option.otherwise, "rows without a word are taken for the other side")
    _write_neutral(draft, option)


def write_single(draft: Draft, profile: Profile, option: Option) -> None:
    """One column of amounts: negative is paid out, unless another column or a card says otherwise."""
    place, numbers = option.places["amount"], option.amounts
    if known := _words_beside(profile, place):
        _write_words_beside(draft, profile, place, known)
        return
    if {figure.mark for figure in profile.writings[place].figures} == {"", "+"}:
        draft.guess("amounts.model", AmountModel.WORD_IN_CELL.value, "some amounts have a +, the others no sign")
        draft.guess("amounts.credit", ["+"], "the amounts with a + are taken as received")
        draft.guess("amounts.otherwise", "debit", "the amounts without a sign are taken as paid out")
        return
    sign, column = _agreeing(profile, numbers)
    model = AmountModel.SIGNED if sign > 0 else AmountModel.INVERTED
    if column is not None:
        draft.prove("amounts.model", model.value, f"proven: column {profile.grid.name(column)} agrees with every sign")
        return
    paid = any(number < 0 for number in numbers if number is not None)
    if profile.is_card and _mostly_positive(numbers):
        draft.guess(
            "amounts.model", AmountModel.INVERTED.value, "looks like a card statement, where positive is paid out"
        )
    elif paid:
        draft.guess(
            "amounts.model",
            model.value,
            "negative is taken as paid out; on card statements it may be the other way (inverted)",
        )
    else:
        draft.guess("amounts.model", model.value, "no amount is negative; does something else say debit or credit?")


def _agreeing(profile: Profile, numbers: Sequence[Decimal | None]) -> tuple[int, int | None]:
    """1 or -1, and the column whose words agree with every sign, or contradict every one; None when there is none."""
    if not any(number < 0 for number in numbers if number is not None):
        return 1, None
    for place in profile.places:
        words = profile.few_words(place)
        known = side_words(words)
        if known is None or not known[2] or len(words) < 2:
            continue
        agree = {
            (number < 0) is (text in known[0])
            for number, text in zip(numbers, profile.texts(place), strict=True)
            if number and text
        }
        if len(agree) == 1:
            return (1 if agree.pop() else -1), place
    return 1, None


def _mostly_positive(numbers: Sequence[Decimal | None]) -> bool:
    known = [number > 0 for number in numbers if number]
    return sum(known) * 2 > len(known)


def _words_beside(profile: Profile, place: int) -> tuple[list[str], list[str], bool] | None:
    words = worded(profile, place)
    return side_words(words) if words else None


def _write_words_beside(draft: Draft, profile: Profile, place: int, known: tuple[list[str], list[str], bool]) -> None:
    debit, credit, are_sure = known
    written = profile.writings[place]
    alone = [word for word in written.beside if is_everywhere(profile, place, word)]
    if alone:
        why = f'every amount has "{alone[0]}"; does it say the side, or is it a mark of the currency?'
        draft.guess("amounts.model", AmountModel.WORD_IN_CELL.value, why)
    else:
        draft.prove("amounts.model", AmountModel.WORD_IN_CELL.value, "a word beside the number says it")
    for side, words in (("debit", debit), ("credit", credit)):
        if not all(word in written.beside for word in words):
            draft.guess(f"amounts.{side}", words, "not in this file")
        elif alone:
            draft.guess(f"amounts.{side}", words, f"every amount is taken for a {side}")
        elif not are_sure:
            draft.guess(f"amounts.{side}", words, _EITHER_WAY)
        else:
            draft.prove(f"amounts.{side}", words, "the words say so")
    if any(figure.beside not in (*debit, *credit) for figure in written.figures):
        other = "debit" if all(word in written.beside for word in credit) else "credit"
        draft.guess("amounts.otherwise", other, "some amounts have no word")
