"""What the planner makes of a line that came before: in the ledger, in the journal, in another file."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from importer.history import Doubt, Earlier, EarlierFile, EarlierLine, History, Known
from importer.identity import fingerprint
from importer.model import BankLine, Confidence, JournalLine, Match, Overlap
from importer.money import Money
from importer.plan import Create, Decision, FieldChange, LinePatch, Patch, Payment, Plan, Review, Skip
from tests.properties.books import guid
from tests.unit.planner_books import (
    BOOKS,
    BOTH,
    CERTAIN,
    KEY,
    LINE,
    PAYMENTS,
    SEEN,
    STATEMENT,
    journal_line,
    only,
    plan_of,
    rule_of,
)

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


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        ("", "outcome unknown; `importer run settle` or the next import settles it"),
        ("look there, then say it", "outcome unknown: look there, then say it"),
    ],
)
def test_a_line_without_an_outcome_says_who_settles_it(asks: str, told: str) -> None:
    decision = only(plan_of(STATEMENT, history=History({KEY: Known(SEEN, unsettled=PAYMENTS, asks=asks)})))
    assert isinstance(decision, Skip)
    assert decision.finding.reasons[0].message == f"sent to Business Central (old.csv, record 4, run run-1), {told}"


def test_a_skipped_line_names_where_it_was_first_imported() -> None:
    decision = only(plan_of(STATEMENT, history=History({KEY: Known(SEEN, done=PAYMENTS)})))
    assert isinstance(decision, Skip)
    assert decision.seen == SEEN
    assert decision.finding.reasons[0].message == "already imported: old.csv, record 4, run run-1"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            Known(SEEN, done=PAYMENTS, taken_back=PAYMENTS),
            "; taken out of the journal since; `importer import --again`",
        ),
        (Known(SEEN, done=PAYMENTS, taken_back=PAYMENTS[:1]), "; 1 of 2 lines taken out of the journal since; "),
        (
            Known(SEEN, done=PAYMENTS, otherwise=PAYMENTS[:1]),
            "was stored otherwise than sent, compare it in Business Central",
        ),
    ],
)
def test_what_became_of_an_imported_line_since_is_said(known: Known, said: str) -> None:
    decision = only(plan_of(STATEMENT, history=History({KEY: known})))
    assert isinstance(decision, Skip)
    message = decision.finding.reasons[0].message
    assert (message.startswith("already imported: old.csv, record 4, run run-1; "), said in message) == (True, True)


def test_a_line_that_stands_in_the_journal_is_skipped_although_the_ledger_was_lost() -> None:
    books = replace(BOOKS, journal_lines=(journal_line(1, "-1190.00"), journal_line(2, "-10.00")))
    decision = only(plan_of(STATEMENT, books=books))
    assert (type(decision), rule_of(decision)) == (Skip, "in_journal")


@pytest.mark.parametrize(
    ("key", "amounts", "found"), [("", (-1190, -10), True), ("x", (-1190, -10), True), ("", (-1190, -9), False)]
)
def test_a_line_whose_key_was_taken_away_is_known_by_its_line_numbers(
    key: str, amounts: tuple[int, int], found: bool
) -> None:
    lines = [
        replace(journal_line(payment.line_number, str(amount)), external_document_number=key)
        for payment, amount in zip(PAYMENTS, amounts, strict=True)
    ]
    decision = only(plan_of(STATEMENT, books=replace(BOOKS, journal_lines=tuple(lines))))
    assert (type(decision), rule_of(decision)) == ((Skip, "in_journal") if found else (Create, "numbers"))


def test_a_line_that_stands_in_the_journal_with_another_amount_waits_for_a_person() -> None:
    books = replace(BOOKS, journal_lines=(journal_line(1, "-1190.00"),))
    decision = only(plan_of(STATEMENT, books=books))
    assert (type(decision), rule_of(decision)) == (Review, "in_journal_differs")


def came_before(line: BankLine, sha256: str = "before", key: str = "") -> EarlierFile:
    """A file of a bank that never repeats a line, with this one."""
    kept = EarlierLine(line.record, line.booked_on, line.amount, fingerprint(line), key or KEY)
    day = line.booked_on
    return EarlierFile(sha256, "before.csv", "DE1", "generic", Overlap.INCREMENTAL, day, day, lines=(kept,))


def two_files(overlap: Overlap, *, sha: str = "other") -> Plan:
    first = replace(STATEMENT, overlap=overlap)
    return plan_of(first, replace(first, file="second.csv", sha256=sha))


def test_files_that_repeat_whole_days_bring_an_equal_line_only_once() -> None:
    kinds = [(type(d), rule_of(d)) for d in two_files(Overlap.FULL_DAYS).decisions]
    assert kinds == [(Create, "numbers"), (Skip, "repeated_in_run")]


def test_files_that_never_repeat_a_line_bring_an_equal_line_as_a_second_payment() -> None:
    assert [type(d) for d in two_files(Overlap.INCREMENTAL).decisions] == [Create, Create]
    history = History(files=(came_before(LINE),))
    assert only(plan_of(replace(STATEMENT, overlap=Overlap.INCREMENTAL), history=history)).source.key != KEY


def test_a_file_that_comes_again_keeps_its_keys_whatever_came_since() -> None:
    again = replace(STATEMENT, overlap=Overlap.INCREMENTAL)
    history = History(files=(came_before(LINE, STATEMENT.sha256, "ITS KEY"), came_before(LINE), came_before(LINE)))
    assert only(plan_of(again, history=history)).source.key == "ITS KEY"


def test_what_may_be_a_line_once_more_does_not_count_as_one() -> None:
    doubtful = came_before(LINE)
    doubtful = replace(doubtful, lines=(replace(doubtful.lines[0], doubt=Doubt.OPEN),))
    decision = only(
        plan_of(replace(STATEMENT, overlap=Overlap.INCREMENTAL, account="DE2"), history=History(files=(doubtful,)))
    )
    assert decision.source.key == KEY


@pytest.mark.parametrize("overlap", Overlap)
@pytest.mark.parametrize("elsewhere", [0, 1])
def test_the_same_bytes_under_two_names_are_one_file_whatever_the_bank(overlap: Overlap, elsewhere: int) -> None:
    line = structs.replace(LINE, balance=Money.of("1300", "EUR"))
    first = replace(STATEMENT, overlap=overlap, lines=(line,))
    history = History(files=(came_before(line),) * elsewhere)
    assert [type(d) for d in plan_of(first, replace(first, file="second.csv"), history=history).decisions] == [
        Create,
        Skip,
    ]


def test_the_running_balance_tells_equal_lines_apart() -> None:
    lines = tuple(
        structs.replace(LINE, record=n, balance=Money.of(amount, "EUR")) for n, amount in ((1, "100"), (2, "1300"))
    )
    first = replace(STATEMENT, overlap=Overlap.BALANCE, lines=lines)
    second = replace(first, file="second.csv", sha256="other", lines=lines[1:])
    assert [type(d) for d in plan_of(first, second).decisions] == [Create, Create, Skip]


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


def test_what_creates_a_line_without_being_certain_does_not_change_one_that_stands() -> None:
    books = replace(BOOKS, journal_lines=tuple(map(standing, OLD)))
    approved = frozenset({Confidence.HIGH, Confidence.MEDIUM})
    likely = replace(CERTAIN, confidence=Confidence.MEDIUM)
    assert isinstance(only(plan_of(STATEMENT, match=likely, approved=approved)), Create)
    decision = only(plan_of(STATEMENT, match=likely, books=books, history=IMPORTED, approved=approved))
    assert isinstance(decision, Skip)


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
    "a file with running balances lacks it": (EARLIER, Overlap.BALANCE, True),
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
    twin = structs.replace(LINE, record=2, text="other words")
    both = replace(STATEMENT, lines=(LINE, twin))
    earlier = replace(EARLIER, key=KEY)
    history = History({KEY: Known(SEEN, done=PAYMENTS)}, earlier=(earlier,))
    assert [type(decision) for decision in plan_of(both, history=history).decisions] == [Skip, Create]
