"""The plan as one JSON document: what `preview --format json` prints, `import` keeps and `apply` carries out.

Amounts are text with the decimals of their currency, dates ISO, times UTC. Reading back gives an equal plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any  # JSON has no better type

from importer.errors import PlanChanged
from importer.json_lines import in_lines
from importer.model import BankLine, Candidate, Confidence, Evidence, Overlap, Problem, Reason, UnreadRow
from importer.money import Money
from importer.plan import (
    ACTIONS,
    Create,
    Decision,
    FieldChange,
    FileFacts,
    Finding,
    LinePatch,
    Patch,
    Payment,
    Plan,
    Reject,
    Review,
    Seen,
    Skip,
    Source,
    Total,
)

Json = dict[str, Any]


def to_json(plan: Plan) -> str:
    """The plan as a JSON text with each decision on a line of its own, the same for the same plan."""
    return in_lines(to_document(plan))


def from_json(text: str) -> Plan:
    """The plan a JSON text holds.

    Raises:
        PlanChanged: it is no plan, or it was edited: its digest is not that of its decisions.
    """
    try:
        document = json.loads(text)
        plan = _plan(document)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise PlanChanged(f"This is not a plan written by `importer preview --format json`: {error!r}") from error
    if plan.digest != document["plan"]:
        raise PlanChanged(
            f"The plan says digest {document['plan']} but its decisions have {plan.digest}: it was edited. "
            "Make a new plan with `importer preview`."
        )
    return plan


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
        "totals": {action: _total(total) for action, total in plan.totals().items()},
    }


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


def _plan(document: Json) -> Plan:
    return Plan(
        company_id=document["company_id"],
        company=document["company"],
        journal_id=document["journal_id"],
        journal=document["journal"],
        currency=document["currency"],
        made_at=datetime.fromisoformat(document["made_at"]),
        files=tuple(_read_file(facts) for facts in document["files"]),
        decisions=tuple(_read_decision(decision) for decision in document["decisions"]),
    )


def _read_file(document: Json) -> FileFacts:
    currency = document["balance_currency"] or ""
    return FileFacts(
        name=document["name"],
        sha256=document["sha256"],
        mapping=document["mapping"],
        account=document["account"],
        overlap=Overlap(document["overlap"]),
        lines=document["lines"],
        first_date=_read_date(document["first_date"]),
        last_date=_read_date(document["last_date"]),
        opening=_read_money(document["opening"], currency),
        closing=_read_money(document["closing"], currency),
        number=document.get("number", ""),
        warnings=tuple(Problem(**warning) for warning in document["warnings"]),
    )


def _read_decision(document: Json) -> Decision:
    problems = tuple(Problem(**problem) for problem in document.get("problems", ()))
    source = Source(document["file"], _read_line(document, problems), document["key"] or "")
    finding = Finding(
        Confidence(document["confidence"]),
        document["customer"],
        # A rejected line repeats its problems as reasons for the reader of the document; they are not the finding's.
        tuple(_read_reason(reason) for reason in document["reasons"][: len(document["reasons"]) - len(problems)]),
        tuple(Candidate(**candidate) for candidate in document["candidates"]),
    )
    payments = tuple(_read_payment(payment) for payment in document["payments"])
    match document["action"]:
        case "create":
            return Create(source, finding, payments)
        case "patch":
            return Patch(source, finding, payments, tuple(_read_patch(patch) for patch in document["patches"]))
        case "skip":
            return Skip(source, finding, _read_seen(document["seen"]))
        case "review":
            return Review(source, finding, payments)
        case "reject":
            return Reject(source, finding, problems)
        case action:
            raise ValueError(f"unknown action {action!r}")


def _read_line(document: Json, problems: tuple[Problem, ...]) -> BankLine | UnreadRow:
    if document["key"] is None:
        return UnreadRow(document["record"], document["row"], document["text"], problems)
    currency = document["currency"]
    return BankLine(
        record=document["record"],
        row=document["row"],
        booked_on=date.fromisoformat(document["booked_on"]),
        value_on=_read_date(document["value_on"]),
        amount=Money.of(document["amount"], currency),
        balance=_read_money(document["balance"], currency),
        **{name: document[name] for name in ("text", "counterparty", "iban", "reference", "bank_reference", "account")},
    )


def _read_payment(document: Json) -> Payment:
    return Payment(
        invoice=document["invoice"] or "",
        amount=Money.of(document["amount"], document["currency"]),
        posting_date=date.fromisoformat(document["posting_date"]),
        **{name: document[name] for name in _PAYMENT_TEXTS},
    )


_PAYMENT_TEXTS = (
    *("document_number", "external_document_number", "line_number"),
    *("description", "comment", "customer", "customer_id", "invoice_id"),
)


def _read_patch(document: Json) -> LinePatch:
    changes = tuple(FieldChange(**change) for change in document["changes"])
    return LinePatch(document["line_id"], document["line_number"], document["etag"], changes)


def _read_reason(document: Json) -> Reason:
    return Reason(
        document["rule"], document["message"], tuple(Evidence(**evidence) for evidence in document["evidence"])
    )


def _read_seen(document: Mapping[str, Any] | None) -> Seen | None:
    if document is None:
        return None
    at = document["at"]
    return Seen(document["file"], document["record"], document["run"], datetime.fromisoformat(at) if at else None)


def _read_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _read_money(text: str | None, currency: str) -> Money | None:
    return Money.of(text, currency) if text else None
