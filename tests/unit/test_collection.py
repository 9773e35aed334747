"""Python's search for cycles stands still while many values are made, and does not begin with them afterwards."""

from __future__ import annotations

import gc

import pytest

from importer.collection import without_collection


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
