"""Matches, books and history become the plan: one decision for every bank line.

statements ──name_lines──▶ named lines ──open_lines──▶ (matcher) ──▶ matches ──make_plan──▶ Plan
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from importer.identity import fingerprint, line_key, line_numbers, number_equals
from importer.model import (
    BankLine,
    Confidence,
    DocumentKind,
    JournalLine,
    Match,
    Overlap,
    Problem,
    Reason,
    Snapshot,
    Statement,
    UnreadRow,
)
from importer.money import Money
from importer.plan import Create, Decision, FileFacts, Finding, Payment, Plan, Reject, Review, Skip, Source
from importer.ports import History, Known
from importer.texts import cut, one_line

Check = Callable[[Sequence[Payment]], Sequence[tuple[Problem, ...]]]
_DESCRIPTION, _COMMENT = 50, 250


@dataclass(frozen=True, slots=True)
class Ground:
    """What planning stands on: the books, the ledger's memory, and how sure a match must be to be carried out."""

    books: Snapshot
    history: History
    approved: frozenset[Confidence] = frozenset({Confidence.HIGH})


def name_lines(statements: Sequence[Statement], company_id: str, history: History) -> tuple[Source, ...]:
    """Every record of the statements with the key of its bank line, in order of file and record.

    Equal lines of one day are counted: per file where files repeat whole days, across files where they never repeat a
    line, and not at all where the running balance tells them apart (reliability.md §3.3).
    """
    named: list[Source] = []
    counted = dict(history.equals)
    for statement in _once(statements):
        lines = [_with_balance(line) if statement.overlap is Overlap.BALANCE else line for line in statement.lines]
        occurrences = number_equals(lines, counted if statement.overlap is Overlap.INCREMENTAL else None)
        keys = [line_key(company_id, line, number) for line, number in zip(lines, occurrences, strict=True)]
        records: list[Source] = [Source(statement.file, row) for row in statement.unread]
        records += [Source(statement.file, line, key) for line, key in zip(statement.lines, keys, strict=True)]
        named += sorted(records, key=lambda source: source.line.record)
        if statement.overlap is Overlap.INCREMENTAL:
            for line in lines:
                counted[fingerprint(line)] = counted.get(fingerprint(line), 0) + 1
    return tuple(named)


def open_lines(named: Sequence[Source], ground: Ground) -> tuple[Source, ...]:
    """The lines that need a match: the first of each key that neither ledger nor journal knows."""
    in_journal = _by_key(ground.books.journal_lines)
    first = {source.key: source for source in reversed(named) if isinstance(source.line, BankLine)}
    return tuple(
        source
        for source in named
        if source.key and source is first[source.key] and _already(source, ground.history, in_journal) is None
    )


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
    in_journal = _by_key(ground.books.journal_lines)
    first: dict[str, Source] = {}
    decisions: list[Decision] = []
    for source in named:
        earlier = first.setdefault(source.key, source) if source.key else source
        if isinstance(source.line, UnreadRow):
            decisions.append(Reject(source, Finding(), source.line.problems))
        elif earlier is not source:
            decisions.append(_twice(source, earlier))
        else:
            known = _already(source, ground.history, in_journal)
            decisions.append(known or _from_match(source, source.line, matches[source.key], ground))
    books = ground.books
    return Plan(
        company_id=books.company_id,
        company=books.company,
        journal_id=books.journal.id,
        journal=books.journal.code,
        currency=books.currency,
        made_at=made_at,
        files=tuple(files),
        decisions=_checked(_numbered(decisions, books), check),
    )


def file_facts(statement: Statement) -> FileFacts:
    """What the plan keeps of a statement."""
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
        warnings=statement.warnings,
    )


def _once(statements: Sequence[Statement]) -> Sequence[Statement]:
    # The same bytes under two names are one file: an incremental bank's lines must not be counted twice.
    seen: dict[str, Statement] = {}
    renamed = []
    for statement in statements:
        overlap = Overlap.FULL_DAYS if statement.sha256 in seen else statement.overlap
        seen.setdefault(statement.sha256, statement)
        renamed.append(replace(statement, overlap=overlap) if overlap is not statement.overlap else statement)
    return renamed


def _with_balance(line: BankLine) -> BankLine:
    # Where each row carries the running balance, the balance tells equal lines apart in every file they appear in.
    return replace(line, bank_reference=f"{line.bank_reference} {line.balance.minor if line.balance else ''}")


def _by_key(lines: Iterable[JournalLine]) -> Mapping[str, tuple[JournalLine, ...]]:
    found: defaultdict[str, tuple[JournalLine, ...]] = defaultdict(tuple)
    for line in lines:
        found[line.external_document_number.upper()] += (line,)
    return found


def _already(source: Source, history: History, in_journal: Mapping[str, tuple[JournalLine, ...]]) -> Decision | None:
    known, lines = history.known.get(source.key), in_journal.get(source.key, ())
    if known is not None and (known.done or known.unsettled):
        return _known(source, known)
    return _found_in_journal(source, lines) if lines else None


