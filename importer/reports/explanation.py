"""One decision, explained to a person: the bank's words with what was found marked in them, the reasons, the alternatives."""

from __future__ import annotations

from collections.abc import Iterable

from importer.basis import Basis
from importer.matcher.table import CONTRADICTIONS
from importer.model import BankLine, Evidence, Reason
from importer.plan import ACTIONS, Decision, Reject, Skip
from importer.reports.printable import mask_iban, mask_text, printable, sentence

_FIELDS = {
    "counterparty": "Related-Party Name",
    "iban": "Related-Party Bank Acc. No.",
    "reference": "Payment Reference No.",
    "text": "Transaction Text",
    "bank_reference": "Transaction ID",
}
_WIDTH = 29


def explanation(decision: Decision, basis: Basis) -> list[str]:
    """The lines of text; `basis` is that of the decision's plan."""
    source, finding = decision.source, decision.finding
    customer = f", customer {finding.customer} {basis.name_of(finding.customer)}".rstrip() if finding.customer else ""
    lines = [f"{printable(source.file)}, record {source.line.record}: {ACTIONS[type(decision)]}{customer}"]
    lines += [f"Match Confidence: {finding.confidence}", ""]
    if isinstance(source.line, BankLine):
        lines += _facts(source.line, [item for reason in finding.reasons for item in reason.evidence])
    lines += _reasons("Why", [reason for reason in finding.reasons if reason.rule not in CONTRADICTIONS])
    lines += _reasons("What speaks against it", [reason for reason in finding.reasons if reason.rule in CONTRADICTIONS])
    if isinstance(decision, Reject):
        lines += [f"  {printable(str(problem))}" for problem in decision.problems]
    elif not isinstance(decision, Skip) and decision.payments:
        lines += ["", "Would become" if ACTIONS[type(decision)] == "review" else "Becomes"]
        lines += [f"  {payment.invoice or 'on account':<20} {payment.amount}" for payment in decision.payments]
    if finding.candidates:
        lines += ["", "Also possible"]
        lines += [f"  {_named(c.customer, c.invoice)}: {sentence(printable(c.why))}" for c in finding.candidates]
    return lines


def _reasons(heading: str, reasons: Iterable[Reason]) -> list[str]:
    told = [f"  {sentence(printable(reason.message))} ({reason.rule})" for reason in reasons]
    return ["", heading, *told] if told else []


def _facts(line: BankLine, found: Iterable[Evidence]) -> list[str]:
    lines = [f"  {'Posting Date':<{_WIDTH}}{line.booked_on}", f"  {'Statement Amount':<{_WIDTH}}{line.amount}"]
    marks = list(found)
    for field, caption in _FIELDS.items():
        text = getattr(line, field)
        if text:
            shown = mask_iban(text) if field == "iban" else printable(text)
            lines.append(f"  {caption:<{_WIDTH}}{shown}")
            places = [item for item in marks if item.field == field and item.end > item.start]
            lines += [] if field == "iban" else _underlined(text, places)
    return lines


def _underlined(text: str, marks: Iterable[Evidence]) -> list[str]:
    """A line below the text for each finding. Escaped characters are longer than they were, so each part is measured."""
    lines = []
    for mark in dict.fromkeys(marks):
        before, inside = len(printable(text[: mark.start])), len(printable(text[mark.start : mark.end]))
        what = f"{mark.kind.replace('_', ' ')}: {mask_text(printable(mark.value))}"
        lines.append(f"  {'':<{_WIDTH + before}}{'^' * inside} {what}")
    return lines


def _named(customer: str | None, invoice: str | None) -> str:
    parts = (f"customer {customer}" if customer else "", f"document {invoice}" if invoice else "")
    return ", ".join(filter(None, parts))
