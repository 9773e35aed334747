"""The laws of matching (matching.md §12): what must not change a result, and what may never make it surer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from msgspec import structs

from importer.identity import fingerprint
from importer.matcher import MatchingSettings, match_lines
from importer.model import BankLine, Confidence, Customer, Document, DocumentStatus, Journal, Match, Snapshot
from importer.money import Money
from tests.properties.matcher_runs import euro, runs

# What the laws speak about must be there, or they say nothing.
SIGHTS: dict[str, Callable[[BankLine, Match], bool]] = {
    "high by number": lambda _, match: is_high_by(match, "number_and_amount"),
    "high by an incomplete number": lambda _, match: is_high_by(match, "incomplete_number_amount_and_payer"),
    "high by account and amount": lambda _, match: is_high_by(match, "account_and_amount"),
    "high by balance": lambda _, match: is_high_by(match, "account_and_balance"),
    "high by customer number": lambda _, match: is_high_by(match, "customer_number_and_amount"),
    "high without a number in the text": lambda line, match: match.confidence is Confidence.HIGH and line.text == "Danke",
    "several documents": lambda _, match: match.confidence is Confidence.HIGH and len(match.applications) > 2,
    "competing lines": lambda _, match: "competing_line" in [reason.rule for reason in match.reasons],
    "left over": lambda _, match: "left_over" in [reason.rule for reason in match.reasons],
    "two with the amount": lambda _, match: match.reasons[0].rule == "payer_and_equal_items",
    "nothing": lambda _, match: match.confidence is Confidence.NONE,
    "money left": lambda _, match: bool(match.applications and match.unapplied and match.unapplied.amount > 0),
}  # fmt: skip
Run = tuple[tuple[BankLine, ...], Snapshot]
RULES = MatchingSettings()
ORDER = [Confidence.NONE, Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]
BOOKS = Snapshot(
    "C", "X", "EUR", Journal("J", "BANK"), (Customer("c", "10000", "Nordwind Handels GmbH"),),
    (Document("INV-2026-00123", "10000", euro("12.34"), date(2026, 1, 1)),),
)  # fmt: skip
enough = settings(max_examples=30, deadline=None)


def found(run: Run) -> tuple[Match, ...]:
    return match_lines(run[0], run[1], RULES)


def content(match: Match) -> tuple[object, ...]:
    parts = [(part.customer, part.document, part.amount) for part in match.applications]
    return match.confidence, match.customer, parts, match.unapplied


def alone(line: BankLine, books: Snapshot) -> Match:
    return match_lines([line], books, RULES)[0]


def is_high_by(match: Match, rule: str) -> bool:
    return match.confidence is Confidence.HIGH and match.reasons[0].rule == rule


def test_the_runs_hold_what_the_laws_are_about() -> None:
    seen: set[str] = set()

    def is_complete(run: Run) -> bool:
        pairs = list(zip(run[0], found(run), strict=True))
        seen.update(sight for sight, is_seen in SIGHTS.items() if any(is_seen(line, match) for line, match in pairs))
        return seen == set(SIGHTS)

    with suppress(NoSuchExample):
        find(runs(), is_complete, settings=settings(enough, max_examples=3000, phases=[Phase.generate], database=None))
    assert set(SIGHTS) - seen == set()


@enough
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_lines_customers_and_documents_changes_nothing(run: Run, random: Random) -> None:
    lines, books = run
    places = list(range(len(lines)))
    customers, documents = list(books.customers), list(books.documents)
    for values in (places, customers, documents):
        random.shuffle(values)
    shuffled = replace(books, customers=tuple(customers), documents=tuple(documents))
    again = match_lines([lines[place] for place in places], shuffled, RULES)
    # Lines that the importer takes for equal may change places with one another.
    expected = [(fingerprint(line), repr(content(match))) for line, match in zip(lines, found(run), strict=True)]
    assert sorted(expected) == sorted(
        (fingerprint(lines[n]), repr(content(m))) for n, m in zip(places, again, strict=True)
    )


@enough
@given(runs())
def test_applications_less_deductions_plus_the_rest_are_the_money(run: Run) -> None:
    for line, match in zip(run[0], found(run), strict=True):
        if match.applications or match.customer:
            parts = Money.sum((part.amount for part in match.applications), "EUR")
            deducted = Money.sum((money for money in (match.discount, match.tolerance, match.fee) if money), "EUR")
            assert match.unapplied is not None
            assert parts - deducted + match.unapplied == line.amount


@enough
@given(runs())
def test_no_document_is_used_beyond_what_is_open(run: Run) -> None:
    used: defaultdict[str, Decimal] = defaultdict(Decimal)
    for match in found(run):
        for part in match.applications:
            used[part.document] += part.amount.amount
    remaining = {document.number: document.remaining.amount for document in run[1].documents}
    assert {number: amount for number, amount in used.items() if abs(amount) > abs(remaining[number])} == {}


@enough
@given(runs())
def test_a_high_names_one_customer_and_his_open_documents_only(run: Run) -> None:
    for match in found(run):
        if match.confidence is Confidence.HIGH:
            documents = [run[1].documents_by_number[part.document][0] for part in match.applications]
            assert {document.customer for document in documents} == {match.customer}
            assert all(document.is_open for document in documents)
            assert documents


@enough
@given(runs())
def test_an_unrelated_customer_and_closed_document_change_nothing(run: Run) -> None:
    lines, books = run
    stranger = Customer(id="x", number="99001", name="Tulipan Quercia BV", accounts=("NL91ABNA0417164300",))
    old = Document("777888", "99001", euro("0"), date(2025, 1, 1), status=DocumentStatus.PAID, total=euro("33.33"))
    larger = replace(books, customers=(*books.customers, stranger), documents=(*books.documents, old))
    assert [content(match) for match in match_lines(lines, larger, RULES)] == [content(match) for match in found(run)]


@enough
@given(runs(), st.sampled_from(("Danke", "")))
def test_a_second_equal_document_never_makes_a_line_surer(run: Run, text: str) -> None:
    lines, books = run
    for line in (lines[0], structs.replace(lines[0], text=text)):
        before = alone(line, books)
        # The twin of anything else may be just what explains the money.
        for document in [d for d in books.documents if d.remaining == line.amount or d.number in line.text]:
            twin = replace(document, number="X" + document.number)
            after = alone(line, replace(books, documents=(*books.documents, twin)))
            assert ORDER.index(after.confidence) <= ORDER.index(before.confidence)
            is_applied = document.number in [part.document for part in before.applications]
            assert not (is_applied and line.text in ("Danke", "") and after.confidence is Confidence.HIGH)


@enough
@given(runs())
def test_removing_the_number_of_a_document_that_is_paid_exactly_never_makes_it_surer(run: Run) -> None:
    for document in run[1].documents:
        line = structs.replace(run[0][0], text=f"Rechnung {document.number}", amount=document.remaining)
        named, bare = alone(line, run[1]), alone(structs.replace(line, text="Rechnung"), run[1])
        if document.is_open and named.customer == document.customer and bare.customer == document.customer:
            assert ORDER.index(bare.confidence) <= ORDER.index(named.confidence)


@enough
@given(
    runs(), st.sampled_from(("IBAN DE89370400440532013000", "vom 11.01.2026", "Tel +46 90 55 30 01 88", "12:30 Uhr"))
)
def test_an_account_a_date_or_a_telephone_number_never_changes_a_high(run: Run, noise: str) -> None:
    for line in run[0]:
        before = alone(line, run[1])
        names_payer = not line.iban and "IBAN" in noise  # an account in the text is that of the payer
        if before.confidence is Confidence.HIGH and not names_payer and "-05" not in line.text:
            assert content(alone(structs.replace(line, text=f"{line.text} {noise}"), run[1])) == content(before)


@enough
@given(runs(), st.sampled_from((" ", ".", "/", "-")), st.integers(1, 12), st.sampled_from((str, str.lower, str.upper)))
def test_a_separator_or_other_case_inside_a_number_never_changes_the_document(
    run: Run, mark: str, place: int, cased: Callable[[str], str]
) -> None:
    books = run[1]
    for document in books.documents:
        number = cased(document.number[:place] + mark + document.number[place:])
        match = alone(BankLine(1, 2, date(2026, 2, 5), document.remaining, text=f"Rechnung {number}"), books)
        if match.confidence is Confidence.HIGH:
            assert [part.document for part in match.applications] == [document.number]


@enough
@given(runs())
def test_ten_times_the_money_is_the_same_decision(run: Run) -> None:
    lines, books = run

    def tenfold(money: Money | None) -> Money:
        return Money((money or euro("0")).amount * 10, "EUR")

    larger = replace(
        books,
        documents=tuple(
            replace(document, remaining=tenfold(document.remaining), total=tenfold(document.total))
            for document in books.documents
        ),
    )
    for line in lines:  # each alone: of two that claim the same, chance decides which is looked at first
        assert decision(alone(structs.replace(line, amount=tenfold(line.amount)), larger)) == decision(
            alone(line, books)
        )


def decision(match: Match) -> tuple[Confidence, str | None, list[str]]:
    return match.confidence, match.customer, [part.document for part in match.applications]


@enough
@given(runs())
def test_a_high_stays_high_when_it_comes_in_a_file_of_its_own(run: Run) -> None:
    for line, match in zip(run[0], found(run), strict=True):
        if match.confidence is Confidence.HIGH:
            assert content(alone(line, run[1])) == content(match)


@enough
@given(runs())
def test_evidence_is_where_the_bank_wrote_it(run: Run) -> None:
    for line, match in zip(run[0], found(run), strict=True):
        for evidence in (evidence for reason in match.reasons for evidence in reason.evidence):
            written = getattr(line, evidence.field)
            assert written[evidence.start : evidence.end] == evidence.value
            assert evidence.value


@enough
@given(st.text(max_size=80), st.text(max_size=40), st.integers(-10_000, 10_000))
def test_any_text_whatever_is_matched_without_an_error(text: str, name: str, minor: int) -> None:
    line = BankLine(
        1, 2, date(2026, 2, 5), Money(Decimal(minor) / 100, "EUR"), text=text, counterparty=name, reference=name
    )
    assert alone(line, BOOKS).reasons
