"""Every night: the inboxes of all companies, one summary, one exit code, and every file where it belongs."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.config import load_configuration
from importer.errors import Exit
from importer.fleet import Became, Job, run_job, run_night
from importer.fleet.night import Fleet, with_inbox
from importer.shipped import shipped
from tests.flow.conftest import Ran
from tests.flow.fleet import Shell, Site, aged, sandbox_of, site, today

REPORTS = ("RUN.html", "RUN.xlsx", "RUN.json")
RUN = r"\d{8}-\d{6}-[0-9a-f]{6}"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    with site(tmp_path, sandbox_of({"alpha": 20, "beta": 20})) as made:
        yield Shell(made, capsys, monkeypatch)


def tree(site: Site, name: str) -> set[str]:
    """What lies below an inbox, with days and the names of runs replaced."""
    return {re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY", re.sub(RUN, "RUN", path)) for path in site.tree(name)}


def results(ran: Ran) -> dict[str, dict[str, str]]:
    """What became of each file of each company."""
    return {one["company"]: {f["name"]: f["result"] for f in one["files"]} for one in ran.document["companies"]}


def test_every_inbox_is_imported_and_every_file_lies_where_it_belongs(shell: Shell) -> None:
    shell.site.put("alpha", [1, 2, 3])
    shell.site.put("beta", [4, 5])
    begun = today()
    ran = shell.importer("nightly", "--format", "json")
    assert (ran.code, ran.document["exit_code"]) == (0, 0)
    assert results(ran) == {"alpha": {"bank.csv": "done"}, "beta": {"bank.csv": "done"}}
    assert shell.site.journal("alpha") == ["200001", "200002", "200003"]
    assert shell.site.journal("beta") == ["200004", "200005"]
    assert (
        tree(shell.site, "alpha") == tree(shell.site, "beta") == {f"done/DAY/{name}" for name in (*REPORTS, "bank.csv")}
    )
    assert {path.split("/")[1] for path in shell.site.tree("alpha")} <= {begun, today()}


def test_reports_are_for_their_owner_alone_and_tell_what_was_written(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    reports = [shell.site.inbox("alpha") / path for path in ran.document["companies"][0]["reports"]]
    assert [path.suffix for path in reports] == [".html", ".xlsx", ".json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in reports} == {0o600}
    document = json.loads(reports[2].read_text(encoding="utf-8"))
    assert [line["state"] for line in document["outcome"]["lines"]] == ["created"]
    assert document["outcome"]["run"] in ran.document["companies"][0]["runs"]
    assert "200001" in reports[0].read_text(encoding="utf-8")
    assert "Summary" in load_workbook(reports[1]).sheetnames


def test_the_next_night_has_nothing_to_do(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    shell.importer("nightly")
    before = len(shell.site.sandbox.history)
    again = shell.importer("nightly", "--format", "json")
    assert (again.code, results(again), len(shell.site.sandbox.history)) == (0, {"alpha": {}, "beta": {}}, before)


def test_one_bad_file_stops_no_other_and_its_reason_lies_beside_it(shell: Shell) -> None:
    inbox = shell.site.inbox("alpha")
    shell.site.put("alpha", [1])
    shell.site.write("alpha", "strange.csv", "hello,world\n1,2\n")
    shell.site.write("alpha", "empty.csv", "")
    (inbox / "cut.xlsx").write_bytes((shipped("samples") / "generic.xlsx").read_bytes()[:500])
    aged(inbox / "cut.xlsx")
    ran = shell.importer("nightly", "--format", "json")
    assert ran.code == 4
    failed = dict.fromkeys(("cut.xlsx", "empty.csv", "strange.csv"), "failed")
    assert results(ran) == {"alpha": {"bank.csv": "done", **failed}, "beta": {}}
    assert shell.site.journal("alpha") == ["200001"]
    reasons = {name: (inbox / "failed" / f"{name}.reason.txt").read_text(encoding="utf-8") for name in failed}
    assert reasons["strange.csv"].startswith('strange.csv: no mapping recognises it; it has the columns "hello"')
    assert reasons["empty.csv"] == "empty.csv: the file is empty; export the statement again\n"
    assert reasons["cut.xlsx"].startswith("cut.xlsx: ")
    assert {(inbox / "failed" / name).exists() for name in failed} == {True}


def test_a_mended_file_is_put_back_into_the_inbox_and_a_second_failure_overwrites_nothing(shell: Shell) -> None:
    inbox = shell.site.inbox("alpha")
    for text in ("hello,world\n1,2\n", "hello,moon\n1,2\n"):
        shell.site.write("alpha", "bank.csv", text)
        shell.importer("nightly", "-c", "alpha")
    assert tree(shell.site, "alpha") == {
        f"failed/{name}" for name in ("bank.csv", "bank.csv.reason.txt", "bank-2.csv", "bank-2.csv.reason.txt")
    }
    assert (inbox / "failed" / "bank.csv").read_text(encoding="utf-8").startswith("hello,world")


def test_what_is_no_file_is_refused_and_stays_and_temporary_names_are_only_listed(shell: Shell) -> None:
    inbox = shell.site.inbox("alpha")
    shell.site.put("alpha", [1])
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "link.csv").symlink_to(shell.site.put("beta", [2]))
    (inbox / "late.csv.part").write_text("x", encoding="utf-8")
    ran = shell.importer("nightly", "--format", "json")
    assert ran.code == 4
    assert results(ran)["alpha"] == {
        "bank.csv": "done",
        "late.csv.part": "ignored",
        "link.csv": "refused",
        "pipe.csv": "refused",
    }
    assert {path.name for path in inbox.iterdir()} >= {"pipe.csv", "link.csv", "late.csv.part"}


def test_a_company_in_trouble_stops_no_other(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    shell.site.put("beta", [2])
    path = shell.site.configuration
    settings = path.read_text(encoding="utf-8")
    path.write_text(settings.replace('"env:BC_TOKEN"', '"env:NO_SUCH_TOKEN"', 1), encoding="utf-8")
    ran = shell.importer("nightly", "--format", "json")
    assert ran.code == 78
    assert results(ran) == {"alpha": {"bank.csv": "kept"}, "beta": {"bank.csv": "done"}}
    assert "NO_SUCH_TOKEN is not set" in ran.document["companies"][0]["remarks"][0]
    path.write_text(settings, encoding="utf-8")
    assert shell.importer("nightly").code == 0
    assert shell.site.journal("alpha") == ["200001"]


def test_an_inbox_that_is_not_there_is_said_and_not_made(shell: Shell) -> None:
    shell.site.inbox("alpha").rmdir()
    shell.site.put("beta", [1])
    ran = shell.importer("nightly", "--format", "json")
    assert (ran.code, results(ran)["beta"]) == (78, {"bank.csv": "done"})
    assert "Create the folder, or mount the drive" in ran.document["companies"][0]["remarks"][0]
    assert not shell.site.inbox("alpha").exists()


def test_a_file_that_cannot_be_moved_is_said_and_stops_no_other(shell: Shell) -> None:
    inbox = shell.site.inbox("alpha")
    shell.site.put("alpha", [1])
    shell.site.write("alpha", "bad.csv", "hello,world\n1,2\n")
    (inbox / "failed").write_text("a file where a folder should be", encoding="utf-8")
    aged(inbox / "failed")
    ran = shell.importer("nightly", "--format", "json")
    assert (ran.code, results(ran)["alpha"]) == (74, {"bad.csv": "stuck", "bank.csv": "done", "failed": "stuck"})
    (inbox / "failed").unlink()
    assert shell.importer("nightly", "--format", "json").code == 4
    assert (inbox / "failed" / "bad.csv.reason.txt").exists()


def test_what_was_written_is_told_although_the_archive_cannot_be_made(shell: Shell) -> None:
    inbox = shell.site.inbox("alpha")
    shell.site.put("alpha", [1, 2])
    shell.site.put("alpha", [3], "done")
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    totals = {total["state"]: total["lines"] for total in ran.document["companies"][0]["totals"]}
    assert (ran.code, totals, results(ran)["alpha"]) == (74, {"created": 3}, {"bank.csv": "stuck", "done": "stuck"})
    assert "The reports could not be written" in ran.document["companies"][0]["remarks"][0]
    (inbox / "done").rename(inbox / "monday.csv")
    again = shell.importer("nightly", "-c", "alpha", "--format", "json")
    assert (again.code, results(again)["alpha"]) == (0, {"bank.csv": "done", "monday.csv": "done"})
    assert shell.site.journal("alpha") == ["200001", "200002", "200003"]


def test_a_file_that_somebody_took_away_meanwhile_is_no_failure(shell: Shell) -> None:
    path = shell.site.inbox("alpha") / "gone.csv"
    result = run_job(Job(shell.site.configuration, "alpha", (path,)))
    assert (result.code, [(file.became, file.reason) for file in result.files]) == (
        Exit.DONE,
        [(Became.IGNORED, "is no longer there")],
    )


def test_lines_in_review_wait_and_their_file_is_done(shell: Shell) -> None:
    shell.site.put("alpha", [1, 77])
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    totals = {total["state"]: total["lines"] for total in ran.document["companies"][0]["totals"]}
    assert (ran.code, totals) == (3, {"review": 1, "created": 1})
    assert results(ran) == {"alpha": {"bank.csv": "done"}}


def test_the_same_and_an_overlapping_file_create_nothing_twice(shell: Shell) -> None:
    shell.site.put("alpha", [1, 2], "monday.csv")
    shell.site.put("alpha", [1, 2], "monday-again.csv")
    shell.site.put("alpha", [1, 2, 10], "tuesday.csv")
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    assert ran.code == 0
    assert set(results(ran)["alpha"].values()) == {"done"}
    shell.site.put("alpha", [10, 11], "wednesday.csv")
    assert shell.importer("nightly", "-c", "alpha").code == 0
    assert shell.site.journal("alpha") == ["200001", "200002", "200010", "200011"]


def test_a_dry_run_shows_everything_and_touches_nothing(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    shell.site.write("alpha", "unknown.csv", "a;b\n1;2\n")
    before = tree(shell.site, "alpha")
    ran = shell.importer("nightly", "--dry-run", "--format", "json")
    totals = {total["state"]: total["lines"] for total in ran.document["companies"][0]["totals"]}
    files = {"bank.csv": "planned", "unknown.csv": "would fail"}
    assert (ran.code, totals, results(ran)["alpha"]) == (4, {"ready": 1}, files)
    shown = shell.importer("nightly", "--dry-run").out
    assert re.search(r"^alpha +0 +1 +0 ", shown, re.MULTILINE)  # done, failed, kept
    assert "! alpha: unknown.csv would fail: unknown.csv: no mapping recognises it" in shown
    assert (tree(shell.site, "alpha"), shell.site.sandbox.history) == (before, [])


def test_too_large_a_plan_is_refused_file_by_file_so_that_the_small_ones_are_imported(shell: Shell) -> None:
    path = shell.site.configuration
    settings = path.read_text(encoding="utf-8")
    path.write_text(settings.replace('currency = "EUR"', 'currency = "EUR"\nmax_lines = 2', 1), encoding="utf-8")
    shell.site.put("alpha", [1, 2], "a.csv")
    shell.site.put("alpha", [3, 4, 5], "b.csv")
    shell.site.put("alpha", [6], "c.csv")
    assert shell.importer("nightly", "--dry-run", "-c", "alpha").code == 4
    ran = shell.importer("nightly", "-c", "alpha", "--format", "json")
    assert (ran.code, results(ran)) == (4, {"alpha": {"a.csv": "done", "b.csv": "failed", "c.csv": "done"}})
    assert shell.site.journal("alpha") == ["200001", "200002", "200006"]
    reason = (shell.site.inbox("alpha") / "failed" / "b.csv.reason.txt").read_text(encoding="utf-8")
    assert reason.startswith("The plan creates 3 journal lines, more than max_lines = 2")


def test_a_file_that_grows_is_left_for_the_next_night(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    shell.site.put("beta", [1])
    rows = iter(range(2, 20))

    def growing(_: float) -> None:
        shell.site.put("alpha", range(next(rows)))

    companies = with_inbox(load_configuration(shell.site.configuration), [])
    with ThreadPoolExecutor(1) as executor:
        night = run_night(Fleet(shell.site.configuration, companies, sleep=growing), run_job, executor)
    assert [(one.company, one.code, [file.became for file in one.files]) for one in night.companies] == [
        ("alpha", Exit.TEMPORARY, [Became.KEPT]),
        ("beta", Exit.DONE, [Became.DONE]),
    ]
    assert (shell.site.journal("alpha"), shell.site.journal("beta")) == ([], ["200001"])


def test_a_file_that_grew_only_for_a_while_is_taken_in_the_same_night(shell: Shell) -> None:
    shell.site.put("alpha", [1])
    texts = iter([[1, 2]])

    def growing_once(_: float) -> None:
        for numbers in texts:
            shell.site.put("alpha", numbers)

    companies = with_inbox(load_configuration(shell.site.configuration), ["alpha"])
    with ThreadPoolExecutor(1) as executor:
        night = run_night(Fleet(shell.site.configuration, companies, sleep=growing_once), run_job, executor)
    assert (night.exit_code, shell.site.journal("alpha")) == (Exit.DONE, ["200001", "200002"])


def test_an_inbox_is_needed(shell: Shell) -> None:
    path = shell.site.configuration
    path.write_text(re.sub("inbox = .*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    ran = shell.importer("nightly")
    assert (ran.code, ran.err) == (
        78,
        "importer: No company in importer.toml has an inbox. Set `inbox` in [company.NAME].\n",
    )
    named = shell.importer("nightly", "-c", "beta", "--format", "json")
    assert (named.code, named.document["companies"][0]["remarks"]) == (
        78,
        ["Company beta has no inbox. Set `inbox` in [company.beta]."],
    )


def test_two_companies_never_share_an_inbox(shell: Shell) -> None:
    path = shell.site.configuration
    path.write_text(path.read_text(encoding="utf-8").replace("inbox/beta", "inbox/../inbox/alpha"), encoding="utf-8")
    shell.site.put("alpha", [1])
    ran = shell.importer("nightly")
    assert (ran.code, "Companies alpha and beta have the same inbox" in ran.err) == (78, True)
    assert tree(shell.site, "alpha") == {"bank.csv"}


def test_an_inbox_that_cannot_be_read_stops_no_other(shell: Shell) -> None:
    shell.site.put("beta", [1])
    shell.site.inbox("alpha").rmdir()
    shell.site.inbox("alpha").symlink_to(shell.site.inbox("alpha"))  # leads in a circle
    ran = shell.importer("nightly", "--format", "json")
    codes = {one["company"]: one["exit_code"] for one in ran.document["companies"]}
    assert (codes["beta"], codes["alpha"] in {74, 78}, ran.code) == (0, True, codes["alpha"])
