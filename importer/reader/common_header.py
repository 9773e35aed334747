"""A file known by nothing but words that many banks use: Date, Description, Amount, Balance.

Its mapping takes it by itself, as the only known one; but another bank's file may look the same.
Source: formats.md §5 (day and month cannot be told apart where no value is above 12).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.model import Problem, Statement

_ADVICE = "If it is another bank's, draft a mapping: importer mapping new"


def doubt_common_header(statement: Statement, mapping: Mapping) -> Statement:
    """The statement, which the mapping took by itself, with what was assumed where its header is a common one.

    Raises:
        UnusableFile: its dates lie closer together when day and month are read the other way round.
    """
    if not mapping.table.common_header:
        return statement
    if turned := _closer_turned(statement, mapping):
        raise UnusableFile(
            f"{turned}, and many banks use its header. {_ADVICE} {statement.file}. If it is from {_banks(mapping)}, name the "
            f"mapping: --mapping {mapping.id}; for every night put a copy of it, without common_header, into the folder of "
            "your mappings"
        )
    return replace(statement, warnings=(*statement.warnings, _assumed(statement, mapping)))


def refuse_turned_dates(statement: Statement, mapping: Mapping, rivals: Iterable[Mapping]) -> None:
    """Nothing, unless the file could be one of a rival with the same header, saved by a program that turned its dates.

    Raises:
        UnusableFile: its dates lie closer together when day and month are read as the rival reads them.
    """
    rival = next((one for one in rivals if _is_day_first(one) is not _is_day_first(mapping)), None)
    if rival and (turned := _closer_turned(statement, mapping)):
        raise UnusableFile(
            f"{turned}, and mapping {rival.id} has the same header: perhaps a spreadsheet turned them. Take the file as the "
            f"bank gave it; if it is right as it is, name the mapping: --mapping {mapping.id}"
        )


def _is_day_first(mapping: Mapping) -> bool:
    return all(form.find("%d") < form.find("%m") for form in mapping.date_format.formats)


def _closer_turned(statement: Statement, mapping: Mapping) -> str:
    """What the dates are and would be, if they lie closer together the other way round; else ""."""
    days = {line.booked_on for line in statement.lines}
    turned = _turned(days) if mapping.date_format.turned().formats else set()
    if not turned or _span(turned) >= _span(days):
        return ""
    return (
        f"{statement.file}: its dates are {min(days)} to {max(days)} as mapping {mapping.id} reads them, but lie closer "
        f"together with day and month the other way round, {min(turned)} to {max(turned)}"
    )


def _turned(days: Collection[date]) -> set[date]:
    """The days with day and month the other way round; none where that is no date for one of them."""
    try:
        return {date(day.year, day.day, day.month) for day in days}
    except ValueError:
        return set()


def _span(days: Collection[date]) -> timedelta:
    return max(days) - min(days)


def _assumed(statement: Statement, mapping: Mapping) -> Problem:
    currency = f" in {mapping.currency}" if mapping.currency else ""
    message = f"many banks use this header; read as a file of {_banks(mapping)}{currency}. {_ADVICE} {statement.file}"
    return Problem("HEAD-2", message, statement.file)


def _banks(mapping: Mapping) -> str:
    return " or ".join(mapping.banks) or mapping.title
