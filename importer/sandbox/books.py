"""The invented books a sandbox starts with, read from a JSON file.

The file holds `companies`. Each has `customers`, `salesInvoices`, `salesCreditMemos`, `journals`, `accounts`,
`bankAccounts`, `numberSeries`, `currencies` and small code tables. Records carry the property names of API v2.0 and obey
the same types and limits; ids may be left out, they follow from company and number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

from importer.sandbox.bookfile import CompanyBooks, CompanyReading
from importer.sandbox.bookjson import Record, UnusableBooks, records_of
from importer.sandbox.papers import Document, Entry, Journal, Series
from importer.sandbox.rows import Account, BankAccount, Code, Customer, Row
from importer.sandbox.store import Store
from importer.shipped import shipped

__all__ = ["Books", "CompanyBooks", "Record", "UnusableBooks", "demo_books", "fill_store", "load_books", "make_books"]


@dataclass(frozen=True)
class Books:
    """All companies at the start; every sandbox works on a copy."""

    companies: tuple[CompanyBooks, ...]


def demo_books() -> Books:
    """The invented books that travel with the program."""
    return load_books(shipped("samples") / "books.json")


def load_books(path: Path) -> Books:
    """The books of a file.

    Raises:
        UnusableBooks: not JSON, or a record that Business Central could not hold.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except ValueError as error:
        raise UnusableBooks(f"{path} is not JSON: {error}") from None
    return make_books(cast("Record", content))


def make_books(content: Record) -> Books:
    """The books that a parsed file describes; see the head of this module for its shape.

    Raises:
        UnusableBooks: a record that Business Central could not hold.
    """
    return Books(tuple(CompanyReading(record).company_books() for record in records_of(content, "companies")))


def fill_store(books: Books, store: Store) -> None:
    """Put the books into an empty store."""
    for each in books.companies:
        store.companies.load([each.company])
        for row in each.rows:
            _load(row, store)


def _load(row: Row, store: Store) -> None:
    match row:
        case Customer():
            store.customers.load([row])
        case Document():
            store.documents.load([row])
        case Entry():
            store.entries.load([row])
        case Journal():
            store.journals.load([row])
        case Series():
            store.series.load([row])
        case Account():
            store.accounts.load([row])
        case BankAccount():
            store.bank_accounts.load([row])
        case Code():
            store.codes.load([row])
        case _:
            raise UnusableBooks(f"{type(row).__name__} has no table")
