"""Killed while journal lines are corrected; a person may edit one before the next process (reliability.md §5, §8, K29 to K32).

A later export has the same bookings with other punctuation; the lines that stand in the journal are changed, in one batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from importer.sandbox.papers import Line
from tests.faults.cases import Case
from tests.faults.deadly import Trap
from tests.faults.scene import DONE, Scene

APPLIED = Trap("statement", "UPDATE patch.*'patched'")
ON_THE_WAY = Trap("commit", "UPDATE patch.*'sending'", when="after")
LATER, BY_HAND = "Invoice {} ..!", "written by hand"


def prepared(scene: Scene) -> None:
    """Three lines stand in the journal, and the statement comes once more as a later export has it."""
    assert scene.again() == (DONE, 3)
    text = (scene.folder / "bank.csv").read_text(encoding="utf-8")
    for number in numbers(scene):
        text = text.replace(f"Invoice {number}", LATER.format(number))
    (scene.folder / "later.csv").write_text(text, encoding="utf-8")
    scene.arguments = ("import", "later.csv", "--yes")


def not_sent(scene: Scene) -> None:
    """Killed between the intents and the wire: the lines are as they were, so they are changed now."""
    prepared(scene)
    scene.killed(ON_THE_WAY)
    assert (changes(scene), scene.again(), left(scene)) == (["sending"] * 3, (DONE, 3), set())


def answer_lost(scene: Scene) -> None:
    """Killed after the server changed them."""
    prepared(scene)
    scene.killed(APPLIED)
    assert (changes(scene), scene.again(), changes(scene)) == (["sending"] * 3, (DONE, 0), ["patched"] * 3)


def killed_at_the_server(scene: Scene) -> None:
    """Killed at the very moment at which the server has changed them."""
    prepared(scene)
    scene.killed_at("POST $batch", "after")
    assert (scene.again(), changes(scene)) == ((DONE, 0), ["patched"] * 3)


def edited_after_the_answer_was_lost(scene: Scene) -> None:
    """Changed, the answer lost, and a person edits the same field of one line before the restart."""
    prepared(scene)
    scene.killed(APPLIED)
    edit(scene)
    assert (scene.again()[1], sorted(changes(scene))) == (0, ["conflict", "patched", "patched"])


def edited_before_it_was_sent(scene: Scene) -> None:
    """The same, and nothing had been sent: the other two are changed."""
    prepared(scene)
    scene.killed(ON_THE_WAY)
    edit(scene)
    assert scene.again()[1] == 2


def killed_in_the_conflict(scene: Scene) -> None:
    """Killed while the conflict is recorded: it is found again."""
    prepared(scene)
    scene.killed(APPLIED)
    edit(scene)
    scene.killed(Trap("statement", "UPDATE patch.*'conflict'", when="after"))
    assert (scene.again()[1], sorted(changes(scene))) == (0, ["conflict", "patched", "patched"])


def edit(scene: Scene) -> None:
    scene.sandbox.edit("BANK", scene.journal[0].line_number, description=BY_HAND)


def changes(scene: Scene) -> list[str]:
    """The states of all changes in the ledger."""
    return [state for (state,) in scene.asked("SELECT state FROM patch ORDER BY run, number")]


def left(scene: Scene) -> set[str]:
    """The states of changes that are neither carried out nor made again by a later run."""
    return set(changes(scene)) - {"patched", "planned"}


CORRECTED: Mapping[str, Case] = {
    "K29": Case(not_sent),
    "K30": Case(answer_lost),
    "K30 at the server": Case(killed_at_the_server),
}
KEPT: Mapping[str, Case] = {
    "K31": Case(edited_after_the_answer_was_lost),
    "K31 before it was sent": Case(edited_before_it_was_sent),
    "K32": Case(killed_in_the_conflict),
}


@pytest.mark.parametrize("point", CORRECTED)
def test_every_line_is_corrected_once(tmp_path: Path, point: str) -> None:
    with CORRECTED[point].played(tmp_path) as scene:
        wanted = [LATER.format(number) for number in numbers(scene)]
        assert sorted(line.description for line in by_the_program(scene)) == wanted
        assert sorted(line.description for line in scene.journal) == wanted
        assert scene.created == scene.truth


@pytest.mark.parametrize("point", KEPT)
def test_what_a_person_wrote_on_a_line_stays(tmp_path: Path, point: str) -> None:
    with KEPT[point].played(tmp_path) as scene:
        edited, *others = scene.journal
        assert edited.description == BY_HAND
        assert [line.description for line in others] == [LATER.format(line.invoice_number) for line in others]
        assert scene.created == scene.truth


def numbers(scene: Scene) -> list[str]:
    return sorted(invoice for _, invoice, _ in scene.truth)


def by_the_program(scene: Scene) -> list[Line]:
    """The lines after each change over the API, but for the numbering of new documents."""
    made = (event.after for event in scene.sandbox.history if event.by == "api" and event.action == "patch")
    return [line for line in made if isinstance(line, Line) and line.description.endswith("!")]
