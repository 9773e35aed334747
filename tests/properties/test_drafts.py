"""Whatever an unknown bank writes: its draft is a mapping, and what it reads wrongly stands on a line that is marked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importer.errors import UnusableFile
from tests.properties.banks import Bank
from tests.unit.drafts import Draft, draft

# Lines that say how amounts, dates and rows are read.
AMOUNTS = {"amount", "debit", "credit", "indicator", "model", "reversals", "otherwise", "decimal", "neutral", "symbols"}
DATES = {"booked_on", "formats"}
ROWS = {"equals", "pattern", "blank", "footer", "end", "continuation", "rows", "skip"}


def drafted(folder: Path, content: str | bytes) -> Draft | None:
    """The draft; None for a file that is refused because it holds no bookings that can be seen."""
    try:
        return draft(folder, content)
    except UnusableFile as refused:
        if "no table with at least one booking" not in str(refused):
            raise
    return None


@given(seed=st.integers(0, 2**32))
@example(seed=227)
@example(seed=839)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_draft_reads_wrongly_stands_on_a_marked_line(seed: int, tmp_path: Path) -> None:
    bank_file = Bank(Random(seed)).statement()  # noqa: S311 - an invented bank is no secret
    made = drafted(tmp_path, bank_file.content)
    if made is None:
        return
    read = [(line.booked_on, line.amount.amount) for line in made.statement.lines]
    marked = set(made.marked)
    if len(read) != len(bank_file.bookings):
        # Rows that are rejected are told one by one; only other rows than the bookings would be wrong.
        assert not Counter(read) - Counter(bank_file.bookings) or marked & (ROWS | AMOUNTS)
        return
    pairs = list(zip(read, bank_file.bookings, strict=True))
    assert all(one[0] == other[0] for one, other in pairs) or marked & DATES
    assert all(one[1] == other[1] for one, other in pairs) or marked & AMOUNTS


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))
@example(text="\x1bIÐ")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_drafted_as_a_mapping_or_refused(text: str, tmp_path: Path) -> None:
    made = drafted(tmp_path, f"Date;{text};Amount\n01.03.2026;{text};1,00\n")

    assert made is None or made.values["evidence"] == "draft"
