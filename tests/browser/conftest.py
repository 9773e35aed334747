"""The programs that people look at reports with. Without them these tests are skipped, except in CI: there they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, chromium
from tests.browser.chromium import program as chromium_program


def _needs(name: str, program: str | None) -> None:
    if program is None and os.environ.get("CI") != "true":
        pytest.skip(f"{name} is not installed")
    assert program, f"{name} is not installed, and CI must not skip this"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    _needs("Chromium", chromium_program())
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="session")
def libreoffice() -> Path:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    _needs("LibreOffice", program)
    return Path(str(program))
