"""Reads the bank files of one company; a statement of another account, or with the number of another one, is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from importer.config import Company
from importer.errors import OtherAccount, UnusableFile
from importer.identity import account_key
from importer.model import Statement
from importer.numbering import Numbers
from importer.office import Office
from importer.reader import read_statement, set_future_aside


def read_files(
    files: Sequence[Path], office: Office, mapping_id: str | None
) -> tuple[list[Statement], list[UnusableFile]]:
    """The statements of a company's files, and why the others cannot be used; one of these does not stop the rest."""
    statements, refused = list[Statement](), list[UnusableFile]()
    today = office.now().date()
    numbers = Numbers(lambda: office.ledger.numbered(office.business_central.company_id))
    for done, file in enumerate(files):
        office.progress("read", done, len(files))
        try:
            statement = set_future_aside(read_statement(file, office.mappings, mapping_id), today)
            statement = _own(statement, office.company)
            statements.append(_told_apart(numbers.admit(statement), file, statements))
        except UnusableFile as error:
            refused.append(error)
    office.progress("read", len(files), len(files))
    return statements, refused


def _told_apart(statement: Statement, file: Path, others: Sequence[Statement]) -> Statement:
    """The statement with a name of its own: places in a plan are told by file and record."""
    is_taken = any(other.file == statement.file for other in others)
    return replace(statement, file=str(file)) if is_taken else statement


def _own(statement: Statement, company: Company) -> Statement:
    """The statement with our account as the configuration writes it.

    Raises:
        OtherAccount: the worst mix-up there is.
    """
    own = {account_key(account): account for account in company.accounts}
    if not own:
        return statement
    if not statement.account and len(own) == 1:
        return _of_account(statement, company.accounts[0])
    if account_key(statement.account) in own:
        return _of_account(statement, own[account_key(statement.account)])
    raise OtherAccount(
        f'{statement.file}: this is a statement of account "{statement.account}"; company {company.name} has '
        f"{', '.join(company.accounts)}. Import it for the right company, or add the account to importer.toml."
    )


def _of_account(statement: Statement, account: str) -> Statement:
    lines = tuple(structs.replace(line, account=account) for line in statement.lines)
    return replace(statement, account=account, lines=lines)
