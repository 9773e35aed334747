"""A second run asks only for what changed, and never pays on what it merely remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.conftest import Desk
from tests.flow.test_main_job import DEMO, journal


def asked(desk: Desk, since: int) -> list[str]:
    """The queries for customers and documents behind the first so many requests."""
    queries = [(served.path.rpartition("/")[2], served.query) for served in desk.sandbox.requests[since:]]
    return [f"{name}?{query}" for name, query in queries if name in ("customers", "salesInvoices", "salesCreditMemos")]


def forget_times(desk: Desk) -> None:
    """What changes from now on says no new time, as if it had been changed behind Business Central's back."""
    put = desk.sandbox._store.customers.put_unnoticed  # noqa: SLF001 - no person at the screen can do that
    desk.monkeypatch.setattr(desk.sandbox._store.customers, "put", put)  # noqa: SLF001


def test_a_second_run_asks_only_for_changes_and_open_documents(desk: Desk) -> None:
    desk.importer("preview", DEMO)
    first = asked(desk, 0)
    assert [line for line in first if "lastModifiedDateTime%20ge" in line or "ge 2" in line] == []
    since = len(desk.sandbox.requests)
    desk.importer("preview", DEMO)
    second = asked(desk, since)
    assert len(second) == 6
    assert [line.partition("?")[0] for line in second if "lastModifiedDateTime ge " in line] == [
        "customers",
        "salesInvoices",
        "salesCreditMemos",
    ]
    assert [line.partition("?")[0] for line in second if "status eq 'Open'" in line] == [
        "salesInvoices",
        "salesCreditMemos",
    ]
    assert "number eq '10000'" in second[-1]


def test_everything_is_read_again_when_that_is_wished(desk: Desk) -> None:
    for command in ("preview", "import"):
        desk.importer(command, DEMO)
        since = len(desk.sandbox.requests)
        desk.importer(command, DEMO, "--fresh")
        assert [line for line in asked(desk, since) if "ge 2" in line] == []


@pytest.mark.parametrize("command", ["preview", "import"])
def test_nobody_pays_who_was_blocked_although_no_time_tells_it(desk: Desk, command: str) -> None:
    desk.importer("preview", DEMO)
    forget_times(desk)
    desk.sandbox.edit_customer("10000", blocked="All")
    ran = desk.importer(command, DEMO, "--format", "json")
    (decision,) = [one for one in ran.document["decisions"] if one["customer"] == "10000"]
    assert decision["action"] == "review"
    assert [line for line in journal(desk) if line[0] == "10000"] == []


def test_a_saved_plan_is_refused_for_somebody_who_was_blocked_although_no_time_tells_it(desk: Desk) -> None:
    desk.importer("preview", DEMO, "--format", "json", "-o", "plan.json")
    forget_times(desk)
    desk.sandbox.edit_customer("10000", blocked="All")
    refused = desk.importer("apply", "plan.json")
    assert (refused.code, desk.writes()) == (4, [])
    assert "is blocked (All)" in refused.err


def test_a_review_is_not_carried_out_for_somebody_who_was_blocked_although_no_time_tells_it(desk: Desk) -> None:
    desk.importer("preview", DEMO, "--format", "xlsx", "-o", "review.xlsx")
    forget_times(desk)
    desk.sandbox.edit_customer("10000", blocked="All")
    desk.importer("apply", "review.xlsx")
    assert [line for line in journal(desk) if line[0] == "10000"] == []


def test_an_invoice_that_was_paid_meanwhile_is_not_paid_twice(desk: Desk) -> None:
    desk.importer("preview", DEMO)
    forget_times(desk)
    documents = desk.sandbox._store.documents  # noqa: SLF001 - a payment posted on it gives the invoice no new time
    invoice = next(one for one in desk.sandbox.invoices() if one.number == "103196")
    desk.monkeypatch.setattr(documents, "put", documents.put_unnoticed)
    desk.sandbox.edit_invoice(invoice.number, status="Paid", remaining_amount=invoice.remaining_amount * 0)
    desk.importer("import", DEMO)
    assert [line for line in journal(desk) if line[1] == "103196"] == []


def test_the_memory_lies_beside_the_ledger_for_its_owner_only(desk: Desk, tmp_path: Path) -> None:
    desk.importer("preview", DEMO)
    remembered = tmp_path / "state" / "importer.db.cache"
    assert oct(remembered.stat().st_mode & 0o777) == "0o600"
    purged = desk.importer("purge", "--older-than", "1d", "--yes")
    assert "goes too" in purged.out
    assert not remembered.exists()
