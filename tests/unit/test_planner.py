from dataclasses import replace
from datetime import date

import pytest

from importer.history import Earlier, History, Known
from importer.identity import fingerprint, line_number
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
    UnreadRow,
)
from importer.money import Money
from importer.plan import Create, Decision, FieldChange, LinePatch, Patch, Payment, Plan, Reject, Review, Seen, Skip
from importer.planner import Ground, file_facts, make_plan, name_lines, open_lines
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
) -> Plan:
    ground = Ground(books, history or History())
    named = name_lines(statements, books.company_id, ground.history)
    problems = (Problem("rule", wrong),) if wrong else ()
    return make_plan(
        named,
        {source.key: match for source in open_lines(named, ground)},
        ground=ground,
        files=[file_facts(statement) for statement in statements],
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


def test_a_certain_line_becomes_one_negative_payment_per_invoice() -> None:
    decision = only(plan_of(STATEMENT))
    assert isinstance(decision, Create)
    assert decision.payments == PAYMENTS


def test_what_is_left_becomes_a_payment_without_an_invoice() -> None:
    match = replace(CERTAIN, applications=BOTH[:1])
    decision = only(plan_of(STATEMENT, match=match))
    assert isinstance(decision, Create)
    assert [(p.invoice, p.invoice_id, p.amount.text()) for p in decision.payments] == [
        ("103001", guid(501), "-1190.00"),
        ("", "", "-10.00"),
    ]


def test_a_discount_is_paid_net_because_business_central_grants_it_when_posting() -> None:
    taken = replace(BOTH[0], amount=Money.of("1220.00", "EUR"), deducted=Money.of("20.00", "EUR"))
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, applications=(taken,))))
    assert isinstance(decision, Create)
    assert [p.amount.text() for p in decision.payments] == ["-1200.00"]


@pytest.mark.parametrize("confidence", [Confidence.MEDIUM, Confidence.LOW, Confidence.NONE])
def test_what_is_not_certain_waits_with_its_proposal(confidence: Confidence) -> None:
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, confidence=confidence)))
    assert isinstance(decision, Review)
    assert decision.payments == PAYMENTS


def test_applications_of_more_money_than_came_in_are_never_planned() -> None:
    more = (*BOTH, Application("10000", "103001", Money.of("0.01", "EUR")))
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, applications=more)))
    assert isinstance(decision, Review)
    assert decision.payments == ()


def test_an_invoice_in_another_currency_is_no_proposal() -> None:
    dollars = (Application("10000", "103001", Money.of("1200.00", "USD")),)
    decision = only(plan_of(STATEMENT, match=replace(CERTAIN, confidence=Confidence.MEDIUM, applications=dollars)))
    assert isinstance(decision, Review)
    assert decision.payments == ()


def test_a_broken_rule_holds_the_line_back_and_is_the_first_reason() -> None:
    decision = only(plan_of(STATEMENT, wrong="customer 10000 is blocked"))
    assert isinstance(decision, Review)
    assert [reason.message for reason in decision.finding.reasons] == [
        "customer 10000 is blocked",
        "both numbers, exact sum",
    ]


def test_money_paid_out_is_left_alone_unless_it_concerns_a_customer() -> None:
    outgoing = replace(STATEMENT, lines=(replace(LINE, amount=Money.of("-5.00", "EUR")),))
    decision = only(plan_of(outgoing, match=Match(Confidence.NONE)))
    assert isinstance(decision, Skip)
    assert rule_of(decision) == "outgoing"
    returned = only(plan_of(outgoing, match=Match(Confidence.MEDIUM, "10000")))
    assert isinstance(returned, Review)
    assert returned.payments == ()


def test_a_record_that_could_not_be_read_is_rejected_with_its_problems() -> None:
    problem = Problem("AMT-1", "no amount", "bank.csv", 3, "Betrag")
    statement = replace(STATEMENT, lines=(), unread=(UnreadRow(1, 3, "x", (problem,)),))
    decision = only(plan_of(statement))
    assert isinstance(decision, Reject)
    assert decision.problems == (problem,)


SEEN = Seen("old.csv", 4, "run-1", MADE_AT)
KNOWN = {
    "already imported": (Known(SEEN, done=PAYMENTS), Skip, "already_imported"),
    "outcome unknown": (Known(SEEN, done=PAYMENTS[:1], unsettled=PAYMENTS[1:]), Skip, "outcome_unknown"),
    "partly refused": (Known(SEEN, done=PAYMENTS[:1], refused=PAYMENTS[1:]), Review, "partly_imported"),
    "refused as a whole may be tried again": (Known(SEEN, refused=PAYMENTS), Create, "numbers"),
}


