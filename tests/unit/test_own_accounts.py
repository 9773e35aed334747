"""Whose statement a file is: every line of it must be of an account of the company, or the file is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from importer.errors import OtherAccount
from importer.files import with_own_accounts
from importer.model import Statement
from tests.unit.small_imports import bank_line, statement

ONE, TWO, FOREIGN = "DE02120300000000202051", "DE75512108001245126199", "FR7630006000011234567890189"


def of_lines(*accounts: str, stated: str = "") -> Statement:
    lines = [structs.replace(bank_line(n, "10.00"), account=account) for n, account in enumerate(accounts, start=1)]
    return replace(statement("bank.csv", lines), account=stated)


OWN = {
    "written otherwise": ([ONE], of_lines("de02 1203 0000 0000 2020 51", stated="de02 1203 0000 0000 2020 51"), [ONE]),
    "said by nobody": ([ONE], of_lines(""), [ONE]),
    "said above the table": ([ONE, TWO], of_lines("", stated=TWO), [TWO]),
    "two in one file": ([ONE, TWO], of_lines(ONE, TWO), [ONE, TWO]),
    "not told to the importer": ([], of_lines(FOREIGN), [FOREIGN]),
}


@pytest.mark.parametrize("case", OWN)
def test_lines_are_of_the_account_as_the_configuration_writes_it(case: str) -> None:
    accounts, read, expected = OWN[case]
    assert [line.account for line in with_own_accounts(read, accounts, "CRONUS").lines] == expected


OTHERS = {
    "another's": ([ONE], of_lines(FOREIGN, stated=FOREIGN), f'a statement of account "{FOREIGN}"'),
    "one line of another's": ([ONE], of_lines(ONE, FOREIGN), f'a statement of account "{FOREIGN}"'),
    "one of two": ([ONE, TWO], of_lines(""), "it does not say of which account it is"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_not_of_the_company_is_refused(case: str) -> None:
    accounts, read, why = OTHERS[case]
    with pytest.raises(OtherAccount, match=why):
        with_own_accounts(read, accounts, "CRONUS")
