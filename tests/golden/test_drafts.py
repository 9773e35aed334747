"""Drafts of the samples, and of real files where the collection is at hand, held against what the shipped mappings read.

A real file is drafted as if its bank were unknown: words of headers that no other bank of the collection uses are taken
away first. What a draft reads otherwise must stand on lines that are marked.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from importer.errors import ImporterError, UnusableFile
from importer.mapping import load_mappings
from importer.model import Statement
from importer.reader import read_statement
from importer.reader.draft import draft_mapping, words
from importer.reader.report import read_sample, sample_files
from importer.shipped import shipped
from tests.unit.drafts import Draft

COLLECTION = Path(__file__).parents[3] / "shared" / "formats"
MAPPINGS = load_mappings([shipped("mappings")])
SAMPLES = shipped("samples")
KINDS = {".csv", ".xlsx", ".xls", ".txt", ".tsv", ".dat"}

# The lines that a difference may come from.
SIGN = {"model", "reversals", "otherwise", "debit", "credit"}
SCALE = {"decimal"}
COLUMN = {"amount", "debit", "credit"}
DAY_AND_MONTH = {"formats"}
DATE = {"booked_on", "formats", "ends_on", "stated_formats"}
CURRENCY = {"currency", "currency_words", "symbols"}
ROWS = {
    "booked_on",
    "equals",
    "bookings",
    "pattern",
    "blank",
    "footer",
    "end",
    "continuation",
    "rows",
    "skip",
    "neutral",
    "stray_quotes",
    "quote",
}

needs_collection = pytest.mark.skipif(not COLLECTION.exists(), reason="the collection of real files is not here")


def bookings(statement: Statement) -> list[tuple[date, Decimal]]:
    return [(line.booked_on, line.amount.amount) for line in statement.lines]


def currencies(statement: Statement) -> list[str]:
    return [line.amount.currency for line in statement.lines]


def causes(one: tuple[date, Decimal], other: tuple[date, Decimal]) -> Iterator[set[str]]:
    """For each difference of two bookings the lines of a draft of which at least one must be marked."""
    (day, amount), (right_day, right) = one, other
    if day != right_day:
        yield DAY_AND_MONTH if (day.day, day.month) == (right_day.month, right_day.day) else DATE
    if amount == -right != 0:
        yield SIGN
    elif amount != right:
        yield SCALE if right and abs(amount / right).normalize().as_tuple().digits == (1,) else COLUMN


def is_marked(made: Draft, read: Statement, right: Statement) -> bool:
    """True when each line that a difference comes from is marked, or it only is rows that the draft rejects."""
    marked, notes = set(made.marked), "\n# CONFIRM" in made.text
    one, other = bookings(read), bookings(right)
    if len(one) != len(other):
        lost = Counter(other) - Counter(one)
        is_told = not Counter(one) - Counter(other) and lost.total() <= len(read.unread)
        return is_told or bool(marked & ROWS) or notes
    needed = [cause for pair in zip(one, other, strict=True) for cause in causes(*pair)]
    if currencies(read) != currencies(right):
        needed.append(CURRENCY)
    return all(marked & cause for cause in needed)


def drafted(path: Path) -> str | None:
    """The draft of a file; None when no table, or no amounts are found: then there is no draft that could be wrong."""
    try:
        text = draft_mapping(path)
    except UnusableFile as refused:
        if "no table with at least one booking" in str(refused):
            return None
        raise
    return text if "CONFIRM: no column was found that holds amounts" not in text else None


drafted_once = cache(drafted)


def is_right(path: Path, draft: str | None, right: Statement) -> bool:
    """True when the draft of a file reads it, as it is, as it should be read."""
    return draft is not None and bookings(Draft(draft, path).statement) == bookings(right)


@pytest.mark.parametrize("sample", sample_files(SAMPLES), ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_a_draft_of_a_sample_reads_it_as_its_mapping_does_or_marks_why_not(sample: Path) -> None:
    if (draft := drafted_once(sample)) is not None:
        made = Draft(draft, sample)
        assert is_marked(made, made.statement, read_sample(sample, MAPPINGS))


def test_most_drafts_read_their_sample_without_a_change() -> None:
    samples = sample_files(SAMPLES)

    right = [is_right(sample, drafted_once(sample), read_sample(sample, MAPPINGS)) for sample in samples]
    assert sum(right) >= 0.85 * len(samples)


@cache
def facts() -> Mapping[str, Any]:  # JSON has no narrower type
    return {entry["id"]: entry for entry in json.loads((COLLECTION / "formats.json").read_text(encoding="utf-8"))}


@cache
def headers_by_bank() -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in facts().values():
        found[entry["bank_key"]] |= {words.plain(cell) for cell in entry.get("columns") or [] if cell}
    return found


@cache
def users(word: str) -> frozenset[str]:
    """The banks of the collection that use a word in a header."""
    hits = words._holds  # noqa: SLF001 - the test asks for one word, the lexicon for all
    return frozenset(
        bank for bank, headers in headers_by_bank().items() if any(hits(header, word) for header in headers)
    )


def without_words_of(bank: str) -> Mapping[str, Any]:  # JSON has no narrower type
    """The lexicon without what is known from this bank only."""
    return {
        name: {role: [word for word in group if users(word) != {bank}] for role, group in part.items()}
        if name in ("dates", "numbers", "texts")
        else part
        for name, part in words.lexicon().items()
    }


def real_files() -> list[tuple[Path, str]]:
    """The real files that a shipped mapping may read, each with the id of its facts; none where there is no collection."""
    if not COLLECTION.exists():
        return []
    manifest = json.loads((COLLECTION / "files" / "MANIFEST.json").read_text(encoding="utf-8"))
    known = [entry for entry in manifest if entry["format_id"] in facts()]
    return [
        (COLLECTION / "files" / entry["file"], entry["format_id"])
        for entry in known
        if Path(entry["file"]).suffix in KINDS
    ]


def reading(path: Path) -> Statement | None:
    """What the shipped mappings read, None when they read no booking."""
    try:
        statement = read_statement(path, MAPPINGS)
    except ImporterError:
        return None
    return statement if statement.lines else None


def forget_words_of(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reduced = without_words_of(facts()[format_id]["bank_key"])
    monkeypatch.setattr(words, "lexicon", lambda: reduced)
    for cached in (words.role, words.mentions, words.foreign_words):
        cached.cache_clear()


@needs_collection
@pytest.mark.parametrize(("path", "format_id"), real_files(), ids=lambda value: getattr(value, "name", ""))
def test_a_draft_of_an_unknown_bank_reads_it_as_its_mapping_does_or_marks_why_not(
    path: Path, format_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = reading(path)
    if right is None:
        pytest.skip("no shipped mapping reads a booking in it")
    forget_words_of(format_id, monkeypatch)
    made = Draft(draft_mapping(path), path)

    assert is_marked(made, made.statement, right)


@needs_collection
def test_most_drafts_of_unknown_banks_read_their_file_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(path, format_id, right) for path, format_id in real_files() if (right := reading(path)) is not None]
    good = 0
    for path, format_id, right in known:
        with monkeypatch.context() as forgetting:
            forget_words_of(format_id, forgetting)
            good += is_right(path, drafted(path), right)

    assert good >= 0.85 * len(known) > 0
