"""Speed and memory of reading, side by side with the usual ways; run with `pytest -m bench -s`. CPU seconds, not wall time."""

from __future__ import annotations

import csv
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import process_time

import pandas as pd
import pytest

from importer.mapping import load_mappings, parse_mapping
from importer.model import Statement
from importer.reader import read_statement
from importer.shipped import shipped
from tests.unit.reader_files import generic_workbook

pytestmark = pytest.mark.bench

ROWS = 100_000
GENERIC = load_mappings([shipped("mappings")])
BANK = parse_mapping(
    """
title = "A bank with twelve columns"
evidence = "specification"
overlap = "balance"
order = "oldest_first"
running = "after"
[file]
encodings = ["utf-8", "windows-1252"]
delimiter = ";"
[table]
header = ["Konto", "Buchungstag", "Valuta", "Art", "Zweck", "Name", "IBAN", "BIC", "Betrag", "Währung", "Saldo", "Referenz"]
[columns]
account = "Konto"
booked_on = "Buchungstag"
value_on = "Valuta"
text = "Zweck"
counterparty = "Name"
iban = "IBAN"
amount = "Betrag"
currency = "Währung"
balance = "Saldo"
reference = "Referenz"
[dates]
formats = ["%d.%m.%Y"]
[numbers]
decimal = ","
thousands = "."
""",
    "bench",
    source="bench.toml",
)


def german(cents: int) -> str:
    whole, fraction = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{fraction:02}"


def bookings() -> list[list[str]]:
    rows, balance = [], 5_000_000
    for number in range(ROWS):
        day = f"{number * 28 // ROWS + 1:02}.03.2026"
        cents = (number * 7919) % 2_000_000 - 900_000
        balance += cents
        rows.append(
            [
                "DE02120300000000202051",
                day,
                day,
                "GUTSCHRIFT",
                f"Rechnung RE-2026-{number:07} vom {day} Kundennummer {number % 5000} danke schön",
                f"Bäckerei Größe {number % 50_000} KG",
                f"DE0212030000000020{number % 5000:04}",
                "BYLADEM1001",
                german(cents or 1),
                "EUR",
                german(balance),
                f"E2E{number:09}",
            ]
        )
    return rows


@pytest.fixture(scope="module", params=[csv.QUOTE_ALL, csv.QUOTE_MINIMAL], ids=["all quoted", "hardly quoted"])
def statement(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "statement.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=request.param)
        writer.writerow(map(str, BANK.table.header))
        writer.writerows(bookings())
    return path


@dataclass(frozen=True)
class UsualLine:
    booked_on: date
    value_on: date
    amount: Decimal
    balance: Decimal
    texts: tuple[str, ...]


def usual_way(path: Path) -> list[UsualLine]:
    """What most importers do: a dictionary per row, strptime, Decimal, a dataclass. Nothing is checked."""

    def day(text: str) -> date:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - bookings have no zone

    def number(text: str) -> Decimal:
        return Decimal(text.replace(".", "").replace(",", "."))

    with path.open(encoding="utf-8", newline="") as file:
        return [
            UsualLine(
                day(row["Buchungstag"]),
                day(row["Valuta"]),
                number(row["Betrag"]),
                number(row["Saldo"]),
                (row["Name"].strip(), row["Zweck"].strip(), row["Referenz"].strip()),
            )
            for row in csv.DictReader(file, delimiter=";")
        ]


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def read(path: Path) -> Statement:
    statement = read_statement(path, [BANK])
    assert (len(statement.lines), statement.unread) == (ROWS, ())
    return statement


def test_reading_is_faster_than_the_usual_way(statement: Path) -> None:
    ours, usual = seconds(lambda: read(statement)), seconds(lambda: usual_way(statement))
    print(f"CSV: {ROWS / ours:,.0f} rows/s, the usual way {ROWS / usual:,.0f} rows/s")  # noqa: T201 - a bench reports

    assert ours * 2.5 < usual


def workbook_rows(count: int) -> list[list[object]]:
    return [
        [
            c[0],
            f"2026-03-{c[1][:2]}",
            f"2026-03-{c[1][:2]}",
            number / 4 + 1,
            *c[9:10],
            *c[5:7],
            c[11],
            c[4],
            f"B{c[11]}",
        ]
        for number, c in enumerate(bookings()[:count])
    ]


def test_a_workbook_is_read_several_times_faster_than_by_pandas_with_openpyxl(tmp_path: Path) -> None:
    rows = 30_000
    path = tmp_path / "statement.xlsx"
    path.write_bytes(generic_workbook(*workbook_rows(rows)))
    ours = seconds(lambda: read_statement(path, GENERIC))
    pandas = seconds(lambda: pd.read_excel(path, engine="openpyxl"))
    print(f"Excel: {rows / ours:,.0f} rows/s, pandas with openpyxl {rows / pandas:,.0f} rows/s")  # noqa: T201 - a bench reports

    assert ours * 5 < pandas


def test_memory_is_at_most_1200_bytes_per_row(statement: Path) -> None:
    tracemalloc.start()
    read(statement)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"CSV: {peak / ROWS:,.0f} bytes per row at the peak")  # noqa: T201 - a bench reports

    assert peak <= 1200 * ROWS


# The parser of workbooks asks the system for its memory, not Python: only the system knows what a whole process took.
PEAK = """
import sys
from pathlib import Path
from tests.bench.test_reader_speed import BANK, GENERIC, ROWS, read_statement

def taken(what):
    return 1024 * next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith(what))

mappings = {".csv": [BANK], ".xlsx": GENERIC}
few, many = map(Path, sys.argv[1:])
read_statement(few, mappings[few.suffix])
before = taken("VmRSS:")
assert len(read_statement(many, mappings[many.suffix]).lines) == ROWS
print((taken("VmHWM:") - before) / ROWS)
"""


def bytes_per_row(few: Path, many: Path) -> float:
    done = subprocess.run([sys.executable, "-c", PEAK, few, many], capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_the_process_is_at_most_1200_bytes_per_row(statement: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_bytes(b"".join(statement.read_bytes().splitlines(keepends=True)[:20]))
    peak = bytes_per_row(few, statement)
    print(f"CSV: {peak:,.0f} bytes per row at the peak of the process")  # noqa: T201 - a bench reports

    assert peak <= 1200


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_the_process_is_at_most_1200_bytes_per_row_of_a_workbook(tmp_path: Path) -> None:
    few, many = tmp_path / "few.xlsx", tmp_path / "many.xlsx"
    few.write_bytes(generic_workbook(*workbook_rows(20)))
    many.write_bytes(generic_workbook(*workbook_rows(ROWS)))
    peak = bytes_per_row(few, many)
    print(f"Excel: {peak:,.0f} bytes per row at the peak of the process")  # noqa: T201 - a bench reports

    assert peak <= 1200
