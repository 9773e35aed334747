"""Files of a bank that never repeats a booking, saved anew at will: whatever the ledger suffers, each booking is paid once."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.choices import Choice, Entry
from importer.model import Overlap, Statement
from importer.plan import Review
from tests.unit.doubting import Say, accept, decide, leave_out
from tests.unit.small_imports import bank_line, statement
from tests.unit.writer_desk import PAST_HORIZON_S, Desk

# The bank's files: each has bookings, many of them equal to one another.
banks = st.lists(st.lists(st.sampled_from(["a30", "b30", "a20"]), min_size=1, max_size=3), min_size=2, max_size=3)
# Which files are imported together, each in one of its copies; what happens before; whether the person answers at once.
steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=2),
        st.sampled_from(["", "", "", "lost", "kept", "put back", "stopped", "posted"]),
        st.booleans(),
    ),
    max_size=6,
)


@dataclass
class Clerk:
    """Imports files, knows which of them are copies of which, and answers what she is asked."""

    desk: Desk
    files: Sequence[Sequence[str]]
    kept: Mapping[Path, bytes] = field(default_factory=dict)

    def copy(self, number: int, times: int) -> Statement:
        """One of the bank's files; the bytes and, with the second copy, the name are others each time."""
        lines = [bank_line(n, f"{word[1:]}.00", word[0]) for n, word in enumerate(self.files[number], start=1)]
        name = f"{number}.csv" if times < 2 else f"{number} (2).csv"
        return replace(
            statement(name, lines, Overlap.INCREMENTAL), sha256=sha256(f"{number} {times}".encode()).hexdigest()
        )

    def happens(self, what: str) -> None:
        """Something befalls the ledger or the journal."""
        self.desk.clock.sleep(PAST_HORIZON_S)
        ledger = self.desk.path.parent
        match what:
            case "lost" if ledger.exists():
                self.desk.lose_ledger()
            case "kept" if ledger.exists():
                self.kept = {file: file.read_bytes() for file in ledger.iterdir() if file.is_file()}
            case "put back" if self.kept:
                self.desk.lose_ledger()
                for file, content in self.kept.items():
                    file.write_bytes(content)
            case "posted":
                self.desk.server.post()

    def imports(self, statements: Sequence[Statement], *, answers: bool, stopped: bool) -> None:
        """Files are imported, the run is perhaps stopped before it sends anything, and the questions perhaps answered."""
        if len({statement.file for statement in statements}) < len(statements):
            # As the reader tells files of one name apart.
            statements = [statements[0], replace(statements[1], file=f"{statements[1].file} there")]
        self.desk.stop = (lambda: "stopped") if stopped else str
        plan = self.desk.run_files(statements).plan
        self.desk.stop = str
        for _ in range(3 if answers else 0):
            if waiting := [one for one in plan.decisions if isinstance(one, Review)]:
                self.desk.clock.sleep(PAST_HORIZON_S)
                words = {one.source.key: word_on(one) for one in waiting}
                decide(self.desk, plan, partial(_said, words))
                plan = self.desk.run_files(statements).plan


def _said(words: Mapping[str, Say], key: str, entry: Entry) -> Choice:
    return words[key](key, entry)


def word_on(review: Review) -> Say:
    """Accept, unless the question names a copy of the same file that is imported, or that she accepts instead."""
    asked, name = review.finding.reasons[0].message, review.source.file
    places = asked.removeprefix("equal to ").partition(": the same")[0].split(" and ")
    copies = [place.partition(" of ")[2] for place in places if place.partition(" of ")[2].startswith(name[0])]
    theirs = [one for one in copies if not one.endswith("(not imported)") and not (one.endswith("too)") and one > name)]
    return leave_out if theirs else accept


@settings(max_examples=40, derandomize=True)
@given(banks, steps)
def test_each_booking_is_paid_once_whatever_is_saved_anew_lost_or_put_back(
    bank: Sequence[Sequence[str]], happens: Sequence[tuple[Sequence[tuple[int, int]], str, bool]]
) -> None:
    truth = Counter(f"-{word[1:]}.00" for file in bank for word in file)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        clerk = Clerk(desk, bank)
        for files, what, answers in happens:
            clerk.happens(what)
            copies = dict.fromkeys((number % len(bank), times) for number, times in files)
            clerk.imports([clerk.copy(*one) for one in copies], answers=answers, stopped=what == "stopped")
            assert paid(desk) <= truth
        for number in range(len(bank)):
            clerk.happens("")
            clerk.imports([clerk.copy(number, 0)], answers=True, stopped=False)
        assert paid(desk) == truth


def paid(desk: Desk) -> Counter[str]:
    """The payments that stand in the journal or were posted."""
    lines = [*desk.server.rows.values(), *desk.server.entries]
    return Counter(f"{line.amount:.2f}" for line in lines)
