"""Python's search for cycles stands still while many values are made, and does not begin with them afterwards."""

from __future__ import annotations

import gc

import pytest

from importer.collection import collect_seldom, without_collection


def test_what_is_made_meanwhile_is_not_looked_at_by_the_next_search() -> None:
    with without_collection():
        inside = gc.isenabled()
        made = [[] for _ in range(10_000)]  # type: list[list[int]]
    young = {id(each) for each in gc.get_objects(generation=0)}

    assert (inside, gc.isenabled(), sum(id(each) in young for each in made)) == (False, True, 0)


def test_it_goes_on_after_an_error_and_stays_off_where_it_was_off() -> None:
    with pytest.raises(ValueError, match="x"), without_collection():
        raise ValueError("x")
    after = gc.isenabled()
    gc.disable()
    try:
        with without_collection():
            pass
        kept = gc.isenabled()
    finally:
        gc.enable()

    assert (after, kept) == (True, False)


def test_a_program_of_its_own_looks_for_cycles_seldom_and_still_finds_them() -> None:
    before = gc.get_threshold()
    try:
        collect_seldom()
        found = gc.get_stats()[0]["collections"]
        for _ in range(200_000):
            cycle: list[object] = []
            cycle.append(cycle)
        searches = gc.get_stats()[0]["collections"] - found
    finally:
        gc.set_threshold(*before)

    assert 2 <= searches <= 4
