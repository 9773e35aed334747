"""The plan as the JSON document of design.md §5."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any  # JSON has no better type

from importer.basis import Basis
from importer.json_lines import in_lines
from importer.model import Evidence, Problem, Reason, UnreadRow
from importer.money import Money
from importer.plan import (
    ACTIONS,
    Create,
    Decision,
    FileFacts,
    LinePatch,
    Patch,
    Payment,
    Plan,
    Reject,
    Review,
    Skip,
    Source,
    Total,
)

Json = dict[str, Any]


def to_json(plan: Plan) -> str:
    """The plan as a JSON text with each decision on a line of its own, the same for the same plan."""
    document = to_document(plan)
    return in_lines({**document, "seal": seal_of(document)})


def seal_of(document: Json) -> str:
    """What tells that no word of a plan was edited, also where its digest does not look: a name, a date, a reason."""
    text = json.dumps(document, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def to_document(plan: Plan) -> Json:
    """The plan as the JSON document of design.md §5."""
    return {
        "plan": plan.digest,
        "company": plan.company,
        "company_id": plan.company_id,
        "journal": plan.journal,
        "journal_id": plan.journal_id,
        "currency": plan.currency,
        "made_at": plan.made_at.isoformat(),
        "files": [_file(facts) for facts in plan.files],
        "decisions": [_decision(decision) for decision in plan.decisions],
        "basis": _basis(plan.basis),
        "totals": {action: _total(total) for action, total in plan.totals().items()},
    }


def _basis(basis: Basis) -> Json:
    customers = [{"number": c.number, "name": c.name, "blocked": c.blocked.value} for c in basis.customers]
    documents = [
        {
            "number": document.number,
            "kind": document.kind.value,
            "customer": document.customer,
            "remaining": document.remaining.text(),
            "currency": document.remaining.currency,
            "status": document.status.value,
            "posting_date": document.posting_date.isoformat(),
            "due_date": _iso(document.due_date),
        }
        for document in basis.documents
    ]
    return {"customers": customers, "documents": documents}


def _file(facts: FileFacts) -> Json:
    balance = facts.opening or facts.closing
    return {
        "name": facts.name,
        "sha256": facts.sha256,
        "mapping": facts.mapping,
        "account": facts.account,
        "overlap": facts.overlap.value,
        "lines": facts.lines,
        "first_date": _iso(facts.first_date),
        "last_date": _iso(facts.last_date),
        "opening": _money(facts.opening),
        "closing": _money(facts.closing),
        "number": facts.number,
        "balance_currency": balance.currency if balance else None,
        "warnings": [_problem(warning) for warning in facts.warnings],
    }


def _decision(decision: Decision) -> Json:
    finding = decision.finding
    document = {
        "file": decision.source.file,
        **_line(decision.source),
        "action": ACTIONS[type(decision)],
        "confidence": finding.confidence.value,
        "customer": finding.customer,
        "payments": [],
        "reasons": [_reason(reason) for reason in finding.reasons],
        "candidates": [{"customer": c.customer, "invoice": c.invoice, "why": c.why} for c in finding.candidates],
    }
    match decision:
        case Create(payments=payments) | Review(payments=payments):
            document["payments"] = [_payment(payment) for payment in payments]
        case Patch(payments=payments, patches=patches):
            document["payments"] = [_payment(payment) for payment in payments]
            document["patches"] = [_patch(patch) for patch in patches]
        case Skip(seen=seen):
            document["seen"] = seen and {"file": seen.file, "record": seen.record, "run": seen.run, "at": _iso(seen.at)}
        case Reject(problems=problems):
            document["problems"] = [_problem(problem) for problem in problems]
            document["reasons"] += [_reason(Reason(problem.rule, str(problem))) for problem in problems]
    return document


def _line(source: Source) -> Json:
    line = source.line
    if isinstance(line, UnreadRow):
        facts = dict.fromkeys(("key", "booked_on", "amount", "currency"))
        return {"record": line.record, "row": line.row, **facts, "text": line.text, "counterparty": "", "iban": ""}
    return {
        "record": line.record,
        "row": line.row,
        "key": source.key,
        "booked_on": line.booked_on.isoformat(),
        "value_on": _iso(line.value_on),
        "amount": line.amount.text(),
        "currency": line.amount.currency,
        "text": line.text,
        "counterparty": line.counterparty,
        "iban": line.iban,
        "reference": line.reference,
        "bank_reference": line.bank_reference,
        "account": line.account,
        "balance": _money(line.balance),
    }


def _payment(payment: Payment) -> Json:
    return {
        "invoice": payment.invoice or None,
        "amount": payment.amount.text(),
        "posting_date": payment.posting_date.isoformat(),
        "document_number": payment.document_number,
        "external_document_number": payment.external_document_number,
        "line_number": payment.line_number,
        "description": payment.description,
        "comment": payment.comment,
        "customer": payment.customer,
        "customer_id": payment.customer_id,
        "invoice_id": payment.invoice_id,
        "currency": payment.amount.currency,
    }


def _patch(patch: LinePatch) -> Json:
    changes = [{"field": change.field, "old": change.old, "new": change.new} for change in patch.changes]
    return {"line_id": patch.line_id, "line_number": patch.line_number, "etag": patch.etag, "changes": changes}


def _reason(reason: Reason) -> Json:
    evidence = [{name: getattr(item, name) for name in Evidence.__slots__} for item in reason.evidence]
    return {"rule": reason.rule, "message": reason.message, "evidence": evidence}


def _problem(problem: Problem) -> Json:
    return {name: getattr(problem, name) for name in Problem.__slots__}


def _total(total: Total) -> Json:
    other = {money.currency: money.text() for money in total.other}
    return {"lines": total.lines, "amount": total.amount.text()} | ({"other_currencies": other} if other else {})


def _money(money: Money | None) -> str | None:
    return money.text() if money else None


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
