"""Matches, books and history become the plan: one decision for every bank line.

    statements ──name_lines──▶ named lines ──open_lines──▶ (matcher) ──▶ matches ──make_plan──▶ Plan
                naming.py                    known.py                            make.py ◀─ payments.py

Pure: the same values give the same plan, whatever the order of files and rows.
"""

from __future__ import annotations

from importer.planner.doubts import asked_anew, near_duplicates
from importer.planner.holding import Change, how_it_differs, what_changed
from importer.planner.known import Ground
from importer.planner.make import file_facts, make_plan, open_lines
from importer.planner.naming import name_lines
from importer.planner.overlap import contradictions
from importer.planner.posted import perhaps_posted
from importer.planner.rekeyed import rekeyed
from importer.planner.reviewed import Reviewed, reviewed_plan

__all__ = [
    "Change",
    "Ground",
    "Reviewed",
    "asked_anew",
    "contradictions",
    "file_facts",
    "how_it_differs",
    "make_plan",
    "name_lines",
    "near_duplicates",
    "open_lines",
    "perhaps_posted",
    "rekeyed",
    "reviewed_plan",
    "what_changed",
]
