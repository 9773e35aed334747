"""A booking that a later export of the bank words more fully is still the same booking, and keeps its key.

    earlier file    2026-03-02   100.50   Invoice 103001
    later file      2026-03-02   100.50   Invoice 103001 many thanks         the only one of that day and amount

Only where files repeat whole days, because there the earlier words are gone from the day: the bank changed them. All of them
must stand in the new ones, and the file must have every other amount of that day, or it is only a part of the day. Whatever is
less certain than that is asked about (reliability.md §3.3 ID5).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from importer.history import History
from importer.identity import account_key
from importer.model import BankLine, Overlap, Statement
from importer.money import Money
from importer.plan import Source
from importer.planner.overlap import Place
from importer.planner.payments import comment_of
from importer.texts import words

# What the bank does not change: mapping, account, day and amount.
_Facts = tuple[str, str, date, Money]


def with_earlier_keys(
    named: Sequence[Source], statements: Sequence[Statement], history: History, doubted: Collection[Place]
) -> tuple[Source, ...]:
    """The lines as they came; what is an earlier booking in more words has that one's key.

    Args:
        doubted: lines of which nobody can tell whether they are new; they keep the key they have.
    """
    earlier = _no_longer_there(named, history)
    keys = {
        source.key: earlier[facts][0]
        for facts, sources in _new(named, statements, history).items()
        for source in sources.values()
        if len(sources) == 1 and len(earlier[facts]) == 1
        if (source.file, source.line.record) not in doubted and _has_all_words(source, earlier[facts][0], history)
    }
    return tuple(replace(source, key=keys.get(source.key, source.key)) for source in named)


def _no_longer_there(named: Sequence[Source], history: History) -> Mapping[_Facts, Sequence[str]]:
    """The keys of the payments of earlier files that no line of the new ones has."""
    present = {source.key for source in named}
    found: defaultdict[_Facts, list[str]] = defaultdict(list)
    for line in history.earlier:
        if line.key not in present:
            found[line.mapping, account_key(line.account), line.booked_on, line.amount].append(line.key)
    return found


def _new(
    named: Sequence[Source], statements: Sequence[Statement], history: History
) -> Mapping[_Facts, Mapping[str, Source]]:
    """The lines that nobody knows yet, by key; a file that came under two names has each line once."""
    whole = {one.file: one for one in statements if one.overlap is Overlap.FULL_DAYS}
    parts = {(one.file, day) for one in whole.values() for day in _in_part(one, history)}
    found: defaultdict[_Facts, dict[str, Source]] = defaultdict(dict)
    for source in named:
        line, statement = source.line, whole.get(source.file)
        if not isinstance(line, BankLine) or statement is None or (source.file, line.booked_on) in parts:
            continue
        if source.key not in history.known:
            found[statement.mapping, account_key(line.account), line.booked_on, line.amount][source.key] = source
    return found


def _in_part(statement: Statement, history: History) -> Iterator[date]:
    """The days of which an earlier file has amounts that this one lacks: it may have another part of them."""
    mine = Counter((line.booked_on, line.amount) for line in statement.lines)
    account = account_key(statement.account)
    for file in history.files:
        is_of_account = account_key(file.account) == account
        if is_of_account and file.mapping == statement.mapping and file.sha256 != statement.sha256:
            theirs = Counter((line.booked_on, line.amount) for line in file.lines)
            yield from (day for day, _ in theirs - mine)


def _has_all_words(source: Source, key: str, history: History) -> bool:
    assert isinstance(source.line, BankLine)  # noqa: S101 - only bank lines are new
    known = history.known.get(key)
    before = [words(payment.comment) for payment in known.done] if known else []
    now = words(comment_of(source.line))
    return bool(before) and all(some and some <= now for some in before)
