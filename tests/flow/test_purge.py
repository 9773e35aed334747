"""Retention: what is personal goes, what keeps a payment from being made twice stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.fleet import Job, run_job
from importer.fleet.archive import old_files, remove
from importer.ledger import open_ledger
from importer.ledger.cache import is_remembered
from importer.ledger.purge import Purge, personal, purge
from importer.office import utc_now
from tests.flow.conftest import Desk
from tests.flow.fleet import Site, sandbox_of, site

NAMES = (b"Waldhofer Obst", b"Payer", b"Invoice 200001", b"200001", b'"customer":"10000"', b'"customer": "10000"')
TOMORROW = utc_now() + timedelta(days=1)


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A company whose statement was imported a moment ago."""
    sandbox = sandbox_of({"alpha": 10})
    monkeypatch.setenv("BC_TOKEN", sandbox.token)
    with site(tmp_path, sandbox) as made:
        made.put("alpha", [1, 2])
        assert run_job(Job(made.configuration, "alpha")).code is Exit.DONE
        yield made


def state(made: Site) -> str:
    return str(made.folder / "state" / "importer.db")


def content(made: Site) -> bytes:
    """Every byte that is kept."""
    return b"".join(path.read_bytes() for path in (made.folder / "state").iterdir())


def ledger_bytes(made: Site) -> bytes:
    return b"".join(path.read_bytes() for path in (made.folder / "state").iterdir() if ".cache" not in path.name)


def test_nothing_personal_is_left_in_any_byte_of_the_ledger(used: Site) -> None:
    assert [name for name in NAMES if name in content(used)]
    expected = Purge(plans=1, lines=2, changes=0, names=1)
    assert personal(state(used), TOMORROW) == purge(state(used), TOMORROW, utc_now()) == expected
    assert [name for name in NAMES if name in content(used)] == []
    assert personal(state(used), TOMORROW) == purge(state(used), TOMORROW, utc_now()) == Purge()


def test_the_name_of_a_file_is_cleared_and_its_lines_are_still_known(used: Site) -> None:
    for text in (b"Erika", b"bank.csv"):
        assert (text in content(used)) is (text == b"bank.csv")
    used.put("alpha", [1, 2, 5], "Erika Musterfrau DE86999999990000001000.csv")
    assert run_job(Job(used.configuration, "alpha")).code is Exit.DONE
    assert b"Erika" in content(used)
    assert purge(state(used), TOMORROW, utc_now()).names == 2
    assert [name for name in (b"Erika", b"DE8699", b"bank.csv") if name in content(used)] == []
    used.put("alpha", [1, 2, 5], "again.csv")
    totals = run_job(Job(used.configuration, "alpha")).totals
    assert {total.state.value: total.sums.lines for total in totals} == {"imported": 3}


def test_what_was_imported_is_still_known_after_it_was_cleared(used: Site) -> None:
    purge(state(used), TOMORROW, utc_now())
    used.put("alpha", [1, 2, 3])
    result = run_job(Job(used.configuration, "alpha"))
    assert (result.code, used.journal("alpha")) == (Exit.DONE, ["200001", "200002", "200003"])
    assert {total.state.value: total.sums.lines for total in result.totals} == {"created": 1, "imported": 2}


def test_runs_can_still_be_shown_and_the_audit_trail_is_whole(used: Site) -> None:
    purge(state(used), TOMORROW, utc_now())
    with open_ledger(state(used), utc_now) as ledger:
        (run,) = ledger.runs()
        assert (run.document, run.lines, run.exit_code) == ("", 2, 0)
        assert [(one.state.value, one.payment.customer, one.line) for one in ledger.intents_of(run.id)] == [
            ("created", "", None),
            ("created", "", None),
        ]
        assert ledger.broken_audit_entry(run.company_id) is None


def test_what_is_younger_stays_as_it_is(used: Site) -> None:
    before = ledger_bytes(used)
    assert purge(state(used), utc_now() - timedelta(days=1), utc_now()) == Purge()
    assert [name in ledger_bytes(used) for name in NAMES] == [name in before for name in NAMES]


def test_what_is_remembered_of_customers_goes_whatever_its_age_and_is_read_again(used: Site) -> None:
    remembered = Path(f"{state(used)}.cache")
    assert b'"number":"200001"' in remembered.read_bytes()
    assert is_remembered(state(used))
    purge(state(used), utc_now() - timedelta(days=1), utc_now())
    assert not is_remembered(state(used))
    assert [path.name for path in remembered.parent.iterdir() if ".cache" in path.name] == []
    used.put("alpha", [1, 2, 3])
    assert run_job(Job(used.configuration, "alpha")).code is Exit.DONE
    assert used.journal("alpha") == ["200001", "200002", "200003"]


def test_old_days_of_the_archive_and_old_failures_go_and_nothing_else(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for name in (
        "done/2026-01-05/a.csv",
        "done/2026-01-05/run.html",
        "done/2026-06-01/b.csv",
        "done/keep/c.csv",
        "d.csv",
    ):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).touch()
    (inbox / "failed").mkdir()
    for name in ("old.csv", "old.csv.reason.txt"):
        (inbox / "failed" / name).touch()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "e.csv").touch()
    (inbox / "done" / "2026-01-06").symlink_to(outside)
    old = old_files([inbox, tmp_path / "nowhere"], datetime.fromisoformat("2026-06-01T00:00:00+00:00"))
    assert [str(path.relative_to(inbox)) for path in old] == ["done/2026-01-05/a.csv", "done/2026-01-05/run.html"]
    failed = old_files([inbox], utc_now() + timedelta(days=1))
    assert {path.name for path in failed} >= {"old.csv", "old.csv.reason.txt", "b.csv"}
    remove(old)
    assert not (inbox / "done" / "2026-01-05").exists()
    assert (outside / "e.csv").exists()
    assert {path.name for path in inbox.rglob("*.csv")} == {"b.csv", "c.csv", "d.csv", "old.csv"}


def test_the_command_says_first_what_it_would_remove(desk: Desk) -> None:
    desk.configure('currency = "EUR"', 'currency = "EUR"\ninbox = "inbox"')
    old = desk.folder / "inbox" / "done" / "2020-01-01" / "bank.csv"
    old.parent.mkdir(parents=True)
    old.touch()
    dry = desk.importer("purge", "--older-than", "180d", "--dry-run")
    said = "0 plans, 0 journal lines, 0 changes and 0 names of files in the ledger, 1 files in done and failed.\n"
    assert (dry.code, dry.out.partition(": ")[2], dry.err, old.exists()) == (0, said, "Nothing was removed.\n", True)
    assert desk.importer("purge", "--older-than", "180d").code == 0
    assert not old.parent.exists()


@pytest.mark.parametrize("age", ["180", "0d", "six months", "-1d"])
def test_an_age_is_a_number_of_days(desk: Desk, age: str) -> None:
    ran = desk.importer("purge", f"--older-than={age}")
    assert (ran.code, "is not a number of days such as 180d" in ran.err) == (2, True)
