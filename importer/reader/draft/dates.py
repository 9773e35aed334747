"""How a column writes its days: every format that reads all cells of one shape, and which of several is right.

Day and month are told apart by the whole file: a value above 12 anywhere proves their order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from importer.cells import LANGUAGES, DateFormat, Wrong

_SEPARATOR = r"(?P<s>\s?[-/.]\s?)"
_NAME = r"[^\W\d_]{3,12}\.?"
# The day as it is written, and the formats it may be in; {s} is the separator that is found.
_SHAPES = [
    (re.compile(pattern), formats)
    for pattern, formats in (
        (rf"\d{{4}}{_SEPARATOR}\d{{1,2}}(?P=s)\d{{1,2}}(?!\d)", ("%Y{s}%m{s}%d",)),
        (rf"\d{{1,2}}{_SEPARATOR}\d{{1,2}}(?P=s)\d{{4}}(?!\d)", ("%d{s}%m{s}%Y", "%m{s}%d{s}%Y")),
        (rf"\d{{1,2}}{_SEPARATOR}\d{{1,2}}(?P=s)\d{{2}}(?!\d)", ("%d{s}%m{s}%y", "%m{s}%d{s}%y", "%y{s}%m{s}%d")),
        (r"\d{4}年\d{1,2}月\d{1,2}日", ("%Y年%m月%d日",)),
        (r"(?:19|20)\d{12}(?!\d)", ("%Y%m%d%H%M%S",)),
        (r"(?:19|20)\d{6}(?!\d)", ("%Y%m%d",)),
        (r"\d{4}(?:19|20)\d{2}(?!\d)", ("%d%m%Y", "%m%d%Y")),
        (rf"\d{{1,2}}(?P<s>[-/. ]|\. ){_NAME}(?P<t>[-/. ]|, )\d{{4}}(?!\d)", ("%d{s}%b{t}%Y",)),
        (rf"\d{{1,2}}(?P<s>[-/. ]|\. ){_NAME}(?P<t>[-/. ]|, )\d{{2}}(?!\d)", ("%d{s}%b{t}%y",)),
        (rf"\d{{1,2}}{_NAME}\d{{4}}(?!\d)", ("%d%b%Y",)),
        (rf"\d{{1,2}}{_NAME}\d{{2}}(?!\d)", ("%d%b%y",)),
        (rf"{_NAME}(?P<s>[-/. ])\d{{1,2}}(?P<t>,? )\d{{4}}(?!\d)", ("%b{s}%d{t}%Y",)),
    )
]
# Days without a year: too much else looks like them, so only a header that speaks of dates lets a column be read so.
_YEARLESS = [
    (re.compile(rf"\d{{1,2}}{_SEPARATOR.replace('.', '.')}\d{{1,2}}(?!\d)"), ("%d{s}%m", "%m{s}%d")),
    (re.compile(r"\d{1,2}月\d{1,2}日"), ("%m月%d日",)),
    (re.compile(rf"\d{{1,2}}(?P<s>[-/. ]|\. ){_NAME}"), ("%d{s}%b",)),
    (re.compile(r"\d{6}(?!\d)"), ("%d%m%y", "%y%m%d", "%m%d%y")),
]
_TIME = [
    (re.compile(pattern), token)
    for pattern, token in (
        (r"\d{1,2}:\d{2}:\d{2}\.\d+", "%H:%M:%S.%f"),
        (r"\d{1,2}:\d{2}:\d{2}", "%H:%M:%S"),
        (r"\d{1,2}:\d{2}", "%H:%M"),
        (r"[AaPp]\.?[Mm]\.?\b", "%p"),
        (r"(?:Z|[+-]\d{2}:?\d{2})$", "%z"),
        (r" ?г\.", ""),
        (r"[T ,./-]+", ""),
    )
]
_SOME_YEAR = date(2023, 12, 31)  # lets days without a year be read at all
_BRACKETS = re.compile(r"\s*(?:\([^()]{1,20}\)|\[[^\[\]]{1,20}\])")
_BEFORE = re.compile(r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?)?(?P<day>[^\W\d_]{2,3}\.?,?(?=\s))?(?P<gap>[\s,]*)")


@dataclass(frozen=True, slots=True)
class Shape:
    """Cells of one column that are written alike, and the formats that read all of them."""

    formats: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A column of days: its shapes, the language of its month names, and the cells that are no days."""

    shapes: tuple[Shape, ...]
    language: str
    others: tuple[str, ...]


@lru_cache(maxsize=65536)
def day_formats(text: str) -> tuple[str, ...]:
    """The formats in which a text may be a day; () when it is none."""
    return tuple(form for form in _candidates(text.strip(), _SHAPES) if _readers(form, [text]))


