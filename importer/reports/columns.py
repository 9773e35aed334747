"""How the columns of a report share the width of a terminal, and what of a row stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from importer.reports.printable import printable
from importer.reports.rows import Report, Row

_WIDE, _WIDEST = 110, 150  # from here on all invoices are shown, from there on also the names of customers
_LEAST_COUNTERPARTY, _MOST_COUNTERPARTY = 14, 28
_LEAST_WHY = 14
GAP = "  "


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in characters, `why` 0 where it has no column; `currency` is "" if each amount names its own."""

    amount: int
    counterparty: int
    customer: int
    invoices: int
    why: int
    currency: str
    total: int


def columns_of(report: Report, width: int) -> Columns:
    """Share the width: numbers get what they need, the counterparty up to half of what is left, the reason the rest."""
    foreign = any(row.amount and row.amount.currency != report.currency for row in report.rows)
    currency = "" if foreign else report.currency
    amount = _widest([amount_text(row, currency) for row in report.rows], len(f"Amount {currency}".strip()), 20)
    name, number, document = map(len, titles(width))
    customer = _widest([customer_text(row, width) for row in report.rows], number, 14 if width < _WIDEST else 36)
    invoices = _widest([documents_text(row.invoices, 0 if width < _WIDE else 24) for row in report.rows], document, 24)
    rest = width - (2 + 10 + amount + customer + invoices + 5 * len(GAP))
    names = _widest([name_text(row) for row in report.rows], name, _MOST_COUNTERPARTY)
    counterparty = min(names, max(rest // 2, _LEAST_COUNTERPARTY))
    if rest - counterparty < _LEAST_WHY:
        # Too little for any reason: those that a person needs stand below their lines, and names get the room.
        return Columns(amount, min(names, rest + len(GAP)), customer, invoices, 0, currency, width)
    return Columns(amount, counterparty, customer, invoices, rest - counterparty, currency, width)


def _widest(texts: list[str], least: int, most: int) -> int:
    from rich.cells import cell_len

    return min(max([least, *(cell_len(printable(text)) for text in texts)]), most)


def amount_text(row: Row, currency: str) -> str:
    """The amount, with its currency unless all have the one given."""
    if row.amount is None:
        return "unreadable"
    return str(row.amount).removesuffix(f" {currency}") if currency else str(row.amount)


def customer_text(row: Row, width: int) -> str:
    """The customer's number, with the name where there is room."""
    return row.customer if width < _WIDEST else row.named(row.customer)


def name_text(row: Row) -> str:
    """Who paid; of a record that could not be read, its text."""
    return row.counterparty or row.text


def documents_text(invoices: tuple[str, ...], width: int) -> str:
    """All invoice numbers where they fit, else the first and how many more: "103002 +2"."""
    joined = ", ".join(invoices)
    return joined if len(invoices) < 2 or fits(joined, width) else f"{invoices[0]} +{len(invoices) - 1}"


def titles(width: int) -> tuple[str, str, str]:
    """Business Central's captions; where they would take room from the reasons, as much of them as is needed."""
    is_wide = width >= _WIDEST
    return (
        ("Related-Party Name", "Customer No.", "Applies-to Doc. No.") if is_wide else ("Name", "Customer", "Doc. No.")
    )


def fits(text: str, width: int) -> bool:
    """The text takes no more than so many columns."""
    from rich.cells import cell_len

    return cell_len(printable(text)) <= width