@pytest.mark.parametrize(("known", "kind", "rule"), KNOWN.values(), ids=KNOWN.keys())
def test_what_the_ledger_knows_decides_before_the_matcher(known: Known, kind: type[Decision], rule: str) -> None:
    decision = only(plan_of(STATEMENT, history=History({KEY: known})))
    assert (type(decision), rule_of(decision)) == (kind, rule)


def test_a_skipped_line_names_where_it_was_first_imported() -> None:
    decision = only(plan_of(STATEMENT, history=History({KEY: Known(SEEN, done=PAYMENTS)})))
    assert isinstance(decision, Skip)
    assert decision.seen == SEEN
    assert decision.finding.reasons[0].message == "already imported: old.csv, record 4, run run-1"


def test_a_line_that_stands_in_the_journal_is_skipped_although_the_ledger_was_lost() -> None:
    books = replace(BOOKS, journal_lines=(journal_line(1, "-1190.00"), journal_line(2, "-10.00")))
    decision = only(plan_of(STATEMENT, books=books))
    assert (type(decision), rule_of(decision)) == (Skip, "in_journal")


def test_a_line_that_stands_in_the_journal_with_another_amount_waits_for_a_person() -> None:
    books = replace(BOOKS, journal_lines=(journal_line(1, "-1190.00"),))
    decision = only(plan_of(STATEMENT, books=books))
    assert (type(decision), rule_of(decision)) == (Review, "in_journal_differs")


def test_a_line_number_that_is_taken_is_not_used_again() -> None:
    foreign = replace(journal_line(PAYMENTS[0].line_number, "-1.00"), external_document_number="HAND")
    decision = only(plan_of(STATEMENT, books=replace(BOOKS, journal_lines=(foreign,))))
    assert isinstance(decision, Create)
    expected = (line_number(KEY, date(2026, 2, 5), 0, probe=1), PAYMENTS[1].line_number)
    assert tuple(p.line_number for p in decision.payments) == expected


def two_files(overlap: Overlap, *, sha: str = "other") -> Plan:
    first = replace(STATEMENT, overlap=overlap)
    return plan_of(first, replace(first, file="second.csv", sha256=sha))


def test_files_that_repeat_whole_days_bring_an_equal_line_only_once() -> None:
    kinds = [(type(d), rule_of(d)) for d in two_files(Overlap.FULL_DAYS).decisions]
    assert kinds == [(Create, "numbers"), (Skip, "repeated_in_run")]


def test_files_that_never_repeat_a_line_bring_an_equal_line_as_a_second_payment() -> None:
    assert [type(d) for d in two_files(Overlap.INCREMENTAL).decisions] == [Create, Create]
    history = History(equals={fingerprint(LINE): 1})
    assert only(plan_of(replace(STATEMENT, overlap=Overlap.INCREMENTAL), history=history)).source.key != KEY


def test_the_same_bytes_under_two_names_are_one_file_whatever_the_bank() -> None:
    assert [type(d) for d in two_files(Overlap.INCREMENTAL, sha="sha").decisions] == [Create, Skip]


def test_the_running_balance_tells_equal_lines_apart() -> None:
    lines = tuple(replace(LINE, record=n, balance=Money.of(amount, "EUR")) for n, amount in ((1, "100"), (2, "1300")))
    first = replace(STATEMENT, overlap=Overlap.BALANCE, lines=lines)
    second = replace(first, file="second.csv", sha256="other", lines=lines[1:])
    assert [type(d) for d in plan_of(first, second).decisions] == [Create, Create, Skip]


def test_equal_lines_of_one_file_are_separate_payments() -> None:
    twins = replace(STATEMENT, lines=(LINE, replace(LINE, record=2, row=3)))
    assert [type(d) for d in plan_of(twins).decisions] == [Create, Create]


def test_description_and_comment_are_cut_to_what_business_central_documents() -> None:
    long = replace(LINE, text="x" * 300)
    decision = only(plan_of(replace(STATEMENT, lines=(long,))))
    assert isinstance(decision, Create)
    assert {(len(p.description), len(p.comment)) for p in decision.payments} == {(50, 250)}


OLD = tuple(replace(payment, description="old text") for payment in PAYMENTS)


def standing(payment: Payment, **edited: str) -> JournalLine:
    """The journal line as Business Central stores the payment, with what a person edited since."""
    line = JournalLine(
        id=guid(payment.line_number),
        etag=f"e{payment.line_number}",
        line_number=payment.line_number,
        customer=payment.customer,
        customer_id=payment.customer_id.upper(),
        posting_date=payment.posting_date,
        document_number="R00001",
        external_document_number=payment.external_document_number,
        amount=payment.amount.amount.normalize(),
        invoice=payment.invoice,
        invoice_id=payment.invoice_id,
        description=payment.description,
        comment=payment.comment,
    )
    return replace(line, **edited)  # type: ignore[arg-type] # only text fields are edited


