"""`importer payer`: who pays for which customer, as far as Business Central cannot say it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from importer.cli.faces import write_text
from importer.cli.options import Shared, company_option, opened, shared_options
from importer.cli.output import output_option
from importer.cli.telling import show_row

if TYPE_CHECKING:
    from importer.payers import Registered


@click.group("payer")
def command() -> None:
    """The payer register: accounts and names of those who pay, by customer.

    It proves who paid when the bank line names no number. Business Central's API does not show customers' bank accounts,
    so they come from a file, or are learned when a person decides a line in a review.
    """


@command.command("list")
@company_option
@shared_options
def list_payers(company: str | None, shared: Shared) -> None:
    """List the register: customer, account, name, kind, and where each entry comes from."""
    with opened(shared, company) as office:
        register = office.register.payers(office.business_central.company_id)
    for entry in register:
        payer, state = entry.payer, "disabled: contradicted" if entry.disabled else "in use"
        origin = f"{entry.source} {entry.author}".strip()
        show_row(payer.customer, payer.account, payer.name, payer.kind, origin, f"{entry.count}x", state)
    shared.say(f"{len(register)} entries.")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@company_option
@shared_options
def import_payers(file: Path, company: str | None, shared: Shared) -> None:
    """Register the payers in FILE: CSV (UTF-8) or .xlsx with the columns customer, account, name, kind.

    kind is own (the customer's own account, also when empty) or payer (somebody who pays for the customer). What is
    registered already stays; an entry that was disabled is in use again.
    """
    from importer.payers import entries_of, with_entries
    from importer.reader.master import read_master

    with opened(shared, company) as office:
        company_id = office.business_central.company_id
        entries = entries_of(read_master(file), office.now())
        with office.ledger.lock(company_id):
            office.register.keep_payers(company_id, with_entries(office.register.payers(company_id), entries))
    shared.say(f"{len(entries)} entries registered.")


@command.command("export")
@output_option()
@company_option
@shared_options
def export(output: Path | None, company: str | None, shared: Shared) -> None:
    """Write the entries in use as CSV that `importer payer import` reads."""
    with opened(shared, company) as office:
        register = office.register.payers(office.business_central.company_id)
    text = StringIO()
    _write(register, text)
    write_text(text.getvalue().rstrip("\n"), output)


def _write(register: Iterable[Registered], stream: TextIO) -> None:
    from importer.payers import COLUMNS

    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in register:
        payer = entry.payer
        if not entry.disabled:
            writer.writerow((payer.customer, payer.account, payer.name, payer.kind))
