"""Which mapping is this file's? The whole header decides; for files without one their structure; among equals the rows.

    header, cell by cell ──▶ else structure ──▶ else all needed columns there ──▶ else unknown, with the nearest
    several left: the rows decide; two that read differently are an error

Mappings that are read only when named never claim a file; they are suggested for one that nobody claims.

Source: formats.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from importer.errors import AmbiguousFormat, BookingsPassedOver, UnknownFormat, UnusableFile
from importer.mapping import Mapping
from importer.mapping.headers import plain_header
from importer.model import Statement
from importer.reader.common_header import doubt_common_header, refuse_turned_dates
from importer.reader.heads import Heads
from importer.reader.read import read_with
from importer.reader.source import Source

ENOUGH_COLUMNS = 8  # so many named columns are not the same at two banks by chance
FEWEST_COLUMNS = 4  # of a header whose optional columns may be missing
_NEAR = 0.3


@dataclass(frozen=True, slots=True)
class Nearest:
    """A mapping that does not fit, and how its header differs from the file's."""

    mapping: Mapping
    likeness: float
    missing: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """Who claims a file and why: `how` is "header", "structure" or "columns".

    When nobody does, `nearest` have similar headers, and `suggested` fit the file but are read only when named.
    """

    candidates: tuple[Mapping, ...]
    how: str
    header: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    suggested: tuple[Mapping, ...] = ()


def claims(source: Source, mappings: Sequence[Mapping]) -> Recognition:
    """The mappings that claim the file by its head."""
    heads = Heads(source)
    able = [mapping for mapping in mappings if source.kind in mapping.file.kinds]
    claiming = [mapping for mapping in able if not mapping.table.only_when_named]
    for how, test in (
        ("header", heads.has_header),
        ("structure", heads.has_structure),
        ("columns", _has_columns(heads)),
    ):
        if found := tuple(mapping for mapping in claiming if test(mapping)):
            return Recognition(found, how)
    return _unknown(heads, able)


def read_recognised(source: Source, found: Recognition) -> Statement:
    """The statement, read by the mapping that recognises the file.

    Raises:
        UnknownFormat: none does; the nearest are named with what differs.
        AmbiguousFormat: two do and read it differently.
        UnusableFile: the file is damaged, or its dates contradict a mapping with a common header.
    """
    if not found.candidates:
        raise UnknownFormat(_unknown_text(source, found))
    if len(found.candidates) == 1:
        return doubt_common_header(read_with(source, found.candidates[0]), found.candidates[0])
    # Among twins the one that knows its bank by more than common words.
    candidates = sorted(found.candidates, key=lambda mapping: mapping.table.common_header)
    statement = _decided_by_rows(source, candidates)
    mapping = next(each for each in candidates if each.id == statement.mapping)
    refuse_turned_dates(statement, mapping, candidates)
    return doubt_common_header(statement, mapping)


def _decided_by_rows(source: Source, candidates: Iterable[Mapping]) -> Statement:
    readings: list[Statement] = []
    refused: list[UnusableFile] = []
    for mapping in candidates:
        try:
            readings.append(read_with(source, mapping))
        except BookingsPassedOver:
            # A twin that takes these rows for something else would be the wrong one, and nobody could tell.
            raise
        except UnusableFile as error:
            refused.append(error)
    if refused and not any(reading.lines for reading in readings):
        # That one layout reads no row of it does not make the file one of the other layout's.
        raise refused[0]
    fewest = min(len(reading.unread) for reading in readings)
    best = [reading for reading in readings if len(reading.unread) == fewest]
    first = best[0]
    other = next((reading for reading in best if not _is_twin(reading, first)), None)
    if other is None:
        return first
    raise AmbiguousFormat(
        f"{source.name}: mappings {first.mapping} and {other.mapping} both claim it and read it differently"
        f"{_difference(first, other)}; name the right one with --mapping"
    )


def _is_twin(one: Statement, other: Statement) -> bool:
    return replace(one, mapping="", warnings=()) == replace(other, mapping="", warnings=())