def _known(source: Source, known: Known) -> Decision:
    customer = (known.done or known.unsettled)[0].customer
    where = f"{known.seen.file}, record {known.seen.record}, run {known.seen.run}"
    if known.unsettled:
        text = (
            f"sent to Business Central ({where}), outcome unknown; `importer run settle` or the next import settles it"
        )
        return Skip(source, _finding("outcome_unknown", text, customer), known.seen)
    if known.refused:
        text = f"partly imported ({where}): Business Central refused {len(known.refused)} of its lines; enter the rest by hand"
        return Review(source, _finding("partly_imported", text, customer))
    return Skip(source, _finding("already_imported", f"already imported: {where}", customer), known.seen)


def _found_in_journal(source: Source, lines: tuple[JournalLine, ...]) -> Decision:
    assert isinstance(source.line, BankLine)  # noqa: S101 - only bank lines have a key
    customer = lines[0].customer
    numbers = ", ".join(str(line.line_number) for line in lines)
    if -sum(line.amount for line in lines) == source.line.amount.amount:
        return Skip(source, _finding("in_journal", f"already in the journal as line {numbers}", customer))
    text = f"the journal holds line {numbers} for this bank line, with another amount; correct it in Business Central"
    return Review(source, _finding("in_journal_differs", text, customer))


def _twice(source: Source, earlier: Source) -> Skip:
    text = f"the same bank line as record {earlier.line.record} of {earlier.file}, which is decided there"
    return Skip(source, _finding("repeated_in_run", text, None))


def _finding(rule: str, message: str, customer: str | None) -> Finding:
    return Finding(Confidence.NONE, customer, (Reason(rule, message),))


def _from_match(source: Source, line: BankLine, match: Match, ground: Ground) -> Decision:
    finding = Finding(match.confidence, match.customer, match.reasons, match.candidates)
    if not line.amount.is_incoming and match.customer is None:
        return Skip(source, _because(finding, Reason("outgoing", "not a receipt: money paid out, or no money at all")))
    payments = _payments(source.key, line, match, ground.books)
    if match.confidence not in ground.approved or not payments or not line.amount.is_incoming:
        return Review(source, finding, payments)
    return Create(source, finding, payments)


def _payments(key: str, line: BankLine, match: Match, books: Snapshot) -> tuple[Payment, ...]:
    """One payment per settled invoice, one for what is left; () when the match is no complete proposal for one customer."""
    customer = books.customers_by_number.get(match.customer or "")
    if customer is None or any(application.customer != customer.number for application in match.applications):
        return ()
    nothing = Money.of(0, line.amount.currency)
    parts = [(a.document, a.amount - (a.deducted or nothing)) for a in match.applications]
    rest = line.amount - Money.sum((amount for _, amount in parts), line.amount.currency)
    if rest.amount < 0:
        return ()
    parts += [("", rest)] if rest.amount else []
    ids = {document: _invoice_id(document, books) for document, _ in parts}
    return tuple(
        Payment(
            customer=customer.number,
            customer_id=customer.id,
            posting_date=line.booked_on,
            amount=-amount,
            external_document_number=key,
            line_number=0,
            invoice=document,
            invoice_id=ids[document],
            description=cut(one_line(line.text or line.reference or line.counterparty), _DESCRIPTION),
            comment=cut(one_line(" · ".join(filter(None, (line.counterparty, line.reference, line.text)))), _COMMENT),
        )
        for document, amount in parts
    )


def _invoice_id(number: str, books: Snapshot) -> str:
    found = books.documents_by_number.get(number, ())
    return next((document.id for document in found if document.kind is DocumentKind.INVOICE), "")


def _numbered(decisions: Sequence[Decision], books: Snapshot) -> tuple[Decision, ...]:
    """Line numbers for all payments, decided in order of the keys so that the order of files and rows does not matter."""
    taken = {line.line_number for line in books.journal_lines}
    numbers: dict[str, tuple[int, ...]] = {}
    paying = {d.source.key: d.payments for d in decisions if isinstance(d, Create | Review) and d.payments}
    for key in sorted(paying):
        numbers[key] = line_numbers(key, paying[key][0].posting_date, len(paying[key]), taken)
        taken.update(numbers[key])
    return tuple(
        _with_numbers(d, numbers[d.source.key]) if isinstance(d, Create | Review) and d.payments else d
        for d in decisions
    )


def _with_numbers(decision: Create | Review, numbers: tuple[int, ...]) -> Decision:
    payments = zip(decision.payments, numbers, strict=True)
    return replace(decision, payments=tuple(replace(payment, line_number=number) for payment, number in payments))


def _checked(decisions: Sequence[Decision], check: Check) -> tuple[Decision, ...]:
    """A planned payment that breaks a rule waits for a person, with the rule as the reason."""
    payments = [payment for d in decisions if isinstance(d, Create) for payment in d.payments]
    broken: defaultdict[str, list[Problem]] = defaultdict(list)
    for payment, problems in zip(payments, check(payments), strict=True):
        broken[payment.external_document_number] += problems
    return tuple(
        _held_back(d, broken[d.source.key]) if isinstance(d, Create) and broken[d.source.key] else d for d in decisions
    )


def _held_back(decision: Create, problems: Sequence[Problem]) -> Review:
    reasons = dict.fromkeys(Reason(problem.rule, problem.message) for problem in problems)
    return Review(decision.source, _because(decision.finding, *reasons), decision.payments)


def _because(finding: Finding, *reasons: Reason) -> Finding:
    return replace(finding, reasons=(*reasons, *finding.reasons))
