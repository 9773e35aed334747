"""Companies side by side: the limits of one principal are shared, and nobody waits for somebody else's work."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Lock
from time import sleep
from typing import TYPE_CHECKING

import pytest

from importer import processor
from importer.config import load_configuration
from importer.errors import Exit
from importer.fleet import Became, CompanyNight, Job, run_job, run_night
from importer.fleet.night import Fleet, with_inbox
from importer.fleet.principals import share_of
from importer.sandbox.app import Sandbox
from tests.flow.fleet import Site, sandbox_of, site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Slow:
    """A sandbox that takes its time for every request and counts how many are there at once."""

    def __init__(self, sandbox: Sandbox, seconds: float) -> None:
        self.sandbox = sandbox
        self.seconds = seconds
        self.most = 0
        self._now = 0
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            sleep(self.seconds)
            return list(self.sandbox(environ, start_response))
        finally:
            with self._lock:
                self._now -= 1


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    sandbox = sandbox_of({f"c{number}": 10 for number in range(8)})
    monkeypatch.setenv("BC_TOKEN", sandbox.token)
    with site(tmp_path, sandbox) as made:
        yield made


def fleet(made: Site) -> Fleet:
    return Fleet(made.configuration, with_inbox(load_configuration(made.configuration), []))


def test_a_job_and_its_result_can_be_pickled_and_run_by_any_engine(small: Site) -> None:
    path = small.put("c1", [1, 2])
    job = pickle.loads(pickle.dumps(Job(small.configuration, "c1", (path,))))  # noqa: S301 - our own bytes
    result: CompanyNight = pickle.loads(pickle.dumps(run_job(job)))  # noqa: S301 - our own bytes
    assert (result.code, [file.became for file in result.files]) == (Exit.DONE, [Became.DONE])
    assert small.journal("c1") == ["200001", "200002"]
    again = run_job(job)
    assert (again.code, [file.became for file in again.files]) == (Exit.DONE, [Became.DONE])
    assert small.journal("c1") == ["200001", "200002"]


class CountedTurn:
    """A turn to compute that counts who takes it, and how many requests are sent meanwhile."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._depth = self.times = self.sent = 0
        self._before = 0

    def acquire(self, *, timeout: float) -> bool:
        if self._depth == 0:
            self.times, self._before = self.times + 1, self._requests()
        self._depth += 1
        return timeout > 0

    def release(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            self.sent += self._requests() - self._before

    def _requests(self) -> int:
        return len(self._sandbox.requests)


def test_reading_planning_and_reporting_wait_for_their_turn_and_nothing_is_sent_within_it(
    small: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = CountedTurn(small.sandbox)
    monkeypatch.setattr(processor, "_TURN", turn)
    path = small.put("c1", [1, 2])
    assert run_job(Job(small.configuration, "c1", (path,))).code is Exit.DONE
    assert (turn.times, turn.sent) == (3, 0)


def processes(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, processes])
def test_companies_are_worked_on_side_by_side_by_any_executor(small: Site, executor: Callable[[int], Executor]) -> None:
    for number in range(3):
        small.put(f"c{number}", [number, 5])
    with executor(2) as workers:
        night = run_night(fleet(small), run_job, workers)
    assert (night.exit_code, len(night.companies)) == (Exit.DONE, 8)
    assert {name: small.journal(name) for name in ("c0", "c1", "c2", "c3")} == {
        "c0": ["200000", "200005"],
        "c1": ["200001", "200005"],
        "c2": ["200002", "200005"],
        "c3": [],
    }


def test_companies_of_one_principal_share_its_limits_and_others_do_not(small: Site) -> None:
    settings = small.configuration.read_text(encoding="utf-8")
    settings = settings.replace("env:BC_TOKEN", "env:OTHER_TOKEN", 1)
    small.configuration.write_text(settings, encoding="utf-8")
    companies = load_configuration(small.configuration).company
    assert share_of(companies["c1"], "a") is share_of(companies["c2"], "a")
    assert share_of(companies["c0"], "a") is not share_of(companies["c1"], "a")


def test_one_principal_never_has_more_than_five_requests_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(sandbox_of({f"d{number}": 10 for number in range(10)}), 0.03)
    monkeypatch.setenv("BC_TOKEN", slow.sandbox.token)
    with site(tmp_path, slow.sandbox, app=slow) as made:
        for name in made.names:
            made.put(name, [1])
        with ThreadPoolExecutor(10) as workers:
            night = run_night(fleet(made), run_job, workers)
    assert (night.exit_code, slow.most) == (Exit.DONE, 5)


def test_a_company_with_a_hundred_times_the_lines_delays_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [f"e{number}" for number in range(6)]
    sandbox = sandbox_of({"large": 1000, **dict.fromkeys(others, 10)})
    monkeypatch.setenv("BC_TOKEN", sandbox.token)
    begun, others_done = Event(), Event()

    def held(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Only the large company sends envelopes of this size; they are held until all others are done.
        if int(environ["CONTENT_LENGTH"]) > 20_000:
            begun.set()
            assert others_done.wait(60), "the others wait for the large company"
        return sandbox(environ, start_response)

    with site(tmp_path, sandbox, app=held) as made:
        made.put("large", range(1000))
        for name in others:
            made.put(name, range(10))
        with ThreadPoolExecutor(2) as workers:
            large = workers.submit(run_job, Job(made.configuration, "large"))
            assert begun.wait(60)
            companies = with_inbox(load_configuration(made.configuration), others)
            night = run_night(Fleet(made.configuration, companies), run_job, workers)
            others_done.set()
            assert (large.result().code, night.exit_code) == (Exit.DONE, Exit.DONE)
        assert {name: len(made.journal(name)) for name in ("large", *others)} == {
            "large": 1000,
            **dict.fromkeys(others, 10),
        }


def test_with_one_worker_the_large_inbox_comes_last(small: Site) -> None:
    order: list[str] = []

    def noted(job: Job) -> CompanyNight:
        order.append(job.company)
        return CompanyNight(job.company, Exit.DONE)

    small.put("c0", range(10))
    small.put("c5", range(3))
    with ThreadPoolExecutor(1) as workers:
        run_night(fleet(small), noted, workers)
    assert order[-2:] == ["c5", "c0"]


def test_a_principal_whose_server_hangs_delays_no_other(small: Site) -> None:
    settings = small.configuration.read_text(encoding="utf-8")
    ours, _, others = settings.partition("[company.c5]")
    small.configuration.write_text(f"{ours}[company.c5]{others.replace('BC_TOKEN', 'OTHER_TOKEN')}", encoding="utf-8")
    others_done, lock, done = Event(), Lock(), set[str]()

    def work(job: Job) -> CompanyNight:
        # Five companies of one principal hang, three of another do not.
        if job.company < "c5":
            assert others_done.wait(60), "the others wait for the principal that hangs"
        with lock:
            done.add(job.company)
            if done == {"c5", "c6", "c7"}:
                others_done.set()
        return CompanyNight(job.company, Exit.DONE)

    with ThreadPoolExecutor(2) as workers:
        night = run_night(replace(fleet(small), at_once=2), work, workers)
    assert (night.exit_code, len(done)) == (Exit.DONE, 8)


def test_an_executor_that_broke_is_told_for_every_company_and_ends_the_night(small: Site) -> None:
    workers = ThreadPoolExecutor(1)
    workers.shutdown()
    night = run_night(fleet(small), run_job, workers)
    assert {company.code for company in night.companies} == {Exit.BUG}


def test_a_worker_that_dies_takes_only_its_company_with_it(small: Site) -> None:
    def dying(job: Job) -> CompanyNight:
        if job.company == "c3":
            raise MemoryError
        return CompanyNight(job.company, Exit.DONE)

    with ThreadPoolExecutor(2) as workers:
        night = run_night(fleet(small), dying, workers)
    assert {company.company for company in night.companies if company.code is Exit.BUG} == {"c3"}
    assert night.exit_code is Exit.BUG
