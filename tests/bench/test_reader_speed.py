"""Speed and memory of reading, side by side with the usual way; run with `pytest -m bench`. CPU seconds, not wall time."""

from __future__ import annotations

import csv
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

from importer.mapping import load_mappings
from importer.reader import read_statement
from importer.shipped import shipped
from tests.unit.reader_files import HEADER, generic_workbook

pytestmark = pytest.mark.bench

MAPPINGS = load_mappings([shipped("mappings")])
ROWS = 100_000


def cells(number: int) -> list[str]:
    day = f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}"
    amount = f"{number % 7000 - 3000}.{number % 90 + 10}"
    text = f"Rechnung RE-2026-{number:07} vom 12.03. Kundennummer {number % 5000}"
    iban = f"DE0212030000000020{number % 5000:04}"
    return [
        "DE02120300000000202051",
        day,
        day,
        amount,
        "EUR",
        f"Müller {number % 5000} GmbH",
        iban,
        f"E{number}",
        text,
        f"B{number}",
    ]


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "statement.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER.split(","))
        writer.writerows(map(cells, range(ROWS)))
    return path


@dataclass(frozen=True)
class UsualLine:
    booked_on: date
    value_on: date
    amount: Decimal
    texts: tuple[str, ...]


def usual_way(path: Path) -> list[UsualLine]:
    """What most importers do: a dictionary per row, strptime, Decimal, a dataclass."""

    def day(text: str) -> date:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - bookings have no zone

    with path.open(encoding="utf-8", newline="") as file:
        return [
            UsualLine(
                day(row["booking_date"]),
                day(row["value_date"]),
                Decimal(row["amount"]),
                (row["counterparty_name"].strip(), row["text"].strip(), row["reference"].strip()),
            )
            for row in csv.DictReader(file)
        ]


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def test_reading_is_faster_than_the_usual_way(statement: Path) -> None:
    ours, usual = seconds(lambda: read_statement(statement, MAPPINGS)), seconds(lambda: usual_way(statement))
    print(f"CSV: {ROWS / ours:,.0f} rows/s, the usual way {ROWS / usual:,.0f} rows/s")  # noqa: T201 - a bench reports

    assert ours < usual


def test_a_workbook_is_read_several_times_faster_than_by_pandas_with_openpyxl(tmp_path: Path) -> None:
    rows = 20_000
    path = tmp_path / "statement.xlsx"
    path.write_bytes(generic_workbook(*([*c[:3], float(c[3]), *c[4:]] for c in map(cells, range(rows)))))
    ours = seconds(lambda: read_statement(path, MAPPINGS))
    pandas = seconds(lambda: pd.read_excel(path, engine="openpyxl"))
    print(f"Excel: {rows / ours:,.0f} rows/s, pandas with openpyxl {rows / pandas:,.0f} rows/s")  # noqa: T201 - a bench reports

    assert ours * 2.5 < pandas


def test_memory_is_at_most_1200_bytes_per_row(statement: Path) -> None:
    tracemalloc.start()
    read_statement(statement, MAPPINGS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"CSV: {peak / ROWS:,.0f} bytes per row at the peak")  # noqa: T201 - a bench reports

    assert peak <= 1200 * ROWS
