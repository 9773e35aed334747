"""Names of customers as payers and banks write them.

A name is evidence when it is the same name, word for word whatever their order, and no other customer bears it. Accents and
their transcriptions, legal forms and "and" do not count; common words of trade identify nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from importer.matcher.normalise import mended, plain
from importer.matcher.words import word_set
from importer.model import Customer

_WORD = re.compile(r"[^\W_]+")
_GLUED = re.compile(r"(?<=\d{3})(?=[^\W\d_]{4})")
_TRANSCRIBED = re.compile(r"(?<=[AOU])E|(?<=A)A")
_LEGAL = word_set(
    """GMBH AG KG OHG UG SE EK EV MBH CO COKG KGAA GBR LTD LIMITED PLC INC LLC LLP CORP CORPORATION COMPANY AB AS ASA
    ANS OY OYJ APS IVS BV NV VOF SA SARL SAS SASU EURL SRL SRLS SPA SNC SL SLU SC SP ZOO SPZOO SPJ KFT ZRT BT NYRT
    DOO DD SRO OU SIA UAB AKTIEBOLAG AKTIENGESELLSCHAFT GESELLSCHAFT HANDELSBOLAG HB KB LDA EOOD OOD AD EIRL GES"""
)
# Connecting words, and forms of address that banks and payers put before a name.
_CONNECTING = word_set(
    "UND AND ET OCH OG U Y E I JA A EN THE HERR HERRN FRAU MR MRS MISS MADAME MONSIEUR SENOR SENORA SIGNOR SIGNORA HR FRU"
)
_GENERIC = word_set(
    """BANK POST RENT MIETE SERVICE SERVICES MARKET MARKT PAYMENT ZAHLUNG OFFICE BURO SHOP STORE GROUP HOLDING
    INTERNATIONAL TRADING COMPANY HANDEL KAUF VERWALTUNG FACTORING CENTER CENTRE ZENTRUM CITY HOTEL RESTAURANT
    CONSULTING SOLUTIONS JANUAR FEBRUAR MARZ APRIL MAI JUNI JULI AUGUST SEPTEMBER OKTOBER NOVEMBER DEZEMBER JANUARY
    FEBRUARY MARCH MAY JUNE JULY OCTOBER DECEMBER TRANSFER INVOICE RECHNUNG FAKTURA LOHN SALARY GEHALT STEUER TAX
    INSURANCE VERSICHERUNG ENERGY STROM GAS WATER WASSER TELECOM DIREKT DIRECT ONLINE GLOBAL EUROPE EUROPA
    DEUTSCHLAND GERMANY"""
)
_CUT_LENGTHS = frozenset((27, 35, 70))
_SHORTEST_SINGLE, _SHORTEST_CUT = 7, 15
_FEW_LETTERS, _ANY, _MOST_ALIKE = 2, 1000, 5
_ADDRESS = re.compile(r"[,;|\n]")
_NEAR_ENOUGH = 88
_MOST_BEARERS = 20


class Named(NamedTuple):
    """Who the name may be: `certain` bear exactly this name, `vague` bear one that is near, common or incomplete."""

    certain: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 16)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in order, folded: MUELLER, MULLER and Müller are one; single letters are put together (s.r.o.)."""
    words: list[str] = []
    letters = ""
    for word in _WORD.findall(plain(name)):
        if len(word) == 1:
            letters += word
            continue
        words += [letters, word] if letters else [word]
        letters = ""
    words += [letters] if letters else []
    return tuple(_TRANSCRIBED.sub("", word) for word in words)


def core_of(words: Iterable[str]) -> tuple[str, ...]:
    """The words that make the name: without legal forms and connecting words, unless nothing else is there."""
    words = tuple(words)
    core = tuple(word for word in words if word not in _LEGAL and word not in _CONNECTING)
    return core or words


