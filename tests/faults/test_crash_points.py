"""All 54 crash points of reliability.md §8 have a scene."""

from __future__ import annotations

from tests.faults import (
    test_crash_points_changes,
    test_crash_points_clock,
    test_crash_points_disk,
    test_crash_points_files,
    test_crash_points_people,
    test_crash_points_planning,
    test_crash_points_sending,
    test_crash_points_settling,
    test_crash_points_together,
)

TABLES = (
    test_crash_points_planning.POINTS,
    test_crash_points_sending.POINTS,
    test_crash_points_settling.POINTS,
    test_crash_points_changes.CHANGED,
    test_crash_points_changes.KEPT,
    test_crash_points_people.POINTS,
    test_crash_points_people.DELETED,
    test_crash_points_disk.POINTS,
    test_crash_points_clock.POINTS,
    test_crash_points_together.POINTS,
    test_crash_points_files.POINTS,
)


def test_every_crash_point_has_its_scene() -> None:
    points = {name.split()[0] for table in TABLES for name in table}
    assert sorted(points, key=lambda point: int(point[1:])) == [f"K{number}" for number in range(1, 55)]
