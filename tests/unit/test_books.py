"""The invented books: complete, consistent, and refused when they are not."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import iban

from importer.sandbox.app import Sandbox
from importer.sandbox.books import Books, CompanyBooks, Record, UnusableBooks, demo_books, load_books, make_books
from importer.sandbox.papers import Document, Entry


@pytest.fixture(scope="module")
def books() -> Books:
    return demo_books()


def documents(company: CompanyBooks) -> list[Document]:
    return [row for row in company.rows if isinstance(row, Document)]


def test_there_are_two_companies_with_enough_to_do(books: Books) -> None:
    first, second = books.companies

    assert (first.company.name, first.company.currency) == ("CRONUS International Ltd.", "EUR")
    assert second.company.currency != first.company.currency
    assert len(first.customers) >= 40
    assert len(first.invoices) >= 300
    assert {customer.blocked for customer in first.customers} == {"", "All", "Invoice", "Ship"}
    assert any(customer.privacy_blocked for customer in first.customers)
    states = Counter(invoice.status for invoice in first.invoices)
    assert min(states[state] for state in ("Open", "Paid", "Canceled", "Draft")) >= 5


def test_every_company_has_a_journal_made_by_hand_and_one_made_by_the_api(books: Books) -> None:
    for company in books.companies:
        kinds = {(bool(j.number_series), bool(j.balancing_account_number)) for j in company.journals}
        assert {(True, True), (False, False)} <= kinds


def test_what_is_left_of_an_invoice_fits_its_state(books: Books) -> None:
    for company in books.companies:
        for each in documents(company):
            full = each.total_including_tax
            assert each.total_excluding_tax + each.total_tax == full
            if each.status == "Open":
                assert 0 < each.remaining_amount <= full
            if each.status in {"Paid", "Canceled", "Corrective"}:
                assert each.remaining_amount == 0


def test_the_ledger_says_the_same_as_the_documents(books: Books) -> None:
    for company in books.companies:
        entries = {row.document_number: row for row in company.rows if isinstance(row, Entry)}
        for each in documents(company):
            if each.draft:
                assert each.number not in entries
                continue
            sign = 1 if each.kind == "invoice" else -1
            entry = entries[each.number]
            assert (entry.entry_number, entry.amount, entry.remaining_amount, entry.customer_number) == (
                each.entry_number,
                sign * each.total_including_tax,
                sign * each.remaining_amount,
                each.bill_to_customer_number,
            )


def test_numbers_and_ids_are_unique(books: Books) -> None:
    keys = Counter((type(row), row.key) for company in books.companies for row in company.rows)
    ids = Counter(row.id for company in books.companies for row in company.rows)

    assert [key for key, count in (keys + ids).items() if count > 1] == []


def test_accounts_of_customers_are_valid_and_kept_to_the_file(books: Books) -> None:
    accounts = [each for company in books.companies for known in company.accounts_of.values() for each in known]

    assert len(accounts) >= 30
    assert [each for each in accounts if not iban.is_valid(each)] == []


def test_two_sandboxes_over_the_same_books_agree_on_ids_and_share_nothing(books: Books) -> None:
    one, other = Sandbox(books), Sandbox(books)

    assert one.customers() == other.customers()
    one.edit_customer("10000", display_name="Changed")
    assert one.customers() != other.customers()


def test_demo_journals_can_be_posted(books: Books) -> None:
    sandbox = Sandbox(books)
    invoice = next(each for each in sandbox.invoices() if each.status == "Open" and each.customer_number == "10010")
    sandbox.insert(
        "BANK",
        customer_number=invoice.bill_to_customer_number,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        amount=-invoice.remaining_amount,
    )

    sandbox.post("BANK")

    assert {each.number: each.status for each in sandbox.invoices()}[invoice.number] == "Paid"


def company(**more: object) -> Record:
    record: Record = {"name": "Test Ltd.", "currency": "EUR", **more}  # type: ignore[dict-item]  # records of a test
    return {"companies": [record]}


def test_what_is_left_out_follows_from_the_rest() -> None:
    customer = {"number": "a1", "displayName": "A"}
    invoice = {"number": "1", "customerNumber": "A1", "invoiceDate": "2026-01-02", "totalAmountIncludingTax": 119,
               "totalTaxAmount": 19, "status": "Open"}  # fmt: skip

    found = make_books(company(customers=[{**customer, "number": "A1"}], salesInvoices=[invoice])).companies[0]

    made = found.invoices[0]
    assert (made.remaining_amount, made.total_excluding_tax, made.currency_code) == (Decimal(119), Decimal(100), "EUR")
    assert made.due_date == made.posting_date == made.document_date
    assert (made.customer_name, made.bill_to_customer_number, made.entry_number) == ("A", "A1", 1)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"companies": {}}, "'companies' must be a list"),
        ({"companies": [1]}, "'companies' must be a list of records"),
        ({"companies": [{"name": "Test Ltd."}]}, "needs a name and a currency"),
        (company(customers=[{"number": "1" * 21}]), "number: The length of the string is 21"),
        (company(customers=[{"number": "1", "colour": "red"}]), "customer 1 has no 'colour'"),
        (company(salesInvoices=[{"number": "7", "customerNumber": "?"}]), "invoice 7: no such customer"),
        (company(countriesRegions=["DE"]), "'countriesRegions' must be a table"),
    ],
)
def test_books_that_business_central_could_not_hold_are_refused(content: Record, named: str) -> None:
    with pytest.raises(UnusableBooks, match=named):
        make_books(content)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "books.json"
    path.write_text("companies: none", encoding="utf-8")

    with pytest.raises(UnusableBooks, match="is not JSON"):
        load_books(path)
