"""Lines that the ledger has forgotten, and that were posted: the customer ledger entries carry their keys."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from importer.history import History, Known
from importer.model import Confidence, Match, Reason
from importer.plan import Create, Decision, Review, Skip
from importer.planner import perhaps_posted
from tests.unit.planner_books import CERTAIN, KEY, LINE, PAYMENTS, SEEN, STATEMENT, only, plan_of, rule_of

PAID = Match(Confidence.MEDIUM, "10000", reasons=(Reason("named_document_closed", "The named document is paid."),))
POSTED: dict[str, tuple[Sequence[str | None], type[Decision], str]] = {
    "all of its money": (["-1190.00", "-10.00"], Skip, "posted_before"),
    "all of it as one entry": (["-1200.00"], Skip, "posted_before"),
    "a part of it": (["-1190.00"], Review, "posted_differs"),
    "reversed since": (["-1200.00", "1200.00"], Review, "posted_differs"),
    "amounts that the server does not tell": ([None, None], Review, "posted_differs"),
    "nothing": ([], Create, "numbers"),
}


@pytest.mark.parametrize(("amounts", "kind", "rule"), POSTED.values(), ids=POSTED.keys())
def test_posted_entries_decide_before_the_matcher(
    amounts: Sequence[str | None], kind: type[Decision], rule: str
) -> None:
    entries = [None if amount is None else Decimal(amount) for amount in amounts]
    decision = only(plan_of(STATEMENT, posted={KEY: entries}))
    assert (type(decision), rule_of(decision)) == (kind, rule)


def test_who_reads_of_it_learns_where_it_stands() -> None:
    decision = only(plan_of(STATEMENT, posted={KEY: [Decimal("-1200.00")]}))
    assert decision.finding.reasons[0].message == (
        f"already posted: customer ledger entries carry its key {KEY} as External Document No."
    )


def test_the_ledger_is_believed_first() -> None:
    known = History({KEY: Known(SEEN, done=PAYMENTS)})
    assert rule_of(only(plan_of(STATEMENT, history=known, posted={KEY: [Decimal(1)]}))) == "already_imported"


def test_entries_are_asked_for_all_new_lines_once_one_of_them_pays_what_is_paid() -> None:
    other = replace(STATEMENT, lines=(LINE, structs.replace(LINE, record=2, text="RE 103009")))
    asked = perhaps_posted(plan_of(other, match=PAID), History())
    assert (len(asked), KEY in asked) == (2, True)


def test_an_ordinary_import_asks_for_no_entries() -> None:
    refused = History({KEY: Known(SEEN, refused=PAYMENTS)})
    waiting = Match(Confidence.MEDIUM, "10000", reasons=(Reason("payer_only", "The payer is known."),))
    plans = [
        (plan_of(STATEMENT, match=CERTAIN), History()),
        (plan_of(STATEMENT, match=waiting), History()),
        (plan_of(STATEMENT, match=PAID, history=refused), refused),
    ]
    assert [perhaps_posted(plan, history) for plan, history in plans] == [frozenset()] * 3
