"""A column that tells whether a row is booked: which words leave a row out, and which bookings have.

The words of bookings are written, too, since a word that comes with a later file would become a booking without a word.
"""

from __future__ import annotations

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import BOOKED, Draft, RowFinding
from importer.reader.draft.words import mentions, role, says

_MOST_WORDS = 3
_BECAUSE = "not booked yet"
_PENDING = "do these words mean that it is not booked?"


def decide_status(draft: Draft, profile: Profile) -> None:
    """Leave out rows whose status says that they are not booked. Without a header any column of a few words may be it."""
    for place in profile.places:
        header = profile.header(place)
        if header and not says("texts", "status", header):
            continue
        pending = [word for word in profile.few_words(place) if mentions("pending", word)]
        others = _others(profile, place, pending)
        if pending and others:
            booked = others if header or len(others) == 1 else ()
            draft.rows.append(RowFinding("leave_out", place, "equals", pending, _BECAUSE, _PENDING, booked))
        elif role("texts", header) == "status" and place != draft.column("indicator"):
            _write_words(draft, profile, place)


def _others(profile: Profile, place: int, pending: list[str]) -> tuple[str, ...]:
    """The words of the other rows, the most frequent first; "" where some are blank."""
    blank = [] if all(profile.texts(place)) else [""]
    return tuple(word for word in (*profile.words(place), *blank) if word not in pending)


def _write_words(draft: Draft, profile: Profile, place: int) -> None:
    """The words of a status none of which is known to say that it is not booked; texts that hardly come again are told."""
    words = _others(profile, place, []) if profile.few_words(place) else ()
    if len(words) == 1 or 0 < 2 * len(words) <= len(profile.rows):
        draft.rows.append(RowFinding("leave_out", place, "bookings", words, _BECAUSE, BOOKED))
    elif len(set(profile.texts(place))) > 1:
        shown = ", ".join(f'"{word}"' for word in profile.words(place)[:_MOST_WORDS])
        draft.notes.append(
            f"CONFIRM: column {profile.grid.name(place)} tells {shown} of some rows. Are all of these rows bookings?"
        )
