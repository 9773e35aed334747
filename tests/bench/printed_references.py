"""Payment references that invented companies print on their invoices. Written without anything of the matcher."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

Printer = Callable[[str], str]


def _seven_three_one(digits: str) -> str:
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(digits[::-1]))
    return digits + str((10 - total % 10) % 10)


def _luhn(digits: str) -> str:
    return digits + str(luhn.calc_check_digit(digits))


def _with_length(digits: str) -> str:
    return _luhn(digits + str((len(digits) + 2) % 10))


def _modulus_11(digits: str) -> str:
    rest = 11 - sum(int(digit) * (2 + place % 6) for place, digit in enumerate(digits[::-1])) % 11
    return digits + {11: "0", 10: "-"}.get(rest, str(rest))


def _creditor_reference(number: str) -> str:
    payload = "".join(filter(str.isalnum, number)).upper()
    return f"RF{mod_97_10.calc_check_digits(payload + 'RF')}{payload}"


def _structured_message(digits: str) -> str:
    """Belgium: ten digits and their remainder by 97."""
    padded = digits.zfill(10)
    whole = padded + f"{int(padded) % 97 or 97:02d}"
    return f"+++{whole[:3]}/{whole[3:7]}/{whole[7:]}+++"


def _payment_slip(digits: str) -> str:
    return f"+71<{_luhn(digits.zfill(14))}+81234567<"


# scheme of importer.toml -> (how it is printed, the most digits it holds)
PRINTERS: dict[str, tuple[Printer, int]] = {
    "FI": (_seven_three_one, 19), "EE": (_seven_three_one, 19), "NO-KID-MOD10": (_luhn, 24),
    "NO-KID-MOD11": (_modulus_11, 24), "SE-OCR": (_luhn, 24), "SE-OCR-LENGTH": (_with_length, 23),
    "BE-OGM": (_structured_message, 10), "DK-FIK71": (_payment_slip, 14),
}  # fmt: skip


def references_of(random: Random, numbers: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """A scheme that fits the numbers and the reference of each number; ("", {}) for a company that prints none."""
    if random.random() < 0.5:
        return "", {}
    if not all(number.isdigit() for number in numbers):
        return "ISO11649", {number: _creditor_reference(number) for number in numbers}
    longest = max(map(len, numbers))
    scheme = random.choice([name for name, (_, most) in PRINTERS.items() if longest <= most])
    printer = PRINTERS[scheme][0]
    return scheme, {number: printer(number) for number in numbers}
