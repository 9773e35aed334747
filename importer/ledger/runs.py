"""Runs in the ledger: a plan comes in as one transaction, with its files, its lines and an intent for every payment."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from itertools import count

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, func, insert, select, update

import importer
from importer.errors import PlanChanged
from importer.identity import line_number
from importer.ledger import intents
from importer.ledger.intents import Page, in_pieces
from importer.ledger.lines import add_lines
from importer.ledger.rows import Row, patch_row
from importer.ledger.tables import company, file, intent, patch, run
from importer.plan import Create, FileFacts, LinePatch, Plan, Seen
from importer.ports import Run
from importer.states import Intent, PatchIntent, PatchState, State

# Built once: every transaction asks for it.
_EPOCH = select(company.c.epoch).where(company.c.id == bindparam("company")).with_for_update()
_REPLACEABLE = (State.PLANNED.value, State.REJECTED.value)


def new_name(connection: Connection, company_id: str, at: datetime) -> str:
    """A name for the next run that sorts by time; two runs never share it, also within one second."""
    runs = connection.scalar(select(func.count()).select_from(run).where(run.c.company_id == company_id))
    digest = blake2b(f"{company_id} {runs} {at.isoformat()}".encode(), digest_size=3).hexdigest()
    return f"{at:%Y%m%d-%H%M%S}-{digest}"


def add_run(page: Page, kind: str, *, journal_id: str, plan: Plan | None = None, document: str = "") -> None:
    """Insert the run of this page."""
    page.connection.execute(
        insert(run).values(
            id=page.run,
            company_id=page.company_id,
            company=plan.company if plan else "",
            journal_id=journal_id,
            journal=plan.journal if plan else "",
            kind=kind,
            started=page.at.isoformat(),
            epoch=page.epoch,
            process=os.getpid(),
            host=platform.node(),
            version=importer.__version__,
            plan=plan.digest if plan else "",
            document=document,
            lines=len(plan.decisions) if plan else 0,
        )
    )
    page.note("begin", [kind, plan.digest if plan else ""])


def add_plan(page: Page, plan: Plan) -> None:
    """Insert the files, lines, intents and patches of a plan; those planned earlier and never sent are replaced.

    Raises:
        PlanChanged: a line of the plan was sent since the plan was made.
    """
    shas = tuple(_sha256_of_each(plan))
    _add_files(page, plan.files)
    add_lines(page, plan.decisions, shas)
    attempts = _clear(page, [decision.source.key for decision in plan.creates])
    new = [
        _intent(page, plan, decision, part, attempts)
        for decision in plan.creates
        for part in range(len(decision.payments))
    ]
    intents.add(page, _renumbered(page, plan.journal_id, new), "plan")
    changes = [(decision.source.key, change) for decision in plan.patches for change in decision.patches]
    add_patches(page, plan.journal_id, changes)


def add_patches(page: Page, journal_id: str, patches: Sequence[tuple[str, LinePatch]]) -> tuple[PatchIntent, ...]:
    """Insert changes of journal lines, numbered on from those the run has."""
    first = page.connection.scalar(select(func.count()).select_from(patch).where(patch.c.run == page.run)) or 0
    new = tuple(
        PatchIntent(page.company_id, journal_id, page.run, first + offset, key, change, PatchState.PLANNED)
        for offset, (key, change) in enumerate(patches)
    )
    if new:
        page.connection.execute(insert(patch), [patch_row(added, page.at) for added in new])
        page.note("plan patches", [[added.key, added.patch.line_number] for added in new])
    return new


def finish(page: Page, exit_code: int) -> None:
    """End the run of this page."""
    page.connection.execute(
        update(run).where(run.c.id == page.run).values(ended=page.at.isoformat(), exit_code=exit_code)
    )
    page.note("end", [exit_code])


def runs_where(connection: Connection, condition: ColumnElement[bool], limit: int) -> tuple[Run, ...]:
    """The latest runs that fulfil a condition, newest first."""
    newest_first = (run.c.started.desc(), run.c.epoch.desc(), run.c.id.desc())
    rows = connection.execute(select(run).where(condition).order_by(*newest_first).limit(limit))
    return tuple(_read_run(row) for row in rows.mappings())


def company_of(connection: Connection, run_id: str) -> tuple[str, str]:
    """Company and journal of a run."""
    row = connection.execute(select(run.c.company_id, run.c.journal_id).where(run.c.id == run_id)).one()
    return row.company_id, row.journal_id


def epoch_of(connection: Connection, company_id: str) -> int | None:
    """The company's epoch; its row is locked until the transaction ends, so that writers come one after the other."""
    return connection.scalar(_EPOCH, {"company": company_id})


