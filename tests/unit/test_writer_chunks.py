"""Chunks put together are the plan's writes; and what an answer or a row means, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.identity import line_key
from importer.model import JournalLine
from importer.money import Money
from importer.plan import Payment, Seen
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from importer.states import Intent, State
from importer.writer.judge import after_reply, compare, is_ours, seen
from importer.writer.send import chunks
from tests.unit.small_imports import bank_line

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
KEY = line_key("company", bank_line(1, "10.00"), 1)
OTHER_KEY = line_key("company", bank_line(2, "10.00"), 1)
PAYMENT = Payment("10000", "c1", date(2026, 2, 27), Money.of("-10.00", "EUR"), KEY, 446_000_001, "INV1", "i1")
INTENT = Intent("company", "journal", 0, PAYMENT, State.SENDING, Seen("a.csv", 1, "run", AT), AT)
LINE = JournalLine(
    id="line",
    etag='W/"1"',
    line_number=446_000_001,
    customer="10000",
    customer_id="c1",
    posting_date=date(2026, 2, 27),
    document_number="ZE0001",
    external_document_number=KEY,
    amount=Decimal(-10),
    invoice="INV1",
    invoice_id="i1",
    description="payment 1",
    comment="",
)


@st.composite
def bank_lines_with_parts(draw: st.DrawFn) -> list[Intent]:
    numbers = draw(st.lists(st.integers(100_000_000, 2_000_000_000), min_size=1, max_size=60, unique=True))
    intents: list[Intent] = []
    while len(intents) < len(numbers):
        key = f"KEY{len(intents):017d}"
        for part in range(min(draw(st.integers(1, 12)), len(numbers) - len(intents))):
            payment = replace(PAYMENT, external_document_number=key, line_number=numbers[len(intents)])
            intents.append(replace(INTENT, part=part, payment=payment))
    return draw(st.permutations(intents))


@given(bank_lines_with_parts(), st.integers(1, 20))
def test_chunks_put_together_are_the_writes_of_the_plan(intents: list[Intent], size: int) -> None:
    made = list(chunks(intents, size))
    numbers = [[intent.payment.line_number for intent in chunk] for chunk in made]
    assert sorted(n for chunk in numbers for n in chunk) == sorted(intent.payment.line_number for intent in intents)
    assert all(chunk == sorted(chunk) and 0 < len(chunk) <= size for chunk in numbers)


@given(bank_lines_with_parts())
def test_the_parts_of_a_bank_line_travel_together_when_they_fit(intents: list[Intent]) -> None:
    made = list(chunks(intents, 12))
    for key in {intent.key for intent in intents}:
        assert sum(any(intent.key == key for intent in chunk) for chunk in made) == 1


ANSWERS: list[tuple[Reply, State]] = [
    (Applied(LINE), State.CREATED),
    (Applied(replace(LINE, amount=Decimal("-10.01"))), State.MISMATCH),
    (Refused("Application_DialogException", "blocked"), State.REJECTED),
    (NotApplied("429", "slow down"), State.PLANNED),
    (SameKey("exists"), State.HIDDEN),
    (Changed("?"), State.UNKNOWN),
    (Missing("?"), State.UNKNOWN),
    (Unknown("timeout"), State.UNKNOWN),
]


@pytest.mark.parametrize(("reply", "state"), ANSWERS)
def test_an_answer_leads_to_a_state(reply: Reply, state: State) -> None:
    assert after_reply(INTENT, reply).to is state


def test_every_kind_of_answer_has_its_state() -> None:
    assert {type(reply) for reply, _ in ANSWERS} == set(Reply.__args__)


@pytest.mark.parametrize(
    ("before", "state"),
    [
        (State.UNKNOWN, State.MISMATCH),
        (State.PLANNED, State.MISMATCH),
        (State.MISMATCH, State.MISMATCH),
        (State.CREATED, State.EDITED),
        (State.GONE, State.EDITED),
    ],
)
def test_other_values_are_a_mismatch_when_never_seen_right_and_an_edit_afterwards(before: State, state: State) -> None:
    assert seen(replace(INTENT, state=before), replace(LINE, customer="20000")).to is state


CHANGES = {
    "line_number": 7,
    "external_document_number": "X",
    "customer": "20000",
    "amount": Decimal("-9.99"),
    "posting_date": date(2026, 2, 28),
    "invoice": "INV2",
}


@pytest.mark.parametrize("field", CHANGES)
def test_every_field_of_money_is_compared(field: str) -> None:
    assert len(compare(PAYMENT, replace(LINE, **{field: CHANGES[field]}))) == 1  # type: ignore[arg-type]  # fields by name


def test_what_the_server_fills_or_writes_otherwise_is_no_difference() -> None:
    stored = replace(
        LINE, amount=Decimal("-10.000"), external_document_number=KEY.lower(), description="Name", comment="x"
    )
    assert compare(replace(PAYMENT, customer=" 10000 "), stored) == []
    assert compare(replace(PAYMENT, document_number="D1"), stored) == ["documentNumber: sent D1, in the journal ZE0001"]


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        (LINE, True),
        (replace(LINE, amount=Decimal(-1)), True),
        (replace(LINE, external_document_number=""), True),
        (replace(LINE, external_document_number="", amount=Decimal(-1)), False),
        (replace(LINE, external_document_number=OTHER_KEY), False),
    ],
)
def test_a_row_is_ours_by_its_key_or_by_all_its_facts(line: JournalLine, ours: bool) -> None:
    assert is_ours(INTENT, line) is ours