IMPORTED = History({KEY: Known(SEEN, done=OLD)})


def test_a_line_in_the_journal_that_would_now_be_written_otherwise_is_changed_field_by_field() -> None:
    books = replace(BOOKS, journal_lines=tuple(map(standing, OLD)))
    decision = only(plan_of(STATEMENT, books=books, history=IMPORTED))
    assert isinstance(decision, Patch)
    assert decision.payments == PAYMENTS
    change = (FieldChange("description", "old text", "RE 103001, 103002"),)
    assert decision.patches == tuple(
        LinePatch(guid(p.line_number), p.line_number, f"e{p.line_number}", change) for p in PAYMENTS
    )


def test_customer_and_invoice_are_changed_as_pairs() -> None:
    other = tuple(replace(payment, invoice="103003", invoice_id=guid(503)) for payment in PAYMENTS[:1])
    wanted = replace(CERTAIN, applications=(replace(BOTH[0], amount=Money.of("1200.00", "EUR")),))
    books = replace(BOOKS, journal_lines=tuple(map(standing, other)))
    decision = only(plan_of(STATEMENT, match=wanted, books=books, history=History({KEY: Known(SEEN, done=other)})))
    assert isinstance(decision, Patch)
    assert [change.field for change in decision.patches[0].changes] == [
        "appliesToInvoiceId",
        "appliesToInvoiceNumber",
        "amount",
    ]


def test_a_line_that_stands_as_it_would_be_written_is_skipped() -> None:
    books = replace(BOOKS, journal_lines=tuple(map(standing, PAYMENTS)))
    decision = only(plan_of(STATEMENT, books=books, history=History({KEY: Known(SEEN, done=PAYMENTS)})))
    assert rule_of(decision) == "already_imported"


LEFT_ALONE = {
    "a person edited it": (tuple(standing(p, description="by hand") for p in OLD), CERTAIN),
    "one part is gone": ((standing(OLD[0]),), CERTAIN),
    "the match is no longer certain": (tuple(map(standing, OLD)), replace(CERTAIN, confidence=Confidence.MEDIUM)),
    "it would now be split otherwise": (tuple(map(standing, OLD)), replace(CERTAIN, applications=())),
}


@pytest.mark.parametrize(("lines", "match"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_a_line_in_the_journal_is_left_alone_when(lines: tuple[JournalLine, ...], match: Match) -> None:
    decision = only(plan_of(STATEMENT, match=match, books=replace(BOOKS, journal_lines=lines), history=IMPORTED))
    assert (type(decision), rule_of(decision)) == (Skip, "already_imported")


def test_a_line_that_a_person_left_out_stays_out() -> None:
    decision = only(plan_of(STATEMENT, history=History(ignored={KEY})))
    assert (type(decision), rule_of(decision)) == (Skip, "left_out_before")


EARLIER = Earlier("BI1OTHERKEY", "DE1", LINE.booked_on, LINE.amount, "generic", SEEN)
DOUBTS = {
    "the file lacks a line of that day and amount": (EARLIER, Overlap.FULL_DAYS, True),
    "it came in another layout": (replace(EARLIER, mapping="de/sparkasse-camt"), Overlap.INCREMENTAL, True),
    "files of that bank never repeat a line": (EARLIER, Overlap.INCREMENTAL, False),
    "another account": (replace(EARLIER, account="DE2"), Overlap.FULL_DAYS, False),
    "another day": (replace(EARLIER, booked_on=date(2026, 2, 6)), Overlap.FULL_DAYS, False),
    "another amount": (replace(EARLIER, amount=Money.of("1200.01", "EUR")), Overlap.FULL_DAYS, False),
}


@pytest.mark.parametrize(("earlier", "overlap", "doubtful"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_line_that_may_have_come_before_in_other_words_waits(
    earlier: Earlier, overlap: Overlap, doubtful: bool
) -> None:
    decision = only(plan_of(replace(STATEMENT, overlap=overlap), history=History(earlier=(earlier,))))
    assert (type(decision), rule_of(decision)) == ((Review, "near_duplicate") if doubtful else (Create, "numbers"))


def test_an_earlier_line_that_is_in_the_file_too_is_another_booking() -> None:
    twin = replace(LINE, record=2, text="other words")
    both = replace(STATEMENT, lines=(LINE, twin))
    earlier = replace(EARLIER, key=KEY)
    history = History({KEY: Known(SEEN, done=PAYMENTS)}, earlier=(earlier,))
    assert [type(decision) for decision in plan_of(both, history=history).decisions] == [Skip, Create]