def raise_epoch(connection: Connection, company_id: str) -> int:
    """Begin a new epoch: whoever holds an older one can write nothing any more."""
    epoch = epoch_of(connection, company_id)
    if epoch is None:
        connection.execute(insert(company).values(id=company_id, epoch=1))
        return 1
    connection.execute(update(company).where(company.c.id == company_id).values(epoch=epoch + 1))
    return epoch + 1


def _read_run(row: RowMapping) -> Run:
    return Run(
        **{name: row[name] for name in ("id", "company_id", "company", "journal_id", "journal", "kind", "exit_code")},
        started=datetime.fromisoformat(row["started"]),
        ended=datetime.fromisoformat(row["ended"]) if row["ended"] else None,
        **{name: row[name] for name in ("plan", "document", "lines")},
    )


def _sha256_of_each(plan: Plan) -> Iterator[str]:
    """The file of each decision. Decisions come file by file; two files may have one name, so records tell where one ends."""
    files = iter(plan.files)
    current, record = next(files, None), 0
    for decision in plan.decisions:
        source = decision.source
        while current is not None and (current.name != source.file or source.line.record <= record):
            current, record = next(files, None), 0
        record = source.line.record
        yield current.sha256 if current else source.file


def _add_files(page: Page, files: Sequence[FileFacts]) -> None:
    known = select(file.c.sha256).where(file.c.company_id == page.company_id)
    seen = {
        sha
        for some in in_pieces([f.sha256 for f in files])
        for sha in page.connection.scalars(known.where(file.c.sha256.in_(some)))
    }
    rows = {facts.sha256: _file_row(page, facts) for facts in files if facts.sha256 not in seen}
    if rows:
        page.connection.execute(insert(file), list(rows.values()))


def _file_row(page: Page, facts: FileFacts) -> Row:
    plain = {name: getattr(facts, name) for name in ("sha256", "name", "mapping", "account", "lines", "number")}
    days = {
        name: day.isoformat() if day else None
        for name, day in (("first_date", facts.first_date), ("last_date", facts.last_date))
    }
    balances = {
        name: str(money.text()) if money else None
        for name, money in (("opening", facts.opening), ("closing", facts.closing))
    }
    return {"company_id": page.company_id, "run": page.run, "overlap": facts.overlap.value, **plain, **days, **balances}


def _clear(page: Page, keys: Sequence[str]) -> Mapping[tuple[str, int], int]:
    """Remove what was planned or refused for these keys; returns how often each part was sent."""
    attempts: dict[tuple[str, int], int] = {}
    for some in in_pieces(keys):
        here = (intent.c.company_id == page.company_id, intent.c.key.in_(some))
        for row in page.connection.execute(
            select(intent.c.key, intent.c.part, intent.c.state, intent.c.attempt).where(*here)
        ):
            if row.state not in _REPLACEABLE:
                raise PlanChanged(
                    f"The bank line {row.key} is already {row.state} in the ledger: the plan is older than that. "
                    "Nothing was written. Make a new plan with `importer preview`."
                )
            attempts[row.key, row.part] = row.attempt
        page.connection.execute(delete(intent).where(*here))
    return attempts


def _intent(page: Page, plan: Plan, create: Create, part: int, attempts: Mapping[tuple[str, int], int]) -> Intent:
    source = create.source
    return Intent(
        company_id=plan.company_id,
        journal_id=plan.journal_id,
        part=part,
        payment=create.payments[part],
        state=State.PLANNED,
        seen=Seen(source.file, source.line.record, page.run, page.at),
        changed_at=page.at,
        attempt=attempts.get((source.key, part), 0),
    )


def _renumbered(page: Page, journal_id: str, new: Sequence[Intent]) -> Iterator[Intent]:
    """The intents, those whose line number the ledger has given away already with the next free one."""
    taken = _taken_among(page, journal_id, [added.payment.line_number for added in new])
    planned = {added.payment.line_number for added in new}
    for added in new:
        payment = added.payment
        if payment.line_number not in taken:
            yield added
            continue
        probe, number = _next_free(page, added, planned)
        planned.add(number)
        yield replace(added, payment=replace(payment, line_number=number), probe=probe)


def _next_free(page: Page, added: Intent, planned: Collection[int]) -> tuple[int, int]:
    numbers = ((probe, line_number(added.key, added.payment.posting_date, added.part, probe)) for probe in count(1))
    return next(
        (probe, number)
        for probe, number in numbers
        if number not in planned and not _taken_among(page, added.journal_id, [number])
    )


def _taken_among(page: Page, journal_id: str, numbers: Sequence[int]) -> set[int]:
    here = (intent.c.company_id == page.company_id, intent.c.journal_id == journal_id)
    query = select(intent.c.line_number).where(*here)
    return {
        n for some in in_pieces(numbers) for n in page.connection.scalars(query.where(intent.c.line_number.in_(some)))
    }
