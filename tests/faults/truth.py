"""What the payers really paid, and the bank's files that say so: the hidden truth, and what the importer gets to see of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from importer.model import BankLine, Overlap

ACCOUNT = "DE02120300000000202051"
FIRST_DAY = date(2026, 2, 24)
PAYERS = {"10000": "Kontor Nord GmbH", "20000": "Hansen Werft KG"}
HEADER = (
    "account", "booking_date", "value_date", "amount", "currency",
    "counterparty_name", "counterparty_iban", "reference", "text", "bank_reference",
)  # fmt: skip
BALANCE_HEADER = (*HEADER, "balance")
_SYLLABLES = ("ka", "lo", "mi", "ne", "pu", "ra", "so", "ti", "ve", "wu")

# Who pays, which invoice, how much as it stands in the journal, and the word that only this booking carries.
Hidden = tuple[str, str, Decimal, str]


@dataclass(frozen=True)
class Booking:
    """One line of the bank; `pays` are invoices and amounts, ("", amount) is money on account, () is nobody's payment."""

    day: date
    amount: Decimal
    customer: str
    text: str
    word: str
    pays: tuple[tuple[str, Decimal], ...] = ()

    @property
    def hidden(self) -> Counter[Hidden]:
        """The journal lines it should become."""
        return Counter((self.customer, invoice, -amount, self.word) for invoice, amount in self.pays)


@dataclass(frozen=True)
class File:
    """One file of the bank: its bookings in order, and how many times its bytes were changed without changing a booking."""

    name: str
    bookings: tuple[Booking, ...]
    opening: Decimal
    shape: int = 0

    def write(self, folder: Path, overlap: Overlap) -> Path:
        """The file on disk, as this bank writes files."""
        text = io.StringIO()
        rows = csv.writer(text, quoting=csv.QUOTE_ALL if self.shape % 2 else csv.QUOTE_MINIMAL)
        balance = self.opening
        rows.writerow(BALANCE_HEADER if overlap is Overlap.BALANCE else HEADER)
        for booking in self.bookings:
            day, payer = booking.day.isoformat(), PAYERS.get(booking.customer, "Irgendwer")
            row = [ACCOUNT, day, day, f"{booking.amount:.2f}", "EUR", payer, "", "", booking.text, ""]
            balance += booking.amount
            rows.writerow([*row, f"{balance:.2f}"] if overlap is Overlap.BALANCE else row)
        path = folder / self.name
        path.write_text("\ufeff" * (self.shape // 2 % 2) + text.getvalue(), encoding="utf-8")
        return path


@dataclass(frozen=True)
class Truth:
    """All bookings of a schedule and the invoices they pay, by number with what was open."""

    bookings: tuple[Booking, ...]
    invoices: Mapping[str, tuple[str, Decimal]]

    @property
    def expected(self) -> Counter[Hidden]:
        """Every journal line that should come to be."""
        return sum((booking.hidden for booking in self.bookings), Counter[Hidden]())

    def of(self, lines: Iterable[BankLine]) -> Counter[Hidden]:
        """What these lines, as the importer read them, should become."""
        wanted = [(line.booked_on, line.amount.amount, line.text.split()[-1], line.counterparty) for line in lines]
        found: Counter[Hidden] = Counter()
        for booking in self.bookings:
            facts = (booking.day, booking.amount, booking.word, PAYERS.get(booking.customer, "Irgendwer"))
            if facts in wanted:
                wanted.remove(facts)
                found += booking.hidden
        return found


def invented(random: Random, most: int) -> Truth:
    """Some days of bookings: single invoices, several of one customer, equal ones, and money that is nobody's payment.

    Some pay without naming an invoice, perhaps twice on one day in the same words.
    """
    bookings: list[Booking] = []
    invoices: dict[str, tuple[str, Decimal]] = {}

    def invoice(customer: str, amount: Decimal) -> str:
        number = str(103_001 + len(invoices))
        invoices[number] = (customer, amount)
        return number

    for number in range(random.randint(3, most)):
        customer = random.choice(list(PAYERS))
        day = FIRST_DAY + timedelta(days=random.randrange(3))
        word = "".join(random.sample(_SYLLABLES, 3)) + "zyxwv"[number % 5] * (1 + number // 5)
        amount = Decimal(50 + 3 * number)
        kind = random.random()
        if kind < 0.5:
            pays = [(invoice(customer, amount), amount)]
        elif kind < 0.65:
            share = random.choice((amount, amount + 7))
            pays = [(invoice(customer, amount), amount), (invoice(customer, share), share)]
        elif kind < 0.85:
            bookings += [Booking(day, Decimal(30), customer, "Abschlag", "Abschlag", (("", Decimal(30)),))]
            continue
        else:
            sign = random.choice((-1, 1))
            bookings.append(Booking(day, sign * (amount + Decimal("0.13")), "", f"Entgelt {word}", word))
            continue
        text = f"Rechnung {' und '.join(document for document, _ in pays)} {word}"
        total = sum((paid for _, paid in pays), Decimal(0))
        bookings.append(Booking(day, total, customer, text, word, tuple(pays)))
    bookings.sort(key=lambda booking: booking.day)
    return Truth(tuple(bookings), invoices)


def files_of(truth: Truth, overlap: Overlap, random: Random) -> Sequence[File]:
    """The bookings as this kind of bank hands them out, in the order in which they come."""
    everything, start = truth.bookings, Decimal(1000)
    if overlap is Overlap.INCREMENTAL:
        cut = random.randint(1, len(everything))
        pieces = [piece for piece in (everything[:cut], everything[cut:]) if piece]
        before = [Decimal(0), sum((booking.amount for booking in pieces[0]), Decimal(0))]
        return [File(f"{n}.csv", piece, start + before[n]) for n, piece in enumerate(pieces)]
    # What was exported on a day need not have all of that day.
    until = random.randint(1, len(everything))
    first = random.choice((0, 0, 0, _day_begins(everything, random)))
    before_first = sum((booking.amount for booking in everything[:first]), Decimal(0))
    whole = File("1.csv", everything[first:], start + before_first)
    rest = [File("2.csv", everything, start)] if first else []
    return [File("0.csv", everything[:until], start), whole, *rest]


def _day_begins(bookings: Sequence[Booking], random: Random) -> int:
    day = random.choice(bookings).day
    return next(place for place, booking in enumerate(bookings) if booking.day == day)
