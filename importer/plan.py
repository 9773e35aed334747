"""The plan: what will happen to every bank line, and why. A preview shows it, the writer carries it out, nothing else does.

    Statement + Match + Snapshot + History ──▶ Plan(decisions) ──▶ reports
                                                   │
                                                   └─▶ writes ──▶ writer ──▶ Outcome ──▶ reports

Each bank line has exactly one decision. Create and Patch are carried out; Skip, Review and Reject never are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from importer.basis import NO_BASIS, Basis
from importer.errors import PlanChanged
from importer.model import BankLine, Candidate, Confidence, Overlap, Problem, Reason, UnreadRow
from importer.money import Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One customer payment journal line as it will be written; a received payment is negative (a credit).

    `document_number` "" leaves the numbering to Business Central. `external_document_number` carries the key of the bank
    line, `line_number` is derived from it, so the server refuses to create the line twice.
    """

    customer: str
    customer_id: str
    posting_date: date
    amount: Money
    external_document_number: str
    line_number: int
    invoice: str = ""
    invoice_id: str = ""
    document_number: str = ""
    description: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a record that will be changed, by its name in the API."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LinePatch:
    """Changes to one line that already sits in the journal; `etag` is the version they are based on."""

    line_id: str
    line_number: int
    etag: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a bank line was first imported."""

    file: str
    record: int
    run: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The bank line a decision is about. `key` is "" for a record that could not be read: it has no facts to name it by."""

    file: str
    line: BankLine | UnreadRow
    key: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the matcher said, carried along so that every decision can be explained."""

    confidence: Confidence = Confidence.NONE
    customer: str | None = None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Create:
    """The bank line becomes these journal lines: one per settled invoice, and one without an invoice for what is left."""

    source: Source
    finding: Finding
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """The bank line already sits in the journal and will be changed, field by field."""

    source: Source
    finding: Finding
    payments: tuple[Payment, ...]
    patches: tuple[LinePatch, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do: already imported (`seen` says where), or not a customer's payment."""

    source: Source
    finding: Finding
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A person decides. `payments` are a proposal that is never written unasked."""

    source: Source
    finding: Finding
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """The bank line is wrong in itself, or breaks a field rule; `problems` say how."""

    source: Source
    finding: Finding
    problems: tuple[Problem, ...]


Decision = Create | Patch | Skip | Review | Reject

# Rules that more than one part of the program asks for:
IGNORED = "ignored"  # a person left the line out in a review; it stays out
DOUBTED = "overlap_contradicted"  # the files contradict whether it is a new booking
LEFT_OUT = "left_out_before"  # a person left it out in an earlier review
UNREMEMBERED = "in_journal"  # it stands in the journal although the ledger does not know it
REFUSED_WHEN_ASKED = "refused_when_asked"  # Business Central refuses it in a check that it did not keep
DECIDED = "decided"  # a person decided in a review what becomes of it; the program never changes it by itself

ACTIONS: dict[type[Decision], str] = {
    Create: "create",
    Patch: "patch",
    Skip: "skip",
    Review: "review",
    Reject: "reject",
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one bank file of the plan."""

    name: str
    sha256: str
    mapping: str
    account: str
    overlap: Overlap
    lines: int
    first_date: date | None = None
    last_date: date | None = None
    opening: Money | None = None
    closing: Money | None = None
    number: str = ""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """How many lines of one action and how much incoming money; other currencies than the company's beside it."""

    lines: int
    amount: Money
    other: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """An ordered list of decisions for one journal of one company; `made_at` is UTC, `basis` what it rests on.

    `digest` names exactly these writes, what they rest on, and these open questions. Neither the time nor the order of files
    and rows is in it, so making the same plan again gives the same digest.
    """

    company_id: str
    company: str
    journal_id: str
    journal: str
    currency: str
    made_at: datetime
    files: tuple[FileFacts, ...]
    decisions: tuple[Decision, ...]
    basis: Basis = NO_BASIS
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", _digest(self))

    @property
    def creates(self) -> tuple[Create, ...]:
        """What will be created, in plan order."""
        return tuple(decision for decision in self.decisions if isinstance(decision, Create))

    @property
    def patches(self) -> tuple[Patch, ...]:
        """What will be changed, in plan order."""
        return tuple(decision for decision in self.decisions if isinstance(decision, Patch))

    @property
    def writes(self) -> tuple[Create | Patch, ...]:
        """What will be created and what will be changed."""
        return (*self.creates, *self.patches)

    def totals(self) -> dict[str, Total]:
        """Lines and incoming money per action; every action is there, also with nothing in it."""
        return {
            action: _total((d for d in self.decisions if type(d) is kind), self.currency)
            for kind, action in ACTIONS.items()
        }

    def raise_if_over(self, max_lines: int, max_total: Decimal) -> None:
        """The brake: refuse a plan larger than configured, before anything is written.

        Raises:
            PlanChanged: with the numbers.
        """
        payments = [payment for decision in self.creates for payment in decision.payments]
        total = -Money.sum((payment.amount for payment in payments), self.currency)
        if len(payments) > max_lines:
            raise PlanChanged(
                f"The plan creates {len(payments)} journal lines, more than max_lines = {max_lines} of company {self.company}. "
                "Nothing was written. Check the files; if the plan is right, raise max_lines in importer.toml."
            )
        if total.amount > max_total:
            raise PlanChanged(
                f"The plan creates payments of {total}, more than max_total = {max_total:,.2f} of company {self.company}. "
                "Nothing was written. Check the files; if the plan is right, raise max_total in importer.toml."
            )


