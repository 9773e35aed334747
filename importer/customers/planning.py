"""A file of wishes + the customers as they stand → the plan of changes. Pure; all problems of the file at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from importer.customers.books import CustomerBooks
from importer.customers.columns import KEYS, columns_of, header_problems
from importer.customers.plan import Change, CustomerPlan, Decision, Keep, Refuse
from importer.customers.rows import Blanks, ReadRow, RowReader
from importer.errors import UnusableFile
from importer.master import CustomerPatch, Fields, MasterFile
from importer.model import Problem


def plan_customers(file: MasterFile, books: CustomerBooks, blanks: Blanks, made_at: datetime) -> CustomerPlan:
    """The plan for a file.

    Raises:
        UnusableFile: the header is wrong; every problem of the header and of the cells is named.
    """
    reader = RowReader(file, books, blanks)
    rows = _once([reader.read(row) for row in file.rows], file)
    if problems := header_problems(file, books.fields, books.api):
        told = [*problems, *(problem for row in rows for problem in row.problems)]
        raise UnusableFile(
            "\n".join([f"{file.name} cannot be used, nothing was changed:", *(f"  {each}" for each in told)])
        )
    return CustomerPlan(
        company_id=books.company_id,
        company=books.company,
        api=books.api,
        made_at=made_at,
        file=file.name,
        sha256=file.sha256,
        properties=properties_of(file, books.fields),
        decisions=tuple(map(_decision, rows)),
    )


def properties_of(file: MasterFile, fields: Fields) -> tuple[str, ...]:
    """The properties that the file has columns for, the keys left out."""
    return tuple(column.field.name for column in columns_of(file, fields) if column.field.name not in KEYS)


def tables_of(file: MasterFile, fields: Fields) -> tuple[str, ...]:
    """The small tables that the file's columns refer to, each once."""
    tables = (column.field.table for column in columns_of(file, fields))
    return tuple(dict.fromkeys(table for table in tables if table))


def _decision(row: ReadRow) -> Decision:
    if row.problems or row.record is None:
        return Refuse(row.number, row.key, row.record.name if row.record else "", row.problems)
    if row.changes:
        return Change(row.number, CustomerPatch(row.record, row.changes))
    return Keep(row.number, row.record.number, row.record.name)


def _once(rows: Sequence[ReadRow], file: MasterFile) -> list[ReadRow]:
    """The rows; those of one customer are all refused: which of them is meant nobody can know."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.record is not None:
            places[row.record.id].append(row.number)
    return [row if row.record is None else _alone(row, places[row.record.id], file) for row in rows]


def _alone(row: ReadRow, places: Sequence[int], file: MasterFile) -> ReadRow:
    others = [str(place) for place in places if place != row.number]
    if not others:
        return row
    seen = f"the customer stands in row {', '.join(others)} too; keep one of them"
    doubled = Problem("key_is_single", seen, file.name, row.number, _key_name(file), row.key)
    return replace(row, problems=(*row.problems, doubled))


def _key_name(file: MasterFile) -> str:
    return next(name for name in KEYS if name in file.header)
