"""Customer numbers as they are written in texts."""

from __future__ import annotations

from collections.abc import Iterable

from importer.matcher.normalise import compact, plain
from importer.matcher.numbers import groups_of


class CustomerIndex:
    """Customers by the canonical form of their number; a form that two customers share finds none."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._exact: dict[str, str | None] = {}
        self._bare: dict[str, str | None] = {}
        self.heads: set[str] = set()
        self.depth = 1
        for number in sorted(numbers):
            _add(self._exact, compact(number), number)
            _add(self._bare, compact(number).lstrip("0"), number)
            groups = groups_of(plain(number))
            if len(groups) > 1 and not groups[0].isdigit():
                self.heads.add(groups[0])
                self.depth = max(self.depth, len(groups))

    def labelled(self, written: str) -> str | None:
        """The customer whose number this is when the text says it is a customer number; zeros in front do not count."""
        return self._exact.get(written) or self._bare.get(written.lstrip("0"))

    def exactly(self, written: str) -> str | None:
        """The customer with exactly this number, separators aside."""
        return self._exact.get(written)


def _add(index: dict[str, str | None], key: str, number: str) -> None:
    if key:
        index[key] = None if key in index else number
