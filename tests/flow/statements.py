"""Bank statements of a month, in three layouts, with the truth of what each line pays."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from importer.sandbox.app import Sandbox

ACCOUNT = "DE02120300000000202051"
HEADER = (
    "account", "booking_date", "value_date", "amount", "currency",
    "counterparty_name", "counterparty_iban", "reference", "text", "bank_reference",
)  # fmt: skip
SPARKASSE = (
    "Auftragskonto", "Buchungstag", "Valutadatum", "Buchungstext", "Verwendungszweck", "Glaeubiger ID",
    "Mandatsreferenz", "Kundenreferenz (End-to-End)", "Sammlerreferenz", "Lastschrift Ursprungsbetrag",
    "Auslagenersatz Ruecklastschrift", "Beguenstigter/Zahlungspflichtiger", "Kontonummer/IBAN", "BIC (SWIFT-Code)",
    "Betrag", "Waehrung", "Info",
)  # fmt: skip


_MAY_PAY = ("", " ", "Ship", "Invoice")


@dataclass(frozen=True)
class Booking:
    """One line of a statement, and the invoices that it truly pays (number, amount); none when nobody can know."""

    day: date
    amount: Decimal
    name: str
    text: str
    customer: str = ""
    pays: tuple[tuple[str, Decimal], ...] = ()


def month(sandbox: Sandbox) -> tuple[Booking, ...]:
    """A receipt for every open invoice of a customer who may pay in euros, some of them together, and other lines between."""
    payers = {
        c.number: c.display_name
        for c in sandbox.customers()
        if c.blocked in _MAY_PAY and c.currency_code in ("", "EUR")
    }
    payable = [
        invoice
        for invoice in sandbox.invoices()
        if invoice.status == "Open"
        and not invoice.draft
        and invoice.bill_to_customer_number in payers
        and invoice.currency_code in ("", "EUR")
        and len(invoice.number) > 4
    ]
    bookings = [_other(number) for number in range(60)]
    for number, invoice in enumerate(payable):
        payer = invoice.bill_to_customer_number
        bookings.append(_booking(number, payers[payer], payer, ((invoice.number, invoice.remaining_amount),)))
    return tuple(sorted(bookings, key=lambda booking: booking.day))


def _booking(number: int, name: str, customer: str, pays: tuple[tuple[str, Decimal], ...]) -> Booking:
    wording = ("Rechnung {}", "INV {} thank you", "{}", "Faktura nr. {}", "RE-Nr {} vom 1.10.2026")[number % 5]
    text = wording.format(" ".join(document for document, _ in pays))
    amount = sum((part for _, part in pays), Decimal(0))
    return Booking(date(2026, 11, 2) + timedelta(days=number % 10), amount, name, text, customer, pays)


def _other(number: int) -> Booking:
    day = date(2026, 11, 2) + timedelta(days=number % 10)
    kinds = (
        Booking(day, Decimal("-12.90") - number, "Hausbank", f"Entgelt {number}"),
        Booking(day, Decimal("77.77") + number, "Unbekannt", "Danke"),
        Booking(day, Decimal("0.01") + number, "Irgendwer", "Spende"),
    )
    return kinds[number % 3]


def write_generic_csv(path: Path, bookings: Iterable[Booking]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *_generic_rows(bookings)])
    return path


def write_generic_xlsx(path: Path, bookings: Iterable[Booking]) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(HEADER))
    for row in _generic_rows(bookings):
        sheet.append([ACCOUNT, date.fromisoformat(row[1]), date.fromisoformat(row[2]), float(row[3]), *row[4:]])
    workbook.save(path)
    return path


def write_sparkasse(path: Path, bookings: Sequence[Booking]) -> Path:
    rows = [_sparkasse_row(booking) for booking in reversed(bookings)]
    with path.open("w", encoding="cp1252", newline="", errors="replace") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([SPARKASSE, *rows])
    return path


def _generic_rows(bookings: Iterable[Booking]) -> Iterable[list[str]]:
    for number, booking in enumerate(bookings):
        day = booking.day.isoformat()
        yield [ACCOUNT, day, day, str(booking.amount), "EUR", booking.name, "", "", booking.text, f"{day}-{number}"]


def _sparkasse_row(booking: Booking) -> list[str]:
    day, amount = booking.day.strftime("%d.%m.%y"), str(booking.amount).replace(".", ",")
    kind = "GUTSCHR. UEBERWEISUNG" if booking.amount > 0 else "ENTGELTABSCHLUSS"
    middle = ["", "", "NOTPROVIDED", "", "", ""]
    return [ACCOUNT, day, day, kind, booking.text, *middle, booking.name, "", "", amount, "EUR", "Umsatz gebucht"]
