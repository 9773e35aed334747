"""Two sections of one company of Business Central are never at work at once, and nobody else waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

from importer.errors import Exit
from importer.fleet.turns import Turns
from importer.fleet.values import CompanyNight, Job


class Watched:
    """Work that notes who is at work at once; the first of `together` jobs wait for one another."""

    def __init__(self, books: Mapping[str, str], together: int) -> None:
        self._books, self._lock, self._barrier = books, Lock(), Barrier(together, timeout=10)
        self._left = together
        self._running: list[str] = []
        self.clashes: list[str] = []

    def __call__(self, job: Job) -> CompanyNight:
        with self._lock:
            books = self._books[job.company]
            self.clashes += [job.company] if books in self._running else []
            self._running.append(books)
            waits, self._left = self._left > 0, self._left - 1
        if waits:
            self._barrier.wait()
        with self._lock:
            self._running.remove(books)
        return CompanyNight(job.company, Exit.DONE)


def test_sections_of_one_company_take_turns_and_others_go_on_beside_them() -> None:
    books = {"bank a": "cronus", "bank b": "cronus", "bank c": "cronus", "other": "adatum", "third": "contoso"}
    jobs = [Job(Path("importer.toml"), name, (), "night") for name in books]
    work = Watched(books, together=3)
    with ThreadPoolExecutor(5) as executor:
        done = [job.company for job, _ in Turns(executor, 5, dict.fromkeys(books, "us"), books).take(jobs, work)]
    assert (sorted(done), work.clashes) == (sorted(books), [])
