"""Moving a file that another program may replace at any moment: what is moved or removed is what was seen, nothing else.

Names are taken and left in one step, and only afterwards it is looked at what had them: between a look and a step a bank's
program may put a newer file there, and that one must neither be deleted nor go where only read files go.
Source: reliability.md §8 (K53), §10.1 (B10).
"""

from __future__ import annotations

import os
from pathlib import Path

Mark = tuple[int, int, int, int]
REASON = ".reason.txt"
_LONGEST_ENDING = 16
_LONGEST_NAME = 255 - len(REASON)  # bytes; 255 is what every file system in use takes


def mark_of(facts: os.stat_result) -> Mark:
    """What tells a file from every other and from its own earlier content: drive, number, size, time of the last change."""
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def move(source: Path, target: Path, mark: Mark) -> bool:
    """Give the file with this mark its new name, which nothing has; False when it no longer has its old one."""
    try:
        # Never over another file: renaming would do that silently, giving a second name does not.
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except FileNotFoundError:
        return False
    except (OSError, NotImplementedError):
        return _move_without_links(source, target, mark)
    if mark_of(target.lstat()) != mark:
        target.unlink()
        return False
    if not remove_name(source, mark) and mark_of(target.lstat()) != mark:
        # Changed where it lies: both names have the new content now, and it belongs into the inbox only.
        target.unlink()
        return False
    return True


def remove_name(path: Path, mark: Mark) -> bool:
    """Take this name away from the file with this mark, which has another one; False when it has a newer file, which stays."""
    aside = free_name(path.parent, f"new {path.name}")  # what it is when it is still there after a crash
    if not _renamed(path, aside):
        return True
    if mark_of(aside.lstat()) != mark:
        _put_back(aside, path)
        return False
    aside.unlink()
    return True


def _move_without_links(source: Path, target: Path, mark: Mark) -> bool:
    """The same on a drive without hard links, where the number of a file may change with its name."""
    if not _renamed(source, target):
        return False
    if mark_of(target.lstat())[2:] == mark[2:]:
        return True
    _put_back(target, source)
    return False


def _renamed(path: Path, target: Path) -> bool:
    """Give the file that has this path now another name, which nothing has; False when there is none."""
    target.touch(exist_ok=False)  # only this empty file is replaced
    try:
        path.replace(target)
    except OSError as error:
        target.unlink()
        if isinstance(error, FileNotFoundError):
            return False
        raise
    return True


def _put_back(moved: Path, path: Path) -> None:
    """Give a newer file its name again; where a still newer one has it, one beside that."""
    try:
        _renamed(moved, path)
    except FileExistsError:
        _renamed(moved, free_name(path.parent, path.name))


def free_name(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has: the name itself, else with -2, -3 … before its ending.

    A very long name is cut, so that the reason fits beside it.
    """
    ending = Path(name).suffix if len(Path(name).suffix) < _LONGEST_ENDING else ""
    number = 1
    while os.path.lexists(path := folder / _numbered(name.removesuffix(ending), ending, number)):
        number += 1
    return path


def _numbered(stem: str, ending: str, number: int) -> str:
    tail = (f"-{number}" if number > 1 else "") + ending
    return stem.encode()[: _LONGEST_NAME - len(tail.encode())].decode(errors="ignore") + tail
