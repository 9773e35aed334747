"""One run per company: a lock that dies with its process, so there are no stale locks to clean up (reliability.md §9.6)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from importer.errors import Busy


def lock_path(ledger: Path, company_id: str) -> Path:
    """The file whose lock stands for a company, beside the ledger."""
    return ledger.with_name(f"{ledger.name}.{re.sub('[^0-9A-Za-z-]', '-', company_id)}.lock")


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file; the file stays when it is released, only the lock counts.

    Raises:
        Busy: at once, when another process or another ledger of this one holds it.
    """
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        try:
            _take(file)
        except OSError as error:
            raise Busy(busy_text(path.name)) from error
        yield


def busy_text(what: str) -> str:
    """What the loser of a lock tells its user."""
    return (
        f"Another run is at work on this company ({what} is locked). Nothing was done. "
        "Wait until it has ended and start again; nobody has to remove a lock."
    )


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
