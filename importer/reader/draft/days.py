"""Which date column is the booking date, which the value date, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.words import role, says
from importer.reader.draft.year import write_year
from importer.reader.rows import is_filled

# The first that is there is taken for the booking date.
_RANKS = ("booked", "day", "made", "done", "", "value", "other")

_FEW_DAYS = 30  # between a transaction and its booking


def decide_days(draft: Draft, profile: Profile) -> list[date | None]:
    """Write the lines of the dates; the booking dates of the rows, all None where they could not be read."""
    unknown: list[date | None] = [None] * len(profile.rows)
    said = {place: role("dates", profile.header(place)) for place in (*profile.days, *profile.serials)}
    if not said:
        _write_nothing(draft, profile)
        return unknown
    booked = min(said, key=lambda place: (_RANKS.index(said[place]), -_filled(profile, place), place))
    _write_booked(draft, profile, booked, said)
    valued = [place for place, name in said.items() if name == "value" and place != booked]
    if valued:
        draft.prove("columns.value_on", valued[:1], "named so")
    _write_formats(draft, profile, booked, valued)
    return profile.dates(booked) if booked in profile.days else unknown


def _filled(profile: Profile, place: int) -> int:
    return sum(bool(text) for text in profile.texts(place))


def _write_nothing(draft: Draft, profile: Profile) -> None:
    named = next((place for place in profile.places if role("dates", profile.header(place))), 0)
    draft.guess("columns.booked_on", [named], "no column was recognised as dates")
    seen = next(iter(profile.words(named)), "")
    draft.guess("dates.formats", ["%d.%m.%Y"], f'how is "{seen}" written?')


def _write_booked(draft: Draft, profile: Profile, booked: int, said: dict[int, str]) -> None:
    others = [place for place, name in said.items() if place != booked and name not in ("value", "other")]
    if said[booked] == "booked":
        others = [place for place in others if said[place] == "booked"]
    others += _doubtful(profile, booked, [place for place, name in said.items() if name == "made" and place != booked])
    if not others and said[booked] not in ("value", "other", "done"):
        draft.prove("columns.booked_on", [booked], "named so" if said[booked] else "the only column of dates")
        return
    names = " or ".join(profile.grid.name(place) for place in others)
    draft.guess(
        "columns.booked_on", [booked], f"or is {names} the booking date?" if others else "is this the booking date?"
    )


def _doubtful(profile: Profile, booked: int, made: Sequence[int]) -> list[int]:
    """Columns with the day of the transaction that may be meant all the same.

    The booking lies far from it or is called so too, or the statement is one of a card, which may go by either.
    """
    if says("dates", "made", profile.header(booked)) or profile.is_card:
        return list(made)
    return [place for place in made if _most_days_between(profile, booked, place) > _FEW_DAYS]


def _most_days_between(profile: Profile, booked: int, made: int) -> int:
    if not {booked, made} <= profile.days.keys():
        return 0
    pairs = zip(profile.dates(booked), profile.dates(made), strict=True)
    return max((abs((one - other).days) for one, other in pairs if one is not None and other is not None), default=0)


def _write_formats(draft: Draft, profile: Profile, booked: int, valued: Sequence[int]) -> None:
    if booked in profile.serials:
        draft.guess("dates.formats", ["excel"], "numbers that are days in Excel (1900 system)")
        return
    settled = profile.settled
    formats = settled.formats[booked]
    if settled.rival:
        draft.guess("dates.formats", list(formats), settled.rival)
    else:
        natives = all(isinstance(cell, date) for cell in profile.cells(booked) if is_filled(cell))
        draft.prove("dates.formats", list(formats), "date cells; for dates as text" if natives else settled.why)
    others = settled.formats[valued[0]] if valued and valued[0] in profile.days else formats
    if not set(others) <= set(formats):
        draft.prove("dates.value_formats", list(dict.fromkeys((*others, *formats))))
    languages = {profile.days[place].language for place in (booked, *valued) if place in profile.days} - {"en"}
    if languages:
        draft.prove("dates.language", min(languages), "the month names are of this language")
    if not any("%y" in form.casefold() for form in (*formats, *others)):
        write_year(draft, profile.grid.above)
