"""Whose job comes next: nobody waits for the trouble of another principal, or behind somebody else's large inbox."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass

from importer.fleet.values import CompanyNight, Job


@dataclass(frozen=True, slots=True)
class Turns:
    """Where jobs are done, and how many at once.

    `principals` says for each company as whom the service knows it, `books` which company of Business Central it is: sections
    of one, such as two journals, are done one after the other.
    """

    executor: Executor
    at_once: int
    principals: Mapping[str, str]
    books: Mapping[str, str]

    def take(
        self, jobs: Sequence[Job], work: Callable[[Job], CompanyNight]
    ) -> Iterator[tuple[Job, Future[CompanyNight]]]:
        """Each job with what came of it, as they end.

        The next turn is the principal's with the fewest jobs at work: one whose server hangs or throttles holds its share
        of the turns and no more. Among the jobs of a principal the smallest inbox comes first.
        """
        waiting: dict[str, deque[Job]] = {}
        for job in sorted(jobs, key=size_of):
            waiting.setdefault(self.principals[job.company], deque()).append(job)
        running: dict[Future[CompanyNight], Job] = {}
        while waiting or running:
            while len(running) < self.at_once and (chosen := self._next(waiting, running.values())):
                running[self._submitted(work, chosen)] = chosen
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future

    def _next(self, waiting: dict[str, deque[Job]], running: Collection[Job]) -> Job | None:
        busy = Counter(self.principals[job.company] for job in running)
        locked = {self.books[job.company] for job in running}
        free = [job for jobs in waiting.values() if (job := self._first_free(jobs, locked))]
        if not free:
            return None
        job = min(free, key=lambda one: busy[self.principals[one.company]])
        principal = self.principals[job.company]
        waiting[principal].remove(job)
        if not waiting[principal]:
            del waiting[principal]
        return job

    def _first_free(self, jobs: Iterable[Job], locked: Collection[str]) -> Job | None:
        return next((job for job in jobs if self.books[job.company] not in locked), None)

    def _submitted(self, work: Callable[[Job], CompanyNight], job: Job) -> Future[CompanyNight]:
        try:
            return self.executor.submit(work, job)
        except RuntimeError as error:
            # The executor broke with an earlier job; this one is told of it like all others.
            lost: Future[CompanyNight] = Future()
            lost.set_exception(error)
            return lost


def size_of(job: Job) -> int:
    """How many bytes wait for the job; a file that has just gone is none of them."""
    total = 0
    for path in job.files or ():
        with suppress(OSError):
            total += path.lstat().st_size
    return total
