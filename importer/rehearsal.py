"""A plan that Business Central itself has checked, line by line, without keeping anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from importer.model import Reason
from importer.office import Office
from importer.pipeline import Preview
from importer.plan import REFUSED_WHEN_ASKED, Create, Decision


def rehearsed(seen: Preview, office: Office) -> Preview:
    """The same plan with what Business Central itself says to each planned line; nothing stays there.

    Raises:
        ConfigurationError: this service cannot check without keeping.
        ServerContradiction: a line stayed in the journal.
    """
    payments = [payment for decision in seen.plan.creates for payment in decision.payments]
    answers = zip(payments, office.rehearsing.rehearse(payments), strict=True)
    refused = {payment.external_document_number: answer.message for payment, answer in answers if answer}
    decisions = tuple(_answered(decision, refused) for decision in seen.plan.decisions)
    return replace(seen, plan=replace(seen.plan, decisions=decisions))


def _answered(decision: Decision, refused: Mapping[str, str]) -> Decision:
    if not isinstance(decision, Create):
        return decision
    message = refused.get(decision.source.key)
    reason = Reason("asked_server", "Business Central checked it and has no objection")
    if message:
        reason = Reason(REFUSED_WHEN_ASKED, f"Business Central refuses it: {message}")
    return replace(decision, finding=replace(decision.finding, reasons=(reason, *decision.finding.reasons)))
