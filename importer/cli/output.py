"""Where a result goes: looked at before any work is done, and the result is not lost with its file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any  # click's callbacks are untyped callables

import click

from importer.errors import ReportNotWritten


class OutputFile(click.Path):
    """A file to write: not there yet, or a file that is replaced. Anything else is a usage error before anything is done."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, if a file can be written there."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if problem := _unwritable(path):
            self.fail(problem, param, ctx)
        return path


def output_option(wanted: str = "Write to this file instead of stdout.") -> Callable[..., Any]:
    """The option -o; `wanted` is its help."""
    return click.option("-o", "--output", type=OutputFile(), help=wanted)


@contextmanager
def written_to(path: Path, otherwise: Callable[[], object] = lambda: None) -> Iterator[None]:
    """While a result is written to `path`; if it cannot be, it is shown `otherwise`.

    Raises:
        ReportNotWritten: the disk refused it although it looked writable.
    """
    try:
        yield
    except OSError as error:
        otherwise()
        raise ReportNotWritten(
            f"The result could not be written to {path}: {error.strerror or error}. What was done is done, and in the "
            "ledger; do not do it again for that: `importer run list` and `importer run show RUN` show it."
        ) from error


def _unwritable(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"there is no folder {folder}; make it, or name a file in another one"
    if path.is_dir():
        return f"{path} is a folder; name a file in it"
    if path.exists() and not path.is_file():
        # A device or a pipe would be replaced by a file.
        return f"{path} is no file; leave the option out for stdout"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"nothing may be written in the folder {folder}; name a file in another one"
    return ""
