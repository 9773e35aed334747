import subprocess
import sys
from datetime import date

import pytest
from msgspec import structs

from importer.identity import FIRST_SLOT, fingerprint, is_line_key, line_key, line_number, line_numbers
from importer.model import BankLine
from importer.money import Money

LINE = BankLine(
    record=1,
    row=2,
    booked_on=date(2026, 2, 5),
    amount=Money.of("1190.00", "EUR"),
    text="Invoice 103001",
    counterparty="Nordwind Handels GmbH",
    iban="DE02370400440532013111",
    reference="RF64103001",
    bank_reference="2026020500001",
    account="DE02120300000000202051",
)
KEY = line_key("c", LINE, 1)


def test_a_key_has_twenty_characters_that_business_central_stores_unchanged() -> None:
    assert "BI1" + KEY[3:] == KEY
    assert len(KEY) == 20
    assert KEY.upper().strip() == KEY
    assert KEY.isascii()
    assert KEY.isalnum()


def test_the_key_of_a_line_never_changes_between_versions_of_the_program() -> None:
    # A changed recipe would make every line already imported look new. Only a new VERSION may change this value.
    assert KEY == "BI1M2J3VBNSNNSK4SCHW"


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_the_key_is_the_same_in_another_process_with_another_hash_seed_and_locale(seed: str) -> None:
    program = "from tests.unit.test_identity import LINE; from importer.identity import line_key; print(line_key('c', LINE, 1))"
    environment = {"PYTHONHASHSEED": seed, "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Auckland"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == KEY


NOT_BANK_FACTS = {"record": 7, "row": 9, "value_on": date(2026, 2, 6), "balance": Money.of("5.00", "EUR")}


@pytest.mark.parametrize(("field", "value"), NOT_BANK_FACTS.items())
def test_where_a_line_stands_in_its_file_is_no_part_of_its_identity(field: str, value: object) -> None:
    assert line_key("c", structs.replace(LINE, **{field: value}), 1) == KEY


BANK_FACTS = {
    "booked_on": date(2026, 2, 6),
    "amount": Money.of("1190.01", "EUR"),
    "text": "Invoice 103002",
    "counterparty": "Nordlicht",
    "iban": "DE02370400440532013112",
    "reference": "RF18539007547034",
    "bank_reference": "2026020500002",
    "account": "DE02120300000000202052",
}


@pytest.mark.parametrize(("field", "value"), BANK_FACTS.items())
def test_each_bank_fact_makes_another_line(field: str, value: object) -> None:
    assert line_key("c", structs.replace(LINE, **{field: value}), 1) != KEY


def test_currency_company_and_occurrence_make_another_line() -> None:
    dollars = structs.replace(LINE, amount=Money.of("1190.00", "USD"))
    assert len({KEY, line_key("c", dollars, 1), line_key("d", LINE, 1), line_key("c", LINE, 2)}) == 4


def test_a_re_export_with_other_blanks_case_and_punctuation_is_the_same_line() -> None:
    rewritten = structs.replace(
        LINE, text="INVOICE  103 001.", counterparty="nordwind handels-gmbh", iban="DE02 3704 0044 0532 0131 11"
    )
    assert line_key("c", rewritten, 1) == KEY


def test_the_sign_of_the_amount_is_part_of_the_identity() -> None:
    assert fingerprint(structs.replace(LINE, amount=-LINE.amount)) != fingerprint(LINE)


def test_a_mistyped_key_is_no_key() -> None:
    assert is_line_key(KEY)
    for position in range(3, 20):
        other = "A" if KEY[position] != "A" else "B"
        assert not is_line_key(KEY[:position] + other + KEY[position + 1 :])
    assert not is_line_key(KEY[:-1])
    assert not is_line_key("EXTDOC01")


def test_line_numbers_are_ordered_by_posting_date_and_fit_the_server() -> None:
    numbers = [line_number(KEY, date(year, 6, 1), 0) for year in (2026, 2027, 2028)]
    assert numbers == sorted(numbers)
    assert all(FIRST_SLOT <= line_number(KEY, date(year, 1, 1), 0) < 2**31 - 14_000 for year in range(1990, 2060))


def test_parts_of_a_line_get_different_numbers_and_leave_taken_ones_alone() -> None:
    first = line_number(KEY, LINE.booked_on, 0)
    assert line_numbers(KEY, LINE.booked_on, 2) == (first, line_number(KEY, LINE.booked_on, 1))
    assert line_numbers(KEY, LINE.booked_on, 1, {first}) == (line_number(KEY, LINE.booked_on, 0, 1),)
