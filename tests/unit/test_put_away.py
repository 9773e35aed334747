"""A file that is not the one that was read any more is neither put away nor called failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.fleet import Became
from importer.fleet.finishing import Inbox, failed
from importer.inbox import take

GONE = (Became.IGNORED, "", "is no longer there")
CHANGED = (Became.KEPT, "bank.csv", "changed after it was read; the new content is taken the next time")


@pytest.mark.parametrize(("now", "expected"), [(None, GONE), ("newer content", CHANGED)], ids=["gone", "changed"])
def test_what_became_of_a_refused_file_meanwhile_is_told_and_leaves_no_reason_in_failed(
    now: str | None, expected: tuple[Became, str, str], tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("content")
    taken = take(path)
    path.unlink()
    if now:
        path.write_text(now)
    became = failed(taken, "no bank has such a table", Inbox(tmp_path, "", [path]))
    assert (became.became, became.place, became.reason) == expected
    assert list((tmp_path / "failed").iterdir()) == []


def test_a_refused_file_lies_in_failed_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("content")
    became = failed(take(path), "no bank has such a table", Inbox(tmp_path, "", [path]))
    assert (became.became, became.place) == (Became.FAILED, "failed/bank.csv")
    assert (tmp_path / "failed" / "bank.csv.reason.txt").read_text() == "no bank has such a table\n"
