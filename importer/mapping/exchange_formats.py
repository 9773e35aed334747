"""How a data exchange definition writes dates and numbers: .NET date formats and cultures, in a mapping's own words.

Source: page Set up data exchange definitions; .NET custom date and time format strings.
"""

from __future__ import annotations

import re

from importer.cells import LANGUAGES

# Cultures whose decimal mark is a point; all others of the languages here have a comma.
_POINT = re.compile(
    "^(en(?!-ZA)|zh|ja|ko|th|he|hi|ms-MY|fil|mt|ga|de-(CH|LI)|it-CH|es-(MX|US|PR|DO|GT|HN|NI|PA|PE|SV))", re.IGNORECASE
)
_SWISS = re.compile("-(CH|LI)$", re.IGNORECASE)
_SPACED = re.compile("^(fr|nb|nn|no|sv|fi|cs|sk|pl|hu|ru|uk|bg|et|lv|lt|en-ZA)", re.IGNORECASE)
_CODE_PAGES = {
    "windows-1250": "cs sk pl hu sl hr ro sr bs sq",
    "windows-1251": "ru uk be bg mk",
    "windows-1253": "el",
    "windows-1254": "tr",
    "windows-1255": "he",
    "windows-1257": "et lv lt",
    "cp932": "ja",
    "gb18030": "zh",
    "cp949": "ko",
    "cp874": "th",
}
# Short dates where a definition leaves the format open.
_SHORT_DATES = {
    "en-us": "%m/%d/%Y",
    "en-ca": "%Y-%m-%d",
    "en": "%d/%m/%Y",
    "fr": "%d/%m/%Y",
    "it": "%d/%m/%Y",
    "es": "%d/%m/%Y",
    "pt": "%d/%m/%Y",
    "da": "%d-%m-%Y",
    "nl": "%d-%m-%Y",
    "sv": "%Y-%m-%d",
    "lt": "%Y-%m-%d",
    "hu": "%Y. %m. %d.",
    "ja": "%Y/%m/%d",
    "zh": "%Y/%m/%d",
}
_PIECES = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K|.", re.DOTALL)
_TOKENS = {
    "y": "%Y", "yy": "%y", "yyyy": "%Y", "M": "%m", "MM": "%m", "MMM": "%b", "MMMM": "%b", "d": "%d", "dd": "%d",
    "ddd": "%a", "dddd": "%A", "H": "%H", "HH": "%H", "h": "%I", "hh": "%I", "m": "%M", "mm": "%M", "s": "%S",
    "ss": "%S", "t": "%p", "tt": "%p", "z": "%z", "zz": "%z", "zzz": "%z", "K": "%z",
}  # fmt: skip


def date_format(text: str) -> str:
    """A .NET date format as strptime writes it; "" for one letter, which stands for a whole format of the culture."""
    if len(text) < 3:
        return ""
    form = "".join(_token(piece) for piece in _PIECES.findall(text))
    # In .NET mm is minutes, and a date without hours was meant to have a month.
    return form.replace("%M", "%m") if not {"%m", "%b"} & {*re.findall("%.", form)} else form


def _token(piece: str) -> str:
    if piece[0] in "'\"":
        return piece[1:-1].replace("%", "%%")
    if piece[0] == "\\":
        return piece[1:].replace("%", "%%")
    if piece[0] in "fF":
        return "%f"
    return _TOKENS.get(piece, piece.replace("%", "%%"))


def usual_date(culture: str) -> str:
    """The short date of a culture."""
    plain = culture.casefold()
    return _SHORT_DATES.get(plain) or _SHORT_DATES.get(plain[:2]) or "%d.%m.%Y"


def marks(culture: str) -> tuple[str, list[str]]:
    """The decimal mark of a culture, and what may stand between thousands."""
    if _POINT.match(culture) or not culture:
        return ".", ["'", "’"] if _SWISS.search(culture) else [","]
    return ",", [" ", "."] if _SPACED.match(culture) else [".", " "]


def code_page(culture: str) -> str:
    """What WINDOWS stands for on a computer of this culture."""
    return next(
        (page for page, languages in _CODE_PAGES.items() if culture[:2].lower() in languages.split()), "windows-1252"
    )


def month_language(culture: str) -> str:
    """The language of month names, "" when it is English or unknown."""
    language = {"no": "nb", "nn": "nb"}.get(culture[:2].lower(), culture[:2].lower())
    return language if language in LANGUAGES and language != "en" else ""
