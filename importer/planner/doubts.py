"""A booking that was perhaps imported before in other words: only a person can tell (reliability.md §3.3 ID5, RR7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from importer.history import Earlier
from importer.model import BankLine, Overlap, Reason
from importer.money import Money
from importer.plan import FileFacts

_Facts = tuple[str, date, Money]


class Doubts:
    """The earlier lines that a new line of this run may be once more.

    An equal amount on the same account and day is suspicious when it came in another layout, or when a file that repeats
    whole days lacks the earlier line: banks rewrite texts.

    Args:
        present: the keys of all lines of the run; an earlier line among them is certainly another booking.
    """

    def __init__(self, earlier: Iterable[Earlier], files: Iterable[FileFacts], present: Collection[str]) -> None:
        self._files = {file.name: file for file in files}
        self._absent: defaultdict[_Facts, list[Earlier]] = defaultdict(list)
        for line in earlier:
            if line.key not in present:
                self._absent[line.account, line.booked_on, line.amount].append(line)

    def about(self, file_name: str, line: BankLine) -> tuple[Reason, ...]:
        """Why the line may have been imported before; () when nothing speaks for it."""
        file = self._files[file_name]
        for earlier in self._absent[line.account, line.booked_on, line.amount]:
            if earlier.mapping != file.mapping or file.overlap is Overlap.FULL_DAYS:
                place = f"{earlier.seen.file}, record {earlier.seen.record}"
                return (
                    Reason(
                        "near_duplicate", f"an equal amount of that day was imported from {place}: the same booking?"
                    ),
                )
        return ()
