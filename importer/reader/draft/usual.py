"""The likeliest currency of a file that does not say it. It is never proven: whatever is found here, a person confirms.

The surest hint counts: the country of the own account, a code in any header, the country's own words in the header, the script,
its words in the texts, a form of numbers and dates that only one country has in that language, the countries of other accounts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from stdnum import iban

from importer.money import decimals_of
from importer.reader.draft.columns import Profile
from importer.reader.draft.figures import decimal_places
from importer.reader.draft.finding import Draft
from importer.reader.draft.words import lexicon, mentions, says
from importer.reader.rows import text_of

_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CODE = re.compile(r"\b[A-Z]{3}\b")
_ELSE = "EUR"


def usual_currency(draft: Draft, profile: Profile) -> tuple[str, str]:
    """The likeliest currency, and why it is that."""
    hints: Sequence[tuple[Callable[[Draft, Profile], str], str]] = (
        (_of_account, "the file does not say it; it is that of the account's country"),
        (_of_header_codes, "only a header names it"),
        (_of_header_words, "the file does not say it; the header has words of its country"),
        (_of_script, "the file does not say it; it goes with the script"),
        (_of_texts, "the file does not say it; the texts have words of its country"),
        (_of_forms, "the file does not say it; language and form of the numbers and dates are those of its country"),
        (_of_other_accounts, "the file does not say it; most other accounts are of its country"),
    )
    found = ((currency, why) for hint, why in hints if (currency := hint(draft, profile)))
    decimals = _decimals(profile)
    return next((hint for hint in found if decimals <= decimals_of(hint[0])), (_ELSE, "the file does not say it"))


def _decimals(profile: Profile) -> int:
    """How many decimals the numbers have at least that no currency can do without."""
    figures = [figure for place in profile.money for figure in profile.writings[place].figures]
    return min(decimal_places(figures, profile.decimal), 2)


def _of_account(draft: Draft, profile: Profile) -> str:
    place = draft.column("account")
    accounts = profile.words(place)[:1] if place is not None else []
    above = (text_of(cell) for row in profile.grid.above for cell in row)
    return _of_country([account[:2] for account in accounts]) or _of_country(_countries(above))


def _countries(texts: Iterable[str]) -> list[str]:
    """The countries of the IBANs in texts."""
    return [found[:2] for text in texts for found in _IBAN.findall(text) if iban.is_valid(found)]


def _of_country(countries: Sequence[str]) -> str:
    """The currency of the country that is named most often; "" without any."""
    most = Counter(countries).most_common(1)
    currencies: dict[str, str] = lexicon()["countries"]
    return currencies.get(most[0][0], "") if most else ""


def _of_header_codes(_: Draft, profile: Profile) -> str:
    codes = {code for name in profile.grid.header for code in _CODE.findall(name)} & {*lexicon()["codes"]}
    return codes.pop() if len(codes) == 1 else ""


def _of_header_words(_: Draft, profile: Profile) -> str:
    return _most_spoken(profile.grid.header)


def _of_texts(_: Draft, profile: Profile) -> str:
    return _most_spoken([text for place in profile.places for text in profile.words(place)])


def _most_spoken(texts: Sequence[str]) -> str:
    """The currency of whose country most of the texts have words; "" when there is none, or two have as many."""
    often = Counter(currency for currency in lexicon()["spoken"] for text in texts if says("spoken", currency, text))
    (first, most), (_, next_most) = [*often.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > next_most else ""


def _of_script(_: Draft, profile: Profile) -> str:
    names = "".join(profile.grid.header)
    scripts: dict[str, str] = lexicon()["scripts"]
    return next((currency for letters, currency in scripts.items() if re.search(f"[{letters}]", names)), "")


def _of_forms(draft: Draft, profile: Profile) -> str:
    """Swiss banks write a decimal point below German, French or Italian headers; only Americans begin with the month."""
    header = " | ".join(profile.grid.header)
    if {"'", "’"} & {*_values(draft, "numbers.thousands")}:
        return "CHF"
    if not _has_points(profile):
        return ""
    if any(str(form).startswith("%m") for form in _values(draft, "dates.formats")):
        return "USD"
    return "CHF" if mentions("swiss_headers", header) else ""


def _has_points(profile: Profile) -> bool:
    """True when numbers written as text show a decimal point; number cells of a workbook show nothing."""
    written = any(profile.writings[place].figures for place in profile.money)
    return written and profile.is_decimal_proven and profile.decimal == "."


def _of_other_accounts(_: Draft, profile: Profile) -> str:
    return _of_country(_countries(text for place in profile.places for text in profile.words(place)))


def _values(draft: Draft, key: str) -> Sequence[object]:
    found = draft.findings.get(key)
    return found.value if found is not None and isinstance(found.value, list) else []