def incoming(decision: Decision) -> Money | None:
    """The money received by the decision's bank line; None for money paid out and for a record that could not be read."""
    line = decision.source.line
    return line.amount if isinstance(line, BankLine) and line.amount.is_incoming else None


def _total(decisions: Iterable[Decision], currency: str) -> Total:
    count = 0
    amounts: dict[str, Money] = {currency: Money.of(0, currency)}
    for decision in decisions:
        count += 1
        if amount := incoming(decision):
            amounts[amount.currency] = amounts.get(amount.currency, Money.of(0, amount.currency)) + amount
    own = amounts.pop(currency)
    return Total(count, own, tuple(amounts[name] for name in sorted(amounts)))


def _digest(plan: Plan) -> str:
    facts = sorted(map(decision_facts, plan.decisions))
    # Plans of older versions say nothing of what they rest on, and keep their digest.
    rests_on = [_resting(plan)] if plan.basis != NO_BASIS else []
    text = json.dumps([[plan.company_id, plan.journal_id], facts, *rests_on])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _resting(plan: Plan) -> list[object]:
    """The facts that the writes rest on: a change of any of them is another plan, although the writes may be the same."""
    payments = [payment for decision in plan.writes for payment in decision.payments]
    customers, invoices = {payment.customer for payment in payments}, {payment.invoice for payment in payments}
    blocked = [[c.number, c.blocked] for c in plan.basis.customers if c.number in customers]
    known = plan.basis.invoices_by_number
    found = [known[number] for number in sorted(invoices & known.keys())]
    left = [[d.number, d.customer, d.remaining.text(), d.remaining.currency, d.status] for d in found]
    versions = sorted([patch.line_id, patch.etag] for decision in plan.patches for patch in decision.patches)
    return [sorted(blocked), left, versions]


def decision_facts(decision: Decision) -> list[object]:
    """What is decided, without the reasons: two decisions with the same facts are the same."""
    payments = [] if isinstance(decision, Skip | Reject) else [_payment_facts(payment) for payment in decision.payments]
    patched = decision.patches if isinstance(decision, Patch) else ()
    patches = [[p.line_id, *[[c.field, c.new] for c in p.changes]] for p in patched]
    line = decision.source.line
    unread = [line.text] if isinstance(line, UnreadRow) else []
    return [decision.source.key, ACTIONS[type(decision)], payments, patches, unread]


def _payment_facts(payment: Payment) -> list[object]:
    amount, day = payment.amount.text(), payment.posting_date.isoformat()
    texts = (payment.document_number, payment.external_document_number, payment.description, payment.comment)
    return [payment.line_number, payment.customer, payment.invoice, amount, day, *texts]
