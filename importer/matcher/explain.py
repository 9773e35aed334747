"""A verdict in the words of Business Central, with the places in the bank's own text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from importer.matcher import table
from importer.matcher.amounts import Part
from importer.matcher.evidence import CustomerMention, Mention, Place
from importer.matcher.near import near_places
from importer.matcher.parties import Proof
from importer.matcher.sentences import (
    customers_phrase,
    fit_sentences,
    mention_phrase,
    money,
    number_phrase,
    row_sentence,
)
from importer.matcher.verdict import Case, Verdict
from importer.model import Application, Candidate, Evidence, Match, Reason
from importer.money import Money

_WITHOUT_MENTIONS = (
    table.NEAR,
    table.NEAR_PAYER,
    table.NUMBER_UNSURE,
    table.NUMBER_AMBIGUOUS,
    table.NUMBER_ALONE,
    table.PAYER_ONLY,
    table.OUTGOING,
)


def match_of(case: Case, verdict: Verdict) -> Match:
    """The match for the line: applications, what is left, reasons and candidates."""
    fit, currency = verdict.fit, case.currency
    applications = [
        Application(
            part.item.customer,
            part.item.number,
            _gross(part),
            money(part.deducted, currency) if part.deducted else None,
        )
        for part in verdict.parts
    ]
    return Match(
        verdict.confidence,
        verdict.customer,
        tuple(applications),
        money(verdict.unapplied if applications or verdict.customer else 0, currency),
        money(fit.discount, currency) if fit and fit.discount else None,
        money(fit.tolerance, currency) if fit and fit.tolerance else None,
        money(fit.fee, currency) if fit and fit.fee else None,
        tuple(_reasons(case, verdict)),
        _candidates(verdict) if verdict.options else (),
    )


def _candidates(verdict: Verdict) -> tuple[Candidate, ...]:
    """What a person may choose instead, each once with the first thing that was said of it."""
    found: dict[tuple[str, str | None], Candidate] = {}
    for option in verdict.options:
        number = option.item.number if option.item else None
        found.setdefault((option.customer, number), Candidate(option.customer, number, option.why))
    return tuple(found.values())


def _reasons(case: Case, verdict: Verdict) -> list[Reason]:
    reasons = [Reason(verdict.row.name, row_sentence(case, verdict), _found(case, verdict))]
    if verdict.customer and verdict.proof is not Proof.NONE:
        reasons.append(_payer_reason(case, verdict.customer, verdict.proof))
    if verdict.fit is not None and verdict.fit.kind != "exact":
        reasons += [Reason(rule, message) for rule, message in fit_sentences(verdict.fit, case.currency)]
    return [*reasons, *(_against(case, verdict, contradiction) for contradiction in verdict.contradictions)]


def _found(case: Case, verdict: Verdict) -> tuple[Evidence, ...]:
    """Every place that names what is decided on, or is near to it."""
    mentions = verdict.mentions
    if len(case.reading.mentions) > len(mentions):
        items = {id(item) for mention in mentions for item in mention.items}
        further = [
            m for m in case.reading.mentions if m not in mentions and len(m.items) == 1 and id(m.items[0]) in items
        ]
        mentions = (*mentions, *further)
    if mentions or verdict.row not in _WITHOUT_MENTIONS:
        return tuple([_evidence(mention) for mention in mentions])
    return tuple(_hints(case, verdict))


def _hints(case: Case, verdict: Verdict) -> Iterable[Evidence]:
    """The places that a conclusion without any certain number rests on."""
    if verdict.row is table.NEAR or verdict.row is table.NEAR_PAYER:
        yield from (_marked(place, f"one place differs from {item.number}") for place, item in near_places(case))
    elif verdict.row is table.NUMBER_ALONE:
        yield from (_marked(m, f"the same as Customer No. {m.customer}") for m in case.reading.customers)
    else:
        yield from map(_evidence, case.reading.mentions)


def _evidence(mention: Mention) -> Evidence:
    text, start, end = mention.text, mention.start, mention.end
    if text.offsets is not None:
        start, end = text.span(start, end)
    return Evidence(mention_phrase(mention), text.written[start:end], text.field, start, end)


def _marked(place: Place | CustomerMention, kind: str) -> Evidence:
    text = place.text
    start, end = text.span(place.start, place.end)
    return Evidence(kind, text.written[start:end], text.field, start, end)


def _payer_reason(case: Case, customer: str, proof: Proof) -> Reason:
    if proof is Proof.ACCOUNT:
        said = _by_account if customer in case.party.owners else _by_payer
        return said(customer, case.line.iban)
    if proof is Proof.NAME:
        return _by_name(customer, case.line.counterparty)
    found = tuple(_marked(m, "customer number") for m in case.reading.customers if m.customer == customer)
    return Reason("payer_number", f"The text gives the Customer No. {customer}.", found)


# The same few payers come again and again.
@lru_cache(maxsize=1 << 16)
def _by_account(customer: str, iban: str) -> Reason:
    return Reason("payer_account", f"The bank account is that of customer {customer}.", _account(iban))


@lru_cache(maxsize=1 << 16)
def _by_payer(customer: str, iban: str) -> Reason:
    return Reason("payer_account", f"The bank account is registered as paying for customer {customer}.", _account(iban))


@lru_cache(maxsize=1 << 16)
def _by_name(customer: str, name: str) -> Reason:
    return Reason("payer_name", f"The payer's name is that of customer {customer}.", _name(name))


def _account(iban: str) -> tuple[Evidence, ...]:
    return (Evidence("bank account", iban, "iban", 0, len(iban)),) if iban else ()


def _name(name: str) -> tuple[Evidence, ...]:
    return (Evidence("name", name, "counterparty", 0, len(name)),) if name else ()


def _against(case: Case, verdict: Verdict, contradiction: str) -> Reason:
    """What speaks against it, whom it speaks for, and where it stands."""
    party, line = case.party, case.line
    message = table.CONTRADICTIONS[contradiction]
    match contradiction:
        case "account_of_other":
            return Reason(contradiction, message.format(other=customers_phrase(party.owners)), _account(line.iban))
        case "number_of_other":
            found = [_marked(m, f"number of customer {m.customer}") for m in case.reading.customers]
            return Reason(contradiction, message.format(other=customers_phrase(party.numbers)), tuple(found))
        case "name_of_other":
            return Reason(contradiction, message.format(other=customers_phrase(party.names)), _name(line.counterparty))
        case "unknown_number" | "unexplained_number":
            return Reason(contradiction, message, tuple(_marked(p, number_phrase(p)) for p in case.reading.unknown))
        case "named_elsewhere" | "further_number" | "closed_document" | "later_document" | "taken_document":
            applied = {id(part.item) for part in verdict.parts}
            others = [m for m in case.reading.mentions if applied.isdisjoint(map(id, m.items))]
            return Reason(contradiction, message, tuple(map(_evidence, others)))
        case _:
            return Reason(contradiction, message)


def _gross(part: Part) -> Money:
    whole = part.item.document.remaining
    return whole if part.gross == part.item.remaining else money(part.gross, part.item.currency)