class NameIndex:
    """Names of the customers, and further names of the payer register."""

    def __init__(self, customers: Iterable[Customer], others: Iterable[tuple[str, str]] = ()) -> None:
        customers = tuple(customers)
        self._cities = {customer.number: frozenset(words_of(customer.city)) for customer in customers if customer.city}
        named = [(customer.name, customer.number) for customer in customers] + list(others)
        self._bearers: defaultdict[tuple[str, ...], dict[str, tuple[str, ...]]] = defaultdict(dict)
        compact: defaultdict[str, set[str]] = defaultdict(set)
        for name, number in sorted(named):
            words = words_of(name)
            core = core_of(words)
            if core:
                self._bearers[tuple(sorted(core))][number] = words
                compact["".join(words)].add(number)
        self._compact = sorted(compact)
        self._compact_bearers = compact
        counted = Counter(word for core in self._bearers for word in set(core))
        self._by_rarest: Mapping[str, list[tuple[str, ...]]] = self._rarest(counted)
        self._by_word = self._words(counted)
        self._known: dict[str, Named] = {}

    def payer(self, written: str) -> Named:
        """Who the counterparty's name is; an address may stand behind it."""
        found = self._known.get(written)
        if found is None:
            found = self._known[written] = self._payer(mended(written))
        return found

    def _payer(self, written: str) -> Named:
        found = self._whole(written)
        parts = _ADDRESS.split(written)
        for end in range(len(parts) - 1, 0, -1):
            if found.certain:
                break
            shorter = self._whole(" ".join(parts[:end]))
            found = shorter if shorter.certain else found
        return self._of_city(found, words_of(written))

    def _whole(self, written: str) -> Named:
        words = words_of(written)
        core = core_of(words)
        if not core:
            return Named()
        bearers = self._bearers.get(tuple(sorted(core)))
        if bearers:
            numbers = _same_legal_form(bearers, words)
            return Named(certain=numbers) if is_distinctive(core) else Named(vague=numbers)
        if cut := self._cut("".join(words), _ANY if len(written.strip()) in _CUT_LENGTHS else _FEW_LETTERS):
            return Named(certain=cut)
        return Named(vague=self._near(words))

    def _of_city(self, found: Named, words: tuple[str, ...]) -> Named:
        """Of namesakes the one whose city stands there, too."""
        if len(found.certain) < 2:
            return found
        there = tuple(n for n in found.certain if n in self._cities and self._cities[n] <= set(words))
        return Named(certain=there) if len(there) == 1 else found

    def mentioned(self, text: str) -> Named:
        """Who is named, whole and together, in free text."""
        words = words_of(_GLUED.sub(" ", text))
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            places[word].append(place)
        certain: set[str] = set()
        vague: set[str] = set()
        for word in places:
            for core in self._by_rarest.get(word, ()):
                if all(part in places for part in core) and _together(core, places):
                    (certain if is_distinctive(core) else vague).update(self._bearers[core])
        if certain or vague:
            return self._of_city(Named(tuple(sorted(certain)), tuple(sorted(vague))), words)
        cut = self._cut("".join(words), _FEW_LETTERS)
        return Named(certain=cut) if cut else Named(vague=self._near(words))

    def _rarest(self, counted: Counter[str]) -> Mapping[str, list[tuple[str, ...]]]:
        found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for core in self._bearers:
            found[min(core, key=lambda word: (counted[word], word))].append(core)
        return found

    def _words(self, counted: Counter[str]) -> Mapping[str, list[tuple[str, ...]]]:
        found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for core in self._bearers:
            for word in set(core):
                if counted[word] <= _MOST_BEARERS and len(word) >= 4 and word not in _GENERIC:
                    found[word].append(core)
        return found

    def _cut(self, beginning: str, missing: int) -> tuple[str, ...]:
        """The bearers of names that begin like this and are longer by at most so many letters."""
        if len(beginning) < _SHORTEST_CUT:
            return ()
        first = bisect_left(self._compact, beginning)
        alike = [name for name in self._compact[first : first + _MOST_ALIKE] if name.startswith(beginning)]
        fitting = [name for name in alike if len(name) <= len(beginning) + missing]
        if len(alike) == _MOST_ALIKE:
            return ()
        return tuple(sorted({number for name in fitting for number in self._compact_bearers[name]}))

    def _near(self, words: tuple[str, ...]) -> tuple[str, ...]:
        cores = sorted({core for word in words for core in self._by_word.get(word, ())})
        if not cores:
            return ()
        from rapidfuzz.fuzz import partial_ratio

        written = "".join(words)
        near = set()
        for core in cores:
            for number, whole in self._bearers[core].items():
                name = "".join(whole)
                if min(len(name), len(written)) >= 8 and partial_ratio(name, written) >= _NEAR_ENOUGH:
                    near.add(number)
        return tuple(sorted(near))


def is_distinctive(core: tuple[str, ...]) -> bool:
    """Whether the words tell a customer from others: two that are no words of trade, or one long one."""
    telling = [word for word in core if word not in _GENERIC and not word.isdigit()]
    if len(telling) >= 2:
        return True
    return len(telling) == 1 and telling[0].isalpha() and len(telling[0]) >= _SHORTEST_SINGLE


def _same_legal_form(bearers: Mapping[str, tuple[str, ...]], words: tuple[str, ...]) -> tuple[str, ...]:
    """Of several bearers those written with the same legal form, when there are any."""
    same = [number for number, whole in bearers.items() if sorted(whole) == sorted(words)]
    return tuple(sorted(same or bearers))


def _together(core: tuple[str, ...], places: Mapping[str, list[int]]) -> bool:
    """Whether the words stand next to one another, at most one other word between them."""
    return any(
        all(any(abs(place - first) < len(core) + 1 for place in places[word]) for word in core)
        for first in places[core[0]]
    )
