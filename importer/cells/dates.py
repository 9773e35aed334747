"""How banks write dates, and reading them exactly.

Source: formats.md §4 (10), reliability.md §10.3 (B68-B70).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property

from importer.cells.months import month_numbers
from importer.cells.wrong import FULL_WIDTH, SPACES, Wrong

FIRST_YEAR = 1753  # Business Central's first date
_BUDDHIST = range(1900 + 543, 2200 + 543)  # the years of Thailand's calendar
_CHARACTERS = SPACES | FULL_WIDTH
_TOKENS = {
    "%d": r"(?P<d>[0-9]{1,2})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%b": r"(?P<b>[^\W\d_]+\.?)",
    "%B": r"(?P<b>[^\W\d_]+\.?)",
    "%H": r"[0-9]{1,2}",
    "%I": r"[0-9]{1,2}",
    "%M": r"[0-9]{2}",
    "%S": r"[0-9]{2}",
    "%f": r"[0-9]+",
    "%p": r"[AaPp]\.?[Mm]\.?",
    "%a": r"[^\W\d_]+\.?",
    "%A": r"[^\W\d_]+\.?",
    "%z": r"(?:Z|[+-][0-9]{2}:?[0-9]{2})",
    "%Z": r"[A-Z]{3,4}",
    "%*": r".*",
    "%%": "%",
}
_TIGHT = re.compile(r"(?:%[dmYy]){2,}")
_NO_YEAR = Wrong(
    "DAT-4",
    "has no year, and the last day of the file was not found where the mapping's outside.ends_on looks for it; "
    "where that is the name of the file, rename the file as the mapping's notes say",
)
SERIALS = {"excel": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}


_LETTERS = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD"}


def _in_letters(format_: str) -> str:
    """A format as a person would write it down; names of months and times keep their codes."""
    return re.sub("%[Yymd]", lambda found: _LETTERS[found[0]], format_)


@dataclass(frozen=True)
class DateFormat:
    """How a bank writes dates: strptime formats in the order they are tried, %* for any rest, and the month names' language.

    Two-digit years below `pivot` are of this century, the others of the last. Times are read over, not kept.
    "excel" and "excel-1904" stand for the serial numbers of workbooks.
    """

    formats: tuple[str, ...]
    language: str = "en"
    pivot: int = 70

    def parse(self, text: str, *, ends_on: date | None = None) -> date | Wrong:
        """The date. `ends_on` is the last day of the statement: it gives the year where the format has none."""
        bare = text.translate(_CHARACTERS).strip()
        for pattern in self._patterns:
            if found := pattern.fullmatch(bare):
                return self._dated(found, ends_on)
        if self._serials and re.fullmatch(r"[0-9]{2,5}(\.[0-9]+)?", bare):
            return self.serial(float(bare))
        return Wrong("DAT-1", f"is not a date written as {' or '.join(map(_in_letters, self.formats))}")

    def turned(self) -> DateFormat:
        """The same with day and month the other way round; after a year nobody turns them round."""
        turn = {"%d": "%m", "%m": "%d"}
        turnable = (text for text in self.formats if "%m" in text and text[:2] not in {"%Y", "%y"})
        formats = tuple(re.sub("%[dm]", lambda found: turn[found[0]], text) for text in turnable)
        return DateFormat(formats, self.language, self.pivot)

    @property
    def has_serials(self) -> bool:
        """True when serial numbers of workbooks stand for dates."""
        return bool(self._serials)

    @cached_property
    def _serials(self) -> list[str]:
        return [name for name in self.formats if name in SERIALS]

    def serial(self, number: float) -> date | Wrong:
        """The date of a workbook's serial number; below 61 Excel's own calendar is wrong (29.02.1900)."""
        system = self._serials[0]
        if (system == "excel" and number < 61) or not 0 < number < 2_958_466:
            return Wrong("DAT-2", "is not the serial number of a date after February 1900")
        return SERIALS[system] + timedelta(days=int(number))

    def _dated(self, found: re.Match[str], ends_on: date | None) -> date | Wrong:
        parts = found.groupdict()
        if ends_on is None and not (parts.get("Y") or parts.get("y")):
            return _NO_YEAR
        month = self._month(parts)
        year = self._year(parts, month, ends_on)
        try:
            day = date(year, month, int(parts.get("d") or 1))
        except ValueError:
            return Wrong("DAT-1", "is not a day of the calendar")
        if year < FIRST_YEAR:
            return Wrong("DAT-3", f"is before {FIRST_YEAR}, the first year of Business Central")
        if year in _BUDDHIST:
            return Wrong("DAT-9", "is a year of the Buddhist calendar, 543 ahead; export with western years")
        return day

    def _month(self, parts: Mapping[str, str | None]) -> int:
        if name := parts.get("b"):
            return month_numbers(self.language).get(name.rstrip(".").casefold(), 0)
        return int(parts.get("m") or 0)

    def _year(self, parts: Mapping[str, str | None], month: int, ends_on: date | None) -> int:
        if year := parts.get("Y"):
            return int(year)
        if short := parts.get("y"):
            return int(short) + (2000 if int(short) < self.pivot else 1900)
        # A statement never covers more than a year, so a later month than its last is of the year before.
        last = ends_on or date.max
        return last.year if month <= last.month else last.year - 1

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return [date_pattern(text) for text in self.formats if text not in SERIALS]


@cache
def date_pattern(text: str) -> re.Pattern[str]:
    """The pattern of one date format; digits that touch have their full width, others may lack a leading zero.

    Raises:
        ValueError: for a token that is not known.
    """
    pattern = ""
    for piece in re.split(r"((?:%[dmYy]){2,}|%.|\s+)", text):
        if _TIGHT.fullmatch(piece):
            pattern += "".join(_TOKENS[token].replace("{1,2}", "{2}") for token in re.findall("%.", piece))
        elif piece.startswith("%"):
            if piece not in _TOKENS:
                raise ValueError(f'"{piece}" is not a part of a date; known are {" ".join(_TOKENS)}')
            pattern += _TOKENS[piece]
        else:
            pattern += r"\s+" if piece.isspace() else re.escape(piece)
    return re.compile(pattern)


def contradict(formats: Sequence[str]) -> tuple[str, str] | None:
    """Two formats that read the same text as different days, such as %d/%m/%Y and %m/%d/%Y; None when there are none."""
    seen: dict[str, str] = {}
    for text in formats:
        shape = re.sub("%[dmy]", "%d", text.replace("%*", ""))
        if (other := seen.setdefault(shape, text)) != text:
            return other, text
    return None


def native_date(value: date | datetime) -> date | Wrong:
    """The day of a date cell of a workbook."""
    day = value.date() if isinstance(value, datetime) else value
    if day.year < 1900 or day < date(1900, 3, 1):
        return Wrong("DAT-2", "is not a date after February 1900")
    return day
