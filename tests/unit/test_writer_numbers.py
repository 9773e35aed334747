"""A journal without a number series: the key becomes the document number, else Business Central could not post the lines."""

from __future__ import annotations

from pathlib import Path

from importer.errors import Exit
from importer.writer import Policy, certify, settle
from tests.unit.journal_in_memory import COMPANY_ID, JOURNAL
from tests.unit.writer_desk import Desk, lost_after


def test_lines_of_a_journal_without_number_series_get_their_key_as_document_number(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    done = desk.run()
    rows = desk.server.rows.values()
    assert {row.document_number for row in rows} == {row.external_document_number for row in rows}
    assert done.outcome.exit_code is Exit.DONE
    assert desk.run().plan.patches == ()


def test_a_line_that_is_found_at_the_end_of_the_run_gets_its_document_number_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    desk.server.answers = [lost_after]
    outcome = desk.run().outcome
    assert {row.document_number for row in desk.server.rows.values()} == set(desk.server.keys)
    assert (outcome.exit_code, outcome.safe_to_post) == (Exit.DONE, True)


def test_lines_without_a_document_number_are_not_safe_to_post(tmp_path: Path) -> None:
    desk = Desk(tmp_path, series=False)
    desk.stop = lambda: "SIGTERM" if desk.server.rows else ""
    outcome = desk.run().outcome
    assert outcome.certificate is not None
    assert outcome.certificate.reasons == (
        "4 lines have no document number yet. Run `importer run settle` before posting.",
    )
    desk.stop = str
    assert desk.with_ledger(lambda ports: settle(COMPANY_ID, JOURNAL.id, ports, Policy())).exit_code is Exit.DONE
    run = outcome.run
    certificate = desk.with_ledger(lambda ports: certify(run, COMPANY_ID, JOURNAL.id, ports, Policy()))
    assert certificate.safe_to_post
