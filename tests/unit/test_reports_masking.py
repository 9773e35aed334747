from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from importer.model import Problem, Reason
from importer.plan import Finding
from importer.reports.masking import masked
from importer.reports.outcomes import outcome_report
from importer.reports.rows import plan_report
from importer.states import State as Written
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import hostile


def test_masking_leaves_no_whole_account_number_and_keeps_the_evidence_in_place() -> None:
    spaced = "IBAN DE02 5001 0517 0137 0750 30 danke"
    bank = structs.replace(plans.line(1, "10.00", spaced, iban=plans.PAYER), counterparty=plans.PAYER.lower())
    evidence = plans.found(bank, "iban", "DE02 5001 0517 0137 0750 30")
    decision = plans.create(bank, "10000", "103001")
    finding = replace(decision.finding, reasons=(Reason("payer", f"Account {plans.PAYER} is known.", (evidence,)),))
    file = replace(plans.every_kind().files[0], name=f"{plans.ACCOUNT}.csv", warnings=(Problem("w", plans.ACCOUNT),))
    report = masked(plan_report(plans.plan_of(replace(decision, finding=finding), files=(file,))))

    bare = repr(report).replace(" ", "").upper()
    assert plans.PAYER not in bare
    assert plans.ACCOUNT not in bare
    (row,) = report.rows
    assert (row.iban, row.text) == ("DE02…5030", "IBAN DE02 •••• •••• •••• ••50 30 danke")
    assert row.text[evidence.start : evidence.end] == "DE02 •••• •••• •••• ••50 30"


def test_every_free_text_of_every_row_is_masked() -> None:
    plan = hostile(plans.PAYER)
    outcome = plans.run_outcome(plan, (Written.REJECTED, f"{plans.PAYER} is unknown"))
    report = masked(outcome_report(plan, outcome))
    texts = {
        text
        for row in report.rows
        for text in (
            *(row.file, row.text, row.counterparty, row.iban, row.reference, row.bank_reference, *row.results),
            *(text for payment in row.payments for text in (payment.description, payment.comment)),
            *(text for change in row.changes for text in (change.old, change.new)),
            *(text for reason in row.reasons for text in (reason.message, *(each.value for each in reason.evidence))),
            *(candidate.why for candidate in row.candidates),
        )
    }
    texts |= {text for check in report.balances for text in (check.file.name, check.file.account)}
    texts |= {notice.text for notice in report.notices}
    assert [text for text in texts if plans.PAYER in text] == []
    assert any("DE02••••••••••••••5030 is unknown" in text for text in texts)


def test_evidence_in_a_masked_account_number_marks_all_of_it() -> None:
    bank = plans.line(1, "5.00", "a", iban=plans.PAYER)
    evidence = plans.found(bank, "account", plans.PAYER[4:12], "iban")
    finding = Finding(reasons=(Reason("account", "known", (evidence,)),))
    (row,) = masked(plan_report(plans.plan_of(replace(plans.create(bank, "1", "2"), finding=finding)))).rows
    (found,) = row.reasons[0].evidence
    assert row.iban[found.start : found.end] == found.value
