"""A user's folder: importer.toml, a ledger to be, and a Business Central over real HTTP that nobody else uses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from importer.cli import main
from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.books import demo_books
from importer.sandbox.server import Server

SETTINGS = """
state = "state/importer.db"
[company.cronus]
base_url = "{url}"
company = "CRONUS International Ltd."
journal = "BANK"
currency = "EUR"
accounts = ["DE02120300000000202051"]
[company.cronus.auth]
kind = "token"
token = "env:BC_TOKEN"
"""


@dataclass(frozen=True)
class Ran:
    """What one call of the program gave: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        return document


@dataclass
class Desk:
    """Where a user sits: a folder with importer.toml, a shell, and a sandbox to look into."""

    folder: Path
    sandbox: Sandbox
    url: str
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    ran: list[Ran] = field(default_factory=list)

    def importer(self, *arguments: str | Path) -> Ran:
        """Run the program as a user would, in this folder."""
        self.monkeypatch.setattr("sys.argv", ["importer", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        self.ran.append(Ran(int(ended.value.code or 0), out, err))
        return self.ran[-1]

    def configure(self, old: str, new: str) -> None:
        """Change importer.toml."""
        path = self.folder / "importer.toml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    def writes(self) -> list[str]:
        """Every request so far that was meant to change something."""
        parts = [(served.method, served.path) for served in self.sandbox.requests]
        parts += [(part.method, part.path) for served in self.sandbox.requests for part in served.parts]
        return [f"{method} {path}" for method, path in parts if method != "GET" and not path.endswith("$batch")]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    sandbox = Sandbox(demo_books())
    with Server(sandbox, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings = SETTINGS.format(url=server.url + BASE)
        (tmp_path / "importer.toml").write_text(settings, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("BC_TOKEN", sandbox.token)
        yield Desk(tmp_path, sandbox, server.url + BASE, capsys, monkeypatch)
        server.shutdown()
        thread.join()
