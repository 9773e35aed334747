"""A file that holds its bookings twice is refused: each of them would be paid twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reader_files import mapping, read, refusal

HEADER = "Date;Text;Amount\n"
ROWS = ["01.03.2026;a;1,00\n", "01.03.2026;b;2,00\n", "02.03.2026;a;3,00\n"]
TWICE = {
    "pasted below": HEADER + "".join([*ROWS, *ROWS]),
    "with its header": HEADER + "".join([*ROWS, HEADER, *ROWS]),
    "newest first": HEADER + "".join([*ROWS[::-1], *ROWS[::-1]]),
}


@pytest.mark.parametrize("case", TWICE)
def test_all_bookings_twice_refuse_the_file(case: str, tmp_path: Path) -> None:
    told = refusal(tmp_path, TWICE[case], mapping())

    row = 6 if case == "with its header" else 5
    assert told == (
        f"kto.csv, row {row}: from here on all 3 bookings of the file come once more, in the same order: it was put together "
        "from two copies. Export the file again"
    )


ONCE = {
    "equal bookings of one day": [*ROWS[:2], *ROWS[:2]],
    "another text": [*ROWS, *ROWS[:2], "02.03.2026;other;3,00\n"],
    "another amount": [*ROWS, *ROWS[:2], "02.03.2026;a;4,00\n"],
    "one more": [*ROWS, *ROWS, "03.03.2026;a;3,00\n"],
}


@pytest.mark.parametrize("case", ONCE)
def test_what_may_be_other_bookings_is_read(case: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, HEADER + "".join(ONCE[case]), mapping()).lines) == len(ONCE[case])
