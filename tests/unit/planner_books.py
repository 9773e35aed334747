"""One bank line, the books it pays two invoices of, and the plan that the planner makes of them."""

from dataclasses import replace
from datetime import date
from itertools import chain

from importer.history import History
from importer.identity import line_number
from importer.model import (
    Application,
    BankLine,
    Confidence,
    Customer,
    Document,
    Journal,
    JournalLine,
    Match,
    Overlap,
    Problem,
    Reason,
    Snapshot,
    Statement,
)
from importer.money import Money
from importer.plan import Decision, Payment, Plan, Seen
from importer.planner import Ground, file_facts, make_plan, name_lines, near_duplicates, open_lines
from importer.ports import PostedEntries
from tests.properties.books import MADE_AT, guid

BOOKS = Snapshot(
    "c0ffee",
    "CRONUS",
    "EUR",
    Journal(guid(1), "BANK", "", "2910"),
    (Customer(guid(100), "10000", "Ahorn"),),
    (
        Document("103001", "10000", Money.of("1190.00", "EUR"), date(2026, 1, 10), id=guid(501)),
        Document("103002", "10000", Money.of("10.00", "EUR"), date(2026, 1, 10), id=guid(502)),
    ),
)
LINE = BankLine(
    1,
    2,
    date(2026, 2, 5),
    Money.of("1200.00", "EUR"),
    "RE 103001, 103002",
    counterparty="Ahorn",
    account="DE1",
    reference="R7",
)
STATEMENT = Statement("bank.csv", "sha", "generic", "DE1", Overlap.FULL_DAYS, (LINE,))
SEEN = Seen("old.csv", 4, "run-1", MADE_AT)
BOTH = (
    Application("10000", "103001", Money.of("1190.00", "EUR")),
    Application("10000", "103002", Money.of("10.00", "EUR")),
)
CERTAIN = Match(Confidence.HIGH, "10000", BOTH, reasons=(Reason("numbers", "both numbers, exact sum"),))


def plan_of(
    *statements: Statement,
    match: Match = CERTAIN,
    books: Snapshot = BOOKS,
    history: History | None = None,
    wrong: str = "",
    approved: frozenset[Confidence] = frozenset({Confidence.HIGH}),
    posted: PostedEntries | None = None,
) -> Plan:
    ground = Ground(books, history or History(), approved, posted=posted or {})
    named = name_lines(statements, books.company_id, ground.history)
    files = [file_facts(statement, ground.history) for statement in statements]
    ground = replace(ground, reworded=near_duplicates(named, ground, files))
    problems = (Problem("rule", wrong),) if wrong else ()
    return make_plan(
        named,
        {source.key: match for source in chain(*open_lines(named, ground))},
        ground=ground,
        files=files,
        check=lambda payments, _: [problems for _ in payments],
        made_at=MADE_AT,
    )


def only(plan: Plan) -> Decision:
    (decision,) = plan.decisions
    return decision


KEY = only(plan_of(STATEMENT)).source.key


def payment(part: int, amount: str, invoice: str, invoice_id: str) -> Payment:
    return Payment(
        customer="10000",
        customer_id=guid(100),
        posting_date=date(2026, 2, 5),
        amount=Money.of(amount, "EUR"),
        external_document_number=KEY,
        line_number=line_number(KEY, date(2026, 2, 5), part),
        invoice=invoice,
        invoice_id=invoice_id,
        description="RE 103001, 103002",
        comment="Ahorn · R7 · RE 103001, 103002",
    )


PAYMENTS = (payment(0, "-1190.00", "103001", guid(501)), payment(1, "-10.00", "103002", guid(502)))


def journal_line(number: int, amount: str) -> JournalLine:
    money = Money.of(amount, "EUR").amount
    return JournalLine(
        guid(number),
        "e",
        number,
        "10000",
        guid(100),
        date(2026, 2, 5),
        "R1",
        KEY.lower(),
        money,
        "103001",
        guid(501),
        "",
        "",
    )


def rule_of(decision: Decision) -> str:
    return decision.finding.reasons[0].rule
