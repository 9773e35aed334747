"""A plan read back from its JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any  # JSON has no better type

from importer.basis import Basis, CustomerFacts, DocumentFacts
from importer.errors import PlanChanged
from importer.model import (
    BankLine,
    Blocked,
    Candidate,
    Confidence,
    DocumentKind,
    DocumentStatus,
    Evidence,
    Overlap,
    Problem,
    Reason,
    UnreadRow,
)
from importer.money import Money
from importer.plan import (
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
)
from importer.plan_json.writing import seal_of

Json = dict[str, Any]


def from_json(text: str) -> Plan:
    """The plan a JSON text holds.

    Raises:
        PlanChanged: it is no plan, or it was edited: its digest is not that of its decisions, or its seal not that of its
            words. Plans of older versions have no seal.
    """
    try:
        document = json.loads(text)
        seal = document.pop("seal", None)
        plan, said = _plan(document), document["plan"]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise PlanChanged(
            f"This is not a plan written by `importer preview --format json`: {error!r}. "
            "Make a new one: importer preview FILE --format json -o plan.json"
        ) from error
    if plan.digest != said:
        raise PlanChanged(
            f"The plan says digest {said} but its decisions have {plan.digest}: it was edited. "
            "Make a new plan with `importer preview`."
        )
    if seal is not None and seal != seal_of(document):
        raise PlanChanged(f"Something in plan {said} was edited. Make a new one with `importer preview`.")
    return plan


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
        basis=_read_basis(document.get("basis", {})),
    )


def _read_basis(document: Json) -> Basis:
    """What the plan rests on; documents of older versions have nothing of it."""
    return Basis(
        tuple(CustomerFacts(c["number"], c["name"], Blocked(c["blocked"])) for c in document.get("customers", ())),
        tuple(_read_document(facts) for facts in document.get("documents", ())),
    )


def _read_document(document: Json) -> DocumentFacts:
    return DocumentFacts(
        number=document["number"],
        kind=DocumentKind(document["kind"]),
        customer=document["customer"],
        remaining=Money.of(document["remaining"], document["currency"]),
        status=DocumentStatus(document["status"]),
        posting_date=date.fromisoformat(document["posting_date"]),
        due_date=_read_date(document["due_date"]),
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
