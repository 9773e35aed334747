"""A verdict in the words of Business Central, with the places in the bank's own text."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from importer.matcher import table
from importer.matcher.amounts import Part
from importer.matcher.evidence import CustomerMention, Mention
from importer.matcher.parties import Proof
from importer.matcher.verdict import Case, Verdict
from importer.model import Application, Candidate, Evidence, Match, Reason
from importer.money import Money, decimals_of

_PROOFS = {
    Proof.ACCOUNT: ("payer_account", "The bank account belongs to customer {customer}, or pays for it."),
    Proof.NUMBER: ("payer_number", "The line gives the Customer No. {customer}."),
    Proof.NAME: ("payer_name", "The payer's name is that of customer {customer}."),
}
_KINDS = {
    "discount": "A Payment Discount of {discount} is taken in time.",
    "late discount": "A Payment Discount of {discount} is taken within the grace period.",
    "charges": "Bank charges of {fee} are stated in the text.",
    "rounding": "A rounding difference of {tolerance} is within the limit.",
    "tolerance": "A Payment Tolerance of {tolerance} is within the limit.",
    "match tolerance": "The difference of {unapplied} is within the match tolerance and stays on the account.",
}


def match_of(case: Case, verdict: Verdict) -> Match:
    """The match for the line: applications, what is left, reasons and candidates."""
    fit, currency = verdict.fit, case.currency
    applications = [
        Application(
            part.item.customer,
            part.item.number,
            _gross(part),
            _money(part.deducted, currency) if part.deducted else None,
        )
        for part in verdict.parts
    ]
    return Match(
        confidence=verdict.confidence,
        customer=verdict.customer,
        applications=tuple(applications),
        unapplied=_money(verdict.unapplied if applications or verdict.customer else 0, currency),
        discount=_money(fit.discount, currency) if fit and fit.discount else None,
        tolerance=_money(fit.tolerance, currency) if fit and fit.tolerance else None,
        fee=_money(fit.fee, currency) if fit and fit.fee else None,
        reasons=tuple(_reasons(case, verdict)),
        candidates=_candidates(verdict) if verdict.options else (),
    )


def _candidates(verdict: Verdict) -> tuple[Candidate, ...]:
    """What a person may choose instead, each once with the first thing that was said of it."""
    found: dict[tuple[str, str | None], Candidate] = {}
    for option in verdict.options:
        number = option.item.number if option.item else None
        found.setdefault((option.customer, number), Candidate(option.customer, number, option.why))
    return tuple(found.values())


def _reasons(case: Case, verdict: Verdict) -> list[Reason]:
    row = verdict.row
    reasons = [Reason(row.name, row.message, tuple([_evidence(mention) for mention in verdict.mentions]))]
    if verdict.customer and verdict.proof is not Proof.NONE:
        reasons.append(_payer_reason(case, verdict.customer, verdict.proof))
    if verdict.fit and verdict.fit.kind in _KINDS:
        fit, currency = verdict.fit, case.currency
        figures = {
            name: str(_money(getattr(fit, name), currency)) for name in ("discount", "fee", "tolerance", "unapplied")
        }
        reasons.append(Reason(fit.kind.replace(" ", "_"), _KINDS[fit.kind].format(**figures)))
    return [*reasons, *(Reason(c, table.CONTRADICTIONS[c], _against(case, c)) for c in verdict.contradictions)]


def _evidence(mention: Mention) -> Evidence:
    text, start, end = mention.text, mention.start, mention.end
    if text.offsets is not None:
        start, end = text.span(start, end)
    return Evidence(mention.kind, text.written[start:end], text.field, start, end)


def _payer_reason(case: Case, customer: str, proof: Proof) -> Reason:
    if proof is not Proof.NUMBER:
        return _payer_known(customer, proof, case.line.iban if proof is Proof.ACCOUNT else case.line.counterparty)
    rule, message = _PROOFS[proof]
    found = tuple(_customer_number(mention) for mention in case.reading.customers if mention.customer == customer)
    return Reason(rule, message.format(customer=customer), found)


@lru_cache(maxsize=1 << 16)
def _payer_known(customer: str, proof: Proof, written: str) -> Reason:
    """The payer by account or name; the same few payers come again and again."""
    rule, message = _PROOFS[proof]
    kind, field = ("bank account", "iban") if proof is Proof.ACCOUNT else ("name", "counterparty")
    evidence = (Evidence(kind, written, field, 0, len(written)),) if written else ()
    return Reason(rule, message.format(customer=customer), evidence)


def _customer_number(mention: CustomerMention) -> Evidence:
    text = mention.text
    start, end = text.span(mention.start, mention.end)
    return Evidence("customer number", text.written[start:end], text.field, start, end)


def _against(case: Case, contradiction: str) -> tuple[Evidence, ...]:
    if contradiction != "unknown_number":
        return ()
    places = [(p, p.text.span(p.start, p.end)) for p in case.reading.unknown]
    return tuple(
        Evidence("unknown number", p.text.written[start:end], p.text.field, start, end) for p, (start, end) in places
    )


def _gross(part: Part) -> Money:
    whole = part.item.document.remaining
    return whole if part.gross == part.item.remaining else _money(part.gross, part.item.currency)


@lru_cache(maxsize=1024)
def _money(minor: int, currency: str) -> Money:
    return Money(Decimal(minor).scaleb(-decimals_of(currency)), currency)
