"""What became of a run, in the faces of every other report; nothing is asked of Business Central for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.shipped import shipped
from tests.flow.conftest import Desk

DEMO = shipped("samples") / "demo" / "bank.csv"


@pytest.fixture
def run(desk: Desk) -> str:
    """A run of which somebody deleted a line since."""
    run: str = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]["run"]
    line = next(line for line in desk.sandbox.journal_lines("BANK") if line.invoice_number == "103196")
    desk.sandbox.delete("BANK", line.line_number)
    desk.importer("run", "certify", run)
    desk.sandbox.requests.clear()
    return run


def test_a_run_is_shown_as_the_ledger_has_it_now(desk: Desk, run: str) -> None:
    shown = desk.importer("run", "show", run)
    assert (shown.code, shown.err, desk.sandbox.requests) == (0, "", [])
    assert f"Run {run}" in shown.out
    assert "UTC is done, but lines wait for a person. importer run certify" in shown.out
    assert "+ Created" in shown.out
    assert shown.out.count("\tcreated\t") == 5


def test_the_document_of_a_run_holds_its_plan_and_what_came_of_it(desk: Desk, run: str) -> None:
    document = desk.importer("run", "show", run, "--format", "json").document
    assert [d["action"] for d in document["decisions"]].count("create") == 5
    outcome = document["outcome"]
    assert (outcome["run"], outcome["exit_code"], outcome["certificate"]) == (run, 3, None)
    assert sorted(line["state"] for line in outcome["lines"]) == ["created"] * 5 + ["gone"]


@pytest.mark.parametrize("face", ["html", "xlsx"])
def test_a_run_is_shown_as_a_page_and_as_a_workbook_for_its_owner_alone(desk: Desk, run: str, face: str) -> None:
    assert desk.importer("run", "show", run, "--format", face, "-o", f"run.{face}").code == 0
    assert desk.importer("run", "show", run, "--format", face, "-o", f"masked.{face}", "--mask").code == 0
    texts = [content(desk.folder / f"{name}.{face}") for name in ("run", "masked")]
    assert all(f"Run {run}" in text for text in texts)
    assert ["DE86999999990000001000" in text for text in texts] == [True, False]
    assert (desk.folder / f"run.{face}").stat().st_mode & 0o777 == 0o600


def content(path: Path) -> str:
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    return " ".join(str(cell.value) for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row)


def test_the_workbook_of_a_run_is_a_review(desk: Desk, run: str) -> None:
    desk.importer("run", "show", run, "--format", "xlsx", "-o", "run.xlsx")
    ran = desk.importer("apply", "run.xlsx")
    assert (ran.code, ran.err) == (3, "")


def test_a_run_without_a_plan_shows_its_rows(desk: Desk, run: str) -> None:
    desk.importer("run", "undo", run)
    undo = desk.importer("run", "list").out.split("\t")[0]
    assert desk.importer("run", "show", undo).out == ""
    assert desk.importer("run", "show", undo, "--format", "json").document["outcome"]["lines"] == []


def test_the_outcome_of_an_import_says_in_json_what_the_other_faces_say(desk: Desk) -> None:
    outcome = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]
    assert outcome["certificate"] == {
        "safe_to_post": True,
        "reasons": [],
        "planned": {"lines": 6, "amount": "-22577.41"},
        "states": {"created": {"lines": 6, "amount": "-22577.41"}},
        "journal": {"lines": 6, "amount": "-22577.41"},
    }
    assert (outcome["patches"], outcome["problems"], outcome["stopped"]) == ([], [], None)
