"""A bank that nobody knows yet, added as mappings/README.md says: draft, confirm, read, recognise, use."""

from __future__ import annotations

import datetime as dt
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
from tests.unit.reader_files import generic, row, workbook

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
HEADERLESS = """1|20260302|VIR ADATUM FACTURE 103017|1190.00|C|FR7612345000010000202051234
2|20260303|PRLV STADTWERKE MUSTERSTADT|245.80|D|FR7612345000010000202051234
3|20260313|VIR CONTOSO 103018 103019|2380.50|C|FR7612345000010000202051234
"""
CELLS = workbook(
    ("Banco Demo", "", "", "", "", ""),
    ("Fecha contable", "Fecha valor", "Concepto", "Cargo", "Abono", "Saldo"),
    (dt.date(2026, 3, 2), dt.date(2026, 3, 2), "Transferencia Adatum 103017", None, 1190, 1690),
    (dt.date(2026, 3, 3), dt.date(2026, 3, 4), "Recibo Stadtwerke", 245.8, None, 1444.2),
    (dt.date(2026, 3, 13), dt.date(2026, 3, 13), "Transferencia Contoso 103018", None, 2380.5, 3824.7),
)
BOOKED = [("2026-03-02", "1190.00"), ("2026-03-03", "-245.80"), ("2026-03-13", "2380.50")]


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


NAMED = ("title", "overlap", "currency", "only_when_named")


@pytest.mark.parametrize(
    ("name", "content", "confirm"),
    [
        ("umsaetze.csv", HEADED.encode("windows-1252"), ["title", "overlap", "encodings"]),
        ("movimientos.xlsx", CELLS, ["title", "overlap", "currency"]),
        ("mouvements.txt", HEADERLESS.encode(), [*NAMED, "amount", "account", "text"]),
    ],
)
def test_an_unknown_bank_is_added_in_the_steps_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, confirm: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(Exception, match=r"To draft a new one: importer mapping new"):
        run("check", name)

    code, _, said = run("new", name, "-o", "mappings/xx/demo.toml")
    text = Path("mappings/xx/demo.toml").read_text(encoding="utf-8")
    assert code == 0
    assert f"mappings/xx/demo.toml is written; look at its {len(confirm)} lines with CONFIRM, then:" in said
    assert [line.split()[0] for line in text.splitlines() if "CONFIRM" in line] == confirm

    confirmed = text.replace("CONFIRM: ", "").replace("New bank", "Demo Bank").replace('"draft"', '"sample_file"')
    # Whoever knows that no other file of his looks so has a layout without a header recognised.
    confirmed = re.sub("^only_when_named.*\n", "", confirmed, flags=re.MULTILINE)
    Path("mappings/xx/demo.toml").write_text(confirmed, encoding="utf-8")
    told = re.search(r"^  importer mapping (check .*)$", said, re.MULTILINE)
    assert told is not None
    code, read, _ = run(*told[1].split(), "--format", "json")
    assert (code, [(line["booked_on"], line["amount"]) for line in json.loads(read)["lines"]]) == (0, BOOKED)

    code, found, _ = run("detect", name, "--mappings", "mappings", "--format", "json")
    assert (code, json.loads(found)["candidates"]) == (0, ["xx/demo"])


def test_an_import_takes_a_mapping_of_ones_own_before_the_shipped_one(desk: Desk) -> None:
    own = (shipped("mappings") / "generic.toml").read_text(encoding="utf-8") + '[amounts]\nmodel = "inverted"\n'
    (desk.folder / "mappings").mkdir()
    (desk.folder / "mappings" / "generic.toml").write_text(own, encoding="utf-8")
    settings = desk.folder / "importer.toml"
    settings.write_text('mappings = "mappings"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    (desk.folder / "kto.csv").write_text(generic(row(amount="-10.00")), encoding="utf-8")

    decisions = desk.importer("preview", "kto.csv", "--format", "json").document["decisions"]
    assert [decision["amount"] for decision in decisions] == ["10.00"]


def test_a_mapping_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "kto.csv").write_text(HEADED)
    (tmp_path / "demo.toml").write_text("mine")

    with pytest.raises(ConfigurationError, match=r"demo\.toml exists already; name another file"):
        run("new", tmp_path / "kto.csv", "-o", tmp_path / "demo.toml")
    assert (tmp_path / "demo.toml").read_text() == "mine"


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


def test_the_samples_of_ones_own_mappings_are_checked_too(tmp_path: Path) -> None:
    own = tmp_path / "mappings" / "xx"
    own.mkdir(parents=True)
    text = (shipped("mappings") / "generic.toml").read_text(encoding="utf-8").replace('"text"', '"Words"')
    (own / "mine.toml").write_text(text, encoding="utf-8")
    sample = tmp_path / "samples" / "xx" / "mine.csv"
    sample.parent.mkdir(parents=True)
    words = (shipped("samples") / "generic.csv").read_text(encoding="utf-8").replace(",text,", ",Words,", 1)
    sample.write_text(words, encoding="utf-8")
    expected = json.loads((shipped("samples") / "generic.csv.expected.json").read_text(encoding="utf-8"))
    beside = sample.with_name("mine.csv.expected.json")
    beside.write_text(json.dumps({**expected, "file": "mine.csv", "mapping": "xx/mine"}), encoding="utf-8")

    assert report.differing_samples([tmp_path / "mappings"]) == []
    beside.write_text(json.dumps({**expected, "file": "mine.csv", "mapping": "other"}), encoding="utf-8")
    assert report.differing_samples([tmp_path / "mappings"]) == [
        'xx/mine.csv: mapping is read as "xx/mine", expected is "other"'
    ]
    sample.write_text("hello\n", encoding="utf-8")
    (told,) = report.differing_samples([tmp_path / "mappings"])
    assert told.startswith("xx/mine.csv: is not read: mine.csv: ")
    code, out, _ = run("check", "--mappings", tmp_path / "mappings")
    assert (code, told in out) == (1, True)
