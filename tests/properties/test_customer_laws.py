"""Laws of customer plans, for whatever stands in Business Central and whatever a file wishes."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from importer.bc.customer_fields import FLAT
from importer.customers import Blanks, Change, CustomerBooks, CustomerPlan, plan_customers
from importer.master import Access, CustomerRecord, MasterFile, MasterRow, same

_COLUMNS = ("displayName", "city", "phoneNumber", "creditLimit", "taxLiable", "blocked", "country", "balanceDue")
_VALUES = st.one_of(
    st.just(""),
    st.sampled_from(["Kiel", "kiel", "+49 1", "1.50", "1.5", "true", "false", "All", "_x0020_", "de", "DE", "0"]),
    st.text(max_size=12),
)
_STANDING = {"displayName": "A", "city": "", "phoneNumber": "1", "creditLimit": "1.5", "taxLiable": "false"}


def _record(number: int, city: str) -> CustomerRecord:
    fields = {**_STANDING, "city": city, "blocked": "", "country": "DE", "balanceDue": "0"}
    return CustomerRecord(f"0ccccccc-0000-4000-8000-{number:012d}", str(number), f'W/"{number}"', fields)


_BOOKS = st.builds(
    lambda cities: CustomerBooks(
        "company", "CRONUS", "v2.0", "EUR", FLAT, tuple(_record(n, city) for n, city in enumerate(cities)), {}
    ),
    st.lists(st.sampled_from(["", "Kiel", "Bonn"]), min_size=1, max_size=4),
)
_ROWS = st.lists(st.tuples(st.integers(0, 5).map(str), *(_VALUES for _ in _COLUMNS)).map(tuple), min_size=0, max_size=6)


def _file(rows: list[tuple[str, ...]]) -> MasterFile:
    numbered = tuple(MasterRow(number, row) for number, row in enumerate(rows, start=2))
    return MasterFile("c.csv", "sha", ("number", *_COLUMNS), 1, numbered)


def _plan(rows: list[tuple[str, ...]], books: CustomerBooks, blanks: Blanks) -> CustomerPlan:
    return plan_customers(_file(rows), books, blanks, datetime(2026, 3, 2, tzinfo=UTC))


def _carried_out(plan: CustomerPlan, books: CustomerBooks) -> CustomerBooks:
    changed = {change.patch.base.id: {c.field: c.new for c in change.patch.changes} for change in plan.changes}
    records = (replace(each, fields={**each.fields, **changed.get(each.id, {})}) for each in books.records)
    return replace(books, records=tuple(records))


@given(_ROWS, _BOOKS, st.sampled_from(Blanks))
def test_after_a_plan_is_carried_out_the_same_file_changes_nothing(
    rows: list[tuple[str, ...]], books: CustomerBooks, blanks: Blanks
) -> None:
    first = _plan(rows, books, blanks)
    again = _plan(rows, _carried_out(first, books), blanks)
    assert again.changes == ()
    assert again.refusals == first.refusals


@given(_ROWS, _BOOKS, st.sampled_from(Blanks))
def test_every_row_has_one_decision_and_every_change_is_a_real_one(
    rows: list[tuple[str, ...]], books: CustomerBooks, blanks: Blanks
) -> None:
    plan = _plan(rows, books, blanks)
    assert [each.row for each in plan.decisions] == list(range(2, len(rows) + 2))
    for change in plan.changes:
        for each in change.patch.changes:
            field = FLAT[each.field]
            assert field.access is Access.WRITE
            assert each.old == change.patch.base.fields[each.field]
            assert not same(each.new, each.old, field)


@given(_ROWS, _BOOKS)
def test_a_blank_cell_is_in_no_change(rows: list[tuple[str, ...]], books: CustomerBooks) -> None:
    for decision in _plan(rows, books, Blanks.KEEP).decisions:
        if isinstance(decision, Change):
            cells = dict(zip(_COLUMNS, rows[decision.row - 2][1:], strict=True))
            assert all(cells[each.field].strip() for each in decision.patch.changes)


@given(_ROWS, _BOOKS, st.sampled_from(Blanks), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_name_of_the_plan(
    rows: list[tuple[str, ...]], books: CustomerBooks, blanks: Blanks, random: Random
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert _plan(shuffled, books, blanks).digest == _plan(rows, books, blanks).digest
