"""A statement, the real program as a process of its own, and the server it talks to over real HTTP.

The program can be killed where it stands (`Trap`) or at a request, as the server sees it. Afterwards it is started again with
the same arguments and nothing else; what it created is read from the server's own history, never from the ledger.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import Record, make_books
from importer.sandbox.papers import Line
from importer.sandbox.server import Server
from tests.faults.deadly import Shift, Trap
from tests.faults.places import DatabasePlace
from tests.faults.unsynced import can_lose_power, put_back_in
from tests.flow.fleet import amount, company, invoice, statement

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROOT = Path(__file__).parents[2]
PROGRAM = "from tests.faults.deadly import main; main()"
DONE, REVIEW, UNKNOWN, TEMPORARY, LEDGER, CONFIGURATION = 0, 3, 5, 75, 74, 78
KILLED = -signal.SIGKILL
# After so long nothing that was sent can still be carried out: settle_after, and how old an intent may be when it leaves.
SETTLE_AFTER_S = 1.0
HORIZON_S = SETTLE_AFTER_S + 0.5
CUSTOMER = "10000"
SETTINGS = """
state = "{state}"
[company.alpha]
base_url = "{url}"
company = "alpha"
journal = "BANK"
currency = "EUR"
accounts = ["DE02120300000000202051"]
inbox = "inbox"
settle_after = "{settle_after:.0f}s"
[company.alpha.auth]
kind = "token"
token = "env:BC_TOKEN"
"""


class Executioner(Sandbox):
    """A sandbox that does something before or after it carries out a request, such as killing the program that asks."""

    def __init__(self, books: Record, behaviour: Behaviour) -> None:
        super().__init__(make_books(books), behaviour=behaviour)
        self.before: Callable[[str], object] = str
        self.after: Callable[[str], object] = str
        # What answers in place of the sandbox: a service that gives out tokens, a gateway in front of it.
        self.instead: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes] | None] = lambda _, __: None
        self.keeps_connections = True

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].rpartition('/')[2]}"
        self.before(request)
        answer = self.instead(environ, start_response)
        if answer is None:
            answer = super().__call__(environ, self._headed(start_response))
        self.after(request)
        return answer

    def _headed(self, start_response: StartResponse) -> StartResponse:
        if self.keeps_connections:
            return start_response
        return lambda status, headers, *rest: start_response(status, [*headers, ("Connection", "close")], *rest)


@dataclass
class Scene:
    """Where a program is killed and started again. `lines` are the numbers of the invoices that the statement pays.

    The ledger is the file of SQLite in `state/`, or a `database` of a PostgreSQL server.
    """

    folder: Path
    sandbox: Executioner
    url: str
    lines: Sequence[int]
    arguments: tuple[str, ...] = ("import", "bank.csv", "--yes")
    process: subprocess.Popen[bytes] | None = None
    database: DatabasePlace | None = None

    def start(self, trap: Trap | None = None, shift: Shift | None = None) -> subprocess.Popen[bytes]:
        """Start the program, with a trap in it or not."""
        variables = (trap.environment if trap else {}) | (shift.environment if shift else {})
        with (self.folder / "stderr.txt").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *self.arguments],
                cwd=self.folder,
                env=os.environ | {"BC_TOKEN": "sandbox", "PYTHONPATH": str(ROOT)} | variables,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        return self.process

    def run(self, trap: Trap | None = None, shift: Shift | None = None) -> int:
        """Start the program and wait for its exit code."""
        return self.start(trap, shift).wait(60)

    def kill(self) -> None:
        """End the program as a lack of memory or a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def killed(self, trap: Trap, shift: Shift | None = None) -> None:
        """Run the program into a trap."""
        assert self.run(trap, shift) == KILLED, self.said

    def cut_off(self, trap: Trap) -> None:
        """Run the program into a power cut; what its ledger had not asked the disk to keep may be gone afterwards."""
        if not can_lose_power():
            pytest.skip("this Python hides SQLite's functions")
        self.killed(replace(trap, fate="loses power"))
        put_back_in(self.ledger.parent)

    def killed_at_any_moment(self, seed: int) -> None:
        """Start the program and kill it at a moment that the seed says, three times."""
        random = Random(seed)  # noqa: S311 - moments, not secrets
        for _ in range(3):
            self.start()
            time.sleep(random.uniform(0.5, 2.0))
            self.kill()

    def killed_at(self, request: str, moment: str) -> None:
        """Run the program and kill it before or after the server carries out the first such request."""
        assert self.struck_at(request, moment) == KILLED, self.said

    def struck_at(self, request: str, moment: str, nth: int = 1) -> int:
        """The same at the nth such request, if it comes; the exit code."""
        count = iter(range(1, 1000))

        def strike(seen: str) -> None:
            if seen == request and next(count) == nth:
                self.kill()

        setattr(self.sandbox, moment, strike)
        code = self.run()
        setattr(self.sandbox, moment, str)
        return code

    def pass_horizon(self) -> None:
        """Wait until nothing of an earlier process can be carried out any more."""
        time.sleep(HORIZON_S + 0.1)

    def settle(self) -> list[int]:
        """Start the program again, as a scheduler would, until nothing is left; its exit codes."""
        codes = [self.run()]
        while codes[-1] in (UNKNOWN, TEMPORARY) and len(codes) < 6:
            self.pass_horizon()
            codes.append(self.run())
        return codes

    def again(self) -> tuple[int, int]:
        """Start the program again; its exit code, and how many writes it asked the server for."""
        before = self.writes
        return self.run(), self.writes - before

    @property
    def said(self) -> str:
        """What the last process wrote to stderr."""
        return (self.folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")

    @property
    def truth(self) -> Counter[tuple[str, str, Decimal]]:
        """What the statement pays."""
        return Counter((CUSTOMER, invoice(number), -Decimal(amount(number))) for number in self.lines)

    @property
    def created(self) -> Counter[tuple[str, str, Decimal]]:
        """What the program ever created, as the server's own history has it."""
        made = (event.after for event in self.sandbox.history if event.action == "create" and event.by == "api")
        return Counter((m.customer_number, m.invoice_number, m.amount) for m in made if isinstance(m, Line))

    @property
    def writes(self) -> int:
        """How many lines or changes the server was ever asked for, also in vain."""
        parts = [part.method for served in self.sandbox.requests for part in served.parts]
        alone = [s.method for s in self.sandbox.requests if not s.path.endswith("$batch")]
        return sum(method != "GET" for method in (*parts, *alone))

    @property
    def journal(self) -> tuple[Line, ...]:
        """What stands in the journal, without the empty line that posting leaves behind."""
        return tuple(line for line in self.sandbox.journal_lines("BANK") if line.customer_number)

    @property
    def ledger(self) -> Path:
        return self.folder / "state" / "importer.db"

    @property
    def states(self) -> Mapping[str, int]:
        """How many lines the ledger has in each state."""
        return dict(self.asked("SELECT state, count(*) FROM intent GROUP BY state"))

    def asked(self, question: str) -> list[Any]:
        """What the ledger says; of a file a copy is asked, so that nobody mends what the killed process left."""
        if self.database is not None:
            return [tuple(row.values()) for row in self.database.rows(question)]
        if not self.ledger.exists():
            return []
        with TemporaryDirectory() as folder:
            for file in self.ledger.parent.glob("importer.db*"):
                if not file.name.endswith(("-shm", ".lock")):
                    shutil.copy(file, folder)
            with closing(sqlite3.connect(Path(folder) / self.ledger.name)) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'intent'").fetchone():
                    return []
                return connection.execute(question).fetchall()

    def forget(self) -> None:
        """The ledger is lost, with everything beside it."""
        if self.database is not None:
            self.database.lose()
        else:
            shutil.rmtree(self.ledger.parent)

    def configure(self, old: str, new: str) -> None:
        """Change importer.toml."""
        path = self.folder / "importer.toml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@contextmanager
def scene_at(
    folder: Path,
    lines: int = 3,
    behaviour: Behaviour | None = None,
    settle_after: float = SETTLE_AFTER_S,
    database: DatabasePlace | None = None,
) -> Iterator[Scene]:
    """A folder with a statement of so many payments, the server, and nothing in the ledger."""
    numbers = range(1, lines + 1)
    sandbox = Executioner({"companies": [company("alpha", lines + 10)]}, behaviour or Behaviour())
    with Server(sandbox, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        state = database.state if database else "state/importer.db"
        text = SETTINGS.format(state=state, url=server.url + BASE, settle_after=settle_after)
        (folder / "importer.toml").write_text(text, encoding="utf-8")
        (folder / "bank.csv").write_text(statement(numbers), encoding="utf-8")
        (folder / "inbox").mkdir()
        yield Scene(folder, sandbox, server.url, numbers, database=database)
        server.shutdown()
        thread.join()
