from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from importer.choices import Assign, Choice, Choices, Entry
from importer.errors import UnusableFile
from importer.master import MasterFile, MasterRow
from importer.matcher import Payer, PayerKind, Payers
from importer.payers import Registered, entries_of, usable, with_entries, without_corrected
from importer.plan import FieldChange, LinePatch, Patch
from tests.unit.planner_books import KEY, LINE, STATEMENT, plan_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
IBAN = "DE02120300000000202051"
ALFA = Registered(Payer("10000", IBAN, "Alfa", PayerKind.CONFIRMED), "run-1", "Kim", AT)
HERE = Entry("To review", 2)
BETA = replace(ALFA, payer=replace(ALFA.payer, customer="20000"))


def test_the_same_decision_again_counts() -> None:
    assert with_entries([ALFA], [replace(ALFA, source="run-2")]) == (replace(ALFA, source="run-2", count=2),)


def test_a_contradiction_disables_both() -> None:
    register = with_entries([ALFA], [BETA])
    assert register == (replace(ALFA, disabled=True), replace(BETA, disabled=True))
    assert usable(register) == Payers()


def test_a_confirmation_does_not_bring_a_disabled_entry_back_but_a_file_does() -> None:
    disabled = replace(ALFA, disabled=True)
    assert [entry.disabled for entry in with_entries([disabled], [ALFA])] == [True]
    by_hand = replace(ALFA, payer=replace(ALFA.payer, kind=PayerKind.OWN))
    assert usable(with_entries([disabled], [by_hand])) == Payers((by_hand.payer,))


def test_what_a_file_registers_for_two_customers_is_no_contradiction() -> None:
    one, other = (replace(e, payer=replace(e.payer, kind=PayerKind.PAYER)) for e in (ALFA, BETA))
    assert not any(entry.disabled for entry in with_entries([one], [other]))


@pytest.mark.parametrize(
    ("count", "choices", "left"),
    [
        (1, (Assign(KEY, HERE, "20000"),), ()),
        (3, (Assign(KEY, HERE, "20000"),), (replace(ALFA, count=2),)),
        (1, (), (ALFA,)),
    ],
)
def test_what_a_person_takes_back_is_forgotten_once(
    count: int, choices: tuple[Choice, ...], left: tuple[Registered, ...]
) -> None:
    (decision,) = plan_of(STATEMENT).creates
    source = replace(decision.source, line=structs.replace(LINE, iban=IBAN))
    patch = LinePatch("", 1, "", (FieldChange("customerNumber", "10000", "20000"),))
    plan = replace(plan_of(STATEMENT), decisions=(Patch(source, decision.finding, decision.payments, (patch,)),))
    assert without_corrected([replace(ALFA, count=count)], Choices(plan, choices), plan) == left


def file(header: tuple[str, ...], *rows: tuple[str, ...]) -> MasterFile:
    return MasterFile("payers.csv", "sha", header, 1, tuple(MasterRow(n, row) for n, row in enumerate(rows, start=2)))


def test_entries_are_read_with_blanks_in_the_account_and_own_as_the_kind() -> None:
    read = entries_of(file(("Customer", "account"), ("10000", "de02 1203 0000 0000 2020 51")), AT)
    assert read == (Registered(Payer("10000", IBAN, "", PayerKind.OWN), "payers.csv", "", AT),)


def test_everything_wrong_is_told_at_once_by_row() -> None:
    rows = (("", IBAN, "own"), ("10000", "", ""), ("10000", "DE03120300000000202051", ""), ("10000", IBAN, "friend"))
    with pytest.raises(UnusableFile) as refused:
        entries_of(file(("customer", "account", "kind"), *rows), AT)
    assert str(refused.value).splitlines() == [
        "payers.csv: nothing was registered.",
        "  row 2: customer is empty; wanted a customer number",
        "  row 3: account and name are both empty; wanted at least one",
        '  row 4: account "DE03120300000000202051" looks like an IBAN but its check digits are wrong',
        '  row 5: kind "friend" is unknown; wanted own, payer, confirmed',
    ]


@pytest.mark.parametrize("header", [("customer",), ("account",), ("customer", "account", "colour")])
def test_other_columns_are_refused(header: tuple[str, ...]) -> None:
    with pytest.raises(UnusableFile, match="the columns must be customer, account, name, kind"):
        entries_of(file(header), AT)
