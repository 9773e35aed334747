"""Texts of strangers that harm whoever shows them unprotected, and plans that are full of them."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from importer.basis import Basis, CustomerFacts, DocumentFacts
from importer.model import (
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
from importer.plan import (
    Create,
    Decision,
    FieldChange,
    FileFacts,
    Finding,
    LinePatch,
    Patch,
    Plan,
    Reject,
    Review,
    Seen,
    Skip,
    Source,
)
from tests.unit import report_plans as plans

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "override": "\u202egnp.exe\u202c",
    "emoji": "👩‍👩‍👧 Bäckerei 🥐 & Söhne",
    "long": "Interkommunale Gesellschaft für Abwasserbeseitigung und Gewässerunterhaltung im oberen Tal der Kleinen Laber "
    "mit beschränkter Haftung KG",
    "control": "a\x1b[31mred\x07\x00b",
    "markup": "<r><_x0041_x0042_></r>",
    "outside": "no\uffffcharacter\ufffe",
    "attribute": '"><img src=x onerror=alert(1)>',
}


def hostile(text: str) -> Plan:
    """A plan in which every free text of every kind of decision is `text`."""
    bank = structs.replace(
        plans.line(1, "100.00", text, counterparty=text), iban=text, reference=text, bank_reference=text, account=text
    )
    evidence = Evidence("name", text, "text", 0, len(text))
    finding = Finding(
        Confidence.MEDIUM,
        text,
        (Reason("rule", text, (evidence,)),),
        (Candidate(text, text, text), Candidate(None, text, text)),
    )
    paid = replace(plans.payment(bank, text, text), description=text, comment=text, document_number=text)
    problem = Problem("rule", text, text, 2, text, text)
    change = LinePatch("id", 1, "etag", (FieldChange(text, text, text),))
    decisions: tuple[Decision, ...] = (
        Create(replace(plans.source(bank), file=text), finding, (paid,)),
        Review(replace(plans.source(structs.replace(bank, record=2)), file=text), finding, (paid,)),
        Patch(replace(plans.source(structs.replace(bank, record=3)), file=text), finding, (paid,), (change,)),
        Skip(replace(plans.source(structs.replace(bank, record=4)), file=text), finding, Seen(text, 1, text)),
        Reject(Source(text, UnreadRow(5, 6, text, (problem,))), finding, (problem,)),
    )
    facts = FileFacts(text, "cd" * 32, text, text, Overlap.BALANCE, 5, warnings=(problem,))
    left = Money.of("100.00", "EUR")
    document = DocumentFacts(text, DocumentKind.INVOICE, text, left, DocumentStatus.OPEN, plans.MADE_AT.date())
    basis = Basis((CustomerFacts(text, text, Blocked.NO),), (document,))
    return replace(plans.plan_of(*decisions, files=(facts,), basis=basis), company=text, journal=text)
