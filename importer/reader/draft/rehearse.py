"""The draft read by the reader proper: which lengths of rows it must allow, and what it makes of the file."""

from __future__ import annotations

from importer.errors import ImporterError
from importer.mapping import parse_mapping
from importer.mapping.toml_text import toml_remark
from importer.model import Statement
from importer.reader.draft.finding import Draft
from importer.reader.draft.grid import Grid
from importer.reader.draft.write import as_toml
from importer.reader.read import read_with
from importer.reader.source import Source

_LENGTHS = ("exact", "lenient", "ragged", "joined")
_MOST_SHOWN = 5


def rehearsed(draft: Draft, source: Source, grid: Grid) -> str:
    """The text of the draft, with the strictest lengths of rows that read the file, and what came of it."""
    read: Statement | ImporterError | None = None
    for policy in _LENGTHS:
        _write_policy(draft, policy, grid)
        read = _read(draft, source)
        if isinstance(read, Statement):
            break
    if not isinstance(read, Statement) and "running" in draft.findings:
        # The balances count rows that are left out, so the whole file cannot be checked by them.
        del draft.findings["running"]
        return rehearsed(draft, source, grid)
    if not isinstance(read, Statement):
        draft.findings.pop("table.rows", None)
        read = _read(draft, source)
    return as_toml(draft) + "\n" + "".join(f"{toml_remark(line)}\n" for line in (*draft.notes, *_told(read)))


def _write_policy(draft: Draft, policy: str, grid: Grid) -> None:
    shortest, longest = min(grid.lengths, default=0), max(grid.lengths, default=0)
    if policy == "exact":
        draft.findings.pop("table.rows", None)
    elif policy == "lenient":
        draft.prove("table.rows", policy, "other rows than bookings have another number of cells")
    else:
        draft.guess(
            "table.rows", policy, f"the rows have {shortest} to {longest} cells; a file that is cut off is not noticed"
        )


def _read(draft: Draft, source: Source) -> Statement | ImporterError:
    try:
        return read_with(source, parse_mapping(as_toml(draft), "draft", source="draft"))
    except ImporterError as error:
        return error


def _told(read: Statement | ImporterError) -> list[str]:
    if isinstance(read, ImporterError):
        return ["CONFIRM: with this draft the file cannot be read yet:", *str(read).splitlines()]
    lines = [f"Read with this draft: {len(read.lines)} bookings, {len(read.unread)} rows rejected."]
    problems = [str(problem) for row in read.unread for problem in row.problems]
    return [*lines, *(" ".join(problem.split()) for problem in problems[:_MOST_SHOWN])]
