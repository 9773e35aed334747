from __future__ import annotations

import os
from pathlib import Path

import pytest

from importer.reports.files import write_private


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_report_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_private(tmp_path / "page.html", b"text")
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_report_that_was_open_to_others_is_replaced_by_one_that_is_not(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)


def test_a_report_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError, match=r"page\.html"):
        write_private(tmp_path / "page.html", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_pipe_or_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="it is no file"):
        write_private(tmp_path / "pipe", b"new")
    assert (tmp_path / "pipe").is_fifo()
