"""Reads a whole bank line: each field by its role, references of the configured schemes first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from importer.matcher.evidence import CustomerMention, Mention, Place, Reading, Strength
from importer.matcher.lists import complete
from importer.matcher.masks import BLANK, Masked, mask
from importer.matcher.normalise import Text, compact, normalise
from importer.matcher.numbers import groups_of
from importer.matcher.references import Reference, References
from importer.matcher.scan import FieldScan, Known
from importer.matcher.words import CURRENCIES, FEE_WORDS, Label
from importer.model import BankLine
from importer.money import decimals_of

_EXPONENT = re.compile(r"(?<![\dA-Z])(\d)(?:[.,](\d+))?E\+?(\d{1,2})(?!\d)")
_MAYBE_EXPONENT = re.compile(r"E\+?\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_CURRENCY = re.compile("|".join(sorted(CURRENCIES)))
_NEARBY = 12  # characters between a word such as "charges" and its amount


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads lines against what is known; made once per run."""

    known: Known
    references: References
    patterns: tuple[re.Pattern[str], ...] = ()

    def read(self, line: BankLine, own: str) -> tuple[Reading, Masked]:
        """Everything the texts of the line say, and what was masked in its remittance text.

        Args:
            own: the amount of the line as a whole number, "" when it has cents.
        """
        reading = Reading()
        if line.bank_reference:
            self._bank_reference(line.bank_reference, reading)
        if line.reference:
            self._reference_field(line, own, reading)
        masked = self._field("text", line, own, reading) if line.text else Masked("")
        return reading, masked

    def _bank_reference(self, written: str, reading: Reading) -> None:
        """The id that we sent along comes back whole or it is not ours."""
        if found := self.known.index.references.get(compact(written)):
            text = normalise("bank_reference", written)
            kind = "transaction id"
            strength = Strength.REFERENCE if len(found) == 1 else Strength.WEAK
            reading.mentions.append(Mention(found, strength, text, 0, len(text.plain), kind))

    def _reference_field(self, line: BankLine, own: str, reading: Reading) -> None:
        text = normalise("reference", line.reference)
        whole = compact(text.plain)
        stored = self.known.index.references.get(whole)
        if stored and len(stored) == 1:
            reading.mentions.append(
                Mention(stored, Strength.REFERENCE, text, 0, len(text.plain), "payment reference", Label.INVOICE)
            )
            return
        if self.references.names:
            read = self.references.read(text.plain.strip())
            if read and self._structured(read[0], text, (0, len(text.plain)), reading):
                self._second_reading(whole, reading)
                return
            is_wrong = bool(read) and not read[0].is_valid
            self._field("reference", line, own, reading)
            reading.has_invalid_reference |= is_wrong and all(m.strength < Strength.REFERENCE for m in reading.mentions)
            return
        self._field("reference", line, own, reading)

    def _second_reading(self, whole: str, reading: Reading) -> None:
        """The same digits may be a document number, too."""
        plain_items = self.known.index.exact.get(whole, ())
        last = reading.mentions[-1] if reading.mentions else None
        if last is not None and last.strength is Strength.REFERENCE and plain_items and plain_items != last.items:
            kind = "document number or payment reference"
            reading.mentions[-1] = Mention(
                (*last.items, *plain_items), Strength.WEAK, last.text, last.start, last.end, kind
            )
            reading.has_two_readings = True

    def _structured(self, reference: Reference, text: Text, place: tuple[int, int], reading: Reading) -> bool:
        """Take over what a reference says; False when it has to be read as ordinary text."""
        start, end = place
        kind = f"{reference.scheme} payment reference"
        if reference.items:
            if not reference.is_valid and not reference.says_so:
                return False
            strength = Strength.REFERENCE if reference.is_valid else Strength.DOUBTFUL
            reading.has_invalid_reference |= not reference.is_valid
            reading.mentions.append(Mention(reference.items, strength, text, start, end, kind, Label.INVOICE))
            return True
        if reference.is_valid and len(reference.customers) == 1:
            reading.customers.append(CustomerMention(reference.customers[0], text, start, end, is_certain=True))
            return True
        return False

    def _field(self, name: str, line: BankLine, own: str, reading: Reading) -> Masked:
        text = normalise(name, line.reference if name == "reference" else line.text)
        masked = mask(text.plain, self._is_known)
        plain = masked.plain
        if self.references.names or self.patterns or _MAYBE_EXPONENT.search(plain):
            plain = self._found_in_text(text, plain, reading)
        scan = FieldScan(text, plain, self.known, reading, (line.booked_on, own))
        scan.read()
        complete(scan, line.booked_on.year)
        if self.references.in_digits:
            self._references_in_digits(scan)
        reading.words = reading.words + scan.runs.words if reading.words else scan.runs.words
        if masked.amounts or masked.charges:
            self._amounts(masked, line, reading)
        return masked

    def _is_known(self, written: str) -> bool:
        """Whether a document is numbered like this, its separators included: 12/2026 is not 122026."""
        index = self.known.index
        if not index.grouped and not written.isdigit():
            return False
        groups = groups_of(written)
        if len(groups) == 1:
            return compact(written) in index.exact
        key = "|".join(groups)
        return key in index.grouped or key in index.partial

    def _found_in_text(self, text: Text, plain: str, reading: Reading) -> str:
        """References, configured patterns and spreadsheet exponents; what they cover is blanked."""
        for reference, start, end in self.references.find(plain) if self.references.names else ():
            if self._structured(reference, text, (start, end), reading):
                plain = plain[:start] + BLANK * (end - start) + plain[end:]
        for pattern in self.patterns:
            plain = self._by_pattern(pattern, text, plain, reading)
        if found := _EXPONENT.search(plain):
            plain = self._exponent(found, text, plain, reading)
        return plain

    def _by_pattern(self, pattern: re.Pattern[str], text: Text, plain: str, reading: Reading) -> str:
        for found in pattern.finditer(plain):
            place = found.span(1) if pattern.groups else found.span()
            number = compact(plain[slice(*place)])
            if items := self.known.index.exact.get(number):
                kind = "document number by your pattern"
                reading.mentions.append(Mention(items, Strength.FULL, text, *place, kind, Label.INVOICE))
            elif number:
                reading.unknown.append(Place(number, text, *place, Label.INVOICE, is_like_ours=True))
            plain = plain[: place[0]] + BLANK * (place[1] - place[0]) + plain[place[1] :]
        return plain

    def _exponent(self, found: re.Match[str], text: Text, plain: str, reading: Reading) -> str:
        digits, exponent = found[1] + (found[2] or ""), int(found[3])
        items = self.known.index.exact.get(digits) if len(digits) == exponent + 1 else None
        if items is None:
            return plain
        start, end = found.span()
        reading.mentions.append(Mention(items, Strength.DOUBTFUL, text, start, end, "number in spreadsheet notation"))
        return plain[:start] + BLANK * (end - start) + plain[end:]

    def _references_in_digits(self, scan: FieldScan) -> None:
        """Bare digits in the text that are a valid reference of a known document; never a part of a longer number."""
        for place in list(scan.reading.unknown):
            read = self.references.read(place.value, self.references.in_digits) if place.value.isdigit() else ()
            if read and read[0].is_valid and read[0].items:
                scan.reading.unknown.remove(place)
                self._structured(read[0], place.text, (place.start, place.end), scan.reading)

    def _amounts(self, masked: Masked, line: BankLine, reading: Reading) -> None:
        """Stated charges, and stated amounts in another currency."""
        fees = [_minor(charge, line.amount.currency) for charge in masked.charges]
        stated = []
        for amount in masked.amounts:
            before = masked.plain[max(0, amount.start - _NEARBY) : amount.start]
            after = masked.plain[amount.end : amount.end + _NEARBY]
            around = _LETTERS.findall(before)[-2:] + _LETTERS.findall(after)[:2]
            if FEE_WORDS.intersection(around):
                fees.append(_minor(amount.value, line.amount.currency))
            currencies = _CURRENCY.findall(before[-5:]) + _CURRENCY.findall(after[:5])
            others = (currency for currency in currencies if currency != line.amount.currency)
            stated += [(currency, _minor(amount.value, currency)) for currency in others]
        reading.fees += tuple(fees)
        reading.stated += tuple(stated)


def _minor(hundredths: int, currency: str) -> int:
    return int(Decimal(hundredths).scaleb(decimals_of(currency) - 2))
