"""Lists and ranges of document numbers: "103001/2/3", "103001-103005", "103001 bis 05", "FV 103001, 103002/2026".

What is written short is completed from its neighbour and counts only when the completed number is a known document.
"""

from __future__ import annotations

from importer.matcher.counted import counts_behind
from importer.matcher.evidence import Mention, Strength
from importer.matcher.numbers import serial_of
from importer.matcher.scan import FieldScan
from importer.matcher.words import LIST_WORDS, RANGE_EXTRAS, RANGE_OR_LIST_WORDS, RANGE_WORDS, Label, label_of

_MOST_IN_RANGE = 50
_MOST_WORDS = 4
_LIST_MARKS = frozenset((",", "/", "+", "&", ";", "+&"))
_RANGE_MARKS = frozenset(("-", "--", "..", "..."))
_RANGE_WORDS = RANGE_WORDS | RANGE_OR_LIST_WORDS
_IN_RANGES = _RANGE_WORDS | RANGE_EXTRAS
_SHORTEST_OPEN = 4
_YEARS = ("19", "20")


def complete(scan: FieldScan, year: int) -> None:
    """Add the documents that lists and ranges of this field imply.

    Args:
        year: of the booking date; "/26" behind a number is a year, not a further document.
    """
    if len(scan.hits) + len(scan.loose) > 1 or (scan.hits and scan.known.index.depth > 1):
        _endings_and_ranges(scan, year % 100)
        _shared_parts(scan)


def _endings_and_ranges(scan: FieldScan, year: int) -> None:
    for position in sorted(scan.hits):
        mention, last = scan.hits[position]
        if len(mention.items) != 1:
            continue
        following, relation = _next_number(scan, last)
        previous = mention
        while relation == "list" and (following in scan.loose or _is_hardly_named(scan, following)):
            tail = scan.runs.words[following]
            if (
                not _is_tail(scan, following, previous, year)
                or (found := _sibling(scan, previous, tail, following)) is None
            ):
                break
            _take(scan, following, found)
            previous, (following, relation) = found, _next_number(scan, following)
        if relation == "range":
            _range(scan, mention, following)
    _open_ranges(scan)


def _next_number(scan: FieldScan, position: int) -> tuple[int, str]:
    """The next number and how the text relates it to this one: "list", "range" or ""."""
    runs, following, said = scan.runs, position + 1, list[str]()
    while following < len(runs) and following not in scan.hits and runs.words[following].isalpha():
        said.append(runs.words[following])
        following += 1
        if len(said) > _MOST_WORDS:
            return -1, ""
    if following >= len(runs):
        return -1, ""
    if telling := _telling(said):
        return following, _said(telling)
    between = runs.between(position).replace(" ", "")
    if between in _RANGE_MARKS:
        return following, "range"
    return following, "list" if between in _LIST_MARKS else ""


def _telling(words: list[str]) -> list[str]:
    """The words between two numbers that may relate them; single letters belong together, as in "t/m"."""
    if all(len(word) == 1 for word in words) and len(words) > 1:
        return ["".join(words)]
    return [word for word in words if word in LIST_WORDS or label_of(word) not in (Label.INVOICE, Label.FILLER)]


def _said(words: list[str]) -> str:
    """How words between two numbers relate them: "bis einschl.", "till och med", "t/m", "und"."""
    if len(words) == 1 and words[0] in LIST_WORDS:
        return "list"
    is_range = not _RANGE_WORDS.isdisjoint(words) and _IN_RANGES.issuperset(words)
    return "range" if is_range else ""


def _is_tail(scan: FieldScan, position: int, previous: Mention, year: int) -> bool:
    tail = scan.runs.words[position]
    if not tail.isdigit() or len(tail) > 4 or counts_behind(scan.runs, position):
        return False
    return not (len(tail) == 2 and int(tail) == year and previous.text.plain[previous.end : previous.end + 1] == "/")


def _sibling(scan: FieldScan, mention: Mention, tail: str, position: int) -> Mention | None:
    """The document whose running number ends with the tail instead."""
    item = mention.items[0]
    serial = serial_of(scan.known.index.groups(item))
    found = scan.known.index.sibling(item, serial[: len(serial) - len(tail)] + tail) if len(tail) <= len(serial) else ()
    if len(found) != 1 or found == mention.items:
        return None
    start, end = scan.runs.span(position, position)
    return Mention(found, Strength.WEAK, mention.text, start, end, "list of document numbers", Label.INVOICE)


