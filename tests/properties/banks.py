"""Invented banks: statements whose bookings are known, written in one of very many ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

FORMATS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%y", "%d-%m-%Y", "%Y%m%d", "%d %b %Y", "%m/%d/%y", "%d/%m/%y",
    "%Y/%m/%d", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d%m%y",
)  # fmt: skip
HEADERS = {
    "booked": (
        "Buchungstag",
        "Booking date",
        "Data contabile",
        "Boekdatum",
        "Date",
        "Fecha",
        "Kirjauspäivä",
        "Дата",
        "Kolonne A",
    ),
    "value": ("Valuta", "Value date", "Data valuta", "Wertstellung", "Fecha valor"),
    "made": ("Transaction date", "Transaktionsdatum", "Data operazione"),
    "text": ("Verwendungszweck", "Description", "Omschrijving", "Testo", "Kolonne T"),
    "amount": ("Betrag", "Amount", "Importo", "Bedrag", "Belopp", "Kwota", "Сумма", "Värde X"),
    "debit": ("Soll", "Debit", "Addebiti", "Belastung", "Uscite", "Дебет"),
    "credit": ("Haben", "Credit", "Accrediti", "Gutschrift", "Entrate", "Кредит"),
    "word": ("S/H", "D/C", "Debit/Credit", "Kolonne I"),
    "balance": ("Saldo", "Balance", "Solde", "Kontostand", "Остаток", "Kolonne B"),
    "foreign": ("Original amount", "Betrag Fremdwährung", "Importo estero"),
    "cheque": ("Cheque no", "Belegnr", "Nr"),
    "currency": ("Währung", "Currency", "Valuta"),
}
WORDS = (("S", "H"), ("D", "C"), ("Debit", "Credit"), ("K", "J"), ("OUT", "IN"))
MODELS = ("signed", "inverted", "trailing", "parentheses", "sides", "signed_sides", "words")


@dataclass(frozen=True)
class BankFile:
    """A statement as bytes, and the bookings that it means in the order of the file."""

    content: bytes
    bookings: list[tuple[date, Decimal]]


class Bank:
    """One bank's way to write its statements."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._format = random.choice(FORMATS)
        self._decimal = random.choice(".,")
        self._thousands = random.choice(("", ",.".replace(self._decimal, ""), "'", " "))
        self._always_cents = random.random() < 0.7
        self._model = random.choice(MODELS)
        self._words = random.choice(WORDS)
        self._delimiter = random.choice(";;,\t")

    def statement(self) -> BankFile:
        """A statement of this bank."""
        random = self._random
        bookings = self._bookings(random.choice((1, 2, 3, 5, 8, 20)))
        columns = self._columns([day for day, _ in bookings], [amount for _, amount in bookings])
        rows = [list(row) for row in zip(*(cells for _, cells in columns), strict=True)]
        if random.random() < 0.5:
            rows, bookings = rows[::-1], bookings[::-1]
        above = [["Konto", "12345678"]] * random.choice((0, 0, 3))
        header = [[random.choice(HEADERS[name]) for name, _ in columns]] if random.random() < 0.8 else []
        below = [["Total", *[""] * (len(columns) - 1)]] if random.random() < 0.2 else []
        text = "\r\n".join(map(self._line, [*(above if header else []), *header, *rows, *below])) + "\r\n"
        encoding = random.choice(("utf-8", "utf-8-sig", "utf-16"))
        return BankFile(text.encode(encoding), bookings)

    def _bookings(self, count: int) -> list[tuple[date, Decimal]]:
        random = self._random
        first, spread = date(2024, 1, 1) + timedelta(random.randint(0, 700)), random.choice((0, 3, 10, 60))
        days = sorted(first + timedelta(random.randint(0, spread)) for _ in range(count))
        most, signs = random.choice((999, 99_999, 9_999_999)), random.choice(((1, -1), (1, -1), (1,), (-1,)))
        return [(day, random.choice(signs) * Decimal(random.randint(1, most)) / 100) for day in days]

    def _columns(self, days: list[date], amounts: list[Decimal]) -> list[tuple[str, list[str]]]:
        random = self._random
        texts = [f"Rechnung {random.randint(100_000, 999_999)} {random.choice(('Adatum', 'Contoso AG'))}" for _ in days]
        columns = [("booked", self._days(days, 0)), ("text", texts), *self._money(amounts)]
        if random.random() < 0.6:
            total = Decimal(random.randint(-100_000, 1_000_000)) / 100
            columns.append(("balance", [self._signed(total := total + amount) for amount in amounts]))
        more = {
            "value": self._days(days, 3),
            "made": self._days(days, -4),
            "foreign": [self._signed(amount * 2) if random.random() < 0.5 else "" for amount in amounts],
            "cheque": [str(1000 + number) for number in range(len(days))],
            "currency": ["EUR"] * len(days),
        }
        for name, cells in more.items():
            if random.random() < 0.3:
                columns.insert(random.randint(1, len(columns)), (name, cells))
        return columns

    def _days(self, days: list[date], most: int) -> list[str]:
        around = sorted((0, most))
        return [(day + timedelta(self._random.randint(*around))).strftime(self._format) for day in days]

    def _money(self, amounts: list[Decimal]) -> list[tuple[str, list[str]]]:
        match self._model:
            case "sides" | "signed_sides":
                minus = "-" if self._model == "signed_sides" else ""
                paid = [minus + self._plain(amount) if amount < 0 else "" for amount in amounts]
                received = [self._plain(amount) if amount > 0 else "" for amount in amounts]
                sides = [("debit", paid), ("credit", received)]
                return sides if self._random.random() < 0.7 else sides[::-1]
            case "words":
                words = [self._words[amount > 0] for amount in amounts]
                return [("amount", list(map(self._plain, amounts))), ("word", words)]
            case "trailing":
                return [("amount", [self._plain(amount) + ("-" if amount < 0 else "") for amount in amounts])]
            case "parentheses":
                return [
                    (
                        "amount",
                        [f"({self._plain(amount)})" if amount < 0 else self._plain(amount) for amount in amounts],
                    )
                ]
            case "inverted":
                return [("amount", [self._signed(-amount) for amount in amounts])]
        return [("amount", list(map(self._signed, amounts)))]

    def _signed(self, amount: Decimal) -> str:
        return ("-" if amount < 0 else "") + self._plain(amount)

    def _plain(self, amount: Decimal) -> str:
        whole, cents = f"{abs(amount):,.2f}".split(".")
        whole = whole.replace(",", self._thousands)
        return whole if cents == "00" and not self._always_cents else f"{whole}{self._decimal}{cents}"

    def _line(self, cells: list[str]) -> str:
        return self._delimiter.join(f'"{cell}"' if self._delimiter in cell else cell for cell in cells)
