"""A booking that perhaps came before in other words: only a person can tell (reliability.md §3.3 ID5, RR7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

from importer.history import Earlier
from importer.model import BankLine, Overlap, Reason
from importer.money import Money
from importer.plan import FileFacts, Source

_Facts = tuple[str, date, Money]


class Doubts:
    """The earlier lines, and those of other files of this run, that a line may be once more.

    An equal amount on the same account and day is suspicious when it came in another layout, or when the file lacks the
    other line although files of this bank may repeat it: banks rewrite texts, and mappings read other ones. Of two new lines
    that come together the one waits whose file has the later name: the other is a booking in any case.

    Args:
        named: all lines of the run; an earlier line among them is certainly another booking.
        known: the keys of those lines of the run that are not new.
    """

    def __init__(
        self, earlier: Iterable[Earlier], files: Iterable[FileFacts], named: Sequence[Source], known: Collection[str]
    ) -> None:
        self._files = {file.name: file for file in files}
        self._known = known
        self._earlier = _by_facts(earlier, {source.key for source in named})
        self._beside = _of_several_files(named) if len(self._files) > 1 else {}
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        for source in named:
            self._keys[source.file].add(source.key)

    def about(self, source: Source, line: BankLine) -> tuple[Reason, ...]:
        """Why the line may be another one once more; () when nothing speaks for it."""
        file, facts = self._files[source.file], (line.account, line.booked_on, line.amount)
        before = (
            f"was imported from {earlier.seen.file}, record {earlier.seen.record}"
            for earlier in self._earlier.get(facts, ())
            if _may_repeat(file, earlier.mapping)
        )
        beside = (
            f"is in {other.file}, record {other.line.record}, too"
            for other in self._beside.get(facts, ())
            if self._waits_for(source, other) and _may_repeat(file, self._files[other.file].mapping)
        )
        where = next(chain(before, beside), None)
        return (Reason("near_duplicate", f"an equal amount of that day {where}: the same booking?"),) if where else ()

    def _waits_for(self, source: Source, other: Source) -> bool:
        """Each of the two files lacks the line of the other, and the other line comes first."""
        lacks = source.key not in self._keys[other.file] and other.key not in self._keys[source.file]
        return lacks and (other.key in self._known or other.file < source.file)


def _may_repeat(file: FileFacts, mapping: str) -> bool:
    return mapping != file.mapping or file.overlap is not Overlap.INCREMENTAL


def _by_facts(earlier: Iterable[Earlier], present: Collection[str]) -> Mapping[_Facts, Sequence[Earlier]]:
    found: defaultdict[_Facts, list[Earlier]] = defaultdict(list)
    for line in earlier:
        if line.key not in present:
            found[line.account, line.booked_on, line.amount].append(line)
    return found


def _of_several_files(named: Iterable[Source]) -> Mapping[_Facts, Sequence[Source]]:
    """The lines of one account, day and amount that are in more than one file."""
    found: defaultdict[_Facts, list[Source]] = defaultdict(list)
    for source in named:
        if isinstance(source.line, BankLine):
            found[source.line.account, source.line.booked_on, source.line.amount].append(source)
    return {facts: sources for facts, sources in found.items() if len({source.file for source in sources}) > 1}
