"""Carrying out changes of customers: the intent is committed, the request leaves, the answer is committed.

Every change is based on a version of the customer, and a person's edit always wins (reliability.md §5):

    PLANNED ──commit──▶ SENDING ──patch──▶ PATCHED · REJECTED · PLANNED (nothing happened) · UNKNOWN (changed, lost …)
    UNKNOWN ──read, compare base / theirs / want──▶ PATCHED · PLANNED (same fields untouched) · CONFLICT · GONE
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from importer.customer_ports import NO_JOURNAL, CustomerLedger, CustomerMaster, CustomerReply, Stored
from importer.customers.plan import Change, CustomerPlan
from importer.errors import AccessDenied, Busy, ConfigurationError, Exit, ImporterError, ServerUnavailable
from importer.master import CustomerField, CustomerPatch, CustomerRecord, Fields, same
from importer.outcome import Outcome, Stopped
from importer.plan import FieldChange, LinePatch
from importer.ports import Changed, Missing, NotApplied, Progress, Refused, Sleep, Stop, Unknown
from importer.states import PatchIntent, PatchMove, PatchState

CHUNK = 100
_ROUNDS = 4
# Raised before the first byte of a request leaves: nothing happened.
_NOT_SENT = (AccessDenied, ServerUnavailable, Busy, ConfigurationError)
_ACCESS = ("Authentication", "Authorization")
_ANSWERS = (Stored, Refused, Changed, Missing)
_OPEN = frozenset({PatchState.PLANNED, PatchState.UNKNOWN})

Records = Mapping[str, CustomerRecord]


@dataclass(frozen=True, slots=True)
class Desk:
    """The world as changing customers sees it."""

    master: CustomerMaster
    ledger: CustomerLedger
    sleep: Sleep
    progress: Progress
    stop: Stop


def write_customers(plan: CustomerPlan, run: str, desk: Desk) -> Outcome:
    """Carry out a plan that the ledger began as `run`; needs the company's lock.

    What a person changed meanwhile in the same fields stays, and is a conflict that the outcome names field by field.
    """
    records = {change.patch.base.id: change.patch.base for change in plan.changes}
    stopped = _Sending(desk, run, plan.properties).send(desk.ledger.patches_of(run), records)
    return Outcome(run, patches=desk.ledger.patches_of(run), stopped=stopped)


def settle_customers(company_id: str, desk: Desk) -> Outcome:
    """Find out by reading what became of changes whose outcome an earlier run left unknown; nothing is sent.

    A change that proves not to have been carried out is not made up for: the file of today says what is wanted now.
    Needs the company's lock.

    Raises:
        ServerUnavailable: the customers cannot be read; what was unknown still is.
    """
    unknown = desk.ledger.patches(company_id, NO_JOURNAL, {PatchState.UNKNOWN})
    if not unknown:
        return Outcome("")
    properties = sorted({change.field for intent in unknown for change in intent.patch.changes})
    records = _by_id(desk.master.customer_records(properties))
    run = desk.ledger.begin(company_id, NO_JOURNAL, "settle")
    moves = [_compared(intent, records, desk.master.customer_properties) for intent in unknown]
    after = desk.ledger.record_patches(run, moves)
    settled = tuple(intent for intent in after if intent.state is not PatchState.PLANNED)
    notes = tuple(_not_made(intent) for intent in after if intent.state is PatchState.PLANNED)
    outcome = Outcome(run, patches=settled, notes=notes)
    desk.ledger.finish(run, outcome.exit_code)
    return outcome


class _Sending:
    """Sends the changes of one run, round after round, until each has an answer."""

    def __init__(self, desk: Desk, run: str, properties: Sequence[str]) -> None:
        self._desk = desk
        self._run = run
        self._properties = properties

    def send(self, changes: Sequence[PatchIntent], records: Records) -> Stopped | None:
        """Carry out changes that are based on these records; says why it stopped early."""
        waiting = list(changes)
        for attempt in range(_ROUNDS):
            try:
                if attempt:
                    records = _by_id(self._desk.master.customer_records(self._properties))
                    waiting = self._still_wanted(waiting, records)
            except ImporterError as error:
                return Stopped(Exit(error.exit_code), f"the customers could not be read again: {error}")
            if stopped := self._send_all(waiting, records):
                return stopped
            waiting = self._open(waiting)
            if not waiting:
                return None
            self._desk.sleep(2.0**attempt)
        return self._given_up(waiting)

    def _send_all(self, changes: Sequence[PatchIntent], records: Records) -> Stopped | None:
        for start in range(0, len(changes), CHUNK):
            if why := self._desk.stop():
                return Stopped(Exit.TEMPORARY, f"stopped: {why}; {len(changes) - start} customers were not changed")
            self._desk.progress("write", start, len(changes))
            replies = self._send(changes[start : start + CHUNK], records)
            if denied := _denied(replies):
                return Stopped(Exit.DENIED, denied)
            if not any(isinstance(reply, _ANSWERS) for reply in replies):
                # The rest is not sent into silence; the next round reads first.
                return None
        self._desk.progress("write", len(changes), len(changes))
        return None

    def _send(self, chunk: Sequence[PatchIntent], records: Records) -> Sequence[CustomerReply]:
        """Send one chunk and record the answers."""
        sending = self._record([PatchMove(intent, PatchState.SENDING) for intent in chunk])
        try:
            replies = self._desk.master.patch_customers([_patch(intent, records) for intent in sending])
        except _NOT_SENT as error:
            code = "Authentication_InvalidCredentials" if isinstance(error, AccessDenied) else "NotSent"
            replies = tuple(NotApplied(code, str(error)) for _ in sending)
        except Exception as error:
            # Whatever went wrong, it went wrong after the request may have left.
            lost = f"the answer was lost: {error!r}"
            self._record([PatchMove(intent, PatchState.UNKNOWN, lost) for intent in sending])
            raise
        self._record([_after(intent, reply) for intent, reply in zip(sending, replies, strict=True)])
        return replies

    def _still_wanted(self, changes: Sequence[PatchIntent], records: Records) -> list[PatchIntent]:
        fields = self._desk.master.customer_properties
        after = self._record([_compared(intent, records, fields) for intent in changes])
        return [intent for intent in after if intent.state is PatchState.PLANNED]

    def _open(self, changes: Sequence[PatchIntent]) -> list[PatchIntent]:
        numbers = {intent.number for intent in changes}
        now = self._desk.ledger.patches_of(self._run)
        return [intent for intent in now if intent.number in numbers and intent.state in _OPEN]

    def _given_up(self, waiting: Sequence[PatchIntent]) -> Stopped:
        said = next((intent.reason for intent in waiting if intent.reason), "no answer")
        return Stopped(
            Exit.UNAVAILABLE,
            f"Business Central gives no usable answer for {len(waiting)} customers: {said}. Import the file again later.",
        )

    def _record(self, moves: Sequence[PatchMove]) -> tuple[PatchIntent, ...]:
        return self._desk.ledger.record_patches(self._run, moves)


def _denied(replies: Sequence[CustomerReply]) -> str:
    """Why the server let none of them in, "" when it let one."""
    denied = [reply.message for reply in replies if isinstance(reply, NotApplied) and reply.code.startswith(_ACCESS)]
    return denied[0] if denied and len(denied) == len(replies) else ""


def as_kept(change: Change) -> tuple[str, LinePatch]:
    """A change as the ledger keeps it (see `CustomerLedger`), with the number of its customer."""
    patch = change.patch
    return change.customer, LinePatch(patch.base.id, change.row, patch.base.etag, patch.changes)


def _patch(intent: PatchIntent, records: Records) -> CustomerPatch:
    return CustomerPatch(records[intent.patch.line_id], intent.patch.changes)


def _by_id(records: Sequence[CustomerRecord]) -> Records:
    return {record.id: record for record in records}


def _after(intent: PatchIntent, reply: CustomerReply) -> PatchMove:
    match reply:
        case Stored():
            return PatchMove(intent, PatchState.PATCHED)
        case Refused(code=code, message=message):
            return PatchMove(intent, PatchState.REJECTED, _said(code, message))
        case NotApplied(code=code, message=message):
            return PatchMove(intent, PatchState.PLANNED, _said(code, message))
        case Changed(message=message) | Missing(message=message) | Unknown(message=message):
            # Only a look at the customer shows what that means.
            return PatchMove(intent, PatchState.UNKNOWN, message)


def _said(code: str, message: str) -> str:
    return f"{message} ({code})" if code else message


def _compared(intent: PatchIntent, records: Records, fields: Fields) -> PatchMove:
    """What the customer as it stands now says of a change that may or may not have been carried out."""
    theirs = records.get(intent.patch.line_id)
    if theirs is None:
        return PatchMove(intent, PatchState.GONE, "the customer is no longer there")
    missing = tuple(change for change in intent.patch.changes if not _is(theirs, change, change.new, fields))
    if not missing:
        return PatchMove(intent, PatchState.PATCHED, "the customer has these values")
    other = [change for change in missing if not _is(theirs, change, change.old, fields)]
    if other:
        return PatchMove(intent, PatchState.CONFLICT, "; ".join(_conflict(change, theirs) for change in other))
    # Other fields were changed, or nothing happened: what is missing is based on what stands there now.
    patch = replace(intent.patch, etag=theirs.etag, changes=missing)
    return PatchMove(intent, PatchState.PLANNED, intent.reason, patch)


def _is(record: CustomerRecord, change: FieldChange, text: str, fields: Fields) -> bool:
    field = fields.get(change.field) or CustomerField(change.field)
    return same(text, record.fields.get(change.field, ""), field)


def _conflict(change: FieldChange, theirs: CustomerRecord) -> str:
    now = theirs.fields.get(change.field, "")
    return f'{change.field} was "{change.old}", is now "{now}", wanted was "{change.new}"; it was left as it is'


def _not_made(intent: PatchIntent) -> str:
    fields = ", ".join(change.field for change in intent.patch.changes)
    return f"Customer {intent.key}: the change of {fields} in run {intent.run} was not carried out, as reading shows."
