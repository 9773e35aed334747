"""The bank lines of files in the ledger: the key of each, and what became of it or was said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Column, and_, insert, select, update

from importer.identity import fingerprint
from importer.ledger.intents import Page, in_pieces
from importer.ledger.rows import Row
from importer.ledger.tables import line
from importer.model import BankLine
from importer.plan import ACTIONS, DECIDED, DOUBTED, IGNORED, Create, Decision, Patch, Review, Skip

REPEATED = "repeated"  # a person left out what was doubted: the same booking once more
_Place = tuple[str, int]


def add_lines(page: Page, decisions: Sequence[Decision], shas: Sequence[str]) -> None:
    """Lines stay as they were first decided, until they become more than skipped; a doubted one may get another key.

    Args:
        shas: the file of each decision.
    """
    rows = {
        (row["sha256"], row["record"]): row
        for decision, sha in zip(decisions, shas, strict=True)
        if (row := _line_row(page, decision, sha))
    }
    present = _present(page, shas)
    for place, (key, action) in present.items():
        row = rows.get(place)
        if row is None:
            continue
        now = {"key": row["key"], "action": action if row["action"] == ACTIONS[Skip] else row["action"]}
        if now != {"key": key, "action": action}:
            here = (line.c.company_id == page.company_id, line.c.sha256 == place[0], line.c.record == place[1])
            page.connection.execute(update(line).where(*here).values(now))
    if new := [row for place, row in rows.items() if place not in present]:
        page.connection.execute(insert(line), new)


def _present(page: Page, shas: Collection[str]) -> Mapping[_Place, tuple[str, str]]:
    """Key and action of the lines of these files, as the ledger has them."""
    columns = (line.c.sha256, line.c.record, line.c.key, line.c.action)
    query = select(*columns).where(line.c.company_id == page.company_id)
    return {
        (row.sha256, row.record): (row.key, row.action)
        for some in in_pieces(sorted(set(shas)))
        for row in page.connection.execute(query.where(line.c.sha256.in_(some)))
    }


def take_back(page: Page, keys: Collection[str], files: Collection[str]) -> Sequence[str]:
    """The keys of the lines that a person had left out; from now on they wait for a decision.

    Args:
        keys: what was left out for good.
        files: what was left out as a booking that came once more is left out in its file only.
    """
    return [
        *_become(page, IGNORED, ACTIONS[Review], line.c.key, keys),
        *_become(page, REPEATED, DOUBTED, line.c.sha256, files),
    ]


def _become(page: Page, before: str, after: str, column: Column[str], values: Collection[str]) -> Sequence[str]:
    found = list[str]()
    for some in in_pieces(sorted(values)):
        here = and_(line.c.company_id == page.company_id, line.c.action == before, column.in_(some))
        found += page.connection.scalars(select(line.c.key).where(here))
        page.connection.execute(update(line).where(here).values(action=after))
    return found


def _action(decision: Decision) -> str:
    """What is remembered of a line: what a person said of it, that nobody can tell whether it is new, or its action."""
    rules = [reason.rule for reason in decision.finding.reasons]
    match decision:
        case Skip() if rules[:1] == [IGNORED]:
            return REPEATED if DOUBTED in rules else IGNORED
        case Create() | Patch() | Skip() if rules[:1] == [DECIDED]:
            return DECIDED
        case Review() if DOUBTED in rules:
            return DOUBTED
        case _:
            return ACTIONS[type(decision)]


def _line_row(page: Page, decision: Decision, sha256: str) -> Row | None:
    source = decision.source
    if not isinstance(source.line, BankLine):
        return None
    return {
        "company_id": page.company_id,
        "sha256": sha256,
        "record": source.line.record,
        "key": source.key,
        "fingerprint": fingerprint(source.line),
        "booked_on": source.line.booked_on.isoformat(),
        "amount": source.line.amount.text(),
        "currency": source.line.amount.currency,
        "action": _action(decision),
        "run": page.run,
    }
