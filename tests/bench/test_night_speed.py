"""A night of many companies against a service with the documented limits: throughput as a share of what they allow, memory.

Run with `pytest -m bench -s`. Sizes and times can be set in the environment, as in IMPORTER_BENCH_COMPANIES=20.

The ceiling (performance.md §4.2): five requests at once and 6,000 in five minutes, a batch of B lines takes L + B*c. One
journal is written by one request at a time, so five at once takes five companies side by side.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any  # JSON has no better type

import pytest

from tests.bench.slow_service import name
from tests.flow.fleet import SECTION, aged, statement

pytestmark = pytest.mark.bench

REPOSITORY = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-c", "from importer.cli import main; main()")
COMPANIES = int(os.environ.get("IMPORTER_BENCH_COMPANIES", "200"))
LINES = int(os.environ.get("IMPORTER_BENCH_LINES", "500"))
REQUEST_MS = float(os.environ.get("IMPORTER_BENCH_REQUEST_MS", "20"))
LINE_MS = float(os.environ.get("IMPORTER_BENCH_LINE_MS", "10"))
WORKERS = os.environ.get("IMPORTER_BENCH_WORKERS", "12")
BATCH, AT_ONCE, WINDOW_REQUESTS, WINDOW_S = 100, 5, 6000, 300


def ceiling(request_ms: float, line_ms: float) -> float:
    """Lines a second that the documented limits allow one principal."""
    at_once = AT_ONCE * BATCH / (request_ms + BATCH * line_ms) * 1000
    return min(WINDOW_REQUESTS / WINDOW_S * BATCH, at_once)


@dataclass(frozen=True)
class Service:
    """The slow sandbox: its URL, and what it has seen so far."""

    url: str
    process: subprocess.Popen[str]

    def seen(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._said()

    def _said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@contextmanager
def service() -> Iterator[Service]:
    arguments = map(str, (COMPANIES, LINES + 10, REQUEST_MS, LINE_MS))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.slow_service", *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield Service(json.loads(process.stdout.readline())["url"], process)
        assert process.stdin is not None
        process.stdin.close()


def configured(folder: Path, url: str) -> None:
    """Every company of the service with one statement that pays its invoices."""
    more = 'currency = "EUR"\nmax_total = "999999999.00"'
    sections = [SECTION.format(name=name(number), url=url) for number in range(COMPANIES)]
    text = "".join(['state = "state/importer.db"\n', *sections]).replace('currency = "EUR"', more)
    (folder / "importer.toml").write_text(text, encoding="utf-8")
    rows = statement(range(LINES))
    for number in range(COMPANIES):
        inbox = folder / "inbox" / name(number)
        inbox.mkdir(parents=True)
        (inbox / "bank.csv").write_text(rows, encoding="utf-8")
        aged(inbox / "bank.csv")


def resident_mb(process: subprocess.Popen[bytes]) -> float | None:
    """The resident memory of a process; None when it has ended."""
    try:
        pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def watched(process: subprocess.Popen[bytes]) -> list[float]:
    """The memory of a process until it ends, twice a second."""
    memory = []
    while process.poll() is None:
        used = resident_mb(process)
        if used:
            memory.append(used)
        time.sleep(0.5)
    return memory


def test_a_night_of_many_companies_reaches_what_the_limits_allow_in_constant_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as slow:
        configured(tmp_path, slow.url)
        before = os.times()
        night = subprocess.Popen(
            [*PROGRAM, "nightly", "-q", "--workers", WORKERS, "--format", "json", "-o", "night.json"],
            cwd=tmp_path,
            env={**os.environ, "BC_TOKEN": "sandbox"},
        )
        memory = watched(night)
        after = os.times()
        seen = slow.seen()
    wall, cpu = after.elapsed - before.elapsed, after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    rate, most = seen["lines"] / wall, ceiling(REQUEST_MS, LINE_MS)
    quarter = len(memory) // 4
    early, late = median(memory[quarter : 2 * quarter]), median(memory[-quarter:])
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what the bench is for
            f"\n{COMPANIES} companies x {LINES} lines, {REQUEST_MS:g} ms a request and {LINE_MS:g} ms a line, "
            f"{WORKERS} workers, load {load:.1f} per processor\n"
            f"{wall:.0f} s, {rate:.0f} lines/s of {most:.0f}: {rate / most:.0%} of the documented ceiling; "
            f"CPU {cpu / seen['lines'] * 1000:.2f} ms a line\n"
            f"requests {seen['requests']}, at most {seen['at_once']} at once and {seen['in_window']} in five minutes\n"
            f"memory {early:.0f} MB in the second quarter, {late:.0f} MB in the last, at most {max(memory):.0f} MB"
        )
    assert night.returncode == 0
    assert (seen["lines"], seen["doubled"], list(seen["requests"])) == (COMPANIES * LINES, 0, ["200"])
    assert (seen["at_once"] <= AT_ONCE, seen["in_window"] <= WINDOW_REQUESTS) == (True, True)
    assert late < early * 1.05 + 2
    assert rate >= 0.8 * most
