"""A plan (or an outcome) as flat rows, totals and control sums: the one source of terminal, page and workbook.

Lines that need a person come first, then what will be written, then what is left alone; inside a state the order of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from importer.basis import NO_BASIS, Basis
from importer.model import BankLine, Candidate, Confidence, Problem, Reason
from importer.money import Money
from importer.plan import Create, Decision, FieldChange, Patch, Payment, Plan, Reject, Review, Seen, Skip
from importer.reports.balances import BalanceCheck, balance_checks
from importer.reports.labels import State, Weight

# The planner's rules under which a line is skipped that it cannot just leave out.
_SKIPPED: Mapping[str, State] = {
    "outcome_unknown": State.UNKNOWN,
    "in_journal": State.IMPORTED,
    "posted_before": State.IMPORTED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One bank line and what becomes of it. `amount` is as the bank wrote it; `payments` are journal lines, credits.

    `results` say of each payment, in the same order, what became of it; empty as long as nothing was sent.
    Texts are as the bank wrote them: whoever shows them escapes them for his medium. A record that could not be read has
    only its `text`; its date and amount are None. `basis` is that of the plan, for names and Remaining Amounts.
    """

    state: State
    file: str
    record: int
    line_in_file: int
    key: str
    booked_on: date | None
    amount: Money | None
    text: str
    counterparty: str = ""
    iban: str = ""
    reference: str = ""
    bank_reference: str = ""
    confidence: Confidence = Confidence.NONE
    customer: str = ""
    payments: tuple[Payment, ...] = ()
    results: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    seen: Seen | None = None
    basis: Basis = NO_BASIS

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that are applied to, each once, in the order of the journal lines."""
        return tuple(dict.fromkeys(payment.invoice for payment in self.payments if payment.invoice))

    @property
    def why(self) -> str:
        """The first reason, as a sentence; "" when there is none."""
        return self.reasons[0].message if self.reasons else ""

    def named(self, customer: str) -> str:
        """The number of a customer with the name behind it, where it is known: "10000 Adler Hotel"."""
        return f"{customer} {self.basis.name_of(customer)}".rstrip()


@dataclass(frozen=True, slots=True)
class Sums:
    """How many lines, and the money received and paid out by them in one currency, both positive."""

    lines: int
    received: Money
    paid_out: Money

    @classmethod
    def of(cls, rows: Iterable[Row], currency: str) -> Sums:
        """The sums of rows in this currency; a record without an amount counts as a line."""
        amounts = [row.amount or Money.of(0, currency) for row in rows]
        received = Money.sum((amount for amount in amounts if amount.is_incoming), currency)
        paid_out = Money.sum((-amount for amount in amounts if not amount.is_incoming), currency)
        return cls(len(amounts), received, paid_out)


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The sums of all lines of one state in one currency."""

    state: State
    sums: Sums


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know of the whole, beside the lines."""

    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown of one plan or outcome. `made_at` is UTC; totals are in the order of State.

    `promise` says in a sentence what has and what has not happened.
    """

    heading: str
    promise: str
    company: str
    journal: str
    currency: str
    made_at: datetime
    digest: str
    rows: tuple[Row, ...]
    totals: tuple[StateTotal, ...]
    balances: tuple[BalanceCheck, ...]
    notices: tuple[Notice, ...] = ()

    def rows_of(self, *states: State) -> tuple[Row, ...]:
        """The rows in one of these states, in their order."""
        return tuple(row for row in self.rows if row.state in states)

    def sums(self) -> tuple[Sums, ...]:
        """The control sums over all states, one per currency, the company's currency first."""
        return tuple(Sums.of(rows, unit) for unit, rows in _by_currency(self.rows, self.currency))


def plan_report(plan: Plan) -> Report:
    """What a preview shows."""
    rows = [_row(decision, plan.basis) for decision in plan.decisions]
    return Report(
        heading="Preview",
        promise="Nothing has been written to Business Central. "
        f"An import with --expect {plan.digest} carries out exactly this plan, or nothing.",
        company=plan.company,
        journal=plan.journal,
        currency=plan.currency,
        made_at=plan.made_at,
        digest=plan.digest,
        rows=tuple(in_order(rows)),
        totals=state_totals(rows, plan.currency),
        balances=balance_checks(plan),
        notices=tuple(Notice(Weight.WARNING, str(warning)) for file in plan.files for warning in file.warnings),
    )


def as_report(shown: Plan | Report) -> Report:
    """The report of a plan; a report as it is."""
    return plan_report(shown) if isinstance(shown, Plan) else shown


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows by state, as State orders them; inside a state as they came."""
    rank = {state: place for place, state in enumerate(State)}
    return sorted(rows, key=lambda row: rank[row.state])


def state_totals(rows: Sequence[Row], currency: str) -> tuple[StateTotal, ...]:
    """One total per state and currency that occurs, in State order, `currency` first."""
    groups = [(state, [row for row in rows if row.state is state]) for state in State]
    return tuple(
        StateTotal(state, Sums.of(found, unit))
        for state, members in groups
        for unit, found in _by_currency(members, currency)
    )


def _by_currency(rows: Iterable[Row], currency: str) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.amount.currency if row.amount else currency, []).append(row)
    return sorted(found.items(), key=lambda item: (item[0] != currency, item[0]))


def _row(decision: Decision, basis: Basis) -> Row:
    finding = decision.finding
    row = replace(
        _facts(decision),
        confidence=finding.confidence,
        customer=finding.customer or _customers(decision),
        basis=basis,
        reasons=finding.reasons,
        candidates=finding.candidates,
    )
    match decision:
        case Create(payments=payments) | Review(payments=payments):
            return replace(row, payments=payments)
        case Patch(payments=payments, patches=patches):
            changes = tuple(change for patch in patches for change in patch.changes)
            return replace(row, payments=payments, changes=changes)
        case Skip(seen=seen):
            return replace(row, seen=seen, reasons=finding.reasons or _where(seen))
        case Reject(problems=problems):
            return replace(row, reasons=(*map(_reason, problems), *finding.reasons))


def _customers(decision: Decision) -> str:
    """The customers of a line that a person divided among several: "10000, 10250"."""
    payments = decision.payments if isinstance(decision, Create | Patch | Review) else ()
    return ", ".join(dict.fromkeys(payment.customer for payment in payments))


def _facts(decision: Decision) -> Row:
    source, line = decision.source, decision.source.line
    row = Row(
        state=_state(decision),
        file=source.file,
        record=line.record,
        line_in_file=line.row,
        key=source.key,
        booked_on=None,
        amount=None,
        text=line.text,
    )
    if not isinstance(line, BankLine):
        return row
    return replace(
        row,
        booked_on=line.booked_on,
        amount=line.amount,
        counterparty=line.counterparty,
        iban=line.iban,
        reference=line.reference,
        bank_reference=line.bank_reference,
    )


def _state(decision: Decision) -> State:
    match decision:
        case Create():
            return State.READY
        case Patch():
            return State.CHANGE
        case Review():
            return State.REVIEW
        case Reject():
            return State.REJECTED
        case Skip(seen=seen, finding=finding):
            rule = finding.reasons[0].rule if finding.reasons else ""
            return _SKIPPED.get(rule, State.IMPORTED if seen else State.LEFT)


def _reason(problem: Problem) -> Reason:
    seen = f'{problem.column} "{problem.value}": ' if problem.column else ""
    return Reason(problem.rule, seen + problem.message)


def _where(seen: Seen | None) -> tuple[Reason, ...]:
    if seen is None:
        return ()
    return (Reason("already-imported", f"Imported from {seen.file}, record {seen.record}, in run {seen.run}."),)
