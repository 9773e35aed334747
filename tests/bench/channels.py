"""How banks and spreadsheets print a payment: tags, line breaks inside words, cut texts, other columns, wrong characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from msgspec import structs

from importer.model import BankLine

_MT940_LINE, _LONGEST_TEXT = 27, 140


def printed(random: Random, line: BankLine) -> BankLine:
    """The line as one of many channels delivers it; half of them change nothing."""
    channel = random.choice((_plain,) * 9 + _CHANNELS)
    return channel(random, line)


def _plain(random: Random, line: BankLine) -> BankLine:
    del random
    return line


def _upper_case(random: Random, line: BankLine) -> BankLine:
    del random
    return structs.replace(line, text=line.text.upper(), counterparty=line.counterparty.upper())


def _sepa_tags(random: Random, line: BankLine) -> BankLine:
    mandate = f"MREF+{random.randrange(10**6, 10**7)} " if random.random() < 0.5 else ""
    return structs.replace(line, text=f"EREF+NOTPROVIDED {mandate}SVWZ+{re.sub('MREF[+]', '', line.text)}")


def _dutch_tags(random: Random, line: BankLine) -> BankLine:
    del random
    text = re.sub("MREF[+]", "", line.text)
    return structs.replace(line, text=f"/TRTP/SEPA OVERBOEKING/REMI/{text}/EREF/NOTPROVIDED")


def _mt940(random: Random, line: BankLine) -> BankLine:
    """Broken every 27 characters, also inside a number, with or without the codes of the subfields."""
    pieces = [line.text[n : n + _MT940_LINE] for n in range(0, len(line.text), _MT940_LINE)]
    if random.random() < 0.5:
        return structs.replace(line, text="".join(f"?{20 + n}{piece}" for n, piece in enumerate(pieces)))
    return structs.replace(line, text=" ".join(pieces))


def _cut(random: Random, line: BankLine) -> BankLine:
    del random
    return structs.replace(line, text=line.text[:_LONGEST_TEXT])


def _mojibake(random: Random, line: BankLine) -> BankLine:
    """UTF-8 read as Windows-1252, as far as that is possible."""
    del random
    wrong = [_decoded(text) for text in (line.text, line.counterparty)]
    return structs.replace(line, text=wrong[0], counterparty=wrong[1])


def _decoded(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", errors="replace")


def _reference_column(random: Random, line: BankLine) -> BankLine:
    del random
    return line if line.reference else structs.replace(line, reference=line.text, text="")


def _both_columns(random: Random, line: BankLine) -> BankLine:
    """The bank repeats the remittance in two columns."""
    del random
    return line if line.reference else structs.replace(line, reference=line.text)


def _name_in_text(random: Random, line: BankLine) -> BankLine:
    del random
    return structs.replace(line, text=f"{line.counterparty} {line.text}".strip(), counterparty="")


def _name_with_address(random: Random, line: BankLine) -> BankLine:
    street = f"{random.choice(('Hauptstr.', 'Storgatan', 'Rue Haute'))} {random.randrange(1, 99)}"
    town = random.choice(("10115 Berlin", "41102 Goteborg", "75011 Paris"))
    return structs.replace(line, counterparty=f"{line.counterparty}, {street}, {town}") if line.counterparty else line


def _cut_name(random: Random, line: BankLine) -> BankLine:
    return structs.replace(line, counterparty=line.counterparty[: random.choice((27, 35))])


def _spreadsheet(random: Random, line: BankLine) -> BankLine:
    """A cell that holds nothing but a number becomes a decimal or an exponent."""
    if not re.fullmatch(r"[1-9]\d{4,11}", line.text):
        return line
    text = f"{line.text}.0" if random.random() < 0.7 else f"{int(line.text):.5E}"
    return structs.replace(line, text=text)


_CHANNELS: tuple[Callable[[Random, BankLine], BankLine], ...] = (
    _upper_case, _sepa_tags, _dutch_tags, _mt940, _mt940, _cut, _mojibake, _reference_column, _both_columns,
    _name_in_text, _name_with_address, _cut_name, _spreadsheet,
)  # fmt: skip