def _difference(one: Statement, other: Statement) -> str:
    for line, twin in zip(one.lines, other.lines, strict=False):
        if line != twin:
            return f" (row {line.row}: {line.booked_on} {line.amount} or {twin.booked_on} {twin.amount})"
    return ""


def _has_columns(heads: Heads) -> Callable[[Mapping], bool]:
    def test(mapping: Mapping) -> bool:
        names = [plain_header(str(column)) for column in mapping.table.header if column.name is not None]
        wanted = {name for name in names if name}
        optional = _optional_headers(mapping)
        rows = [set(plain) - {""} for plain in heads.plain_rows(mapping)]
        if len(wanted) >= ENOUGH_COLUMNS and any(
            wanted <= row and not _tells_more(row, wanted, mapping) for row in rows
        ):
            return True
        # Only what the mapping itself calls optional is missing, and there is nothing that it does not know.
        return bool(optional) and any(wanted - optional <= row <= wanted and len(row) >= FEWEST_COLUMNS for row in rows)

    return test


def _tells_more(row: Collection[str], wanted: Collection[str], mapping: Mapping) -> bool:
    """True when a column that the mapping does not know says of a booking what none of its own says.

    A state may take the row back, a fee changes what it moves unless a balance shows that, a currency what it is an amount of.
    """
    from importer.reader.draft.words import role

    def holds(headers: Iterable[str], group: str, name: str) -> bool:
        return any(role(group, header) == name for header in headers)

    unknown = set(row) - set(wanted)
    states = [header for header in unknown if len(header.split()) == 1 and header.isalpha()]
    own = [header for header in unknown if role("numbers", header) != "foreign"]
    columns = mapping.columns
    return (
        (holds(states, "texts", "status") and not holds(wanted, "texts", "status"))
        or (holds(unknown, "numbers", "fee") and not (columns.fee or columns.balance))
        or (holds(own, "texts", "currency") and not columns.currency)
    )


def _optional_headers(mapping: Mapping) -> set[str]:
    columns = [column for columns in mapping.columns.named().values() for column in columns]
    return {plain_header(column.name) for column in columns if column.optional and column.name}


def _unknown(heads: Heads, mappings: Sequence[Mapping]) -> Recognition:
    nearest = [near for mapping in mappings if (near := _likeness(heads, mapping)) is not None]
    nearest.sort(key=lambda near: (-near.likeness, near.mapping.id))
    header = next(iter(heads.likely_headers()), ())
    named = (mapping for mapping in mappings if mapping.table.only_when_named)
    suggested = tuple(mapping for mapping in named if heads.has_header(mapping) or heads.has_structure(mapping))
    return Recognition((), "", header, tuple(nearest[:3]), suggested)


def _likeness(heads: Heads, mapping: Mapping) -> Nearest | None:
    best: Nearest | None = None
    for columns in mapping.table.headers:
        wanted = {plain_header(str(column)): str(column) for column in columns if str(column)}
        for seen in heads.texts(mapping):
            common = len(wanted.keys() & seen.keys())
            likeness = common / max(len(wanted) + len(seen) - common, 1)
            if likeness > max(best.likeness if best else 0, _NEAR):
                missing = tuple(wanted[name] for name in wanted if name not in seen)
                extra = tuple(seen[name] for name in seen if name not in wanted)
                best = Nearest(mapping, likeness, missing, extra)
    return best


def _unknown_text(source: Source, found: Recognition) -> str:
    shown = ", ".join(f'"{cell}"' for cell in found.header if cell.strip())
    text = f"{source.name}: no mapping recognises it" + (f"; it has the columns {shown}" if shown else "")
    for near in found.nearest[:1]:
        differs = [f"also wants {_quoted(near.missing)}"] if near.missing else []
        differs += [f"does not know {_quoted(near.extra)}"] if near.extra else []
        text += f"; the nearest mapping {near.mapping.id} {' and '.join(differs) or 'has them in another order'}"
    if found.suggested:
        ids = ", ".join(mapping.id for mapping in found.suggested)
        text += f"; it fits {ids}, read only when named"
    return f"{text}. Is one right all the same? Name it with --mapping. To draft a new one: importer mapping new {source.name}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:8]) + (" …" if len(names) > 8 else "")
