"""`importer company check`: walks a newcomer through the set-up, one question after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from importer.bc.client import Client
from importer.config import Company
from importer.errors import Exit, ImporterError
from importer.model import Blocked, Snapshot


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what came, and what to do about it; `code` is DONE when nothing is to be done."""

    asked: str
    came: str
    advice: str = ""
    code: Exit = Exit.DONE


def check_company(company: Company, client: Client) -> Iterator[Answer]:
    """Ask Business Central everything an import needs; stops at the first question without which the next make no sense."""
    try:
        yield Answer("Server and credentials", f"{len(client.companies())} companies at {company.base_url}")
        yield Answer("Company", f"{client.company.name} ({client.company_id})")
        yield Answer("Customer payment journal", f"batch {client.journal.code} {client.journal.name}".rstrip())
        books = client.snapshot()
    except ImporterError as error:
        yield Answer("Not reached", str(error), "Mend this, then run `importer company check` again.", error.exit_code)
        return
    for question in _QUESTIONS:
        yield question(company, books)


def _balancing_account(_: Company, books: Snapshot) -> Answer:
    journal = books.journal
    if journal.balancing_account:
        return Answer("Balancing account", f"{journal.balancing_account} in batch {journal.code}")
    return Answer(
        "Balancing account",
        f"batch {journal.code} has none",
        "Set Bal. Account No. of the journal batch to the bank account; without it the lines cannot be posted one by one.",
        Exit.REVIEW,
    )


def _currency(company: Company, books: Snapshot) -> Answer:
    used = sorted({document.remaining.currency for document in books.documents})
    if not used or company.currency in used:
        return Answer("Currency", f"{company.currency}; open documents are in {', '.join(used) or 'none'}")
    return Answer(
        "Currency",
        f"importer.toml says {company.currency}, all documents are in {', '.join(used)}",
        "Set currency to the local currency of the company.",
        Exit.CONFIGURATION,
    )


def _customers(_: Company, books: Snapshot) -> Answer:
    blocked = sum(customer.blocked is Blocked.ALL for customer in books.customers)
    return Answer("Customers", f"{len(books.customers)}, of which {blocked} blocked (All)")


def _documents(_: Company, books: Snapshot) -> Answer:
    is_open = sum(document.is_open for document in books.documents)
    return Answer("Documents", f"{is_open} open, {len(books.documents) - is_open} closed ones known")


def _journal_lines(_: Company, books: Snapshot) -> Answer:
    lines = len(books.journal_lines)
    return Answer("Journal lines", f"{lines} visible; lines entered with Apply Entries are not visible to the API")


def _accounts(company: Company, _: Snapshot) -> Answer:
    if company.accounts:
        return Answer("Own bank accounts", ", ".join(company.accounts))
    return Answer(
        "Own bank accounts",
        "none in importer.toml: a statement of any account is accepted",
        "Add accounts = [...] so that another account's statement is refused.",
        Exit.REVIEW,
    )


_QUESTIONS: tuple[Callable[[Company, Snapshot], Answer], ...] = (
    _balancing_account,
    _currency,
    _customers,
    _documents,
    _journal_lines,
    _accounts,
)
