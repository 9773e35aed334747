"""Which currency the amounts are in: a column, a header, a mark beside the number, a line above the table, or nobody says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from importer.reader.draft.beside import marks
from importer.reader.draft.columns import Profile
from importer.reader.draft.figures import decimal_places
from importer.reader.draft.finding import Draft
from importer.reader.draft.options import Option
from importer.reader.draft.stated import header_marks, stated
from importer.reader.draft.usual import usual_currency
from importer.reader.draft.words import currency_of, is_shared_mark, lexicon, says

_SIDES = ("debit", "credit")
_NONE = "XXX"  # no currency, says ISO 4217: no account and no invoice is in it
_CODED = re.compile(r"(?P<before>.*\w.*?)(?P<open>\W+)(?P<code>[A-Z]{3}|[€£])(?P<close>\W*)")


def decide_currency(draft: Draft, profile: Profile, option: Option | None) -> None:
    """Write where the currency stands."""
    amounts = [place for name, place in option.places.items() if name != "indicator"] if option is not None else []
    _write_symbols(draft, profile, amounts)
    # Where the header of an amount states its currency, a column of currencies is about another amount.
    marked = header_marks(draft, profile, amounts)
    if _write_header(draft, profile, amounts) or _write_mark(draft, marked) or _write_columns(draft, profile, amounts):
        return
    is_marked = _has_known_marks(draft) and _are_all_marked(profile, amounts)
    if is_marked or _write_stated(draft, profile) or _write_shared_mark(draft, marked):
        return
    if not _write_unnamed(draft, profile):
        _write_likely(draft, profile)


def _write_columns(draft: Draft, profile: Profile, amounts: Sequence[int]) -> bool:
    places = [place for place in profile.places if profile.is_currency(place)]
    if sides := _of_sides(draft, profile, places):
        for name, place in sides.items():
            draft.prove(f"columns.{name}_currency", [place], "named so")
        return True
    own = [
        place
        for place in places
        if not any(says("numbers", name, profile.header(place)) for name in ("foreign", "fee", "balance"))
    ]
    if not own:
        return False
    if all(_is_of_another(draft, profile, place) for place in own):
        return False
    near = min(own, key=lambda place: (min((abs(place - each) for each in amounts), default=0), -place))
    rivals = [place for place in own if place != near and profile.texts(place) != profile.texts(near)]
    if _is_doubtful(draft, profile, near):
        why = "one balance runs through rows of several currencies; is this the currency of the amounts?"
        draft.guess("columns.currency", [near], why)
    elif rivals:
        draft.guess("columns.currency", [near], f"or {' or '.join(profile.grid.name(place) for place in rivals)}")
    else:
        draft.prove("columns.currency", [near], "named so")
    _write_words(draft, profile, near)
    if not all(profile.texts(near)) and not _write_stated(draft, profile):
        _write_likely(draft, profile)
    return True


def _of_sides(draft: Draft, profile: Profile, places: Sequence[int]) -> Mapping[str, int]:
    """The columns of currencies by side, each called so, or behind its amount, or in front of it; {} where they are not."""
    amounts = {side: place for side in _SIDES if (place := draft.column(side)) is not None}
    if len(amounts) != len(_SIDES):
        return {}
    called = {side: [place for place in places if says("numbers", side, profile.header(place))] for side in _SIDES}
    if all(len(found) == 1 for found in called.values()) and called["debit"] != called["credit"]:
        return {side: found[0] for side, found in called.items()}
    beside = ({side: place + step for side, place in amounts.items()} for step in (1, -1))
    return next((found for found in beside if set(found.values()) <= set(places)), {})


def _is_doubtful(draft: Draft, profile: Profile, place: int) -> bool:
    """One balance runs through all rows, so they should all be in one currency, and yet this column has several."""
    return "running" in draft.findings and len(profile.words(place)) > 1


def _is_of_another(draft: Draft, profile: Profile, place: int) -> bool:
    """A column of several currencies that the balance contradicts is of another amount; one just called currency may not be."""
    is_plain = profile.is_currency(place) and len(profile.header(place).split()) == 1
    return _is_doubtful(draft, profile, place) and not is_plain


def _write_words(draft: Draft, profile: Profile, place: int) -> None:
    words = {word: currency_of(word) for word in profile.words(place) if currency_of(word)}
    if words:
        draft.guess("currency_words", words, "are these the currencies?")
    elif any(word.islower() for word in profile.words(place)):
        draft.prove("small_currencies", value=True, why="the codes are written small")


def _write_unnamed(draft: Draft, profile: Profile) -> bool:
    """A column with a currency in every row that its header does not speak of; it may be that of another amount."""
    places = [
        place
        for place in profile.places
        if profile.is_coded(place) and not says("texts", "currency", profile.header(place))
    ]
    own = [place for place in places if not _is_of_another(draft, profile, place)]
    if not own:
        return False
    others = "".join(f"or {profile.grid.name(place)}; " for place in own[1:])
    draft.guess("columns.currency", own[:1], f"{others}it holds a currency in every row; is it that of the amounts?")
    _write_words(draft, profile, own[0])
    return True


def _write_header(draft: Draft, profile: Profile, amounts: Sequence[int]) -> bool:
    """A currency in the header of an amount or of the balance."""
    balance = draft.column("balance")
    places = [*amounts, *([balance] if balance is not None else [])]
    found = {place: pattern for place in places if (pattern := header_pattern(profile.header(place)))}
    if found:
        # The other columns of the header change their currency with these.
        draft.patterns |= {
            place: pattern for place, name in enumerate(draft.header) if (pattern := header_pattern(name))
        }
    return bool(found)


def header_pattern(header: str) -> str:
    """A pattern that takes the currency out of a header such as "Saldo (CHF)"; "" for a header without one."""
    found = _CODED.fullmatch(" ".join(header.split()))
    if found is None or found["code"] not in lexicon()["codes"]:
        return ""
    before, opened, closed = (re.escape(found[name]).replace("\\ ", " ") for name in ("before", "open", "close"))
    return f"{before}{opened}(?P<currency>[A-Z]{{3}}){closed}"


def _write_mark(draft: Draft, marked: Mapping[str, str]) -> bool:
    """A mark that only one currency has, in the header of an amount."""
    if len({*marked.values()}) != 1 or any(map(is_shared_mark, marked)):
        return False
    draft.prove("currency", next(iter(marked.values())), f'the header says "{next(iter(marked))}"')
    return True


def _write_shared_mark(draft: Draft, marked: Mapping[str, str]) -> bool:
    if len({*marked.values()}) != 1:
        return False
    mark, code = next(iter(marked.items()))
    draft.guess("currency", code, f'the header says "{mark}", a mark of several currencies; is this the right one?')
    return True


def _write_symbols(draft: Draft, profile: Profile, amounts: Sequence[int]) -> None:
    places = [*amounts, *draft.columns("balance")]
    found = {mark: _meant(profile, places, mark) for mark in marks(profile, places, amounts)}
    unknown = [mark for mark, code in found.items() if not code]
    if unknown:
        shown = ", ".join(f'"{mark}"' for mark in unknown)
        draft.guess("numbers.symbols", found, f"no currency is known for {shown}; write its code behind it")
    elif any(is_shared_mark(mark) for mark in found):
        draft.guess("numbers.symbols", found, "several currencies share this mark; is this the right one?")
    elif found:
        draft.prove("numbers.symbols", found)


def _meant(profile: Profile, places: Sequence[int], mark: str) -> str:
    """The currency of a mark, "" for an unknown one; the one of yen and yuan is yuan where the numbers have decimals."""
    figures = (figure for place in places if place in profile.writings for figure in profile.writings[place].figures)
    if mark == "¥" and decimal_places(figures, profile.decimal):
        return "CNY"
    if is_shared_mark(mark) and (code := next((each.code for each in stated(profile) if each.label), "")):
        return code
    letters: Mapping[str, str] = lexicon()["currency_letters"]
    return currency_of(mark) or letters.get(mark, "") or (mark if re.fullmatch("[A-Z]{3}", mark) else "")


def _has_known_marks(draft: Draft) -> bool:
    found = draft.value("numbers.symbols")
    return isinstance(found, Mapping) and all(found.values())


def _are_all_marked(profile: Profile, amounts: Sequence[int]) -> bool:
    writings = [profile.writings[place] for place in amounts if place in profile.writings]
    return all(not found.natives and all(figure.beside for figure in found.figures) for found in writings)


def _write_stated(draft: Draft, profile: Profile) -> bool:
    """A currency above the table, beside a cell that says so, or behind the word in the same cell."""
    found = next((each for each in stated(profile) if each.label), None)
    if found is None:
        return False
    draft.prove("outside.currency", {"label": found.label}, f"{found.text} in this file")
    if found.text != found.code:
        draft.guess("currency_words", {found.text: found.code}, "is this the currency?")
    return True


def _write_likely(draft: Draft, profile: Profile) -> None:
    codes = {found.code for found in stated(profile)}
    if len(codes) == 1:
        currency, why = codes.pop(), "it stands above the table; is it that of every account?"
    elif "numbers.symbols" in draft.findings and not _has_known_marks(draft):
        currency, why = _NONE, "the amounts have a mark that no currency is known for; write its code"
    else:
        currency, why = usual_currency(draft, profile)
    others = [place for place in profile.places if profile.is_currency(place) and place != draft.column("currency")]
    shown = (f"; or column {profile.grid.name(place)}, with {', '.join(profile.words(place))}?" for place in others)
    draft.guess("currency", currency, why + "".join(shown))
