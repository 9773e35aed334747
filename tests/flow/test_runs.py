"""Earlier runs as a user meets them: listed and shown, asked about, undone, and brought back."""

from __future__ import annotations

from tests.flow.conftest import Desk
from tests.flow.statements import month, write_sparkasse
from tests.flow.test_flavours import speak
from tests.flow.test_main_job import DEMO, journal


def test_runs_are_listed_and_shown(desk: Desk) -> None:
    imported = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]
    assert imported["safe_to_post"]
    listed = desk.importer("run", "list")
    assert listed.out.split("\t")[0] == imported["run"]
    shown = desk.importer("run", "show", imported["run"])
    assert shown.out.count("\tcreated\t") == 6
    kept = desk.importer("run", "show", imported["run"], "--format", "json").document
    assert [decision["action"] for decision in kept["decisions"]].count("create") == 5
    assert desk.importer("run", "show", "nope").code == 78
    assert desk.importer("run", "settle").code == 0


def test_what_a_person_says_of_lines_that_are_not_open_is_refused(desk: Desk) -> None:
    strange = desk.importer("run", "settle", "--found", "446000001")
    assert (strange.code, "Of line 446000001 nothing is open" in strange.err) == (78, True)
    both = desk.importer("run", "settle", "--found", "446000001", "--absent", "446000001")
    assert (both.code, "cannot be both" in both.err) == (2, True)


def test_an_undone_run_leaves_what_people_touched_and_comes_back_only_when_asked(desk: Desk) -> None:
    run = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]["run"]
    certified = desk.importer("run", "certify", run)
    assert (certified.code, certified.out.splitlines()[-1]) == (0, "Safe to post.")
    touched = desk.sandbox.journal_lines("BANK")[0]
    desk.sandbox.edit("BANK", touched.line_number, description="by hand")
    assert desk.importer("run", "undo", run).code == 0
    assert [line.line_number for line in desk.sandbox.journal_lines("BANK")] == [touched.line_number]
    assert desk.importer("import", DEMO, "--yes", "--format", "json").document["totals"]["create"]["lines"] == 0
    desk.importer("import", DEMO, "--yes", "--again")
    assert len(journal(desk)) == 6


def test_what_was_undone_comes_back_from_the_same_bookings_in_a_file_saved_anew(desk: Desk) -> None:
    bookings = month(desk.sandbox)
    first = write_sparkasse(desk.folder / "bank.csv", bookings)
    done = desk.importer("import", first, "--yes", "--format", "json").document
    desk.importer("run", "undo", done["outcome"]["run"])
    anew = desk.folder / "saved anew.csv"
    anew.write_bytes(first.read_bytes().replace(b'"EUR"', b"EUR"))
    again = desk.importer("import", anew, "--yes", "--again", "--format", "json").document
    assert again["totals"]["create"] == done["totals"]["create"]


def test_what_a_clerk_deleted_comes_back_when_it_is_asked_for_and_certain(desk: Desk) -> None:
    desk.importer("import", DEMO, "--yes")
    deleted = desk.sandbox.journal_lines("BANK")[0]
    desk.sandbox.delete("BANK", deleted.line_number)
    early = desk.importer("import", DEMO, "--yes", "--again")
    said = f"Posted or deleted: line {deleted.line_number}. If somebody deleted it"
    assert ("0 lines may be imported again." in early.err, said in early.err, len(journal(desk))) == (True, True, 5)
    desk.configure('"BANK"', '"BANK"\nsettle_after = "0s"')
    late = desk.importer("import", DEMO, "--yes", "--again")
    assert ("1 line may be imported again." in late.err, len(journal(desk))) == (True, 6)


def test_where_posted_entries_cannot_be_read_a_deleted_line_is_entered_by_hand(desk: Desk) -> None:
    speak(desk, "financials-beta")
    desk.importer("import", DEMO, "--yes")
    desk.sandbox.delete("BANK", desk.sandbox.journal_lines("BANK")[0].line_number)
    asked = desk.importer("import", DEMO, "--yes", "--again")
    assert "Posted entries do not tell which." in asked.err
    assert len(journal(desk)) == 5


def test_a_run_of_another_journal_is_not_undone(desk: Desk) -> None:
    run = desk.importer("import", DEMO, "--yes", "--format", "json").document["outcome"]["run"]
    desk.configure('"BANK"', '"BANK-API"')
    ran = desk.importer("run", "undo", run)
    assert ran.code == 78
    assert len(journal(desk)) == 6
