"""`importer company check` tells a newcomer what was asked, what came and what to do, for everything that can be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from importer.checkup import check_ledger
from importer.errors import Exit
from importer.sandbox.app import Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import demo_books
from tests.flow.conftest import Desk
from tests.unit.ledger_places import place_on

WRONG = [
    ('company = "CRONUS International Ltd."', 'company = "CRONUS Internatonal Ltd"', 78, "Company",
     'Did you mean "CRONUS International Ltd."?', "or its id"),
    ('journal = "BANK"', 'journal = "BNAK"', 78, "Customer payment journal", 'Did you mean "BANK"?', "Correct `journal`"),
    ('journal = "BANK"', 'journal = "DEFAULT"', 78, "Customer payment journal", "there are: BANK",
     "There is a batch DEFAULT in template GENERAL, but it takes no payments."),
    ("/api/v2.0", "/api/v3.0", 78, "Server and credentials", "no companies", "base_url is everything"),
    ('"env:BC_TOKEN"', '"env:BC_TOKN"', 78, "Server and credentials", "BC_TOKN is not set", "the environment that it"),
    ('currency = "EUR"', 'currency = "NOK"', 78, "Currency", "importer.toml says NOK", "LCY Code in General Ledger Setup"),
    ('journal = "BANK"', 'journal = "BANK-API"', 3, "Balancing account", "BANK-API has none", "Bal. Account No."),
    ('state = "state/importer.db"', 'state = "importer.toml"', 74, "Ledger", "importer.toml", "Then check again."),
    ('accounts = ["DE02120300000000202051"]', "", 3, "Own bank accounts", "any account is accepted", "accounts = [...]"),
]  # fmt: skip  # one case a line is easier to read


@pytest.mark.parametrize(("right", "wrong", "code", "asked", "came", "todo"), WRONG)
def test_a_wrong_setting_is_told_where_it_shows_and_what_to_do(
    desk: Desk, right: str, wrong: str, code: int, asked: str, came: str, todo: str
) -> None:
    desk.configure(right, wrong)
    ran = desk.importer("company", "check")
    lines = ran.out.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("  ! "))
    assert ran.code == code
    assert lines[at].startswith(f"  ! {asked}: ")
    assert came in lines[at]
    assert todo in lines[at + 1]


def test_the_ledger_is_asked_first_and_made_where_there_is_none(desk: Desk) -> None:
    ran = desk.importer("company", "check")
    assert ran.out.splitlines()[:2] == [
        "all companies:",
        f"  ✓ Ledger: {desk.folder / 'state/importer.db'} can be written, and keeps what was committed when the power goes",
    ]


def test_a_file_is_named_in_full_whatever_stands_in_its_path(tmp_path: Path) -> None:
    ledger = str(tmp_path / "a@b" / "importer.db")
    assert check_ledger(ledger).came.startswith(f"{ledger} can be written")


def test_a_server_that_may_forget_the_ledger_at_a_power_cut_is_told(tmp_path: Path) -> None:
    with place_on("postgresql", tmp_path) as place:
        import psycopg

        with psycopg.connect(place.state) as connection:
            keeps = connection.execute("SHOW fsync").fetchone() == ("on",)
        answer = check_ledger(place.state)
    assert answer.code is (Exit.DONE if keeps else Exit.REVIEW)
    assert answer.came.startswith(place.state.partition("@")[2])
    assert ("fsync = off" in answer.came, "postgresql.conf" in answer.advice) == (not keeps, not keeps)


def test_a_database_that_cannot_be_reached_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    answer = check_ledger("postgresql://importer:canary@127.0.0.1:1/ledger")
    assert (answer.asked, answer.code) == ("Ledger", Exit.LEDGER)
    assert "canary" not in answer.came


def behaving(desk: Desk, behaviour: Behaviour) -> None:
    """The same books on a server with other ways."""
    other = Sandbox(demo_books(), behaviour=behaviour)
    desk.monkeypatch.setattr(desk.sandbox, "__dict__", other.__dict__)


def test_a_token_that_ended_is_told(desk: Desk) -> None:
    desk.sandbox.renew_token()
    ran = desk.importer("company", "check")
    assert ran.code == 77
    assert "! Server and credentials: Business Central refuses the credentials" in ran.out
    assert "The token is wrong or has ended" in ran.out


def test_a_missing_permission_to_write_is_found_when_asked_for(desk: Desk) -> None:
    behaving(desk, Behaviour(write_permission="denied"))
    ran = desk.importer("company", "check", "--ask-server")
    assert ran.code == 77
    assert "! Permission to write: " in ran.out
    assert "D365 JOURNALS, EDIT" in ran.out


def test_a_server_that_spells_the_set_in_another_way_is_told(desk: Desk) -> None:
    behaving(desk, Behaviour(journals_set="customerPaymentsJournals"))
    ran = desk.importer("company", "check")
    assert ran.code == 0
    assert "batch BANK Bank receipts; this server spells the set customerPaymentsJournals" in ran.out


@pytest.mark.parametrize("lookup", ["absent", "denied"])
def test_a_server_without_posted_entries_is_told(desk: Desk, lookup: str) -> None:
    behaving(desk, replace(Behaviour(), posted_lookup=lookup))  # type: ignore[arg-type]  # drawn from its values
    ran = desk.importer("company", "check")
    assert ran.code == 0
    assert "✓ Posted entries: cannot be looked up here" in ran.out
    assert "Keep the ledger in your backup." in ran.out


@pytest.mark.parametrize(
    ("ahead", "told"), [(timedelta(hours=2), "2 h 0 min behind"), (-timedelta(minutes=9), "0 h 9 min ahead of")]
)
def test_a_clock_that_is_wrong_is_told(desk: Desk, ahead: timedelta, told: str) -> None:
    now = desk.sandbox.now
    desk.monkeypatch.setattr(desk.sandbox, "now", lambda: now() + ahead)
    ran = desk.importer("company", "check")
    assert ran.code == 3
    assert f"! Clock: this machine is {told} the server" in ran.out


def test_everything_an_import_needs_is_asked(desk: Desk) -> None:
    asked = [
        line[4:].partition(":")[0] for line in desk.importer("company", "check").out.splitlines() if line[2:3] == "✓"
    ]
    assert asked == [
        "Ledger",
        "Server and credentials",
        "Company",
        "Customer payment journal",
        "Customers and documents",
        "Balancing account",
        "Currency",
        "Journal lines",
        "Own bank accounts",
        "Posted entries",
        "Clock",
        "Limits",
        "Marker",
        "Number series",
        "Posting",
    ]
