"""Whatever people do in Business Central: reading what changed gives the books that reading everything gives."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.refusals import Refusal
from tests.contract.remembering import BASES, Desk, same
from tests.contract.service import books, on_account, paying, start


def _edits() -> dict[str, Callable[[Desk, int], object]]:
    def pay(d: Desk, n: int) -> None:
        whole = d.whole()
        due = [one for one in whole.documents if one.is_open and one.remaining.amount > 0 and one.customer == "10000"]
        if due:
            payment = paying(due[n % len(due)], whole.customers_by_number["10000"], f"BI{n}", 1000 + n)
            if n % 2:
                payment = replace(payment, amount=on_account(whole.customers[0], "x", 1).amount)
            with d.client() as client:
                client.create([payment])
            d.service.sandbox.post("BANK")

    return {
        "rename": lambda d, n: d.service.sandbox.edit_customer("20000", display_name=f"Beta {n}"),
        "block": lambda d, n: d.service.sandbox.edit_customer("10000", blocked=("", "All")[n % 2]),
        "renumber": lambda d, n: d.service.sandbox.edit_invoice(_some(d, n), external_document_number=f"PO {n}"),
        "new number": lambda d, n: d.service.sandbox.edit_invoice(_some(d, n), number=f"77{n:04d}"),
        "issue": lambda d, n: d.service.sandbox.issue_invoice(_some(d, n), f"88{len(d.whole().documents):04d}"),
        "delete open": _delete_open,
        "pay": pay,
        "wait": lambda d, n: d.wait(timedelta(minutes=n * 7)),
        "read": lambda d, _: d.changes(),
    }


def _some(d: Desk, n: int) -> str:
    invoices = [one for one in d.service.sandbox.invoices() if not one.draft]
    return invoices[n % len(invoices)].number


def _delete_open(d: Desk, n: int) -> None:
    due = [one for one in d.service.sandbox.invoices() if one.is_open]
    if due:
        d.service.sandbox.delete_invoice(due[n % len(due)].number)


EDITS = _edits()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 60)), min_size=1, max_size=12),
    times=st.sampled_from(["get a new time", "keep their time"]),
    flavour=st.sampled_from(sorted(BASES)),
    page=st.sampled_from([1, 3, 1000]),
)
def test_whatever_people_do_changes_and_everything_are_the_same_books(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]], times: str, flavour: str, page: int
) -> None:
    """Deleting what is closed is left out: no reading of changes can tell it, and the weekly reading does."""
    behaviour = Behaviour(settled_documents=times, page_size=page)  # type: ignore[arg-type]  # drawn from its values
    d = Desk(start(monkeypatch, books(customers=3, invoices=4), behaviour), flavour)
    d.changes()
    for name, number in steps:
        with suppress(Refusal):
            EDITS[name](d, number)
        assert same(d.changes()[0], d.whole())
