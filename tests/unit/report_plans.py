"""Plans built by hand for the tests of the reports: invented firms, and each kind of decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from importer.basis import NO_BASIS, Basis, CustomerFacts, DocumentFacts
from importer.model import (
    BankLine,
    Blocked,
    Candidate,
    Confidence,
    DocumentKind,
    DocumentStatus,
    Evidence,
    Overlap,
    Problem,
    Reason,
    UnreadRow,
)
from importer.money import Money
from importer.outcome import Outcome
from importer.plan import (
    Create,
    Decision,
    FieldChange,
    FileFacts,
    Finding,
    LinePatch,
    Patch,
    Payment,
    Plan,
    Reject,
    Review,
    Seen,
    Skip,
    Source,
)
from importer.states import Intent, PatchIntent, PatchState, State

FILE = "statement-2026-11.csv"
ACCOUNT = "DE02120300000000202051"
PAYER = "DE02500105170137075030"
MADE_AT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SEEN = Seen("statement-2026-10.csv", 41, "R-20261102-0630", datetime(2026, 11, 2, 6, 30, tzinfo=UTC))

NAMES = {
    "10000": "Müller & Töchter",
    "10100": "Kontor Nord",
    "10110": "Gärtnerei Grün",
    "10200": "Weber Holzbau",
    "10310": "Weber & Sohn",
    "10400": "Adler Hotel",
}
LEFT = {  # Remaining Amounts, by invoice and customer
    ("103001", "10000"): "1190.00",
    **{(f"10300{number}", "10100"): "1190.00" for number in (2, 3, 4)},
    ("103007", "10110"): "1190.00",
    ("103019", "10110"): "1180.00",
    ("103020", "10400"): "250.00",
    ("103044", "10200"): "595.00",
    ("103051", "10310"): "595.00",
}
BASIS = Basis(
    customers=tuple(CustomerFacts(number, name, Blocked.NO) for number, name in NAMES.items()),
    documents=tuple(
        DocumentFacts(
            number=number,
            kind=DocumentKind.INVOICE,
            customer=customer,
            remaining=Money.of(left, "EUR"),
            status=DocumentStatus.OPEN,
            posting_date=date(2026, 10, 12),
            due_date=date(2026, 11, 11),
        )
        for (number, customer), left in LEFT.items()
    ),
)


def line(
    record: int, amount: str, text: str, *, counterparty: str = "", currency: str = "EUR", iban: str = ""
) -> BankLine:
    """A booking of our account on a day of November."""
    return BankLine(
        record=record,
        row=record + 1,
        booked_on=date(2026, 11, 2 + record % 17),
        amount=Money.of(amount, currency),
        text=text,
        counterparty=counterparty,
        account=ACCOUNT,
        iban=iban,
    )


def source(bank: BankLine | UnreadRow, file: str = FILE) -> Source:
    """The source of a decision, with a key made of the record for readable expectations."""
    key = f"BI1{bank.record:017d}" if isinstance(bank, BankLine) else ""
    return Source(file, bank, key)


def payment(bank: BankLine, customer: str, invoice: str = "", amount: str = "") -> Payment:
    """A journal line that credits the customer; the whole amount of the bank line unless told otherwise."""
    money = Money.of(amount, bank.amount.currency) if amount else -bank.amount
    return Payment(
        customer=customer,
        customer_id=f"id-{customer}",
        posting_date=bank.booked_on,
        amount=money,
        external_document_number=f"BI1{bank.record:017d}",
        line_number=100_000_000 + bank.record * 10 + (len(invoice) % 7),
        invoice=invoice,
        invoice_id=f"id-{invoice}" if invoice else "",
        description=f"{bank.counterparty} {bank.text}"[:50],
    )


def found(bank: BankLine, kind: str, value: str, field: str = "text") -> Evidence:
    """Evidence at the first place where the value stands in that field of the bank line."""
    start = str(getattr(bank, field)).index(value)
    return Evidence(kind, value, field, start, start + len(value))


def matched(
    bank: BankLine, customer: str, value: str, *, confidence: Confidence = Confidence.HIGH, message: str = ""
) -> Finding:
    """A finding whose evidence is `value` in the text of the bank line."""
    said = message or f"Invoice {value} of customer {customer} has exactly this Remaining Amount."
    evidence = (found(bank, "document-number", value),) if value in bank.text else ()
    return Finding(confidence, customer, (Reason("document-number", said, evidence),))


def create(bank: BankLine, customer: str, *invoices: str, confidence: Confidence = Confidence.HIGH) -> Create:
    """A line that settles invoices of one customer in equal parts."""
    share = str(-bank.amount.amount / len(invoices))
    payments = tuple(payment(bank, customer, invoice, share) for invoice in invoices)
    return Create(source(bank), matched(bank, customer, invoices[0], confidence=confidence), payments)


def review_two_customers() -> Review:
    """Two customers owe the same amount; a person has to choose."""
    bank = line(3, "595.00", "Rechnung vom 12.10.", counterparty="Tischlerei Weber", iban=PAYER)
    reason = Reason("same-amount", "Two open invoices have this Remaining Amount, and the text names neither of them.")
    candidates = (
        Candidate("10200", "103044", "Invoice 103044 of Weber Holzbau has this Remaining Amount."),
        Candidate("10310", "103051", "Invoice 103051 of Weber & Sohn has this Remaining Amount."),
    )
    return Review(source(bank), Finding(Confidence.LOW, None, (reason,), candidates))


def review_proposal() -> Review:
    """A likely customer and invoice that a person has to confirm."""
    bank = line(4, "1180.00", "RE 103007 abzgl. 10,00 Gebühr", counterparty="Gärtnerei Grün OHG", iban=PAYER)
    finding = replace(
        matched(bank, "10110", "103007", confidence=Confidence.MEDIUM),
        reasons=(
            Reason(
                "amount-short",
                "Invoice 103007 is named, but 10.00 EUR are missing from its Remaining Amount of 1,190.00 EUR.",
                (found(bank, "document-number", "103007"),),
            ),
        ),
        candidates=(
            Candidate("10110", "103007", "The text names it."),
            Candidate("10110", "103019", "Remaining Amount 1,180.00 EUR, the same customer."),
        ),
    )
    return Review(source(bank), finding, (payment(bank, "10110", "103007"),))


def reject_unread() -> Reject:
    """A record whose date cannot be read."""
    said = "is no date of the calendar; wanted DD.MM.YYYY"
    problem = Problem("real-date", said, FILE, 6, "Buchungstag", "31.02.2026")
    row = UnreadRow(5, 6, "31.02.2026;Muster AG;100,00", (problem,))
    return Reject(Source(FILE, row), Finding(), (problem,))


def patch_description() -> Patch:
    """A journal line of an earlier run whose description changes."""
    bank = line(6, "250.00", "Rechnung 103020", counterparty="Hotel Adler", iban=PAYER)
    change = FieldChange("description", "Hotel Adler", "Hotel Adler Rechnung 103020")
    finding = matched(bank, "10400", "103020")
    return Patch(
        source(bank), finding, (payment(bank, "10400", "103020"),), (LinePatch("line-6", 6, "W/6", (change,)),)
    )


def skip_seen(record: int = 7) -> Skip:
    """A line that an earlier run imported."""
    return Skip(source(line(record, "119.00", "Rechnung 102990", counterparty="Nordlicht GmbH")), Finding(), SEEN)


def skip_paid_out(record: int = 8) -> Skip:
    """Money paid out: nothing for the customer payment journal."""
    bank = line(record, "-89.90", "Strom Abschlag November", counterparty="Stadtwerke Beispielstadt")
    return Skip(source(bank), Finding(reasons=(Reason("paid-out", "Money paid out is no customer payment."),)))


def ready() -> tuple[Create, ...]:
    """Two certain lines: one invoice, and three invoices in one transfer."""
    one = line(1, "1190.00", "Rechnung 103001 vom 15.10.", counterparty="Müller & Töchter GmbH", iban=PAYER)
    three = line(2, "3570.00", "103002, 103003, 103004", counterparty="Kontor Nord KG", iban=PAYER)
    return create(one, "10000", "103001"), create(three, "10100", "103002", "103003", "103004")


def plan_of(*decisions: Decision, files: tuple[FileFacts, ...] | None = None, basis: Basis = NO_BASIS) -> Plan:
    """A plan of these decisions, all of one file unless told otherwise."""
    facts = FileFacts(FILE, "ab" * 32, "de-beispielbank-giro", ACCOUNT, Overlap.FULL_DAYS, len(decisions))
    return Plan(
        company_id="c-1",
        company="CRONUS International Ltd.",
        journal_id="j-1",
        journal="BANK",
        currency="EUR",
        made_at=MADE_AT,
        files=(facts,) if files is None else files,
        decisions=decisions,
        basis=basis,
    )


def every_kind() -> Plan:
    """One plan with each kind of decision, and a file that adds up."""
    decisions: tuple[Decision, ...] = (
        *ready(),
        review_two_customers(),
        review_proposal(),
        reject_unread(),
        patch_description(),
        skip_seen(),
        skip_paid_out(),
    )
    facts = FileFacts(
        name=FILE,
        sha256="ab" * 32,
        mapping="de-beispielbank-giro",
        account=ACCOUNT,
        overlap=Overlap.FULL_DAYS,
        lines=len(decisions),
        first_date=date(2026, 11, 3),
        last_date=date(2026, 11, 10),
        opening=Money.of("10000.00", "EUR"),
        closing=Money.of("16814.10", "EUR"),
        number="0041",
    )
    return plan_of(*decisions, files=(facts,), basis=BASIS)


def many(count: int) -> Plan:
    """A plan of many lines: four of five ready, the rest for review."""
    decisions: list[Decision] = []
    for record in range(1, count + 1):
        invoice = f"{200000 + record}"
        bank = line(
            record,
            f"{100 + record % 900}.50",
            f"Rechnung {invoice} Kunde {record}",
            counterparty=f"Firma {record} GmbH",
        )
        if record % 5:
            decisions.append(create(bank, f"{10000 + record % 700}", invoice))
            continue
        reason = Reason(
            "same-amount", "Two open invoices have this Remaining Amount.", (found(bank, "number", invoice),)
        )
        candidates = tuple(Candidate(f"{10000 + n}", f"{invoice}{n}", "The same amount.") for n in range(2))
        decisions.append(Review(source(bank), Finding(Confidence.LOW, None, (reason,), candidates)))
    return plan_of(*decisions)


def intent(decision: Create, part: int, state: State, reason: str = "") -> Intent:
    """The intent of one part of a planned line, in a state."""
    where = Seen(decision.source.file, decision.source.line.record, "R-1")
    return Intent("c-1", "j-1", part, decision.payments[part], state, where, MADE_AT, reason=reason)


def run_outcome(plan: Plan, *states: tuple[State, str]) -> Outcome:
    """The outcome of a plan: its journal lines in these states, one after the other; its changes are done."""
    parts = [(decision, part) for decision in plan.creates for part in range(len(decision.payments))]
    intents = tuple(
        intent(decision, part, state, reason) for (decision, part), (state, reason) in zip(parts, states, strict=True)
    )
    patches = tuple(
        PatchIntent("c-1", "j-1", "R-1", number, decision.source.key, decision.patches[0], PatchState.PATCHED)
        for number, decision in enumerate(plan.patches)
    )
    return Outcome("R-1", intents, patches)
