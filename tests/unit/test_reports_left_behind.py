"""A night writes thousands of reports in one process: what stood in them is gone at once, not when Python looks for cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from importer.reports.page import Line, page
from importer.reports.rows import plan_report
from importer.reports.workbook import workbook
from tests.unit import report_plans as plans


@pytest.fixture(autouse=True)
def _without_looking_for_cycles() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def standing(kind: type, module: str) -> int:
    """How many values of this kind there are whose class comes from that module."""
    return sum(isinstance(value, kind) and type(value).__module__ == module for value in gc.get_objects())


def test_a_page_leaves_nothing_of_its_lines_behind() -> None:
    before = standing(Line, Line.__module__)
    page(plan_report(plans.every_kind()))
    assert standing(Line, Line.__module__) == before


def test_a_workbook_leaves_none_of_its_cells_behind() -> None:
    before = standing(tuple, "xlsxwriter.worksheet")
    workbook(plans.every_kind())
    assert standing(tuple, "xlsxwriter.worksheet") == before
