"""How many requests an import takes: hardly more than what is written, by a hundred, and what is read, by the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.fleet import Shell, invoice, sandbox_of, site, statement

LINES = 10_000
PAGE = 20_000


def test_ten_thousand_lines_take_hardly_more_requests_than_they_must(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = sandbox_of({"alpha": LINES})
    with site(tmp_path, sandbox) as made:
        settings = made.configuration.read_text(encoding="utf-8")
        generous = settings.replace(
            'currency = "EUR"', 'currency = "EUR"\nmax_lines = 10000\nmax_total = "100000000.00"'
        )
        made.configuration.write_text(generous, encoding="utf-8")
        (tmp_path / "bank.csv").write_text(statement(range(LINES)), encoding="utf-8")
        shell = Shell(made, capsys, monkeypatch)

        ran = shell.importer("import", "bank.csv", "--yes", "-q", "-o", "result.json", "--format", "json")
        assert ran.code == 0, ran.err
        assert made.journal("alpha") == [invoice(number) for number in range(LINES)]
        rows_read = 2 * LINES  # the invoices, and the journal once it is written
        assert len(sandbox.requests) <= 1.1 * (LINES / 100 + rows_read / PAGE)

        before = len(sandbox.requests)
        assert shell.importer("import", "bank.csv", "--yes", "-q", "--format", "json").code == 0
        again = sandbox.requests[before:]
        assert [served.method for served in again if served.method != "GET"] == []
        assert len(again) <= 10
