"""Retention of files: what nights have put away, statements and reports, is removed when it is old enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from importer.inbox import DONE, failed_folder, folder_day


def old_files(inboxes: Iterable[Path], before: datetime) -> tuple[Path, ...]:
    """The files in done/ of days before that day, and those in failed/ that nobody touched since; no links are followed."""
    return tuple(path for inbox in inboxes for path in (*_done(inbox, before.date()), *_failed(inbox, before)))


def remove(files: Sequence[Path]) -> None:
    """Delete these files, and the folders of days that are empty then.

    Raises:
        OSError: one cannot be deleted; those before it are.
    """
    for path in files:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in files if folder_day(path.parent)}:
        # Somebody put something else there: it stays.
        with suppress(OSError):
            folder.rmdir()


def _done(inbox: Path, day: date) -> Iterator[Path]:
    done = inbox / DONE
    folders = sorted(done.iterdir()) if done.is_dir() and not done.is_symlink() else []
    for folder in folders:
        filed = folder_day(folder)
        if filed is not None and filed < day and not folder.is_symlink():
            yield from (path for path in sorted(folder.iterdir()) if path.is_symlink() or path.is_file())


def _failed(inbox: Path, before: datetime) -> Iterator[Path]:
    failed = failed_folder(inbox)
    for path in sorted(failed.iterdir()) if failed.is_dir() and not failed.is_symlink() else []:
        facts = path.lstat()
        # Moving a file keeps the time of its content; when it came here is in its other time.
        if max(facts.st_mtime, facts.st_ctime) < before.timestamp() and not path.is_dir():
            yield path
