"""An independent referee: does what stands in the line still determine what the payer meant?

Brute force over whole words and sums, without anything of the matcher: a high that has a second explanation is not justified,
even when it happens to be what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from itertools import combinations

from importer.model import BankLine, Document, Match, Snapshot
from tests.bench.ledgers import Ledger

Way = Callable[[str], re.Pattern[str]]

_LOOK_ALIKE = {"0": "0O", "1": "1IL", "5": "5S", "8": "8B"}
_DATE = re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_BREAK = re.compile(r"\?2\d")
_GROUPS = re.compile(r"\d+|[A-Z]+")
_FURTHER = re.compile(r"\s*(?:/|,|[+]|UND|AND)\s*(\d{1,3})(?![\d-])")
_UNTIL = re.compile(r"\s*(?:-|[A-ZА-Яʼ.]+)\s*(\d{1,2})(?![\d-]| (?:VON|OF) \d)")  # "Zahlung 4 von 5" ends no range
_MARK = re.compile(r"\s*(?:-|[A-ZА-Яʼ./]+(?: [A-Z]+\.?)?)\s*")
_NEVER = re.compile("(?!)")
_MOST_NAMED, _MOST_TOGETHER = 9, 4


def other_explanation(line: BankLine, match: Match, ledger: Ledger) -> tuple[str, ...]:
    """Documents that explain the line as well as those of a match; () when there are none.

    When the match's documents are named in the line, only named documents can explain it otherwise. When they are not, any open
    documents of the same payer can. What leaves out a number that is written out explains the line less well.
    """
    applied = {part.document for part in match.applications}
    text = _DATE.sub(" # ", _BREAK.sub("", f"{line.text} # {line.reference}".upper()))
    usable = [d for d in ledger.snapshot.documents if _is_usable(d, line)]
    referenced = [d for d in usable if _is_referenced(d, line, ledger)]
    literally = [*_named(usable, text, (_literal,)), *referenced]
    usable = [d for d in usable if d.remaining.amount > 0 or d in literally]
    named = literally
    if not applied <= {d.number for d in literally}:
        named = [*_named(usable, text, _WAYS), *referenced]
        named += [d for d in usable if d not in named and _is_ending(d.number, named, text)]
        if _pays(line, match, ledger.snapshot):
            named = [d for d in named if d.customer == match.customer]
    if applied <= {d.number for d in named}:
        rivals: Iterable[Document] = named[:_MOST_NAMED]
        most = _MOST_NAMED
    else:
        rivals = [d for d in usable if d.customer == match.customer]
        most = _MOST_TOGETHER
    said = {d.number for d in literally}
    for chosen in _adding_up(list(rivals), line, most):
        numbers = {d.number for d in chosen}
        leaves_out = said <= applied and not said <= numbers
        if numbers != applied and not leaves_out and len({d.customer for d in chosen}) == 1:
            return tuple(d.number for d in chosen)
    return ()


def _is_usable(document: Document, line: BankLine) -> bool:
    same_currency = document.remaining.currency == line.amount.currency
    return document.is_open and document.posting_date <= line.booked_on and same_currency


def _named(documents: list[Document], text: str, ways: tuple[Way, ...]) -> list[Document]:
    """The documents that the text names, the most literal way first; a place that is read in one way is not read in another.

    Where the numbers of two documents overlap, the longer one is meant: 104046-G, not 104046.
    """
    found: dict[str, Document] = {}
    for way in ways:
        spans = [(document, place.span()) for document in documents for place in way(document.number).finditer(text)]
        longest = [(d, span) for d, span in spans if not any(_is_within(span, other) for _, other in spans)]
        for document, (start, end) in longest:
            found.setdefault(document.number, document)
            text = text[:start] + "#" * (end - start) + text[end:]
    return list(found.values())


def _is_within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _is_ending(number: str, named: list[Document], text: str) -> bool:
    """Whether the number is meant by an ending behind another one, as 103003 in "103001/3" or "103001-03"."""
    for other in named:
        place = text.find(other.number.upper())
        if len(other.number) != len(number) or place < 0:
            continue
        behind = place + len(other.number)
        if any(other.number[: -len(ending)] + ending == number for ending in _endings(text, behind)):
            return True
        until = _UNTIL.match(text, behind)
        if until and other.number < number <= other.number[: -len(until[1])] + until[1]:
            return True
        mark = _MARK.match(text, behind)
        ends = [d.number for d in named if mark and text.startswith(d.number.upper(), mark.end())]
        if any(other.number < number < end for end in ends):
            return True
    return False


def _endings(text: str, place: int) -> list[str]:
    found = []
    while ending := _FURTHER.match(text, place):
        found.append(ending[1])
        place = ending.end()
    return found


def _is_referenced(document: Document, line: BankLine, ledger: Ledger) -> bool:
    """Whether the line gives the payment reference that is printed on the document."""
    reference = ledger.references.get(document.number)
    written = f"{line.text} {line.reference}".upper()
    return reference is not None and re.search(rf"(?<![0-9A-Z]){re.escape(reference)}(?![0-9A-Z])", written) is not None


def _pays(line: BankLine, match: Match, books: Snapshot) -> bool:
    """Whether the line gives the customer's own account, name or number; then an incomplete number is one of his."""
    customer = books.customers_by_number[match.customer or ""]
    text = f"{line.text} {line.reference} {line.counterparty}".upper()
    return line.iban in customer.accounts or customer.name.upper() in text or customer.number.upper() in text


