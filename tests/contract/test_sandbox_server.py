"""`importer sandbox` as a user runs it, and how fast the sandbox is."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.contract.conformance import Json, sandbox_service

RUN = [sys.executable, "-c", "from importer.cli import main; main()", "sandbox"]


def test_the_command_says_how_to_reach_it_and_ends_with_control_c() -> None:
    with subprocess.Popen([*RUN, "--port", "0"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        while 'token = "env:BC_TOKEN"' not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        url = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
        companies = httpx.get(f"{url}/companies", headers={"Authorization": "Bearer sandbox"}).json()["value"]
        process.send_signal(signal.SIGINT)
        said += process.stderr.read()

    assert companies[0]["name"] == "CRONUS International Ltd."
    assert f'base_url = "{url}"' in said
    assert said.rstrip().endswith("1 requests, 0 changes; all forgotten now.")
    assert process.returncode == 0


@pytest.mark.parametrize("option", ["--books", "--faults"])
def test_a_file_that_cannot_be_used_is_a_usage_error(tmp_path: Path, option: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text("[", encoding="utf-8")

    run = subprocess.run([*RUN, option, str(path)], capture_output=True, text=True, check=False)

    assert (run.returncode, "is not JSON" in run.stderr) == (2, True)


@pytest.mark.bench
def test_a_batch_takes_less_than_50_ms_and_a_list_of_10000_lines_less_than_a_second() -> None:
    service = sandbox_service()
    best = 1.0

    for batch in range(100):
        body: Json = {"customerNumber": "10000", "amount": -1, "postingDate": "2026-02-02", "description": "x"}
        parts = [
            {"method": "POST", "url": service.payments(), "body": {**body, "lineNumber": batch * 100 + number + 1}}
            for number in range(100)
        ]
        began = time.perf_counter()
        service.batch(parts)
        best = min(best, time.perf_counter() - began)
    began = time.perf_counter()
    lines = service.lines()

    assert best < 0.05
    assert len(lines) == 10_000
    assert time.perf_counter() - began < 1
