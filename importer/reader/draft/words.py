"""What the words of headers and cells say, in the languages banks write in: lexicon.json, which holds parts of words.

In a group of the lexicon the first role with a fitting word counts, so words that decide stand before words that are
part of others ("balance" before "account"). A word with "=" in front must be a whole word, one with "==" the whole header.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from importer.mapping.headers import DAMAGED, plain_header

# Letters that do not fall apart into a plain one and an accent.
_PLAIN_LETTERS = str.maketrans("łøđıæœþð", "lodiaotd")

_WORD = re.compile(r"[^\W_]+")
_LONG_ENOUGH = 5  # bytes of a word in UTF-8
_FEWEST_DAMAGED = 4  # letters of a word, of which one or two may be damaged


@cache
def lexicon() -> Mapping[str, Any]:
    """The whole lexicon."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("lexicon.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Text in comparable form: as headers are compared, and without accents."""
    apart = unicodedata.normalize("NFD", plain_header(text).translate(_PLAIN_LETTERS))
    return "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")


@lru_cache(maxsize=65536)
def role(group: str, header: str) -> str:
    """What a column with this header holds, by its words; "" when they say nothing. `group` is that of the lexicon."""
    cell = plain(header)
    if group == "numbers" and (_is_both_sides(cell) or _says(cell, lexicon()["beside_fees"]) or _is_own(cell)):
        return "amount"
    return next((name for name, words in lexicon()[group].items() if _says(cell, words)), "")


def says(group: str, name: str, header: str) -> bool:
    """True when a header has one of the words of this role, whatever else it says."""
    return _says(plain(header), lexicon()[group][name])


def words_beside(name: str, header: str) -> list[str]:
    """The words of a header that do not say this role of numbers, as "net" in "Net debit"."""
    return [word for word in _WORD.findall(plain(header)) if not says("numbers", name, word)]


@lru_cache(maxsize=65536)
def mentions(name: str, text: str) -> bool:
    """True when a text has one of the words of a plain list of the lexicon."""
    return _says(plain(text), lexicon()[name])


def _is_both_sides(cell: str) -> bool:
    numbers = lexicon()["numbers"]
    return _says(cell, numbers["debit"]) and _says(cell, numbers["credit"]) and not _says(cell, numbers["balance"])


def _is_own(cell: str) -> bool:
    """True for an amount "in the currency of the account", although the word for a currency often stands for a foreign one."""
    return _says(cell, lexicon()["own"]) and _says(cell, lexicon()["numbers"]["foreign"])


def _says(cell: str, words: Sequence[str]) -> bool:
    return bool(cell) and any(_holds(cell, word) for word in words)


@lru_cache(maxsize=262144)
def _holds(cell: str, word: str) -> bool:
    wanted = plain(word.lstrip("="))
    if word.startswith("=="):
        return wanted == cell
    if word.startswith("="):
        return wanted == cell or wanted in _WORD.findall(cell)
    if DAMAGED in cell and len(wanted) >= _FEWEST_DAMAGED:
        return re.search("".join(f"(?:{re.escape(letter)}|{DAMAGED})" for letter in wanted), cell) is not None
    return wanted in cell


def side_words(words: Sequence[str]) -> tuple[list[str], list[str], bool] | None:
    """Words of a column as (debit words, credit words, whether they mean that at every bank); None when they do not.

    Words that are neither are left over, see `neutral_words`.
    """
    bare = {word: _tokens(word) for word in words if word.strip() and not is_neutral(word)}
    for debit, credit, doubt in lexicon()["signs"] if _are_side_words(frozenset(bare.values())) else ():
        paid = [word for word, tokens in bare.items() if plain(debit) in tokens]
        received = [word for word, tokens in bare.items() if plain(credit) in tokens]
        if (paid or received) and len(paid) + len(received) == len(bare) and not set(paid) & set(received):
            return paid or [debit.upper()], received or [credit.upper()], not doubt
    return None


@cache
def _all_sides() -> frozenset[str]:
    return frozenset(plain(word) for debit, credit, _ in lexicon()["signs"] for word in (debit, credit))


def _are_side_words(tokens: Iterable[frozenset[str]]) -> bool:
    """True when every word is one of the lexicon: nearly no text is, and that is seen at once."""
    return all(not each.isdisjoint(_all_sides()) for each in tokens)


def is_neutral(word: str) -> bool:
    """True for a word that says that money neither came nor went."""
    return plain(word) in {plain(neutral) for neutral in lexicon()["neutral"]}


@lru_cache(maxsize=4096)
def _tokens(word: str) -> frozenset[str]:
    cell = plain(word)
    # A letter beside a mark is part of a currency, as in S/ and C$; the letters of other scripts are words.
    longer = (token for token in _WORD.findall(cell) if len(token) > 1 or not token.isascii())
    return frozenset([cell, cell.strip(" .:-()"), *longer])


def currency_of(symbol: str) -> str:
    """The currency a mark or word stands for, "" when it stands for none."""
    found: str = lexicon()["currencies"].get(symbol, "")
    return found


@lru_cache(maxsize=4096)
def currency_meant(text: str) -> str:
    """The currency that a text by itself states: a code, a mark in any case, or a name such as "pesos de Chile"; or ""."""
    bare = text.strip()
    if bare in lexicon()["codes"]:
        return bare
    marks = {mark.casefold(): code for mark, code in lexicon()["currencies"].items() if len(mark) > 1}
    names = {plain(name): code for name, code in lexicon()["currency_names"].items()}
    return currency_of(bare) or marks.get(bare.casefold(), "") or str(names.get(plain(bare), ""))


def is_code(text: str) -> bool:
    """True for the code of a currency, which some banks write small."""
    return text.upper() in lexicon()["codes"] and (text.isupper() or text.islower())


def is_shared_mark(symbol: str) -> bool:
    """True for a mark that several currencies share, such as $."""
    return symbol in lexicon()["unsure_currencies"]


@cache
def foreign_words() -> frozenset[str]:
    """All words of headers that need letters beyond ASCII, long enough to be no accident."""
    groups = (lexicon()[group] for group in ("dates", "numbers", "texts"))
    words = {word.lstrip("=").casefold() for group in groups for words in group.values() for word in words}
    return frozenset(word for word in words if not word.isascii() and len(word.encode()) >= _LONG_ENOUGH)
