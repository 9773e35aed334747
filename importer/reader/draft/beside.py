"""What stands beside the numbers of a column: words for the sides, such as CR, or marks of currencies, such as K."""

from __future__ import annotations

from collections.abc import Sequence

from importer.reader.draft.columns import Profile
from importer.reader.draft.words import side_words


def worded(profile: Profile, place: int) -> list[str]:
    """The words beside the numbers of a column that say which side they mean."""
    if place not in profile.writings:
        return []
    beside = profile.writings[place].beside
    return [word for word in beside if side_words([word]) and not _is_mark(profile, place, word)]


def marks(profile: Profile, places: Sequence[int], amounts: Sequence[int]) -> list[str]:
    """The marks of currencies in some columns; a letter is one everywhere where it is one beside the amounts."""
    written = {word: place for place in places if place in profile.writings for word in profile.writings[place].beside}
    beside_amounts = {word for place in amounts for word in written if _is_mark(profile, place, word)}
    return sorted(word for word in written if side_words([word]) is None or word in beside_amounts)


def is_everywhere(profile: Profile, place: int, word: str) -> bool:
    """True for a word that stands beside every number of a column: it tells no side from the other."""
    found = profile.writings[place]
    return not found.natives and all(figure.beside == word for figure in found.figures)


def _is_mark(profile: Profile, place: int, word: str) -> bool:
    """A letter that every number has, such as K for Kwacha, is hardly the side that all bookings are on."""
    return len(word) == 1 and word.isalpha() and place in profile.writings and is_everywhere(profile, place, word)
