"""The earlier files of some days with their lines, to be held against the files being planned (reliability.md §3.3, ID2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any  # rows of a database have no better type

from sqlalchemy import Connection, Row, func, select

from importer.history import Doubt, EarlierFile, EarlierLine
from importer.identity import account_key
from importer.ledger.intents import in_pieces
from importer.ledger.lines import REPEATED
from importer.ledger.tables import file, line, run
from importer.model import Overlap
from importer.money import Money
from importer.plan import DECIDED, DOUBTED

_Days = tuple[str, str]
_DOUBTS = {DOUBTED: Doubt.OPEN, REPEATED: Doubt.CONFIRMED, DECIDED: Doubt.DISPELLED}


def earlier_files(
    connection: Connection, company_id: str, days: _Days, planned: Collection[str]
) -> tuple[EarlierFile, ...]:
    """The files whose days meet these, oldest first; those that are planned again with all their lines of these days."""
    first, last = days
    here = (file.c.company_id == company_id, file.c.last_date >= first, file.c.first_date <= last)
    # By epoch: names of runs tell the time, and clocks are set back.
    in_order = select(file).join(run, run.c.id == file.c.run).order_by(run.c.epoch, file.c.sha256)
    files = connection.execute(in_order.where(*here)).all()
    lines = _lines(connection, company_id, _needed(connection, company_id, files, planned, days))
    return tuple(_file(row, lines.get(row.sha256, ())) for row in files)


def _needed(
    connection: Connection, company_id: str, files: Sequence[Row[Any]], planned: Collection[str], days: _Days
) -> Mapping[str, frozenset[str]]:
    """Which days of which file: of a day that files repeat unchanged, only the planned ones and the first one."""
    here = (line.c.company_id == company_id, line.c.booked_on.between(*days))
    content = (func.count(), func.min(line.c.fingerprint), func.max(line.c.fingerprint))
    query = select(line.c.sha256, line.c.booked_on, *content).where(*here)
    known = {row.sha256: (place, row) for place, row in enumerate(files)}
    first: dict[tuple[object, ...], tuple[int, str]] = {}
    for sha256, day, *told in connection.execute(query.group_by(line.c.sha256, line.c.booked_on)):
        if sha256 in known:
            place, of = known[sha256]
            is_alone = sha256 in planned or of.overlap != Overlap.FULL_DAYS.value
            same = (account_key(of.account), of.mapping, day, *([sha256] if is_alone else told))
            first[same] = min(first.get(same, (place, sha256)), (place, sha256))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (_, _, day, *_), (_, sha256) in first.items():
        found[sha256].add(str(day))
    return {sha256: frozenset(some) for sha256, some in found.items()}


def _lines(
    connection: Connection, company_id: str, needed: Mapping[str, frozenset[str]]
) -> Mapping[str, tuple[EarlierLine, ...]]:
    columns = (line.c.sha256, line.c.record, line.c.booked_on, line.c.amount, line.c.currency)
    query = (
        select(*columns, line.c.fingerprint, line.c.key, line.c.action)
        .where(line.c.company_id == company_id)
        .order_by(line.c.record)
    )
    found: defaultdict[str, list[EarlierLine]] = defaultdict(list)
    for some in in_pieces(needed):
        for row in connection.execute(query.where(line.c.sha256.in_(some))):
            if row.booked_on in needed[row.sha256]:
                booked_on, amount = date.fromisoformat(row.booked_on), Money.of(row.amount, row.currency)
                doubt = _DOUBTS.get(row.action, Doubt.NONE)
                found[row.sha256].append(EarlierLine(row.record, booked_on, amount, row.fingerprint, row.key, doubt))
    return {sha256: tuple(lines) for sha256, lines in found.items()}


def _file(row: Row[Any], lines: tuple[EarlierLine, ...]) -> EarlierFile:
    currency = lines[0].amount.currency if lines else ""
    return EarlierFile(
        sha256=row.sha256,
        name=row.name,
        account=row.account,
        mapping=row.mapping,
        overlap=Overlap(row.overlap),
        first=date.fromisoformat(row.first_date),
        last=date.fromisoformat(row.last_date),
        closing=Money.of(row.closing, currency) if row.closing and currency else None,
        lines=lines,
    )
