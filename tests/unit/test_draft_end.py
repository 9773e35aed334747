"""What the end of a draft says of the file it was drafted from."""

from __future__ import annotations

from pathlib import Path

from tests.unit.drafts import draft


def test_the_end_of_a_draft_says_what_it_reads(tmp_path: Path) -> None:
    made = draft(tmp_path, "Datum;Text;Betrag\n13.03.2026;a;-1,50\n14.03.2026;zero;0,00\n")

    assert made.text.splitlines()[-2:] == [
        "# Read with this draft: 1 bookings, 1 rows rejected.",
        (
            '# kto.csv, row 3, column "Betrag": value "0,00" - the amount is zero; leave such rows out in the mapping if the '
            "bank uses them for notices (rule AMT-6)"
        ),
    ]
