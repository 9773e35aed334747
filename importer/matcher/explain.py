"""A verdict in the words of Business Central, with the places in the bank's own text."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from importer.matcher import table
from importer.matcher.amounts import Part
from importer.matcher.evidence import Mention
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
    fit = verdict.fit
    currency = case.currency
    return Match(
        confidence=verdict.confidence,
        customer=verdict.customer,
        applications=tuple(
            Application(
                part.item.customer,
                part.item.number,
                _gross(part),
                _money(part.deducted, currency) if part.deducted else None,
            )
            for part in verdict.parts
        ),
        unapplied=_money(verdict.unapplied, currency) if verdict.parts or verdict.customer else _money(0, currency),
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


def _reasons(case: Case, verdict: Verdict) -> Iterable[Reason]:
    yield Reason(verdict.row.name, verdict.row.message, tuple(map(_evidence, verdict.mentions)))
    if verdict.customer and verdict.proof in _PROOFS:
        rule, message = _PROOFS[verdict.proof]
        yield Reason(rule, message.format(customer=verdict.customer), _payer_evidence(case, verdict))
    if verdict.fit and verdict.fit.kind in _KINDS:
        fit, currency = verdict.fit, case.currency
        figures = {
            name: str(_money(getattr(fit, name), currency)) for name in ("discount", "fee", "tolerance", "unapplied")
        }
        yield Reason(fit.kind.replace(" ", "_"), _KINDS[fit.kind].format(**figures))
    for contradiction in verdict.contradictions:
        yield Reason(contradiction, table.CONTRADICTIONS[contradiction], _against(case, contradiction))


def _evidence(mention: Mention) -> Evidence:
    start, end = mention.text.span(mention.start, mention.end)
    return Evidence(mention.kind, mention.written, mention.text.field, start, end)


def _payer_evidence(case: Case, verdict: Verdict) -> tuple[Evidence, ...]:
    line = case.line
    match verdict.proof:
        case Proof.ACCOUNT if line.iban:
            return (Evidence("bank account", line.iban, "iban", 0, len(line.iban)),)
        case Proof.NAME if line.counterparty:
            return (Evidence("name", line.counterparty, "counterparty", 0, len(line.counterparty)),)
        case Proof.NUMBER:
            return tuple(
                Evidence(
                    "customer number",
                    m.text.written[slice(*m.text.span(m.start, m.end))],
                    m.text.field,
                    *m.text.span(m.start, m.end),
                )
                for m in case.reading.customers
                if m.customer == verdict.customer
            )
        case _:
            return ()


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
