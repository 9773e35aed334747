"""What planning needs to know of the past: which bank lines are known, and how often equal ones came in other files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, RowMapping, and_, select

from importer.history import Earlier, History, Known
from importer.ledger.overlaps import earlier_files
from importer.ledger.rows import read_payment, read_seen
from importer.ledger.tables import file, intent, line
from importer.money import Money
from importer.numbering import Numbered, statement_number
from importer.plan import DECIDED, IGNORED, Payment
from importer.states import DONE, FOR_A_PERSON, REPEATABLE, UNSETTLED, State

# Days as ISO texts; earlier and later than every date of a bank.
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def read_history(
    connection: Connection, company_id: str, planned: Collection[str], first: date | None, last: date | None
) -> History:
    """The history of the lines booked between two days; of the files being planned all of these lines."""
    days = (first.isoformat() if first else _FIRST, last.isoformat() if last else _LAST)
    known = _known(connection, company_id, days)
    earlier = _earlier(connection, company_id, days, known)
    by_person = _by_person(connection, company_id, days)
    files = earlier_files(connection, company_id, days, planned)
    return History(known, earlier, ignored=by_person[IGNORED], decided=by_person[DECIDED], files=files)


def _by_person(connection: Connection, company_id: str, days: tuple[str, str]) -> Mapping[str, frozenset[str]]:
    """The keys that a person left out, and those whose payments a person chose."""
    query = select(line.c.action, line.c.key).where(line.c.company_id == company_id, line.c.booked_on.between(*days))
    rows = connection.execute(query.where(line.c.action.in_((IGNORED, DECIDED)))).all()
    return {action: frozenset(row.key for row in rows if row.action == action) for action in (IGNORED, DECIDED)}


def read_numbered(connection: Connection, company_id: str) -> tuple[Numbered, ...]:
    """The files of a company whose statements have a number."""
    columns = (file.c.account, file.c.number, file.c.last_date, file.c.sha256, file.c.name)
    query = select(*columns).where(file.c.company_id == company_id, file.c.number != "", file.c.last_date.is_not(None))
    rows = connection.execute(query.order_by(file.c.sha256))
    numbers = ((row, statement_number(row.number, date.fromisoformat(row.last_date))) for row in rows)
    return tuple(Numbered(row.account, number, row.sha256, row.name) for row, number in numbers if number is not None)


def _known(connection: Connection, company_id: str, days: tuple[str, str]) -> dict[str, Known]:
    columns = (intent.c.key, intent.c.part, intent.c.state, intent.c.attempt, intent.c.payment, intent.c.reason)
    where = (intent.c.file, intent.c.record, intent.c.run, intent.c.planned_at)
    query = select(*columns, *where).where(intent.c.company_id == company_id, intent.c.booked_on.between(*days))
    parts: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(query.order_by(intent.c.key, intent.c.part)).mappings():
        parts[row["key"]].append(row)
    known = {key: _known_line(rows) for key, rows in parts.items()}
    return {key: found for key, found in known.items() if found.done or found.unsettled or found.refused}


def _known_line(rows: Sequence[RowMapping]) -> Known:
    """A part that was never sent counts only when another part of its bank line was: it is then still to come."""
    states = {State(row["state"]) for row in rows}
    unsettled = UNSETTLED | {State.PLANNED} if states & (DONE | UNSETTLED) else UNSETTLED

    def payments(wanted: Collection[State], *, sent: int = 0) -> tuple[Payment, ...]:
        found = (row for row in rows if State(row["state"]) in wanted and row["attempt"] >= sent)
        return tuple(read_payment(row["payment"]) for row in found)

    done, seen = payments(DONE), read_seen(min(rows, key=lambda row: str(row["planned_at"])))
    sent = payments(DONE, sent=1)
    adopted = tuple(payment for payment in done if payment not in sent)
    asks = next((str(row["reason"]) for row in rows if State(row["state"]) in FOR_A_PERSON), "")
    return Known(
        seen=seen,
        done=done,
        unsettled=payments(unsettled),
        refused=payments({State.REJECTED}),
        adopted=adopted,
        taken_back=payments(REPEATABLE),
        otherwise=payments({State.MISMATCH}),
        asks=asks,
    )


def _earlier(
    connection: Connection, company_id: str, days: tuple[str, str], known: Mapping[str, Known]
) -> tuple[Earlier, ...]:
    """The known lines as the file had them in which they first came."""
    in_file = and_(file.c.company_id == line.c.company_id, file.c.sha256 == line.c.sha256)
    columns = (line.c.key, file.c.account, line.c.booked_on, line.c.amount, line.c.currency, file.c.mapping)
    query = select(*columns).join_from(line, file, in_file)
    query = query.where(line.c.company_id == company_id, line.c.booked_on.between(*days))
    rows = {row["key"]: row for row in connection.execute(query.order_by(line.c.sha256.desc())).mappings()}
    return tuple(
        Earlier(
            key=key,
            account=row["account"],
            booked_on=date.fromisoformat(row["booked_on"]),
            amount=Money.of(row["amount"], row["currency"]),
            mapping=row["mapping"],
            seen=known[key].seen,
        )
        for key, row in sorted(rows.items())
        if key in known
    )
