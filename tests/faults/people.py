"""People in the web client: they post, delete, edit, hide, type lines of their own, send the journal for approval, rename it.

What they may do follows reliability.md §6.4: where nothing could tell the importer what they did, they wait until it has said
that all is certain. Everything else they do at any moment, also while a request is on its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from importer.sandbox.app import Sandbox
from importer.sandbox.papers import Line
from importer.sandbox.refusals import Refusal

JOURNAL = "BANK"


@dataclass(frozen=True)
class Manners:
    """When people do what: "any time", "when certain" or "never". Who deletes a line may also take its key away."""

    post: str = "any time"
    delete: str = "when certain"
    change: str = "any time"
    hide: str = "any time"
    journal: str = "any time"


@dataclass
class People:
    """Everybody at the screen; `certain` is what the importer last said of its work."""

    sandbox: Sandbox
    random: Random
    manners: Manners = field(default_factory=Manners)
    busyness: float = 0.02
    certain: bool = True
    seen: Counter[str] = field(default_factory=Counter)
    code: str = JOURNAL
    hidden: set[int] = field(default_factory=set)
    # Lines deleted by hand before the importer knew of them may come back once (reliability.md RR5).
    forgiven: list[Line] = field(default_factory=list)
    deleted: list[Line] = field(default_factory=list)
    ever_hidden: set[int] = field(default_factory=set)
    # Line numbers that are being sent; a program that numbers lines in another way may come to the same one.
    expected: Callable[[], Sequence[int]] = tuple

    def maybe(self) -> None:
        """Somebody may do something just now."""
        if self.random.random() < self.busyness:
            self.act()

    def act(self) -> None:
        """Somebody does something."""
        deeds: list[tuple[str, Callable[[], None]]] = [
            (self.manners.post, self.post),
            (self.manners.post, self.post),
            (self.manners.delete, self.delete),
            (self.manners.change, self._edit),
            (self.manners.hide, self._hide),
            (self.manners.delete, self._clear_key),
            (self.manners.journal, self._approval),
            (self.manners.journal, self._rename),
            (self.manners.change, self._type_a_line),
        ]
        allowed = [deed for when, deed in deeds if when == "any time" or (when == "when certain" and self.certain)]
        if allowed:
            self.random.choice(allowed)()

    def post(self) -> None:
        """Post the journal, if Business Central lets them.

        A line that was hidden is not posted while the importer is uncertain of it: between two requests of an import nothing
        could tell. It would warn of it afterwards (writer/doubles.py).
        """
        if self.hidden and not self.certain:
            return
        try:
            self.sandbox.post(self.code)
        except Refusal:
            self.seen["posting refused"] += 1
        else:
            self.hidden.clear()
            self.seen["posted"] += 1

    def delete(self) -> None:
        """Delete a line."""
        if line := self._some_line():
            self.sandbox.delete(self.code, line.line_number)
            self.hidden.discard(line.line_number)
            (self.deleted if self.certain else self.forgiven).append(line)
            self.seen["deleted by hand"] += 1

    def calm_down(self) -> None:
        """Nobody does anything any more, and what stood in the way is put right."""
        self.busyness = 0.0
        self.sandbox.approve(self.code)
        if self.code != JOURNAL:
            self.sandbox.rename(self.code, JOURNAL)
            self.code = JOURNAL
        for number in self.hidden:
            self.sandbox.edit(JOURNAL, number, applies_to_type="Invoice")
        self.hidden.clear()

    def _edit(self) -> None:
        if line := self._some_line():
            day, text = date(2026, 2, 26), f"checked {self.random.randrange(9)}"
            name, value = self.random.choice((("comment", text), ("posting_date", day), ("document_number", "HAND-1")))
            self.sandbox.edit(self.code, line.line_number, None, **{name: value})
            self.seen["edited by hand"] += 1

    def _clear_key(self) -> None:
        if line := self._some_line():
            self.sandbox.edit(self.code, line.line_number, external_document_number="")
            self.seen["key removed by hand"] += 1

    def _hide(self) -> None:
        if line := self._some_line():
            self.sandbox.hide(self.code, line.line_number)
            self.hidden.add(line.line_number)
            self.ever_hidden.add(line.line_number)
            self.seen["hidden by hand"] += 1

    def _approval(self) -> None:
        if self.random.random() < 0.5:
            self.sandbox.request_approval(self.code)
            self.seen["sent for approval"] += 1
        else:
            self.sandbox.approve(self.code)

    def _rename(self) -> None:
        new = JOURNAL if self.code != JOURNAL else "BANK2"
        self.sandbox.rename(self.code, new)
        self.code = new
        self.seen["journal renamed"] += 1

    def _type_a_line(self) -> None:
        number = self.random.choice((0, 10_000, *self.expected()))
        try:
            self.sandbox.insert(
                self.code, line_number=number, customer_number="10000", amount=Decimal(-7), document_number="H1"
            )
        except Refusal:
            return
        self.seen["typed by hand"] += 1

    def _some_line(self) -> Line | None:
        lines = [line for line in self.sandbox.journal_lines(self.code) if line.customer_number]
        return self.random.choice(lines) if lines else None
