"""What a night says: its summary in four faces, its log, the gaps it found, and whom it tells."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from importer.sandbox.server import Server
from tests.flow.fleet import Shell, sandbox_of, site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    with site(tmp_path, sandbox_of({"alpha": 20, "beta": 20})) as made:
        yield Shell(made, capsys, monkeypatch)


@pytest.mark.parametrize(("face", "beginning"), [("html", b"<!doctype html>"), ("xlsx", b"PK"), ("json", b"{")])
def test_the_summary_has_four_faces(shell: Shell, face: str, beginning: bytes) -> None:
    shell.site.put("alpha", [1])
    ran = shell.importer("nightly", "--format", face, "-o", "summary")
    content = (shell.site.folder / "summary").read_bytes()
    assert (ran.code, ran.out, content.lstrip()[: len(beginning)]) == (0, "", beginning)
    assert stat.S_IMODE((shell.site.folder / "summary").stat().st_mode) == 0o600
    assert b"alpha" in content or face == "xlsx"


def test_the_summary_on_stdout_has_a_row_for_each_company_and_the_log_is_on_stderr(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    ran = shell.importer("nightly")
    rows = {line.split()[0]: line.split()[1:8] for line in ran.out.splitlines() if line.startswith(("alpha", "beta"))}
    assert rows == {"alpha": ["1", "0", "0", "1", "0", "0", "0"], "beta": ["0", "0", "0", "0", "0", "0", "0"]}
    assert ran.out.splitlines()[-1] == "Exit code 0: done."
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert {event["event"] for event in events} == {"company begins", "company ends"}
    assert {event["company"] for event in events} == {"alpha", "beta"}
    assert len({event["night"] for event in events}) == 1


def test_a_name_of_a_file_cannot_write_on_the_terminal_or_into_the_page(shell: Shell) -> None:
    name = "<script>\x1b[31m\u202egpj.csv"
    shell.site.write("alpha", name, "hello,world\n")
    shell.importer("nightly", "--dry-run", "--format", "html", "-o", "summary.html")
    page = (shell.site.folder / "summary.html").read_text(encoding="utf-8")
    shown = shell.importer("nightly").out
    assert "<script>" not in page
    assert not {"\x1b", "\u202e"} & set(page + shown)


def test_lines_without_an_answer_in_a_journal_that_was_replaced_are_named_every_night(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    shell.importer("nightly", "-c", "alpha")
    with closing(sqlite3.connect(next(shell.site.folder.rglob("*.db")))) as ledger, ledger:
        ledger.execute("UPDATE intent SET state = 'unknown', journal_id = 'a journal of before'")
    for files in ([2], []):
        if files:
            shell.site.put("alpha", files)
        ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
        (told,) = [each for each in ran.document["companies"][0]["remarks"] if "another journal" in each]
        assert (ran.code, "--absent" in told) == (5, True)


def test_a_gap_between_statements_is_reported_the_night_it_shows(shell: Shell) -> None:
    def put(name: str, day: int) -> None:
        text = (
            "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,"
            f"bank_reference\nDE02120300000000202051,2026-11-{day:02},2026-11-{day:02},-1.00,EUR,P,,,fee,B{day}\n"
        )
        shell.site.write("alpha", name, text)

    put("monday.csv", 2)
    put("thursday.csv", 5)
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    between = 'between "monday.csv" (2026-11-02) and "thursday.csv" (2026-11-05)'
    assert ran.document["companies"][0]["gaps"] == [
        f"No statement covers every day {between}. If there were bookings, get the statement and import it."
    ]
    put("friday.csv", 6)
    assert shell.importer("nightly", "-c", "alpha", "--format", "json").document["companies"][0]["gaps"] == []


def test_a_balance_that_does_not_follow_is_a_missing_statement_and_needs_a_person(shell: Shell) -> None:
    header = (
        "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung"
    )

    def put(name: str, day: int, balance: str) -> None:
        row = f"{day:02}.11.2026;{day:02}.11.2026;Bank;;Entgelt;{balance};;-1,00;EUR"
        shell.site.write("alpha", name, f"Account statement\n{header}\n{row}\n")

    put("monday.csv", 2, "9,00")
    put("tuesday.csv", 3, "4,00")
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    gap = (
        'A statement is missing between "monday.csv" (2026-11-02) and "tuesday.csv" (2026-11-03): it closed with 9.00, '
        "the next opens with 5.00, -4.00 EUR. Get the statement and import it."
    )
    assert (ran.code, ran.document["companies"][0]["gaps"]) == (3, [gap])


COUNTED = """
title = "Counted"
evidence = "specification"
overlap = "incremental"
currency = "EUR"
[table]
header = ["Day", "Text", "Sum"]
[columns]
booked_on = "Day"
text = "Text"
amount = "Sum"
[dates]
formats = ["%Y-%m-%d"]
[numbers]
decimal = "."
[outside]
number = { label = "Statement" }
account = { label = "Account" }
"""


def test_statements_with_numbers_are_counted_from_night_to_night(shell: Shell) -> None:
    (shell.site.folder / "own").mkdir()
    (shell.site.folder / "own" / "counted.toml").write_text(COUNTED)
    settings = shell.site.configuration.read_text(encoding="utf-8")
    shell.site.configuration.write_text(f'mappings = "own"\n{settings}', encoding="utf-8")

    def put(number: int, day: int, text: str = "fee") -> None:
        rows = f"Account,DE02120300000000202051\nStatement,{number}\nDay,Text,Sum\n2026-11-{day:02},{text},-1.00\n"
        shell.site.write("alpha", f"s{number}-{text}.csv", rows)

    put(41, 2)
    put(43, 4)
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    assert (ran.code, [gap[:23] for gap in ran.document["companies"][0]["gaps"]]) == (3, ["Statement 42 is missing"])

    put(42, 3)
    assert shell.importer("nightly", "-c", "alpha", "--format", "json").document["companies"][0]["gaps"] == []

    put(42, 3, "other")
    assert shell.importer("nightly", "-c", "alpha").code == 4
    reason = (shell.site.inbox("alpha") / "failed" / "s42-other.csv.reason.txt").read_text(encoding="utf-8")
    assert 'statement 42 of account "DE02120300000000202051" came before as "s42-fee.csv"' in reason


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What a chat and a health check on this machine hear: path and body."""
    posts: list[tuple[str, str]] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        posts.append((environ["PATH_INFO"], body.decode()))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    with Server(app, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        monkeypatch.setenv("HOOK", f"{server.url}/chat")
        monkeypatch.setenv("CHECK", f"{server.url}/check")
        yield posts
        server.shutdown()
        thread.join()


TOLD = """
[notify]
when = "{when}"
healthcheck = "env:CHECK"
[notify.webhook]
kind = "slack"
url = "env:HOOK"
"""


@pytest.mark.parametrize(
    ("when", "numbers", "paths"),
    [
        ("needed", [1], ["/check/start", "/check"]),
        ("needed", [1, 77], ["/check/start", "/check", "/chat"]),
        ("always", [1], ["/check/start", "/check", "/chat"]),
    ],
)
def test_people_are_told_when_they_want_to_be(
    shell: Shell, heard: list[tuple[str, str]], when: str, numbers: list[int], paths: list[str]
) -> None:
    with shell.site.configuration.open("a", encoding="utf-8") as file:
        file.write(TOLD.format(when=when))
    shell.site.put("alpha", numbers)
    shell.importer("nightly")
    assert [path for path, _ in heard] == paths
    told = " ".join(body for _, body in heard)
    assert not [word for word in ("bank.csv", "Payer", "Waldhofer", "2000", "DE02") if word in told]


def test_a_night_that_could_not_work_is_a_failure_to_the_watcher_and_a_dry_run_is_no_night(
    shell: Shell, heard: list[tuple[str, str]]
) -> None:
    with shell.site.configuration.open("a", encoding="utf-8") as file:
        file.write(TOLD.format(when="needed"))
    shell.site.inbox("alpha").rmdir()
    shell.importer("nightly", "--dry-run")
    assert heard == []
    assert shell.importer("nightly").code == 78
    assert [path for path, _ in heard] == ["/check/start", "/check/fail", "/chat"]


@pytest.mark.parametrize(("numbers", "code"), [([1], 0), ([1, 77], 3)])
def test_that_nobody_could_be_told_is_said_and_hides_nothing_of_what_the_night_came_to(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, numbers: list[int], code: int
) -> None:
    with shell.site.configuration.open("a", encoding="utf-8") as file:
        file.write(TOLD.format(when="always"))
    monkeypatch.setenv("HOOK", "http://127.0.0.1:9/secret")
    monkeypatch.setenv("CHECK", "http://127.0.0.1:9/secret")
    shell.site.put("alpha", numbers)
    ran = shell.importer("nightly", "-q")
    assert (ran.code, shell.site.journal("alpha")) == (code, ["200001"])
    said = [line for line in ran.err.splitlines() if line.startswith("importer: ")]
    assert [line.split(":")[1].strip() for line in said] == ["healthcheck", "healthcheck", "webhook"]
    events = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert {event["event"] for event in events if event["level"] == "error"} == {
        "nobody could be told by healthcheck",
        "nobody could be told by webhook",
    }
    assert "secret" not in ran.err + ran.out


def test_a_night_that_cannot_begin_is_told_all_the_same(shell: Shell, heard: list[tuple[str, str]]) -> None:
    text = shell.site.configuration.read_text(encoding="utf-8").replace("inbox/beta", "inbox/alpha")
    shell.site.configuration.write_text(text + TOLD.format(when="needed"), encoding="utf-8")
    ran = shell.importer("nightly")
    assert (ran.code, "have the same inbox" in ran.err) == (78, True)
    assert [path for path, _ in heard] == ["/check/start", "/check/fail", "/chat"]
    assert "exit code 78" in heard[1][1]
    assert "alpha" not in heard[1][1]


def test_a_summary_that_cannot_be_written_is_shown_and_everybody_is_told(
    shell: Shell, heard: list[tuple[str, str]]
) -> None:
    with shell.site.configuration.open("a", encoding="utf-8") as file:
        file.write(TOLD.format(when="always"))
    shell.site.put("alpha", [1])
    taken = shell.site.folder / "taken"
    taken.mkdir()
    ran = shell.importer("nightly", "--format", "html", "-o", "taken")
    assert (ran.code, ran.out.splitlines()[-1]) == (74, "Exit code 0: done.")
    assert "the summary could not be written to taken: " in ran.err
    assert [path for path, _ in heard] == ["/check/start", "/check/fail", "/chat"]


def test_a_folder_that_is_not_there_is_said_before_anything_is_done(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    ran = shell.importer("nightly", "--format", "html", "-o", "nowhere/summary.html")
    assert (ran.code, shell.site.journal("alpha")) == (2, [])
    assert "for the summary" in ran.err
