"""Reads the bank files of one company; a statement of another account, or with the number of another one, is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from importer.errors import OtherAccount, UnusableFile
from importer.identity import account_key
from importer.model import BankLine, Statement
from importer.numbering import Numbers
from importer.office import Office
from importer.plan import Plan
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
            statement = with_own_accounts(statement, office.company.accounts, office.company.name)
            statements.append(_told_apart(numbers.admit(statement), file, statements))
        except UnusableFile as error:
            refused.append(error)
    office.progress("read", len(files), len(files))
    return statements, refused


def _told_apart(statement: Statement, file: Path, others: Sequence[Statement]) -> Statement:
    """The statement with a name of its own: places in a plan are told by file and record."""
    is_taken = any(other.file == statement.file for other in others)
    return replace(statement, file=str(file)) if is_taken else statement


def with_own_accounts(statement: Statement, configured: Sequence[str], company: str) -> Statement:
    """The statement with our accounts as the configuration writes them.

    Raises:
        OtherAccount: the worst mix-up there is.
    """
    own = {account_key(account): account for account in configured}
    if not own:
        return statement
    if len(own) == 1:
        own[""] = configured[0]
    accounts = {line.account or statement.account for line in statement.lines} or {statement.account}
    if strange := sorted(account for account in accounts if account_key(account) not in own):
        whose = (
            f'this is a statement of account "{strange[0]}"' if strange[0] else "it does not say of which account it is"
        )
        raise OtherAccount(
            f"{statement.file}: {whose}; company {company} has {', '.join(configured)}. "
            "Import it for the right company, or add the account to importer.toml."
        )
    lines = tuple(
        structs.replace(line, account=own[account_key(line.account or statement.account)]) for line in statement.lines
    )
    return replace(statement, account=own.get(account_key(statement.account), ""), lines=lines)


def refuse_other_accounts(plan: Plan, configured: Sequence[str], company: str) -> None:
    """Nothing, unless the plan has lines of an account that is not, or no longer, the company's.

    Raises:
        OtherAccount: it has one.
    """
    own = set(map(account_key, configured))
    sources = (decision.source for decision in plan.decisions if own)
    for source in sources:
        if isinstance(source.line, BankLine) and source.line.account and account_key(source.line.account) not in own:
            raise OtherAccount(
                f'{source.file}: the plan has lines of account "{source.line.account}"; company {company} has '
                f"{', '.join(configured)}. Nothing of it was written. Make a new plan with `importer preview`."
            )
