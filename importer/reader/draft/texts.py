"""Which columns say who paid, from which account, with which reference, and what for; and which account is our own."""

from __future__ import annotations

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft
from importer.reader.draft.words import role, says
from importer.reader.texts import DESTROYED, codes

_FEWEST_LETTERS = 5
_NO_ACCOUNTS = {"other", "card", "bank_reference", "reference", "text", "currency", "status"}


def decide_texts(draft: Draft, profile: Profile) -> None:
    """Write the lines of accounts, names, references and texts."""
    free = [place for place in profile.places if place not in _taken(draft) and place not in profile.days]
    for place in [place for place in free if _is_destroyed(profile, place)]:
        free.remove(place)
        draft.notes.append(f"Column {profile.grid.name(place)} is left out: a spreadsheet has destroyed its numbers.")
    said = {place: role("texts", profile.header(place)) for place in free}
    _write_accounts(draft, profile, [place for place in free if _is_account(profile, place, said[place])])
    rest = {place: name for place, name in said.items() if place not in _taken(draft) and profile.words(place)}
    for name in ("counterparty", "reference"):
        if places := [place for place, what in rest.items() if what == name and place not in profile.money]:
            draft.prove(f"columns.{name}", places[:3], "named so")
    if ids := [place for place, what in rest.items() if what == "bank_reference"]:
        draft.prove("columns.bank_reference", ids[:1], "named so")
    _write_text(draft, profile, rest)
    _tell_codes(draft, profile)


def _tell_codes(draft: Draft, profile: Profile) -> None:
    """A column without a name that holds a few codes may tell kinds of rows apart, and not all of them be bookings."""
    for place in profile.places:
        words = profile.few_words(place) if draft.header and not profile.header(place) else []
        if len(words) > 1 and place not in _taken(draft):
            shown = ", ".join(f'"{word}"' for word in words)
            draft.notes.append(
                f"CONFIRM: column {place + 1} has no name and holds {shown}. Are all of these rows bookings?"
            )


def _is_destroyed(profile: Profile, place: int) -> bool:
    return DESTROYED in codes(profile.cells(place)).wrong.values()


def _taken(draft: Draft) -> set[int]:
    places = (finding.value for key, finding in draft.findings.items() if key.startswith("columns."))
    return {place for found in places if isinstance(found, list) for place in found}


def _is_account(profile: Profile, place: int, said: str) -> bool:
    if said in _NO_ACCOUNTS or place in profile.money or not any(map(_has_digit, profile.words(place))):
        return False
    if place in profile.writings and not profile.writings[place].are_whole:
        return False
    return profile.is_account(place) or (said in ("account", "iban") and bool(profile.words(place)))


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _write_accounts(draft: Draft, profile: Profile, places: list[int]) -> None:
    theirs = [place for place in places if _is_theirs(profile, place)]
    if theirs:
        best = next((place for place in theirs if profile.is_account(place)), theirs[0])
        named = _is_named_theirs(profile, best)
        _write(draft, "iban", best, "named so" if named else "", "does it hold the other side's accounts?")
    ours = [place for place in places if place not in theirs and _is_account_of_one(profile, place)]
    if not ours:
        return
    best = max(ours, key=lambda place: (profile.words(place)[0][:2].isalpha(), profile.is_account(place), -place))
    named = role("texts", profile.header(best)) == "account"
    _write(draft, "account", best, "named so" if named else "", "does it hold our own account?")
    if len(profile.words(best)) > 1:
        draft.guess(
            "several_accounts",
            value=True,
            why=f"the column holds {len(profile.words(best))} accounts; are they all ours?",
        )


def _is_theirs(profile: Profile, place: int) -> bool:
    if _is_named_theirs(profile, place):
        return True
    some_blank = not all(profile.texts(place))
    return len(profile.words(place)) > 1 and (some_blank or not profile.header(place))


def _is_named_theirs(profile: Profile, place: int) -> bool:
    header = profile.header(place)
    return role("texts", header) == "iban" or says("texts", "counterparty", header)


def _is_account_of_one(profile: Profile, place: int) -> bool:
    return all(profile.texts(place)) and len(profile.words(place)) * 2 <= max(len(profile.rows), 2)


def _write(draft: Draft, name: str, place: int, proof: str, doubt: str) -> None:
    if proof:
        draft.prove(f"columns.{name}", [place], proof)
    else:
        draft.guess(f"columns.{name}", [place], doubt)


def _write_text(draft: Draft, profile: Profile, rest: dict[int, str]) -> None:
    places = [place for place, what in rest.items() if what == "text" and place not in profile.money]
    if places:
        draft.prove("columns.text", places, "named so")
        return
    free = [place for place in rest if place not in _taken(draft) and place not in profile.writings]
    lengths = {place: sum(map(len, profile.texts(place))) / max(len(profile.rows), 1) for place in free}
    longest = max(lengths, key=lambda place: lengths[place], default=None)
    if longest is not None and lengths[longest] >= _FEWEST_LETTERS:
        draft.guess("columns.text", [longest], "taken because it holds the longest texts")