def _candidates(text: str, shapes: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]) -> Iterator[str]:
    yield from _begun(text, 0, "", shapes)
    before = _BEFORE.match(text)
    if before is not None and (before["time"] or before["day"]):
        yield from _begun(text, before.end(), _ahead(before), shapes)


def _begun(
    text: str, start: int, ahead: str, shapes: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]
) -> Iterator[str]:
    """The formats of a day that begins here, with what stands before and after it."""
    for pattern, formats in shapes:
        found = pattern.match(text, start)
        rest = _after(text[found.end() :]) if found else None
        if found and rest is not None:
            for form in formats:
                yield ahead + form.format(**{"s": "", "t": "", **found.groupdict()}) + rest


def _ahead(before: re.Match[str]) -> str:
    time = ("%H:%M:%S" if before["time"].count(":") == 2 else "%H:%M") if before["time"] else ""
    day = "%a" + (before["day"] or "")[len((before["day"] or "").rstrip(".,")) :] if before["day"] else ""
    return (time + day + before["gap"]).replace("%a.", "%a")


def _after(rest: str) -> str | None:
    """The format of what follows a day: a time, or something in brackets; None for other text."""
    form = ""
    while rest and not _BRACKETS.fullmatch(rest):
        for pattern, token in _TIME:
            if found := pattern.match(rest):
                form, rest = form + (token or found[0]), rest[found.end() :]
                break
        else:
            return None
    return form + rest.replace("%", "%%")


def _readers(form: str, cells: Iterable[str]) -> tuple[str, ...]:
    """The languages in which the format reads all the cells; every one where it has no month names."""
    texts = list(dict.fromkeys(cells))
    if "%b" not in form:
        return LANGUAGES if days_of(form, texts) is not None else ()
    return tuple(language for language in LANGUAGES if days_of(form, texts, language) is not None)


def days_of(form: str, cells: Sequence[str], language: str = "en") -> list[date] | None:
    """The days of the cells in this format; None when it does not read all of them."""
    reader = DateFormat((form,), language)
    days = []
    for cell in cells:
        day = reader.parse(cell, ends_on=_SOME_YEAR)
        if isinstance(day, Wrong):
            return None
        days.append(day)
    return days


def day_column(texts: Sequence[str]) -> DayColumn | None:
    """How a column writes days; None when it does not."""
    return _column(texts, _SHAPES)


def yearless_column(texts: Sequence[str]) -> DayColumn | None:
    """The same for a column whose header says that it holds days, however odd they look: without year, six digits."""
    return _column(texts, [*_SHAPES, *_YEARLESS])


def six_digits(texts: Sequence[str]) -> bool:
    """True when the texts are days of six digits, which only a whole column can show; a few words may stand among them."""
    days = [text for text in texts if re.fullmatch(r"\d{6}", text)]
    others = [text for text in texts if text not in days]
    if len(days) * 5 < len(texts) * 4 - 4 or any(any(map(str.isdigit, text)) for text in others):
        return False
    found = yearless_column(days)
    return found is not None and not found.others


def _column(texts: Sequence[str], shapes: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]) -> DayColumn | None:
    groups: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for text in filter(None, map(str.strip, texts)):
        groups[_outline(text)][text] = None
    found: list[Shape] = []
    others: list[str] = []
    languages = LANGUAGES
    for cells in groups.values():
        readers = _read(tuple(cells), shapes)
        if not readers:
            others += cells
            continue
        found.append(Shape(tuple(readers), tuple(cells)))
        spoken = {language for each in readers.values() for language in each}
        languages = tuple(language for language in languages if language in spoken) or languages
    return DayColumn(tuple(found), languages[0], tuple(others)) if found else None


def _read(
    cells: Sequence[str], shapes: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]
) -> dict[str, tuple[str, ...]]:
    """The formats that read all the cells, each with the languages in which it does."""
    for cut in (False, True) if shapes is _SHAPES else (False,):
        forms = dict.fromkeys(_cut(form) if cut else form for form in _candidates(cells[0], shapes))
        readers = {form: spoken for form in forms if (spoken := _readers(form, cells))}
        if readers:
            return readers
    return {}


def _cut(form: str) -> str:
    """The format with anything after the day."""
    last = max(form.rfind(token) for token in ("%d", "%m", "%Y", "%y", "%b"))
    return form[: last + 2] + "%*"


def _outline(text: str) -> str:
    digits = re.sub(r"\d+", lambda found: "9" if len(found[0]) < 3 else f"<{len(found[0])}>", text)
    return re.sub(r"[^\W\d_]{2,}\.?", "a", digits)
