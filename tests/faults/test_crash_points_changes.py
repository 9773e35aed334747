"""Killed while a customer is changed; a person may edit it before the next process (reliability.md §5, §8, K29 to K32)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from importer.sandbox.rows import Customer
from tests.faults.cases import Case, points
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, REVIEW, Scene

WANTED = "number,city,phoneNumber\n10000,York,+49 1\n"
APPLIED = Trap("statement", "UPDATE patch.*'patched'")


def prepared(scene: Scene) -> None:
    scene.arguments = ("customer", "import", "customers.csv", "--yes")
    (scene.folder / "customers.csv").write_text(WANTED, encoding="utf-8")
    scene.sandbox.edit_customer("10000", city="Leeds", phone_number="")


def not_sent(scene: Scene) -> None:
    """Killed between the intent and the wire: the customer is as it was, so it is changed now."""
    prepared(scene)
    scene.killed(Trap("commit", "UPDATE patch.*'sending'", when="after"))
    assert (changes(scene), scene.again(), changes(scene)) == (["sending"], (DONE, 1), ["gone on", "patched"])


def answer_lost(scene: Scene) -> None:
    """Killed after the server changed it."""
    prepared(scene)
    scene.killed(APPLIED)
    assert (changes(scene), scene.again(), changes(scene)) == (["sending"], (DONE, 0), ["patched"])


def edited_after_the_answer_was_lost(scene: Scene) -> None:
    """The same, and a person edits it before the restart: the person's value stays, whatever the file still wants."""
    prepared(scene)
    scene.killed(APPLIED)
    edit(scene)
    assert (changes(scene), scene.again(), changes(scene)) == (["sending"], (REVIEW, 0), ["conflict"])


def edited_before_it_was_sent(scene: Scene) -> None:
    """The same, and nothing had been sent: also what the person left alone waits for a decision on the whole row."""
    prepared(scene)
    scene.killed(Trap("commit", "UPDATE patch.*'sending'", when="after"))
    edit(scene, phone_number="+49 1")
    assert (changes(scene), scene.again(), changes(scene)) == (["sending"], (REVIEW, 0), ["conflict"])


def killed_in_the_conflict(scene: Scene) -> None:
    """Killed while the conflict is recorded: it is found again."""
    prepared(scene)
    scene.killed(APPLIED)
    edit(scene)
    scene.killed(Trap("statement", "UPDATE patch.*'conflict'", when="after"))
    assert (changes(scene), scene.again(), changes(scene)) == (["unknown"], (REVIEW, 0), ["conflict"])


def edit(scene: Scene, **more: object) -> None:
    scene.sandbox.edit_customer("10000", None, city="Hull", **more)


def changes(scene: Scene) -> list[str]:
    """The states of all changes in the ledger; one that was not carried out and is made by the next run has gone on."""
    found = [state for (state,) in scene.asked("SELECT state FROM patch ORDER BY run, number")]
    return ["gone on" if state == "planned" else state for state in found]


CHANGED: Mapping[str, Case] = {"K29": Case(not_sent), "K30": Case(answer_lost)}
KEPT: Mapping[str, Case] = {
    "K31": Case(edited_after_the_answer_was_lost),
    "K31 before it was sent": Case(edited_before_it_was_sent),
    "K32": Case(killed_in_the_conflict),
}


@pytest.mark.parametrize("point", points(CHANGED))
def test_a_change_is_made_once(tmp_path: Path, point: str) -> None:
    with CHANGED[point].played(tmp_path) as scene:
        assert [(one.city, one.phone_number) for one in by_the_program(scene)] == [("York", "+49 1")]


@pytest.mark.parametrize("point", points(KEPT))
def test_what_a_person_wrote_stays(tmp_path: Path, point: str) -> None:
    with KEPT[point].played(tmp_path) as scene:
        assert scene.sandbox.customers()[0].city == "Hull"
        assert [one.city for one in by_the_program(scene)] in ([], ["York"])


def by_the_program(scene: Scene) -> list[Customer]:
    """The customer after each change over the API."""
    made = (event.after for event in scene.sandbox.history if event.by == "api" and event.action == "patch")
    return [customer for customer in made if isinstance(customer, Customer)]
