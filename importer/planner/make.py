"""One decision per record: what is known stands, what is new is matched, what breaks a rule waits for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from importer.history import History
from importer.model import BankLine, Confidence, JournalLine, Match, Problem, Reason, Statement, UnreadRow
from importer.plan import Create, Decision, FileFacts, Finding, Patch, Payment, Plan, Reject, Review, Skip, Source
from importer.planner.basis import basis_of
from importer.planner.correction import correction
from importer.planner.known import Ground, Standing, already, contradicted, doubted, open_to_change, repeated
from importer.planner.payments import payments_of, with_line_numbers
from importer.planner.withdrawn import withdrawn

# What is wrong with each payment; the journal lines of the given keys are replaced by them.
Check = Callable[[Sequence[Payment], Collection[str]], Sequence[tuple[Problem, ...]]]


def open_lines(named: Sequence[Source], ground: Ground) -> tuple[tuple[Source, ...], ...]:
    """The lines that need a match: the first of each key that is new, or that stands in the journal as it was sent.

    The latter are matched again because the answer may have changed, and because their money competes with the others'. Lines
    that may be another one once more are apart: they must not take what a certain one pays.
    """
    standing = Standing(ground.books.journal_lines)
    first = {source.key: source for source in reversed(named) if isinstance(source.line, BankLine)}
    found = [
        source
        for source in named
        if source.key
        and source is first[source.key]
        and (open_to_change(source, ground.history, standing) or already(source, ground, standing) is None)
    ]
    certain = tuple(source for source in found if not doubted(source, ground))
    doubts = [source for source in found if doubted(source, ground)]
    # Of equal ones the first gets what both want: in the order in which they got their keys (naming.py).
    return certain, tuple(sorted(doubts, key=lambda source: source.file))


def make_plan(
    named: Sequence[Source],
    matches: Mapping[str, Match],
    *,
    ground: Ground,
    files: Sequence[FileFacts],
    check: Check,
    made_at: datetime,
) -> Plan:
    """One decision per record. `matches` are by key and cover every open line; `check` says what is wrong with payments."""
    books = ground.books
    decisions = with_line_numbers(_decisions(named, matches, ground), books)
    checked = _checked(decisions, check)
    return Plan(
        company_id=books.company_id,
        company=books.company,
        journal_id=books.journal.id,
        journal=books.journal.code,
        currency=books.currency,
        made_at=made_at,
        files=tuple(files),
        decisions=checked,
        basis=basis_of(checked, books),
    )


def _decisions(named: Sequence[Source], matches: Mapping[str, Match], ground: Ground) -> Sequence[Decision]:
    standing = Standing(ground.books.journal_lines)
    first: dict[str, Source] = {}
    decisions: list[Decision] = []
    for source in named:
        contradiction = contradicted(source, ground)
        earlier = first.setdefault(source.key, source) if source.key and not contradiction else source
        if isinstance(source.line, UnreadRow):
            decisions.append(Reject(source, Finding(), source.line.problems))
        elif earlier is not source:
            decisions.append(repeated(source, earlier))
        elif known := already(source, ground, standing):
            lines = open_to_change(source, ground.history, standing)
            decision = _changed(known, source.line, lines, matches[source.key], ground) if lines else known
            decisions.append(Review(source, Finding(reasons=contradiction)) if contradiction else decision)
        else:
            decision = _from_match(source, source.line, matches[source.key], ground)
            decisions.append(_held_back(decision, doubted(source, ground)))
    return decisions


def file_facts(statement: Statement, history: History) -> FileFacts:
    """What the plan keeps of a statement, and what it lacks of earlier ones."""
    return FileFacts(
        name=statement.file,
        sha256=statement.sha256,
        mapping=statement.mapping,
        account=statement.account,
        overlap=statement.overlap,
        lines=len(statement.lines) + len(statement.unread),
        first_date=statement.first_date,
        last_date=statement.last_date,
        opening=statement.opening,
        closing=statement.closing,
        number=statement.number,
        warnings=(*statement.warnings, *withdrawn(statement, history)),
    )


def _changed(known: Decision, line: BankLine, lines: tuple[JournalLine, ...], match: Match, ground: Ground) -> Decision:
    """The lines in the journal are changed when the match is certain, has as many parts, and differs.

    What creates a line for want of anything better is no reason to change one that stands there.
    """
    wanted = payments_of(known.source.key, line, match, ground.books)
    if match.confidence is not Confidence.HIGH or len(wanted) != len(lines):
        return known
    finding = Finding(match.confidence, match.customer, (*known.finding.reasons, *match.reasons), match.candidates)
    return correction(known.source, finding, lines, wanted) or known


def _from_match(source: Source, line: BankLine, match: Match, ground: Ground) -> Decision:
    finding = Finding(match.confidence, match.customer, match.reasons, match.candidates)
    if not line.amount.is_incoming and match.customer is None:
        return Skip(source, _because(finding, Reason("outgoing", "not a receipt: money paid out, or no money at all")))
    payments = payments_of(source.key, line, match, ground.books)
    if match.confidence not in ground.approved or not payments or not line.amount.is_incoming:
        return Review(source, finding, payments)
    return Create(source, finding, payments)


def _checked(decisions: Sequence[Decision], check: Check) -> tuple[Decision, ...]:
    """A planned payment that breaks a rule waits for a person, with the rule as the reason."""
    payments = [payment for d in decisions if isinstance(d, Create | Patch) for payment in d.payments]
    replaced = {d.source.key for d in decisions if isinstance(d, Patch)}
    broken: defaultdict[str, dict[Reason, None]] = defaultdict(dict)
    for payment, problems in zip(payments, check(payments, replaced), strict=True):
        broken[payment.external_document_number] |= dict.fromkeys(Reason(p.rule, p.message) for p in problems)
    return tuple(_held_back(d, broken[d.source.key]) for d in decisions)


def _held_back(decision: Decision, reasons: Iterable[Reason]) -> Decision:
    match decision:
        case Create() | Patch() | Review() if reasons:
            return Review(decision.source, _because(decision.finding, *reasons), decision.payments)
        case _:
            return decision


def _because(finding: Finding, *reasons: Reason) -> Finding:
    return replace(finding, reasons=(*reasons, *finding.reasons))
