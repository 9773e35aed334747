"""A company's inbox: which of its files are finished, and how a file leaves it without ever writing over another.

    look ──▶ settled · growing · refused · ignored      take ──▶ Taken (hash)      put_away ──▶ done/2026-11-20/ · failed/

Nothing here reads a file as a statement, and nothing that is not a regular file is ever opened for reading.
Source: reliability.md §10.1 (B4-B11), §8 (K53).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path

from importer.errors import ConfigurationError, UnusableFile
from importer.ledger.locks import file_lock
from importer.moving import REASON, free_name, mark_of, move, remove_name
from importer.ports import Now, Sleep

SETTLED_AFTER_S = 10.0
DONE, FAILED = "done", "failed"
_BETWEEN_LOOKS_S = 0.25
_LOCK = ".importer.lock"
_TEMPORARY = (".part", ".tmp", ".crdownload", ".partial", ".filepart", ".download")
_KINDS = {
    stat.S_ISDIR: "is a folder; put the files themselves into the inbox",
    stat.S_ISLNK: "is a link; put the file itself into the inbox",
    stat.S_ISFIFO: "is a named pipe, not a file",
    stat.S_ISSOCK: "is a socket, not a file",
    stat.S_ISCHR: "is a device, not a file",
    stat.S_ISBLK: "is a device, not a file",
}


class Standing(StrEnum):
    """How something in an inbox stands."""

    SETTLED = "settled"
    GROWING = "growing"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in an inbox; `why` says what is odd about it, "" for a finished file."""

    path: Path
    standing: Standing
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished file as it was when it was hashed; `mark` tells whether it is still that one."""

    path: Path
    sha256: str
    mark: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    standing: Standing
    why: str
    mark: tuple[int, int, int, int]
    modified_s: float


def lock(folder: Path) -> AbstractContextManager[None]:
    """Hold the inbox, so that two nights never move the same files.

    Raises:
        Busy: at once, when another night holds it.
        ConfigurationError: there is no such folder.
        OSError: it cannot be read.
    """
    _raise_if_missing(folder)
    os.scandir(folder).close()
    return file_lock(folder / _LOCK)


def look(folders: Collection[Path], now: Now, sleep: Sleep) -> Mapping[Path, tuple[Entry, ...]]:
    """What lies in these inboxes, by name. Two looks: a file is settled that is ten seconds old and did not change between.

    A file whose time lies in the future, written by a machine with another clock, is watched for ten seconds instead.
    An inbox that is not there, or cannot be read, has no entry; whoever locks it is told why.
    """
    first = _all_seen(folders)
    ages = [now().timestamp() - seen.modified_s for found in first.values() for seen in _settled(found)]
    if ages:
        # Whatever the clocks say, nobody waits longer than it takes to watch a file from the beginning.
        sleep(min(SETTLED_AFTER_S, max(_BETWEEN_LOOKS_S, SETTLED_AFTER_S - min(ages))))
    second = _all_seen(first)
    return {folder: _compared(folder, first[folder], found) for folder, found in second.items()}


def take(path: Path) -> Taken:
    """The file with its hash, read once without following links and without waiting for anybody.

    Raises:
        UnusableFile: it is no regular file, belongs to somebody else through a hard link, cannot be read, or its name
            cannot be written down.
    """
    try:
        path.name.encode()
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except UnicodeEncodeError:
        raise UnusableFile(f"{path.name!a}: the name holds bytes that are no text; rename the file") from None
    except OSError as error:
        raise UnusableFile(f"{path.name}: cannot be opened: {error.strerror}; check the permissions") from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise UnusableFile(f"{path.name}: {_kind(facts.st_mode)}")
    with os.fdopen(descriptor, "rb") as file:
        if facts.st_nlink > 1 and hasattr(os, "getuid") and facts.st_uid != os.getuid():
            raise UnusableFile(f"{path.name}: is a second name of somebody else's file; copy the file instead")
        return Taken(path, file_digest(file, "sha256").hexdigest(), mark_of(facts))


def left_over(taken: Taken) -> Path | None:
    """Where this file was put already by a night that was killed before it removed the name in the inbox; None if nowhere."""
    if not os.path.lexists(taken.path) or taken.path.lstat().st_nlink == 1:
        # It has this one name only: no need to look through the archive of years.
        return None
    folder = taken.path.parent
    for kept in (*folder.glob(f"{DONE}/*/*"), *folder.glob(f"{FAILED}/*")):
        if kept.suffix == taken.path.suffix and not kept.is_symlink() and mark_of(kept.lstat()) == taken.mark:
            return kept
    return None


def was_put_away(path: Path) -> Path | None:
    """Where a file of this name lies that is no longer in the inbox; None when none was ever put away."""
    folder = path.parent
    stem = path.name.removesuffix(path.suffix)
    kept = (*folder.glob(f"{DONE}/*/*"), *folder.glob(f"{FAILED}/*"))
    names = re.compile(f"{re.escape(stem)}(-[0-9]+)?{re.escape(path.suffix)}")
    return next((one for one in kept if names.fullmatch(one.name)), None)


def done_folder(inbox: Path, day: date) -> Path:
    """Where files go that were imported on this day."""
    return inbox / DONE / day.isoformat()


def failed_folder(inbox: Path) -> Path:
    """Where files go that were rejected as a whole; a file mended there is moved back into the inbox by a person."""
    return inbox / FAILED


def put_away(taken: Taken, folder: Path) -> Path | None:
    """Move the file into the folder under a free name; None when the file is no longer the one that was taken.

    Raises:
        OSError: the folder cannot be made or written.
    """
    if not _is_unchanged(taken):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    target = free_name(folder, taken.path.name)
    return target if move(taken.path, target, taken.mark) else None


def reason_path(target: Path) -> Path:
    """Where the reason stands why a file failed, beside it."""
    return target.with_name(target.name + REASON)


def remove_finished_move(taken: Taken) -> None:
    """Take away the name in the inbox of a file that was put away already."""
    if _is_unchanged(taken):
        remove_name(taken.path, taken.mark)


def folder_day(folder: Path) -> date | None:
    """The day of a folder under done/; None for a folder of somebody else."""
    try:
        return datetime.strptime(folder.name, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _raise_if_missing(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigurationError(
            f"The inbox {folder} is not there. Create the folder or mount the drive, or correct `inbox` in importer.toml."
        )


def _all_seen(folders: Iterable[Path]) -> Mapping[Path, Mapping[str, _Seen]]:
    found = {}
    for folder in folders:
        with suppress(OSError):
            found[folder] = _seen(folder)
    return found


def _seen(folder: Path) -> Mapping[str, _Seen]:
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if entry.name != _LOCK and not (entry.name in (DONE, FAILED) and stat.S_ISDIR(facts.st_mode)):
                found[entry.name] = _judged(entry.name, facts)
    return found


def _judged(name: str, facts: os.stat_result) -> _Seen:
    standing, why = Standing.SETTLED, ""
    if name.startswith((".", "~$")) or name.endswith("~") or name.casefold().endswith(_TEMPORARY):
        standing, why = Standing.IGNORED, "a temporary or hidden file"
    elif not stat.S_ISREG(facts.st_mode):
        standing, why = Standing.REFUSED, _kind(facts.st_mode)
    return _Seen(standing, why, mark_of(facts), facts.st_mtime)


def _settled(found: Mapping[str, _Seen]) -> tuple[_Seen, ...]:
    return tuple(seen for seen in found.values() if seen.standing is Standing.SETTLED)


def _compared(folder: Path, first: Mapping[str, _Seen], second: Mapping[str, _Seen]) -> tuple[Entry, ...]:
    entries = []
    for name, seen in sorted(second.items()):
        standing, why = seen.standing, seen.why
        if standing is Standing.SETTLED and (name not in first or first[name].mark != seen.mark):
            standing, why = Standing.GROWING, "is still being written; it is taken when it does not change any more"
        entries.append(Entry(folder / name, standing, why))
    return tuple(entries)


def _kind(mode: int) -> str:
    return next((why for is_kind, why in _KINDS.items() if is_kind(mode)), "is not a regular file")


def _is_unchanged(taken: Taken) -> bool:
    try:
        facts = taken.path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(facts.st_mode) and mark_of(facts) == taken.mark
