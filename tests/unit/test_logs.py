from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any  # JSON has no better type

import pytest

from importer.logs import log_context, set_up_event_logs, set_up_logs

LOG = logging.getLogger("importer.somewhere")
IBAN = "DE02120300000000202051"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    logger = logging.getLogger("importer")
    before = (logger.handlers, logger.propagate, logger.level)
    logger.handlers = []
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.propagate, logger.level = before


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_event_is_one_line_of_json_with_what_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_event_logs(logging.INFO, None)
    with log_context(night="n1", company="alpha"):
        LOG.info("company ends", extra={"code": 3, "written": 7})
    LOG.warning("outside")
    first, second = lines(capsys.readouterr().err)
    at = first.pop("at")
    assert at.endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "importer.somewhere",
        "event": "company ends",
        "night": "n1",
        "company": "alpha",
        "code": 3,
        "written": 7,
    }
    assert {"night", "company"} & second.keys() == set()


def test_only_known_facts_are_written_and_accounts_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_event_logs(logging.INFO, None)
    LOG.info("read %s\nforged line", IBAN, extra={"payer": "Erika Musterfrau", "text": "Miete"})
    err = capsys.readouterr().err
    (event,) = lines(err)
    assert not {"payer", "text"} & event.keys()
    assert not [word for word in ("Erika", "Miete", IBAN) if word in err]
    assert "\n" not in event["event"]


def test_an_unexpected_error_says_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_event_logs(logging.INFO, None)
    try:
        int("Miete Erika Musterfrau")
    except ValueError:
        LOG.exception("a bug")
    err = capsys.readouterr().err
    (event,) = lines(err)
    assert event["error"] == "ValueError"
    assert event["trace"][-1].startswith("test_logs.py:")
    assert "Erika" not in err


def test_the_file_gets_every_line_for_its_owner_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "logs" / "nightly.log"
    for event in ("one", "two"):
        set_up_event_logs(logging.INFO, path)
        LOG.info(event)
    assert [line["event"] for line in lines(path.read_text(encoding="utf-8"))] == ["one", "two"]
    assert lines(capsys.readouterr().err)[0]["event"] == "one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("verbosity", "seen"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_a_command_at_the_terminal_says_as_much_as_was_asked_for(
    capsys: pytest.CaptureFixture[str], verbosity: int, seen: int
) -> None:
    set_up_logs(verbosity)
    LOG.warning("w")
    LOG.info("i")
    LOG.debug("d")
    assert len(capsys.readouterr().err.splitlines()) == seen


def test_at_the_terminal_too_a_log_line_stays_one_line_without_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(1)
    LOG.info("read %s\n\x1b[31mforged line", IBAN)
    err = capsys.readouterr().err
    assert (err.count("\n"), "\x1b" in err, IBAN in err) == (1, False, False)
