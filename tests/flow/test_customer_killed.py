"""A customer import is killed, a person edits the customer, and the import is only started again (reliability.md §8, K31)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from importer.errors import Exit
from importer.states import PatchState
from tests.contract.service import start
from tests.flow.test_customer_conflicts import Shop, states


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, start(monkeypatch))


def killed_and_edited(shop: Shop) -> None:
    """A run was killed while it changed a customer, and a person made the city another one."""

    def killed(*_: object) -> httpx.Response:
        raise KeyboardInterrupt

    shop.at_the_change(killed)
    with pytest.raises(KeyboardInterrupt):
        shop.run("number,city", "10000,York")
    shop.service.sandbox.edit_customer("10000", city="Hull")


def test_a_persons_edit_after_a_killed_run_is_a_conflict_not_overwritten(shop: Shop) -> None:
    killed_and_edited(shop)
    settled = shop.settle()
    assert ([intent.state for intent in settled.patches], settled.exit_code) == ([PatchState.CONFLICT], Exit.REVIEW)
    assert shop.customer().city == "Hull"


def test_who_only_starts_a_killed_import_again_does_not_write_over_a_persons_edit(shop: Shop) -> None:
    killed_and_edited(shop)
    again = shop.run("number,city", "10000,York")
    [refused] = again.plan.refusals
    [problem] = refused.problems
    why = 'city was "Leeds", is now "Hull", wanted was "York"; it was left as it is'
    assert (problem.rule, problem.row) == ("persons_edit_stays", 2)
    assert problem.message == f"{why}. Import the file again to change it all the same"
    assert (again.exit_code, shop.customer().city) == (Exit.REVIEW, "Hull")


def test_who_was_told_of_a_persons_edit_and_imports_again_means_it(shop: Shop) -> None:
    killed_and_edited(shop)
    shop.service.sleep(1)
    shop.run("number,city", "10000,York")
    shop.service.sleep(1)
    again = shop.run("number,city", "10000,York")
    assert (states(again), shop.customer().city) == ([PatchState.PATCHED], "York")
