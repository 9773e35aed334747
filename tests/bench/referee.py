"""An independent referee: does what stands in the line still determine what the payer meant?

Brute force over whole words and sums, without anything of the matcher: a high that has a second explanation is not justified,
even when it happens to be what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import combinations

from importer.model import BankLine, Document, Match, Snapshot

_LOOK_ALIKE = {"0": "0O", "1": "1IL", "5": "5S", "8": "8B"}
_DATE = re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_MOST_NAMED, _MOST_TOGETHER = 9, 4


def other_explanation(line: BankLine, match: Match, books: Snapshot) -> tuple[str, ...]:
    """Documents that explain the line as well as those of a match; () when there are none.

    When the match's documents are named in the line, only named documents can explain it otherwise. When they are not, any open
    documents of the same payer can.
    """
    applied = {part.document for part in match.applications}
    usable = [
        d
        for d in books.documents
        if d.is_open
        and d.posting_date <= line.booked_on
        and d.remaining.amount > 0
        and d.remaining.currency == line.amount.currency
    ]
    text = _DATE.sub(" # ", f"{line.text} {line.reference}".upper())
    literally = [d for d in usable if _literal(d.number).search(text)]
    named = literally
    if not applied <= {d.number for d in literally}:
        said = {_digits(d.number) for d in literally}
        named = [
            d for d in usable if d in literally or (_digits(d.number) not in said and _pattern(d.number).search(text))
        ]
        if _pays(line, match, books):
            named = [d for d in named if d.customer == match.customer]
    if applied <= {d.number for d in named}:
        rivals: Iterable[Document] = named[:_MOST_NAMED]
        most = _MOST_NAMED
    else:
        rivals = [d for d in usable if d.customer == match.customer]
        most = _MOST_TOGETHER
    for chosen in _adding_up(list(rivals), line, most):
        if {d.number for d in chosen} != applied and len({d.customer for d in chosen}) == 1:
            return tuple(d.number for d in chosen)
    return ()


def _pays(line: BankLine, match: Match, books: Snapshot) -> bool:
    """Whether the line gives the customer's own account, name or number; then an incomplete number is one of his."""
    customer = books.customers_by_number[match.customer or ""]
    text = f"{line.text} {line.reference}".upper()
    is_name = customer.name.upper() == line.counterparty.upper()
    return line.iban in customer.accounts or is_name or customer.number.upper() in text


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number)).lstrip("0")


@cache
def _literal(number: str) -> re.Pattern[str]:
    """The number as it is in the books, standing free or behind a word for invoice."""
    return re.compile(rf"(?<![0-9A-Z])(?:RE|RG|INV|FV)?{re.escape(number)}(?![0-9A-Z])")


@cache
def _pattern(number: str) -> re.Pattern[str]:
    """The digits of a number, standing free, with zeros, separators and look-alike letters as payers write them."""
    groups = [group.lstrip("0") or "0" for group in re.findall(r"\d+", number)]
    spelled = [r"\W?".join(f"[{_LOOK_ALIKE.get(digit, digit)}]" for digit in group) for group in groups]
    return re.compile(r"(?<!\d)0*" + r"[\W0O]*".join(spelled) + r"(?!\d)")


def _adding_up(documents: list[Document], line: BankLine, most: int) -> Iterable[tuple[Document, ...]]:
    for size in range(1, min(most, len(documents)) + 1):
        for chosen in combinations(documents, size):
            gross = sum((d.remaining.amount for d in chosen), Decimal(0))
            offers = sum(
                (d.discount.amount.amount for d in chosen if d.discount and line.booked_on <= d.discount.until),
                Decimal(0),
            )
            if line.amount.amount in (gross, gross - offers):
                yield chosen
