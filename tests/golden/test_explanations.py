"""What a clerk reads: one labelled case for each rule, explained. Any other sentence changes the golden file, and is read."""

from __future__ import annotations

from pathlib import Path

from importer.basis import Basis, CustomerFacts
from importer.matcher.case_file import load_cases
from importer.matcher.cases import bank_lines, run_case
from importer.model import Blocked
from importer.plan import Finding, Review, Source
from importer.reports.explanation import explanation
from importer.shipped import shipped

GOLDEN = Path(__file__).parent / "explanations.txt"


def explained() -> str:
    """The first case that shows a rule, for every rule."""
    told: set[str] = set()
    texts = []
    for case in load_cases(shipped("samples") / "matching-cases.json").cases:
        match = run_case(case).match
        rules = {reason.rule for reason in match.reasons}
        if not rules <= told and not case.statement_line.already_imported:
            finding = Finding(match.confidence, match.customer, match.reasons, match.candidates)
            decision = Review(Source(case.id, bank_lines(case)[0]), finding)
            basis = Basis(tuple(CustomerFacts(c.number, c.name, Blocked.NO) for c in case.customers))
            texts.append("\n".join(explanation(decision, basis)))
        told |= rules
    return "\n\n".join(texts) + "\n"


def test_every_rule_is_explained_in_a_clerks_words() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == explained()
