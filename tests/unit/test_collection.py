"""Python's search for cycles stands still while many values are made, and misses nothing afterwards."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from importer.collection import collect_now_and_then, collect_seldom, without_collection


class Link:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_made_meanwhile_is_not_looked_at_by_the_next_search() -> None:
    with without_collection():
        inside = gc.isenabled()
        made = [[] for _ in range(10_000)]  # type: list[list[int]]
    young = {id(each) for each in gc.get_objects(generation=0)}

    assert (inside, gc.isenabled(), sum(id(each) in young for each in made)) == (False, True, 0)


def test_cycles_that_were_made_meanwhile_are_found_at_every_sixteenth_call() -> None:
    made = list[ref[Link]]()
    for _ in range(40):
        with without_collection():
            made.append(ref(Link()))
        collect_now_and_then()

    assert sum(link() is not None for link in made) < 16


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