@cache
def _literal(number: str) -> re.Pattern[str]:
    """The characters of a number as in the books, whatever separates them, standing free or behind a word for invoice."""
    characters = r"\W{0,2}".join(char for char in number if char.isalnum())
    return re.compile(rf"(?<![0-9A-Z])(?:RE|RG|INV|FV)?{characters}(?![0-9A-Z])")


@cache
def _as_printed(number: str) -> re.Pattern[str]:
    """A number without the letters in front, its separators as in the books: "26-07-0528" is AB-26-07-0528, not S26070528.

    Separators of its own belong to one document only, though others may have the same digits.
    """
    behind = re.sub(r"^[A-Z]+\W?", "", number.upper())
    return (
        _NEVER
        if behind.isalnum() or behind == number.upper()
        else re.compile(rf"(?<![0-9A-Z]){re.escape(behind)}(?![0-9A-Z])")
    )


@cache
def _same_zeros(number: str) -> re.Pattern[str]:
    """All characters of a number, with separators and look-alike letters."""
    spelled = (rf"[{_LOOK_ALIKE.get(char, char)}]" for char in number if char.isalnum())
    return re.compile(r"(?<![0-9A-Z])" + r"\W?".join(spelled) + r"(?![0-9A-Z])")


@cache
def _pattern(number: str) -> re.Pattern[str]:
    """All groups of a number, standing free, with other zeros, separators and look-alike letters."""
    groups = [_spelled(group) for group in _GROUPS.findall(number)]
    return re.compile(r"(?<![0-9A-Z])" + r"[\W0O]*".join(groups) + r"(?![0-9A-Z])")


@cache
def _without_letters(number: str) -> re.Pattern[str]:
    """Only the digits of a number, with anything but other letters in front."""
    groups = [_spelled(group) for group in _GROUPS.findall(number) if group.isdigit()]
    return re.compile(r"(?<!\d)0*" + r"[\W0O]*".join(groups) + r"(?!\d)")


def _spelled(group: str) -> str:
    if not group.isdigit():
        return group
    return "0*" + r"\W?".join(f"[{_LOOK_ALIKE.get(digit, digit)}]" for digit in group.lstrip("0") or "0")


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


_WAYS: tuple[Way, ...] = (_literal, _as_printed, _same_zeros, _pattern, _without_letters)
