"""A review that speaks of lines the journal has already: they are changed while nobody touched them, and stay changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.conftest import Desk
from tests.flow.test_flavours import BASES, in_other_words, speak
from tests.flow.test_main_job import DEMO
from tests.flow.test_review import HEADER, UNKNOWN_PAYER, created, filled_in
from tests.flow.test_review_changed import changed, on_ready

MORE = " ff"


def patched(desk: Desk, since: int) -> list[str]:
    return [write.partition(" ")[0] for write in desk.writes()[since:]]


def decide(desk: Desk, customer: str) -> None:
    filled_in(desk.folder / "review.xlsx", {"Unknown": {"Decision": "other", "Customer No.": customer}})


@pytest.fixture
def decided(desk: Desk) -> Desk:
    """A clerk gave the payment to customer 10360, and it is in the journal."""
    (desk.folder / "bank.csv").write_text(f"{HEADER}\n{UNKNOWN_PAYER}\n", encoding="utf-8")
    desk.importer("preview", "bank.csv", "--format", "xlsx", "-o", "review.xlsx")
    decide(desk, "10360")
    assert desk.importer("apply", "review.xlsx").code == 0
    return desk


def test_who_changes_his_mind_changes_the_row_and_applies_the_review_again(decided: Desk) -> None:
    before, since = decided.sandbox.journal_lines("BANK"), len(decided.writes())
    decide(decided, "10250")
    ran = decided.importer("apply", "review.xlsx", "--format", "json")
    (decision,) = ran.document["decisions"]
    assert (ran.code, decision["action"], decision["reasons"][0]["message"]) == (0, "patch", "assigned by Kim")
    assert [change["field"] for patch in decision["patches"] for change in patch["changes"]] == [
        "customerId",
        "customerNumber",
    ]
    assert patched(decided, since) == ["PATCH"]
    assert created(decided) == [("10250", "", "-8586.76")]
    assert [(line.id, line.line_number) for line in decided.sandbox.journal_lines("BANK")] == [
        (line.id, line.line_number) for line in before
    ]


def test_a_changed_mind_is_not_changed_back_by_a_later_import_nor_by_applying_once_more(decided: Desk) -> None:
    decide(decided, "10250")
    decided.importer("apply", "review.xlsx")
    since = len(decided.writes())
    assert "nothing was done: already imported" in decided.importer("apply", "review.xlsx").err
    decided.importer("import", "bank.csv", "--yes")
    assert (patched(decided, since), created(decided)) == ([], [("10250", "", "-8586.76")])


def test_a_changed_mind_teaches_the_customer_of_the_second_thought_alone(decided: Desk) -> None:
    decide(decided, "10250")
    decided.importer("apply", "review.xlsx")
    assert decided.importer("payer", "export").out.splitlines()[1:] == ["10250,DK5699990000001252,Unknown,confirmed"]


def test_a_line_that_a_person_changed_in_business_central_is_hers(decided: Desk) -> None:
    (line,) = decided.sandbox.journal_lines("BANK")
    person = decided.sandbox.edit("BANK", line.line_number, comment="by hand")
    decide(decided, "10250")
    ran = decided.importer("apply", "review.xlsx")
    assert "the journal does not have it as it was sent: if it is wrong, correct it in Business Central" in ran.err
    assert (ran.code, decided.sandbox.journal_lines("BANK")) == (3, (person,))


def preview_of_fuller_texts(desk: Desk) -> Path:
    """A workbook in which five lines of the journal are to be changed."""
    desk.importer("import", DEMO, "--yes")
    desk.importer("preview", in_other_words(desk, MORE), "--format", "xlsx", "-o", "review.xlsx")
    return desk.folder / "review.xlsx"


def with_fuller_text(desk: Desk) -> list[str]:
    return sorted(line.invoice_number for line in desk.sandbox.journal_lines("BANK") if line.description.endswith(MORE))


@pytest.mark.parametrize("flavour", BASES)
def test_the_changes_that_a_review_shows_are_carried_out_with_it(desk: Desk, flavour: str) -> None:
    speak(desk, flavour)
    review = preview_of_fuller_texts(desk)
    since = len(desk.writes())
    ran = desk.importer("apply", review)
    assert (ran.code, ran.err, patched(desk, since)) == (3, "", ["PATCH"] * 6)
    assert len(with_fuller_text(desk)) == 6


def test_a_change_that_the_clerk_stops_is_not_made_by_a_later_import_either(desk: Desk) -> None:
    review = preview_of_fuller_texts(desk)
    changed(review, on_ready("Decision", "ignore"))
    desk.importer("apply", review)
    desk.importer("import", desk.folder / "later.csv", "--yes")
    others = [line.invoice_number for line in desk.sandbox.journal_lines("BANK") if line.invoice_number != "103196"]
    assert with_fuller_text(desk) == sorted(others)
