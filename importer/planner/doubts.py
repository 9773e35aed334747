"""A booking that perhaps came before in other words: only a person can tell (reliability.md §3.3 ID5, RR7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from importer.history import Earlier
from importer.identity import account_key
from importer.model import BankLine, Overlap, Reason
from importer.money import Money
from importer.plan import DOUBTED, Decision, FileFacts, Plan, Source
from importer.planner.known import Ground, contradicted, unknown
from importer.planner.overlap import Place

_Facts = tuple[date, Money]


def near_duplicates(named: Sequence[Source], ground: Ground, files: Sequence[FileFacts]) -> Mapping[Place, Reason]:
    """The new lines that an earlier line, or one of another file of this run, may be in other words.

    An equal amount on the same account and day is suspicious when it came in another layout, or when the file lacks the
    other line although files of this bank may repeat it: banks rewrite texts, and mappings read other ones. A line without an
    account may be of any: not every layout states it, and it may have been told in importer.toml later. Of two new lines that
    come together the one waits whose file has the later name: the other is a booking in any case. What the files contradict
    is asked about already.
    """
    earlier = _of_no_line(ground.history.earlier, named)
    certain = [source for source in named if not contradicted(source, ground)]
    beside = _of_several_files(certain) if len(files) > 1 else {}
    suspects = [
        source
        for source in certain
        if isinstance(source.line, BankLine) and (_facts(source.line) in earlier or _facts(source.line) in beside)
    ]
    new = {source.key for source in unknown(suspects, ground)}
    doubts = _Doubts({file.name: file for file in files}, earlier, beside, new, _by_file(named))
    asked = ((source, doubts.about(source)) for source in suspects if source.key in new)
    return {(source.file, source.line.record): reason for source, reason in asked if reason}


def asked_anew(plan: Plan, ground: Ground) -> Ground:
    """The ground with what would be asked now of the lines of a plan: others may have come since in other words."""
    return replace(ground, reworded=near_duplicates([each.source for each in plan.decisions], ground, plan.files))


def doubt_since(decision: Decision, ground: Ground) -> Reason | None:
    """What is asked of a line now, and was not when its decision was made.

    Whoever was asked whether it is another line once more because the files contradict each other has answered this, too.
    """
    reason = ground.reworded.get((decision.source.file, decision.source.line.record))
    before = {reason.rule for reason in decision.finding.reasons}
    return reason if reason and not before & {reason.rule, DOUBTED} else None


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What each line is held against.

    `earlier` are earlier lines that no line of the run is, `beside` lines of several files of the run, both by what they have
    in common; `new` the keys of lines that nobody knows yet, `keys` all keys of each file.
    """

    files: Mapping[str, FileFacts]
    earlier: Mapping[_Facts, Sequence[Earlier]]
    beside: Mapping[_Facts, Sequence[Source]]
    new: Collection[str]
    keys: Mapping[str, Collection[str]]

    def about(self, source: Source) -> Reason | None:
        """Why the line may be another one once more; None when nothing speaks for it."""
        if not isinstance(source.line, BankLine):
            return None
        file, facts = self.files[source.file], _facts(source.line)
        before = (
            f"was imported from {earlier.seen.file}, record {earlier.seen.record}"
            for earlier in self.earlier.get(facts, ())
            if _may_repeat(file, source.line, earlier.mapping, earlier.account)
        )
        beside = (
            f"is in {other.file}, record {other.line.record}, too"
            for other in self.beside.get(facts, ())
            if isinstance(other.line, BankLine)
            and self._waits_for(source, other)
            and _may_repeat(file, source.line, self.files[other.file].mapping, other.line.account)
        )
        where = next(chain(before, beside), None)
        asked = f"an equal amount of that day {where}: the same booking? Leave it out then, else accept it"
        return Reason("near_duplicate", asked) if where else None

    def _waits_for(self, source: Source, other: Source) -> bool:
        """Each of the two files lacks the line of the other, and the other line comes first."""
        lacks = source.key not in self.keys[other.file] and other.key not in self.keys[source.file]
        return lacks and (other.key not in self.new or other.file < source.file)


def _may_repeat(file: FileFacts, line: BankLine, mapping: str, account: str) -> bool:
    """Whether a line of the file may be one of that layout and account once more."""
    mine, theirs = account_key(line.account), account_key(account)
    if mine and theirs and mine != theirs:
        return False
    return mine != theirs or mapping != file.mapping or file.overlap is not Overlap.INCREMENTAL


def _facts(line: BankLine | Earlier) -> _Facts:
    return line.booked_on, line.amount


def _of_no_line(earlier: Iterable[Earlier], named: Iterable[Source]) -> Mapping[_Facts, Sequence[Earlier]]:
    """The earlier lines that are not in the run: one that is there too is certainly another booking."""
    present = {source.key for source in named}
    found: defaultdict[_Facts, list[Earlier]] = defaultdict(list)
    for line in earlier:
        if line.key not in present:
            found[_facts(line)].append(line)
    return found


def _of_several_files(named: Iterable[Source]) -> Mapping[_Facts, Sequence[Source]]:
    """The lines of one day and amount that are in more than one file."""
    found: defaultdict[_Facts, list[Source]] = defaultdict(list)
    for source in named:
        if isinstance(source.line, BankLine):
            found[_facts(source.line)].append(source)
    return {facts: sources for facts, sources in found.items() if len({source.file for source in sources}) > 1}


def _by_file(named: Iterable[Source]) -> Mapping[str, Collection[str]]:
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for source in named:
        keys[source.file].add(source.key)
    return keys
