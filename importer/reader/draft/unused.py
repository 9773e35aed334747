"""Columns that the draft does not use: one of them may hold the only number of an invoice."""

from __future__ import annotations

from importer.reader.draft.columns import Profile
from importer.reader.draft.finding import Draft


def tell_unused(draft: Draft, profile: Profile) -> None:
    """Name the columns with filled cells that no line of the draft names."""
    names = (key.removeprefix("columns.") for key in draft.findings if key.startswith("columns."))
    used = {*draft.columns(*names), *(rule.column for rule in draft.rows)}
    unused = [profile.grid.name(place) for place in profile.places if place not in used and profile.words(place)]
    if unused:
        draft.notes.append(
            f"Columns not used: {', '.join(unused)}. Where one tells what is paid, such as the number of an invoice, add it "
            "to text or reference."
        )
