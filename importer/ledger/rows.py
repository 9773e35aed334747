"""Values of the core as rows of the ledger, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any  # rows of a database have no better type

from sqlalchemy import RowMapping

from importer.model import JournalLine
from importer.money import Money
from importer.plan import FieldChange, LinePatch, Payment, Seen
from importer.states import Intent, Move, PatchIntent, PatchState, State, Ticks

Row = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# As `_line_text` writes it; inside a text the quotes would be escaped.
BLANK_DOCUMENT_NUMBER = '"document_number":""'
_PAYMENT_PLAIN = tuple(field.name for field in fields(Payment) if field.name not in {"posting_date", "amount"})
_LINE_PLAIN = tuple(
    field.name for field in fields(JournalLine) if field.name not in {"posting_date", "amount", "modified_at"}
)


def step_row(move: Move, now: Intent, epoch: int) -> Row:
    """The columns that a step of an intent changes; payment and line are written only when the step brings another one."""
    row = _state_row(now, epoch)
    if move.payment or move.probe is not None:
        row |= _payment_row(now)
    return row | {"stored": _line_text(move.line)} if move.line else row


def place_row(intent: Intent) -> Row:
    """The columns that tell where an intent's line is to stand."""
    return {**_payment_row(intent), "journal_id": intent.journal_id}


def new_intent_row(intent: Intent, epoch: int, booked_on: date) -> Row:
    """All columns of an intent."""
    seen = intent.seen
    return {
        **_state_row(intent, epoch),
        **_payment_row(intent),
        "stored": _line_text(intent.line) if intent.line else None,
        "company_id": intent.company_id,
        "key": intent.key,
        "part": intent.part,
        "journal_id": intent.journal_id,
        "booked_on": booked_on.isoformat(),
        "file": seen.file,
        "record": seen.record,
        "run": seen.run,
        "planned_at": _iso(seen.at or intent.changed_at),
    }


def _state_row(intent: Intent, epoch: int) -> Row:
    return {
        "state": intent.state.value,
        "attempt": intent.attempt,
        "epoch": epoch,
        "sent_at": _iso(intent.sent_at),
        "sent_ticks": f"{intent.sent_ticks.boot} {intent.sent_ticks.seconds}" if intent.sent_ticks else None,
        "changed_at": intent.changed_at.isoformat(),
        "reason": intent.reason,
    }


def _payment_row(intent: Intent) -> Row:
    payment = intent.payment
    return {"line_number": payment.line_number, "probe": intent.probe, "payment": payment_text(payment)}


def read_intent(row: RowMapping) -> Intent:
    """The intent of a row."""
    return Intent(
        company_id=row["company_id"],
        journal_id=row["journal_id"],
        part=row["part"],
        payment=read_payment(row["payment"]),
        state=State(row["state"]),
        seen=read_seen(row),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        probe=row["probe"],
        attempt=row["attempt"],
        sent_at=datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
        sent_ticks=_read_ticks(row["sent_ticks"]) if row["sent_ticks"] else None,
        line=_read_line(row["stored"]) if row["stored"] else None,
        reason=row["reason"],
    )


def read_seen(row: RowMapping) -> Seen:
    """Where the bank line of an intent's row was planned."""
    return Seen(row["file"], row["record"], row["run"], datetime.fromisoformat(row["planned_at"]))


def patch_row(intent: PatchIntent, at: datetime) -> Row:
    """All columns of a patch."""
    patch = intent.patch
    changes = [[change.field, change.old, change.new] for change in patch.changes]
    return {
        "run": intent.run,
        "number": intent.number,
        "company_id": intent.company_id,
        "journal_id": intent.journal_id,
        "key": intent.key,
        "line_number": patch.line_number,
        "state": intent.state.value,
        "attempt": intent.attempt,
        "patch": _json({"line_id": patch.line_id, "etag": patch.etag, "changes": changes}),
        "reason": intent.reason,
        "changed_at": at.isoformat(),
    }


def read_patch(row: RowMapping) -> PatchIntent:
    """The patch of a row."""
    document = json.loads(row["patch"])
    changes = tuple(FieldChange(*change) for change in document["changes"])
    return PatchIntent(
        company_id=row["company_id"],
        journal_id=row["journal_id"],
        run=row["run"],
        number=row["number"],
        key=row["key"],
        patch=LinePatch(document["line_id"], row["line_number"], document["etag"], changes),
        state=PatchState(row["state"]),
        attempt=row["attempt"],
        reason=row["reason"],
    )


def payment_text(payment: Payment) -> str:
    """The payment as JSON text."""
    plain = {name: getattr(payment, name) for name in _PAYMENT_PLAIN if getattr(payment, name) != ""}
    money = {"amount": payment.amount.text(), "currency": payment.amount.currency}
    return _json({**plain, **money, "posting_date": payment.posting_date.isoformat()})


def read_payment(text: str) -> Payment:
    """The payment of a JSON text."""
    document = json.loads(text)
    amount = Money.of(document.pop("amount"), document.pop("currency"))
    return Payment(amount=amount, posting_date=date.fromisoformat(document.pop("posting_date")), **document)


def _line_text(line: JournalLine) -> str:
    plain = {name: getattr(line, name) for name in _LINE_PLAIN}
    return _json(
        {
            **plain,
            "amount": str(line.amount),
            "posting_date": line.posting_date.isoformat(),
            "modified_at": _iso(line.modified_at),
        }
    )


def _read_line(text: str) -> JournalLine:
    document = json.loads(text)
    modified_at = document.pop("modified_at")
    return JournalLine(
        amount=Decimal(document.pop("amount")),
        posting_date=date.fromisoformat(document.pop("posting_date")),
        modified_at=datetime.fromisoformat(modified_at) if modified_at else None,
        **document,
    )


def _read_ticks(text: str) -> Ticks:
    boot, _, seconds = text.rpartition(" ")
    return Ticks(boot, float(seconds))


def _json(document: Mapping[str, object]) -> str:
    return _ENCODER.encode(document)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
