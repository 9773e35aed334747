"""Every rule of the matcher is needed: switched off, it changes what becomes of some labelled case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import ModuleType

import pytest

from importer.matcher import (
    by_party,
    contradict,
    counted,
    decide,
    engine,
    explain,
    forms,
    hints,
    lists,
    named,
    names,
    normalise,
    parties,
    partly,
    read,
    scan,
    table,
    words,
)
from importer.matcher.case_file import load_cases
from importer.matcher.case_values import LabelledCase
from importer.matcher.cases import run_case
from importer.matcher.verdict import Verdict
from importer.model import Confidence, Match
from importer.shipped import shipped
from tests.golden.matching_mutants import MONEY, NUMBERS, PAYERS, REFERENCES, TEXTS, Mutant

ROWS = tuple(row for row in vars(table).values() if isinstance(row, table.Row))


@cache
def cases() -> tuple[tuple[LabelledCase, tuple[object, ...]], ...]:
    """The cases, each with what the whole matcher makes of it."""
    found = load_cases(shipped("samples") / "matching-cases.json").cases
    return tuple((case, content(run_case(case).match)) for case in found)


def content(match: Match) -> tuple[object, ...]:
    return (
        match.confidence,
        match.customer,
        match.applications,
        match.unapplied,
        match.discount,
        match.fee,
        match.candidates,
    )


def is_noticed() -> bool:
    """Whether some case comes out differently now."""
    return any(content(run_case(case).match) != before for case, before in cases())


@pytest.fixture(autouse=True)
def remember_nothing() -> Iterator[None]:
    """What was remembered with a rule is not used without it."""
    cases()
    _forget((words.label_of, names.words_of, contradict._is_provider, normalise._plain_character))
    yield
    _forget((words.label_of, names.words_of, contradict._is_provider, normalise._plain_character))


def _forget(functions: Iterable[object]) -> None:
    for function in functions:
        function.cache_clear()  # type: ignore[attr-defined]  # they are cached functions


@pytest.mark.parametrize("mutant", [*NUMBERS, *TEXTS, *REFERENCES, *PAYERS, *MONEY], ids=lambda mutant: mutant.rule)
def test_a_rule_that_is_switched_off_is_missed(monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    places = [mutant.place]
    if isinstance(mutant.place, ModuleType):  # a function is used where it was imported to, too
        original = getattr(mutant.place, mutant.attribute)
        users = (
            scan,
            forms,
            counted,
            read,
            lists,
            named,
            by_party,
            hints,
            contradict,
            decide,
            partly,
            engine,
            explain,
            parties,
        )
        places += [user for user in users if getattr(user, mutant.attribute, None) is original and callable(original)]
    for place in dict.fromkeys(places):
        monkeypatch.setattr(place, mutant.attribute, mutant.value)
    assert is_noticed()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_confidence_of_every_row_of_the_decision_table_matters(row: table.Row) -> None:
    before = row.confidence
    object.__setattr__(row, "confidence", Confidence.LOW if before is not Confidence.LOW else Confidence.NONE)
    try:
        assert is_noticed()
    finally:
        object.__setattr__(row, "confidence", before)


def unsaid(maker: Callable[..., Verdict], contradiction: str) -> Callable[..., Verdict]:
    """A maker of verdicts that never says this against them."""

    def made(*facts: object) -> Verdict:
        verdict = maker(*facts)
        return verdict._replace(contradictions=tuple(one for one in verdict.contradictions if one != contradiction))

    return made


@pytest.mark.parametrize("contradiction", table.CONTRADICTIONS)
def test_every_contradiction_matters(monkeypatch: pytest.MonkeyPatch, contradiction: str) -> None:
    but = Verdict.but

    def without_it(self: Verdict, *found: str) -> Verdict:
        return but(self, *(one for one in found if one != contradiction))

    for place, maker in ((by_party, "_with_fit"), (named, "_applied")):
        monkeypatch.setattr(place, maker, unsaid(getattr(place, maker), contradiction))
    monkeypatch.setattr(Verdict, "but", without_it)
    assert is_noticed()
