"""A mapping of one's own: taken before a shipped one, found, and checked with its samples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from importer.cli.mapping import command
from importer.errors import ConfigurationError
from importer.reader import report
from importer.shipped import shipped
from tests.flow.conftest import Desk
from tests.unit.reader_files import generic, row

HEADED = """Nordlicht Bank eG - Umsatzanzeige

Kontoinhaber:;Demo GmbH
IBAN:;DE02 1203 0000 0000 2020 51
Zeitraum:;01.03.2026 - 31.03.2026
Anfangssaldo:;10.000,00

Buchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;Umsatz EUR;Kontostand EUR
02.03.2026;02.03.2026;Adatum GmbH;Rechnung 103017;1.190,00;11.190,00
03.03.2026;04.03.2026;Stadtwerke Musterstadt;Abschlag März;-245,80;10.944,20
13.03.2026;13.03.2026;Contoso AG;RE 103018 / 103019;2.380,50;13.324,70

Endsaldo:;13.324,70
Alle Angaben ohne Gewähr.
"""


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_an_import_takes_a_mapping_of_ones_own_before_the_shipped_one(desk: Desk) -> None:
    own = (shipped("mappings") / "generic.toml").read_text(encoding="utf-8") + '[amounts]\nmodel = "inverted"\n'
    (desk.folder / "mappings").mkdir()
    (desk.folder / "mappings" / "generic.toml").write_text(own, encoding="utf-8")
    settings = desk.folder / "importer.toml"
    settings.write_text('mappings = "mappings"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    (desk.folder / "kto.csv").write_text(generic(row(amount="-10.00")), encoding="utf-8")

    decisions = desk.importer("preview", "kto.csv", "--format", "json").document["decisions"]
    assert [decision["amount"] for decision in decisions] == ["10.00"]


def test_a_mapping_of_ones_own_that_is_not_found_tells_of_the_option(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text(HEADED)

    with pytest.raises(ConfigurationError, match=r'there is no mapping "no/such"; name the folder .* with --mappings'):
        run("check", tmp_path / "kto.csv", "--mapping", "no/such")


def test_the_check_of_samples_says_what_differs_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("mappings", "samples"):
        (tmp_path / kind).mkdir()
    for path in ("mappings/generic.toml", "samples/generic.csv"):
        (tmp_path / path).write_bytes(shipped(path.split("/")[0]).joinpath(path.split("/")[1]).read_bytes())
    expected = json.loads((shipped("samples") / "generic.csv.expected.json").read_text(encoding="utf-8"))
    expected["lines"][1]["amount"] = "9.99"
    (tmp_path / "samples/generic.csv.expected.json").write_text(json.dumps(expected))
    (tmp_path / "mappings/zz.toml").write_bytes((shipped("mappings") / "generic.toml").read_bytes())
    monkeypatch.setattr(report, "shipped", lambda kind: tmp_path / kind)

    first, second = report.differing_samples()
    assert re.fullmatch(r'generic\.csv: lines 2 amount is read as ".*", expected is "9\.99"', first)
    assert second == "zz: has no sample"