def _range(scan: FieldScan, first: Mention, position: int) -> None:
    """Everything known between two numbers; both ends must be known."""
    word = scan.runs.words[position]
    last = scan.hits[position][0] if position in scan.hits else None
    if last is None and word.isdigit() and len(word) >= 2 and not counts_behind(scan.runs, position):
        last = _sibling(scan, first, word, position)
        if last is not None:
            _add(scan, last)
    if last is None or len(last.items) != 1:
        return
    index = scan.known.index
    low, high = (serial_of(index.groups(mention.items[0])) for mention in (first, last))
    if not 0 < int(high) - int(low) <= _MOST_IN_RANGE:
        return  # two documents with a hyphen between them
    inner = []
    for number in range(int(low) + 1, int(high)):
        found = index.sibling(first.items[0], str(number).zfill(len(low)))
        if len(found) == 1:
            inner.append(Mention(found, Strength.WEAK, first.text, first.start, last.end, "range of document numbers"))
    if position in scan.loose:
        scan.loose.remove(position)
    scan.reading.ranges.append((first, *inner, last))


def _open_ranges(scan: FieldScan) -> None:
    """A range whose ends are unknown names something that cannot be checked. Years and months are no such range."""
    for position in scan.loose:
        following, relation = _next_number(scan, position)
        if relation == "range" and following in scan.loose:
            low, high = scan.runs.words[position], scan.runs.words[following]
            is_rising = len(low) == len(high) >= _SHORTEST_OPEN and low < high
            if is_rising and not (len(low) == _SHORTEST_OPEN and low.startswith(_YEARS)):
                scan.reading.has_open_range = True


def _is_hardly_named(scan: FieldScan, position: int) -> bool:
    """Whether up to three digits are a document by themselves: behind "4711/" they may as well be the end of its neighbour."""
    hit = scan.hits.get(position)
    return hit is not None and hit[0].strength is Strength.NEAR and hit[1] == position


def _take(scan: FieldScan, position: int, found: Mention) -> None:
    """The tail of a list means the sibling; where its few digits are a document by themselves, the payer decides."""
    if position in scan.hits:
        itself, last = scan.hits[position]
        _replace(scan, position, last, found._replace(items=(*found.items, *itself.items)))
    else:
        _add(scan, found)
        scan.loose.remove(position)


def _add(scan: FieldScan, mention: Mention) -> None:
    reading = scan.reading
    reading.mentions.append(mention)
    reading.unknown[:] = [p for p in reading.unknown if p.start != mention.start or p.text is not mention.text]


def _shared_parts(scan: FieldScan) -> None:
    """Numbers of one list share what is written once: the letters before the first, the year after the last."""
    index = scan.known.index
    if index.depth == 1:
        return
    for chain in _chains(scan):
        first, last = chain[0], scan.hits[chain[-1]][1]
        before = first - 1 if first and scan.runs.belongs(first - 1) else first
        spelled = set(scan.runs.key(before, last).split("|"))
        for position in chain:
            mention, end = scan.hits[position]
            if mention.strength is not Strength.WEAK or len(mention.items) != 1:
                continue
            groups = index.groups(mention.items[0])
            if len(groups) > 1 and set(groups) <= spelled:
                _replace(scan, position, end, mention._replace(strength=Strength.FULL, kind="document number"))


def _chains(scan: FieldScan) -> list[list[int]]:
    chains: list[list[int]] = []
    expected = -1
    for position in sorted(scan.hits):
        if position == expected and chains:
            chains[-1].append(position)
        else:
            chains.append([position])
        following, relation = _next_number(scan, scan.hits[position][1])
        expected = following if relation == "list" else -1
    return chains


def _replace(scan: FieldScan, position: int, end: int, mention: Mention) -> None:
    old = scan.hits[position][0]
    mentions = scan.reading.mentions
    mentions[mentions.index(old)] = mention
    scan.hits[position] = (mention, end)
