"""Where results go: what cannot be written is said before anything is sent, and nothing is lost when it fails later."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from importer.shipped import shipped
from tests.flow.conftest import Desk
from tests.flow.test_review import created

DEMO = shipped("samples") / "demo" / "bank.csv"
CUSTOMERS = "number,phoneNumber\n10000,030 1\n"


@pytest.fixture
def paths(desk: Desk) -> dict[str, Path]:
    (desk.folder / "a folder").mkdir()
    os.mkfifo(desk.folder / "pipe")
    return {
        "missing": desk.folder / "missing" / "page.html",
        "folder": desk.folder / "a folder",
        "pipe": desk.folder / "pipe",
    }


SAID = {
    "missing": "make it, or name a file in another one",
    "folder": "is a folder; name a file in it",
    "pipe": "is no file; leave the option out for stdout",
}
CALLS = (
    ("import", str(DEMO), "--yes", "--format", "html"),
    ("preview", str(DEMO), "--format", "json"),
    ("customer", "import", "customers.csv", "--format", "xlsx"),
    ("payer", "export"),
    ("run", "show", "RUN"),
)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call[:2]).replace(str(DEMO), "FILE"))
@pytest.mark.parametrize("where", SAID)
def test_a_place_where_no_file_can_be_is_refused_before_anything_is_asked_or_sent(
    desk: Desk, paths: dict[str, Path], where: str, call: tuple[str, ...]
) -> None:
    (desk.folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    ran = desk.importer(*call, "-o", paths[where])
    assert (ran.code, ran.out, list(desk.sandbox.requests)) == (2, "", [])
    assert SAID[where] in " ".join(ran.err.split())
    assert stat.S_ISFIFO((desk.folder / "pipe").stat().st_mode)


def disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("face", ["html", "xlsx"])
def test_a_result_whose_file_fails_after_the_import_is_shown_and_nobody_is_sent_to_import_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, face: str
) -> None:
    monkeypatch.setattr(f"importer.reports.{'page' if face == 'html' else 'workbook'}.write_private", disk_full)
    ran = desk.importer("import", DEMO, "--yes", "--format", face, "-o", f"run.{face}")
    assert (ran.code, len(created(desk))) == (74, 6)
    assert "Safe to post: the journal holds 6 lines of this run" in ran.out
    assert f"could not be written to run.{face}: No space left on device. What was done is done" in ran.err


def test_what_is_written_of_customers_and_payers_is_for_its_owner_alone(desk: Desk) -> None:
    (desk.folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    old = os.umask(0o022)
    try:
        desk.importer("customer", "preview", "customers.csv", "--format", "json", "-o", "plan.json")
        desk.importer("customer", "preview", "customers.csv", "-o", "plan.txt")
        desk.importer("payer", "export", "-o", "payers.csv")
    finally:
        os.umask(old)
    modes = {name: oct((desk.folder / name).stat().st_mode & 0o777) for name in ("plan.json", "plan.txt", "payers.csv")}
    assert modes == dict.fromkeys(modes, "0o600")
    assert "030 1" in (desk.folder / "plan.txt").read_text(encoding="utf-8")


def test_a_draft_that_cannot_be_written_is_a_usage_error(desk: Desk) -> None:
    (desk.folder / "file").write_text("", encoding="utf-8")
    ran = desk.importer("mapping", "new", DEMO, "-o", "file/bank.toml")
    assert (ran.code, "name another file with -o" in ran.err) == (2, True)


def test_a_review_that_is_not_there_is_told_in_words(desk: Desk) -> None:
    ran = desk.importer("apply", "nope.xlsx")
    assert (ran.code, list(desk.sandbox.requests)) == (2, [])
    assert "nope.xlsx cannot be read: No such file or directory; check the name and the permissions" in ran.err


@pytest.mark.parametrize("name", ["bank.csv", "bank.xlsx"])
def test_whoever_applies_the_bank_s_own_file_is_told_the_right_command(desk: Desk, name: str) -> None:
    source = DEMO if name.endswith("csv") else shipped("samples") / "generic.xlsx"
    (desk.folder / name).write_bytes(source.read_bytes())
    ran = desk.importer("apply", name)
    assert (ran.code, "The bank's own file goes to `importer import`." in ran.err, desk.writes()) == (4, True, [])


def test_a_folder_where_nothing_may_be_written_is_refused_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rights of a folder stop no administrator, and tests may run as one.
    monkeypatch.setattr("importer.cli.output.os.access", lambda *_: False)
    ran = desk.importer("import", DEMO, "--yes", "-o", "run.txt")
    assert (ran.code, list(desk.sandbox.requests)) == (2, [])
    assert "nothing may be written in the folder" in " ".join(ran.err.split())
