"""kill -9 of the real program at chosen requests, over real HTTP; afterwards it is only started again (reliability.md §8)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.books import demo_books
from importer.sandbox.papers import Line
from importer.sandbox.server import Server
from tests.flow.conftest import SETTINGS
from tests.flow.statements import Booking, month, write_generic_csv

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PROGRAM = "from importer.cli import main; main()"
DONE, REVIEW, UNKNOWN, BUSY = 0, 3, 5, 75


class Executioner(Sandbox):
    """A sandbox that may kill the program that asks it, before or after it carries out a request."""

    def __init__(self) -> None:
        super().__init__(demo_books())
        self.before: Callable[[str], object] = str
        self.after: Callable[[str], object] = str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].rpartition('/')[2]}"
        self.before(request)
        answer = super().__call__(environ, start_response)
        self.after(request)
        return answer


@dataclass
class Scene:
    """A statement, the program, and the server it talks to."""

    folder: Path
    sandbox: Executioner
    bookings: list[Booking] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self, name: str = "bank.csv") -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "import", name, "--yes"],
            cwd=self.folder,
            env=os.environ | {"BC_TOKEN": "sandbox"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self.process

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def killed_at(self, request: str, moment: str, nth: int = 1) -> int:
        """Run the program and kill it before or after the nth such request; its exit code."""
        count = iter(range(1, 1000))

        def strike(seen: str) -> None:
            if seen == request and next(count) == nth:
                self.kill()

        setattr(self.sandbox, moment, strike)
        code = self.start().wait()
        setattr(self.sandbox, moment, str)
        return code

    def settle(self) -> list[int]:
        """Start the program again, as a scheduler would, until nothing is unknown."""
        codes = []
        for _ in range(6):
            codes.append(self.start().wait())
            if codes[-1] in (DONE, REVIEW):
                break
            time.sleep(1.2)
        return codes

    @property
    def truth(self) -> Counter[tuple[str, str, Decimal]]:
        return Counter((b.customer, invoice, -amount) for b in self.bookings for invoice, amount in b.pays)

    @property
    def created(self) -> Counter[tuple[str, str, Decimal]]:
        made = (e.after for e in self.sandbox.history if e.action == "create" and e.by == "api")
        return Counter((m.customer_number, m.invoice_number, m.amount) for m in made if isinstance(m, Line))


@contextmanager
def scene_at(folder: Path) -> Iterator[Scene]:
    sandbox = Executioner()
    with Server(sandbox, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings = SETTINGS.format(url=server.url + BASE).replace("accounts =", 'settle_after = "1s"\naccounts =')
        (folder / "importer.toml").write_text(settings, encoding="utf-8")
        scene = Scene(folder, sandbox, list(month(sandbox))[:20])
        write_generic_csv(folder / "bank.csv", scene.bookings)
        yield scene
        server.shutdown()
        thread.join()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scene_at(tmp_path) as scene:
        yield scene


AT_THE_BATCH = [("POST $batch", "before", 1), ("POST $batch", "after", 1)]
READS = ["GET companies", "GET customers", "GET salesInvoices", "GET customerPayments", "GET customerLedgerEntries"]
AT_A_READ = [(request, moment, nth) for request in READS for moment in ("before", "after") for nth in (1, 2, 3)]


@pytest.mark.parametrize(
    ("request_", "moment", "nth"),
    [*AT_THE_BATCH, *(pytest.param(*point, marks=pytest.mark.bench) for point in AT_A_READ)],
)
def test_a_program_killed_at_a_request_only_has_to_be_started_again(
    scene: Scene, request_: str, moment: str, nth: int
) -> None:
    killed = scene.killed_at(request_, moment, nth)
    codes = scene.settle()
    assert killed in (-signal.SIGKILL, REVIEW)
    assert codes[-1] in (DONE, REVIEW)
    assert scene.created == scene.truth


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.bench) for seed in range(20)])
def test_a_program_killed_at_any_moment_only_has_to_be_started_again(scene: Scene, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        scene.start()
        time.sleep(random.uniform(0.3, 2.5))
        scene.kill()
    assert scene.settle()[-1] in (DONE, REVIEW)
    assert scene.created == scene.truth


def test_two_programs_on_one_file_create_each_payment_once(scene: Scene) -> None:
    both = [scene.start(), scene.start()]
    codes = sorted(process.wait() for process in both)
    assert codes in ([DONE, DONE], [DONE, BUSY], [REVIEW, REVIEW], [REVIEW, BUSY])
    assert scene.created == scene.truth


def test_a_program_asked_to_end_ends_in_order_and_the_next_one_goes_on(scene: Scene) -> None:
    def ask(request: str) -> None:
        if request == "POST $batch" and scene.process is not None:
            scene.process.send_signal(signal.SIGTERM)

    scene.sandbox.before = ask
    code = scene.start().wait()
    scene.sandbox.before = str
    assert code in (BUSY, DONE, REVIEW)
    assert scene.settle()[-1] in (DONE, REVIEW)
    assert scene.created == scene.truth
