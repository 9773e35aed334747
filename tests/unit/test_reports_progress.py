from __future__ import annotations

import io
from contextlib import suppress

import pytest

from importer.reports.progress import progress_display, quiet


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_nothing_is_written() -> None:
    stream = io.StringIO()
    with progress_display(stream) as progress:
        progress("read", 1, 2)
    assert stream.getvalue() == ""


def test_on_a_terminal_each_stage_has_a_bar_with_its_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with progress_display(stream) as progress:
        progress("read", 1, 2)
        progress("read", 2, 2)
        progress("write", 700, 1000)
    text = stream.getvalue()
    assert "Reading" in text
    assert "2/2" in text
    assert "Writing" in text
    assert "700/1000" in text


def test_the_bars_are_gone_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with suppress(RuntimeError), progress_display(stream) as progress:
        progress("read", 1, 2)
        raise RuntimeError
    assert stream.getvalue().endswith("\x1b[2K")


def test_quiet_progress_takes_any_report() -> None:
    quiet("write", 1, 0)


def test_a_stage_that_only_began_does_not_claim_to_know_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    with progress_display(stream) as progress:
        progress("match", 0, 500)
    assert "Matching" in stream.getvalue()
    assert "0/500" not in stream.getvalue()
