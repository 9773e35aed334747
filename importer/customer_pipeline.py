"""Customer master data: wires the stages to the edges, beside pipeline.py which does so for bank files.

preview ── file ─▶ reader ─▶ customers ◀─ customers and codes of Business Central ─▶ CustomerPlan
import  ── lock, settle what an earlier run left unknown, preview, brake, write ─▶ Outcome
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.customers import (
    Blanks,
    CustomerBooks,
    CustomerPlan,
    as_kept,
    holding_back,
    plan_customers,
    properties_of,
    settle_customers,
    tables_of,
    write_customers,
)
from importer.customers.document import as_text, plan_document
from importer.errors import Exit, ImporterError, strongest
from importer.master import MasterFile
from importer.office import CustomerOffice
from importer.outcome import Outcome
from importer.reader.master import read_master


@dataclass(frozen=True, slots=True)
class ImportedCustomers:
    """What an earlier run had left unknown, what was planned now, and what came of it."""

    settled: Outcome
    plan: CustomerPlan
    outcome: Outcome

    @property
    def exit_code(self) -> Exit:
        """The strongest exit code of all three."""
        return strongest([self.settled.exit_code, self.plan.exit_code, self.outcome.exit_code])


def preview_customers(path: Path, office: CustomerOffice, blanks: Blanks) -> CustomerPlan:
    """What an import of this file would do. Reads, never writes to Business Central.

    Raises:
        UnusableFile: the file is refused as a whole, with everything that is wrong with it.
    """
    office.progress("read", 0, 1)
    file = read_master(path)
    office.progress("fetch", 0, 1)
    books = _books(file, office)
    office.progress("fetch", 1, 1)
    return plan_customers(file, books, blanks, office.now())


def import_customers(
    path: Path, office: CustomerOffice, blanks: Blanks, expect: str | None = None
) -> ImportedCustomers:
    """Carry out the plan for this file, after finding out what an earlier run left unknown.

    What a person changed while that run was on its way waits, unless somebody approved this plan, which shows it.

    Args:
        expect: the digest of the plan somebody approved.

    Raises:
        UnusableFile: the file is refused as a whole.
        PlanChanged: the plan is not the expected one or exceeds the brake; nothing was written.
        Busy: another run is at work on this company.
    """
    company_id = office.master.company_id
    with office.ledger.lock(company_id):
        settled = settle_customers(company_id, office.desk)
        plan = preview_customers(path, office, blanks)
        if expect is None:
            plan = holding_back(plan, office.ledger.untold_conflicts(company_id))
        plan.raise_if_other(expect)
        plan.raise_if_over(office.company.max_lines)
        return ImportedCustomers(settled, plan, _carried_out(plan, office))


def settle_unknown_customers(office: CustomerOffice) -> Outcome:
    """Find out by reading what became of changes of customers whose outcome an earlier run left unknown.

    Raises:
        Busy: another run is at work on this company.
    """
    company_id = office.master.company_id
    with office.ledger.lock(company_id):
        return settle_customers(company_id, office.desk)


def _carried_out(plan: CustomerPlan, office: CustomerOffice) -> Outcome:
    run = office.ledger.start_customers(
        plan.company_id,
        plan.company,
        digest=plan.digest,
        document=as_text(plan_document(plan)),
        patches=[as_kept(change) for change in plan.changes],
    )
    try:
        outcome = write_customers(plan, run, office.desk)
    except ImporterError as error:
        office.ledger.finish(run, error.exit_code)
        raise
    office.ledger.finish(run, outcome.exit_code)
    return outcome


def _books(file: MasterFile, office: CustomerOffice) -> CustomerBooks:
    master, fields = office.master, office.master.customer_properties
    tables: Sequence[str] = tables_of(file, fields)
    return CustomerBooks(
        company_id=master.company_id,
        company=master.company_name,
        api=office.company.api,
        currency=office.company.currency,
        fields=fields,
        records=master.customer_records(properties_of(file, fields)),
        codes={table: master.codes(table) for table in tables},
    )
