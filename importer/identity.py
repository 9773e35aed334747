"""The name of a bank line: always the same for the same line, whoever reads it, wherever and whenever.

Only bank facts go in, nothing that a mapping of columns to customers or a rule decided: otherwise a corrected rule would
make yesterday's payments look new and double them (reliability.md §3).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b

from stdnum.iso7064 import mod_37_36

from importer.model import BankLine

VERSION = "BI1"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to mistype
_EPOCH = date(2020, 1, 1)
_DAY_SLOTS = 1_000_000
_DAYS = 1900
FIRST_SLOT = 100_000_000


def fingerprint(line: BankLine) -> str:
    """The same for two bookings of one account and day with the same text; the occurrence among equals is not in it.

    A digest, because the ledger keeps it longer than it may keep names and texts (reliability.md §11.8).
    """
    return blake2b(_facts(line).encode(), digest_size=16).hexdigest()


def _facts(line: BankLine) -> str:
    """What a booking is told by.

    Letters and digits only, case folded: re-exports differ in blanks, case and punctuation. Merging too much is harmless
    because equal lines are counted, merging too little would double a payment.
    """
    texts = (line.account, line.iban, line.counterparty, line.reference, line.text, line.bank_reference)
    facts = (line.booked_on.isoformat(), str(line.amount.minor), line.amount.currency)
    return "\x1f".join((*facts, *map(_plain, texts)))


def line_key(company_id: str, line: BankLine, occurrence: int) -> str:
    """The key of a bank line within a company: 20 characters `[0-9A-Z]`, the last one a check character (ISO 7064 mod 37,36).

    80 bits: among 10 million lines the chance of one collision is 4 in 100 billion.
    Source: reliability.md §3.2.
    """
    facts = "\x1f".join((VERSION, company_id.lower(), _facts(line), str(occurrence)))
    number = int.from_bytes(blake2b(facts.encode(), digest_size=10).digest(), "big")
    body = VERSION + _base32(number, 16)
    return body + mod_37_36.calc_check_digit(body)


def account_key(account: str) -> str:
    """The same for one account however it is written, as the keys of its lines are the same: "GB29 NWBK", "gb29nwbk"."""
    return _plain(account)


def is_line_key(text: str) -> bool:
    """True for a key of ours, complete and without a typing error."""
    return len(text) == 20 and text.startswith(VERSION) and mod_37_36.is_valid(text)


def line_number(key: str, posting_date: date, part: int, probe: int = 0) -> int:
    """The line number of one part of a bank line, so that the server's primary key refuses to create it twice.

    Between 100,000,000 and 2,000,000,000: far above the numbers people create and below the server's limit; rising with the
    posting date for five years at a time. `probe` moves to another number when a foreign line sits on this one.
    Source: reliability.md §3.2.
    """
    day = (posting_date - _EPOCH).days % _DAYS
    digest = blake2b(f"{key}\x1f{part}\x1f{probe}".encode(), digest_size=8).digest()
    return FIRST_SLOT + day * _DAY_SLOTS + int.from_bytes(digest, "big") % _DAY_SLOTS


def line_numbers(key: str, posting_date: date, parts: int, taken: Iterable[int] = ()) -> tuple[int, ...]:
    """One line number for each part of a bank line, all different and none of `taken`."""
    used = set(taken)
    numbers = []
    for part in range(parts):
        probe = 0
        while (number := line_number(key, posting_date, part, probe)) in used:
            probe += 1
        used.add(number)
        numbers.append(number)
    return tuple(numbers)


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
