"""Exact numbers only: the first usable matcher."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

from importer.matcher.settings import MatchingSettings, Payers
from importer.model import (
    Application,
    BankLine,
    Candidate,
    Confidence,
    Document,
    DocumentKind,
    Evidence,
    Match,
    Reason,
    Snapshot,
)
from importer.money import Money

_TOKEN = re.compile(r"(?<![^\W_])[^\W_](?:[^\W_]|[-/](?=[^\W_]))*(?![^\W_])")


def match_lines(
    lines: Sequence[BankLine],
    snapshot: Snapshot,
    settings: MatchingSettings,  # noqa: ARG001 - exact numbers need no settings
    payers: Payers = Payers(),  # noqa: ARG001
    own_keys: Collection[str] = (),
) -> tuple[Match, ...]:
    """One match per bank line, in their order."""
    claimed: Counter[str] = Counter()
    for entry in snapshot.journal_lines:
        if entry.invoice and entry.external_document_number not in own_keys:
            claimed[entry.invoice] += 1
    found = [_named(line, snapshot) for line in lines]
    wanted = Counter(document.number for documents, _ in found for document in documents)
    return tuple(
        _match(line, documents, evidence, claimed + wanted - Counter({d.number: 1 for d in documents}))
        for line, (documents, evidence) in zip(lines, found, strict=True)
    )


def _named(line: BankLine, snapshot: Snapshot) -> tuple[tuple[Document, ...], tuple[Evidence, ...]]:
    documents: dict[str, Document] = {}
    evidence = []
    for field, text in (("reference", line.reference), ("text", line.text)):
        for token in _TOKEN.finditer(text.upper()):
            for document in snapshot.documents_by_number.get(token[0], ()):
                documents[document.number] = document
                evidence.append(Evidence("document number", document.number, field, token.start(), token.end()))
    return tuple(documents.values()), tuple(evidence)


def _match(
    line: BankLine, documents: tuple[Document, ...], evidence: tuple[Evidence, ...], others: Counter[str]
) -> Match:
    if line.amount.amount <= 0:
        return Match(Confidence.NONE, reasons=(Reason("outgoing", "The line is not a receipt."),))
    if not documents:
        return Match(Confidence.NONE, reasons=(Reason("nothing_named", "No document number was found."),))
    customers = {document.customer for document in documents}
    total = sum((document.remaining.amount for document in documents), Decimal(0))
    usable = all(
        d.is_open
        and d.kind is DocumentKind.INVOICE
        and d.posting_date <= line.booked_on
        and d.remaining.currency == line.amount.currency
        and not others[d.number]
        for d in documents
    )
    if len(customers) == 1 and usable and total == line.amount.amount:
        parts = tuple(Application(d.customer, d.number, d.remaining) for d in documents)
        nothing = Money.of(0, line.amount.currency)
        reason = Reason("numbers_and_amount", "The Document Nos. and the amount agree.", evidence)
        return Match(Confidence.HIGH, documents[0].customer, parts, nothing, reasons=(reason,))
    return Match(
        Confidence.MEDIUM if len(customers) == 1 else Confidence.NONE,
        documents[0].customer if len(customers) == 1 else None,
        unapplied=line.amount,
        reasons=(Reason("numbers_without_amount", "Documents are named but the amount does not agree.", evidence),),
        candidates=tuple(Candidate(d.customer, d.number, "named in the text") for d in documents),
    )
