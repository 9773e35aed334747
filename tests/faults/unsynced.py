"""A disk under SQLite that knows what was written since it was last asked to keep it, and what a power cut leaves of that.

Each such write is there afterwards, is not there, or is there in part, in any combination, as with real disks. This is how
SQLite tests itself (reliability.md §12.3, level 7). What was closed counts as kept: SQLite asks for that before it lets go.
"""

from __future__ import annotations

import _sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_int64,
    c_void_p,
    cast,
    pointer,
    py_object,
    pythonapi,
    string_at,
)
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

_LEFT = ".left"
_SECTOR = 512  # bytes, which a disk writes as a whole
_DONE = 0

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Files(Structure):
    """How SQLite reaches files, sqlite3_vfs in its documentation; `others` are functions that stay as they are."""

    _fields_ = [
        ("version", c_int),
        ("size", c_int),
        ("longest", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("own", c_void_p),
        ("open", _Open),
        ("others", c_void_p * 15),
    ]


class _Methods(Structure):
    """What SQLite does with an open file, sqlite3_io_methods in its documentation."""

    _fields_ = [
        ("version", c_int),
        ("close", _Close),
        ("read", c_void_p),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("others", c_void_p * 13),
    ]


@dataclass
class _File:
    """A file: what the disk was asked to keep, and what was written since: bytes at a place, or a length it was cut to."""

    kept: bytes
    written: list[tuple[int, bytes] | int] = field(default_factory=list)
    handles: int = 0

    def sync(self) -> None:
        """The disk has kept everything."""
        self.kept, self.written = _with(self.kept, self.written), []

    def left(self, random: Random) -> bytes:
        """What is there when the power comes back."""
        survived = (_survived(step, random) for step in self.written)
        return _with(self.kept, [step for step in survived if step is not None])


def _with(content: bytes, steps: Sequence[tuple[int, bytes] | int]) -> bytes:
    changed = bytearray(content)
    for step in steps:
        match step:
            case int(length):
                del changed[length:]
            case (offset, piece):
                changed.extend(bytes(max(0, offset - len(changed))))
                changed[offset : offset + len(piece)] = piece
    return bytes(changed)


def _survived(step: tuple[int, bytes] | int, random: Random) -> tuple[int, bytes] | int | None:
    match random.choice(("there", "gone", "in part")), step:
        case "gone", _:
            return None
        case "in part", (offset, piece):
            return offset, piece[: random.randrange(0, len(piece) + 1, _SECTOR)]
        case _:
            return step


class _Disk:
    """The files that SQLite has open, and the functions that it calls in place of its own."""

    def __init__(self) -> None:
        self._library = _sqlite()
        self._library.sqlite3_vfs_find.restype = POINTER(_Files)
        self._usual = self._library.sqlite3_vfs_find(None)
        self._watched = _Files.from_buffer_copy(self._usual.contents)
        self._watched.name = b"watched"
        # A database may be closed by the very end of the process, when nothing else is left of Python.
        pythonapi.Py_IncRef(py_object(self._watched))
        self._methods: dict[int, _Methods] = {}
        self._by_handle: dict[int, tuple[_File, _Methods]] = {}
        self.files: dict[Path, _File] = {}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Databases that are opened now lie on this disk."""
        self._watched.open = _Open(self._open)
        self._library.sqlite3_vfs_register(byref(self._watched), 1)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_register(self._usual, 1)
            self._let_go()

    def _let_go(self) -> None:
        """What a process that died left open goes on unwatched."""
        self._watched.open = self._usual.contents.open
        for handle, (_, own) in self._by_handle.items():
            cast(handle, POINTER(POINTER(_Methods)))[0] = pointer(own)
        self._by_handle.clear()
        self.files.clear()

    def left(self, random: Random) -> Mapping[Path, bytes]:
        """What the open files hold when the power comes back."""
        return {path: file.left(random) for path, file in self.files.items()}

    def _open(self, _: int, name: int | None, handle: int, flags: int, seen: int) -> int:
        path = _path(name) if name else None
        before = path.read_bytes() if path and path.exists() else b""
        # SQLite keeps the very name, so it is passed on as it came.
        code = int(self._usual.contents.open(self._usual, name, handle, flags, seen))
        methods = cast(handle, POINTER(POINTER(_Methods)))
        if code == _DONE and path:
            file = self.files.setdefault(path, _File(before))
            file.handles += 1
            own = methods[0].contents
            self._by_handle[handle] = file, own
            methods[0] = pointer(self._around(own))
        return code

    def _around(self, own: _Methods) -> _Methods:
        """The same methods, but what they write is seen."""
        place = cast(pointer(own), c_void_p).value or 0
        if place not in self._methods:
            around = _Methods.from_buffer_copy(own)
            around.close, around.write = _Close(self._close), _Write(self._write)
            around.truncate, around.sync = _Truncate(self._truncate), _Sync(self._sync)
            self._methods[place] = around
        return self._methods[place]

    def _close(self, handle: int) -> int:
        file, own = self._by_handle.pop(handle)
        file.handles -= 1
        self.files = {path: one for path, one in self.files.items() if one.handles}
        return int(own.close(handle))

    def _write(self, handle: int, start: int, count: int, offset: int) -> int:
        file, own = self._by_handle[handle]
        file.written.append((offset, string_at(start, count)))
        return int(own.write(handle, start, count, offset))

    def _truncate(self, handle: int, length: int) -> int:
        file, own = self._by_handle[handle]
        file.written.append(length)
        return int(own.truncate(handle, length))

    def _sync(self, handle: int, flags: int) -> int:
        file, own = self._by_handle[handle]
        code = int(own.sync(handle, flags))
        if code == _DONE:
            file.sync()
        return code


def _path(name: int) -> Path:
    return Path(string_at(name).decode())


@cache
def disk() -> _Disk:
    """The disk of this process."""
    return _Disk()


def can_lose_power() -> bool:
    """True where SQLite lets somebody watch its files: some builds of Python hide its functions."""
    return hasattr(_sqlite(), "sqlite3_vfs_register")


def _sqlite() -> CDLL:
    # Whether SQLite is a library of its own, a part of the module or of Python itself, this finds its functions.
    return CDLL(getattr(_sqlite3, "__file__", None))


def put_back(left: Mapping[Path, bytes]) -> None:
    """The power comes back: the files hold this."""
    for path, content in left.items():
        path.write_bytes(content)
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)  # it was in memory only


def write_beside(left: Mapping[Path, bytes]) -> None:
    """Keep what is left where whoever starts the next process finds it."""
    for path, content in left.items():
        path.with_name(f"{path.name}{_LEFT}").write_bytes(content)


def put_back_in(folder: Path) -> None:
    """The power comes back for a process that has ended since."""
    beside = list(folder.glob(f"*{_LEFT}"))
    put_back({path.with_name(path.name.removesuffix(_LEFT)): path.read_bytes() for path in beside})
    for path in beside:
        path.unlink()
