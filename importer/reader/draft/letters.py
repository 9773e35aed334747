"""In which encoding a text is: what its letters show. Never proven, since every byte is a letter in some encoding."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importer.reader.draft.words import foreign_words

_ENOUGH = 200_000  # bytes that show which letters a file is written in

# Letters beyond ASCII of the languages that are written in an encoding; the usual encoding stands first.
_ALPHABETS: Mapping[str, tuple[str, ...]] = {
    "windows-1252": (
        "äöüß", "éèàùâêîôûëïüçœæ", "àèéìòùî", "áéíóúüñ¿¡", "ãõáâàéêíóôúç", "åäöé", "æøåé", "éëïóöü", "áéíóúýþæöð",
    ),
    "windows-1250": (
        "áčďéěíňóřšťúůýž", "ąćęłńóśźż", "áéíóöőúüű", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "ăâîşţ",
    ),
    "windows-1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöüõšž"),
    "windows-1254": ("çğıöşüâî",),
    "windows-1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ№",),
    "windows-1253": ("αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώ",),
    "windows-1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp874": ("".join(map(chr, range(0x0E01, 0x0E5C))),),
    "cp850": ("äöüß", "éèàçùâêîôû", "åäöæø"),
    "cp852": ("áčďéěíňóřšťúůýž", "ąćęłńóśźż"),
    "koi8-r": ("абвгдежзийклмнопрстуфхцчшщъыьэюя",),
}  # fmt: skip
_OWN_SCRIPT = {"windows-1251", "windows-1253", "windows-1255", "cp874", "koi8-r"}
_MIXED = re.compile("[A-Za-z][^\\W\\d_A-Za-z]|[^\\W\\d_A-Za-z][A-Za-z]")
_ASCII, _HEAD = 127, 20_000
_MONEY_MARKS = "£€¥"
_MARKED = re.compile(rf"(?<!\w)[{_MONEY_MARKS}](?=[-+ ]?[\d)])|\d\s?[{_MONEY_MARKS}](?!\w)")
_BLANK = re.compile(r"(?<=\d)\u00a0(?=\d)")  # that does not break, between thousands
_BETWEEN = re.compile(r"(?<=\d)[^\W\d_](?=\d)")
_SYMBOLS = "€£§°´’‘“”„–—•«»·…¥© \u00a0"
# Two bytes for a letter: the first bytes of the characters that are in daily use.
_COMMON = {"cp932": (0x81, 0x9F), "gb18030": (0xB0, 0xD7), "cp949": (0xB0, 0xC8), "big5": (0xA4, 0xC6)}
_GOOD = 0.75


def likely_encoding(content: bytes) -> tuple[str, str]:
    """The encoding of a text without a byte order mark, and why it has to be confirmed, "" when it is sure."""
    if b"\x00" in content[:1000]:
        return ("utf-16-le", "") if content[1:2] == b"\x00" else ("utf-16-be", "")
    if _decodes(content, "utf-8"):
        return "utf-8", ""
    content = content[:_ENOUGH].rsplit(b"\n", 1)[0]
    likely = {encoding: _likeness(content, encoding) for encoding in (*_COMMON, *_ALPHABETS)}
    best = max(likely, key=lambda encoding: likely[encoding])
    seen = _seen(content, best)
    return best, f'not UTF-8; do these letters read right: "{seen}"?'


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likeness(content: bytes, encoding: str) -> tuple[int, float]:
    """How much a text looks as if it were in this encoding: known words that it shows then, and how usual its letters are."""
    if not _decodes(content, encoding):
        return 0, 0.0
    text = content.decode(encoding)
    usual = _share_in_use(text, encoding) if encoding in _COMMON else _share_of_alphabet(text, encoding)
    head = text[:_HEAD].casefold()
    return (sum(word in head for word in foreign_words()) if usual else 0), usual


def _share_of_alphabet(text: str, encoding: str) -> float:
    """The share of letters that a language of this encoding has, and marks of money; 0 where words mix two scripts.

    A mark beside a number, and a blank in it, is as good as a letter: it is another letter in other encodings, as á in those
    of DOS, and no word is that one letter, nor does it stand between digits.
    """
    letters = [letter for letter in text.lower() if ord(letter) > _ASCII]
    known = [letter for letter in letters if letter not in _SYMBOLS]
    if encoding in _OWN_SCRIPT and len(_MIXED.findall(text)) * 4 > len(known):
        return 0.0
    marks = len(_MARKED.findall(text)) + len(_BLANK.findall(text))
    shown = len(known) + marks
    alone = sum(ord(letter) > _ASCII for letter in _BETWEEN.findall(text))
    good = max(sum(letter in alphabet for letter in known) for alphabet in _ALPHABETS[encoding]) + marks - alone
    return max(good, 0) / max(shown, 1) * (0.99 if len(letters) > 2 * shown else 1.0)


def _share_in_use(text: str, encoding: str) -> float:
    """The share of letters in daily use; they stand in words, so each has another one beside it."""
    first, last = _COMMON[encoding]
    pairs = [
        (letter, ord(other) > _ASCII)
        for letter, other in zip(text, " " + text[:-1], strict=True)
        if ord(letter) > _ASCII
    ]
    codes = [(letter.encode(encoding), beside) for letter, beside in pairs]
    good = sum(len(code) == 2 and (first <= code[0] <= last or 0xA1 <= code[0] < 0xAA) for code, _ in codes)
    joined = sum(beside for _, beside in codes)
    share = good / max(len(codes), 1)
    return share * 1.01 if share > _GOOD and joined * 2 > len(codes) else 0.0


def _seen(content: bytes, encoding: str) -> str:
    text = content.decode(encoding, errors="replace")
    place = next((place for place, letter in enumerate(text) if _is_telling(letter)), -1)
    if place < 0 and (blank := _BLANK.search(text)):
        place = blank.start()
    if place < 0:
        return ""
    start = max(text.rfind("\n", 0, place) + 1, place - 12)
    return text[start : place + 12].splitlines()[0].strip().replace('"', "")


def _is_telling(letter: str) -> bool:
    return ord(letter) > _ASCII and (letter.isalpha() or letter in _MONEY_MARKS)
