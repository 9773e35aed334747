"""What is said to a clerk, in the words of Business Central."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache

from importer.matcher import table
from importer.matcher.amounts import Fit
from importer.matcher.evidence import END_ONLY, HARDLY_JOINED, OR_YEAR, PART_ONLY, Mention, Place, Strength
from importer.matcher.verdict import Case, Verdict
from importer.matcher.words import Label
from importer.model import Document, DocumentStatus
from importer.money import Money, decimals_of

_OF_DOCUMENT = (table.CLOSED, table.CURRENCY)
_AGREES, _EXPLAINED = "the amount agrees", "the amount is explained"
_STATES = {
    DocumentStatus.PAID: "is already paid",
    DocumentStatus.CANCELED: "is canceled",
    DocumentStatus.DRAFT: "is not posted yet",
    DocumentStatus.IN_REVIEW: "is not posted yet",
}
# What a number is that names no document, by the label before it.
_SOMETHING_ELSE = {
    Label.ORDER: "order number",
    Label.FOREIGN: "number of something else",
    Label.PHONE: "telephone number",
    Label.COUNTED: "quantity, price, date or place",
    Label.CUSTOMER: "customer number that is not known",
}
# How a number is written that is not simply the Document No.; the rest of the kinds is said as "... of 103001".
_WRITTEN = {
    "document number without zeros": "document number {number} with other zeros",
    "document number with zeros in front": "document number {number} with zeros in front",
    "document number with look-alike letters": "document number {number} with look-alike letters",
    "document number glued to a word": "document number {number}",
    "document number by your pattern": "document number {number} by your pattern",
    "joined document number": "document number {number}, interrupted",
    "list of document numbers": "document number {number}, shortened in a list",
    "range of document numbers": "document number {number}, within the range",
    "number in spreadsheet notation": "document number {number} in spreadsheet notation",
    OR_YEAR: "document number {number}, or the year",
    END_ONLY: "end of document number {number}",
    PART_ONLY: "part of document number {number}",
    HARDLY_JOINED: "document number {number}, if these digits belong together",
}


def row_sentence(case: Case, verdict: Verdict) -> str:
    """What the row of the decision table says about this line."""
    row = verdict.row
    template = row.several if row.several and len(verdict.parts) > 1 else row.message
    if "{amount}" in template:
        return _with_amount(template, _AGREES if verdict.fit is None or verdict.fit.kind == "exact" else _EXPLAINED)
    if "{open}" in template:
        return template.replace(
            "{open}", str(money(sum(case.left_of(part.item) for part in verdict.parts), case.currency))
        )
    if row in _OF_DOCUMENT:
        document = verdict.mentions[0].items[0].document
        return template.replace("{state}", state_of(document)).replace("{currency}", document.remaining.currency)
    return template


@cache
def _with_amount(template: str, amount: str) -> str:
    return template.replace("{amount}", amount)


def state_of(document: Document) -> str:
    """Why nothing can be applied to a document that is not open, as the end of a sentence about it."""
    return _STATES.get(document.status, "is not open any more")


def fit_sentences(fit: Fit, currency: str) -> Iterable[tuple[str, str]]:
    """What makes the money and the documents agree: each rule with its sentence."""
    if fit.discount:
        late = " within its grace period" if fit.kind == "late discount" else ""
        rule = "late_discount" if late else "discount"
        yield rule, f"A Payment Discount of {money(fit.discount, currency)} is taken{late}."
    if fit.fee:
        yield "charges", f"Bank charges of {money(fit.fee, currency)} are stated in the text."
    if fit.tolerance:
        difference = "is missing" if fit.tolerance > 0 else "too much was paid"
        limit = "the rounding limit" if fit.kind == "rounding" else "the Payment Tolerance"
        yield fit.kind, f"{money(abs(fit.tolerance), currency)} {difference}, which is within {limit}."
    if fit.kind == "match tolerance":
        kept = money(fit.unapplied, currency)
        yield (
            "match_tolerance",
            f"{kept} too much is within the match tolerance of the bank account and stays on account.",
        )


def mention_phrase(mention: Mention) -> str:
    """What a place in the text is: which document number, and how it is written."""
    if mention.kind == "document number":
        is_doubtful = mention.is_soft and mention.strength is Strength.FULL
        return "document number, or only the same digits" if is_doubtful else "document number"
    number = " or ".join(dict.fromkeys(item.number for item in mention.items[:2]))
    return _WRITTEN.get(mention.kind, f"{mention.kind} of {{number}}").format(number=number)


def number_phrase(place: Place) -> str:
    """What a number that names no document is."""
    return _SOMETHING_ELSE.get(place.label, "unknown number")


def customers_phrase(customers: Sequence[str]) -> str:
    """One customer or several, as a sentence names them."""
    return ("customer " if len(customers) == 1 else "customers ") + ", ".join(customers)


@lru_cache(maxsize=1024)
def money(minor: int, currency: str) -> Money:
    """Money of an amount in minor units."""
    return Money(Decimal(minor).scaleb(-decimals_of(currency)), currency)
