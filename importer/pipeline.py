"""The only place that wires stages to edges: read, match, check, plan; then, and only when asked, write.

    preview ── files ─▶ reader ─▶ planner ◀─ matcher, validator, books, history ─▶ Plan
    import  ── lock, settle what an earlier run left unknown, preview, brake, write ─▶ Outcome

Nothing here decides anything about a bank line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from importer import planner, validator
from importer.books import books_for, books_of, is_outdated
from importer.choices import Choices
from importer.errors import Exit, ImporterError, PlanChanged, UnusableFile, strongest
from importer.files import read_files, refuse_other_accounts
from importer.history import History
from importer.matcher import MatchingSettings, Payers, match_lines
from importer.model import BankLine, Match, Problem, Snapshot, Statement
from importer.office import Office
from importer.outcome import Certificate, Outcome, with_told
from importer.payers import confirmed, usable, with_entries, without_corrected
from importer.plan import REFUSED_WHEN_ASKED, Plan
from importer.plan_json import from_json, to_json
from importer.planner import Ground
from importer.ports import PostedEntries
from importer.processor import turn_to_compute
from importer.runs import certify_run, history_of, settle_unknown, settled_first
from importer.writer import Settling, write

_NEW_JOURNAL = "a new one of that name; make a new plan with `importer preview`"
_MOST_CHANGES = 50  # a reader sees by then that it is another plan
_UNKNOWN_PLAN = (
    "No plan with the expected digest was previewed with this ledger, so what changed in the files, the books or the journal "
    "cannot be named."
)


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan, the books it was made from, and the files that could not be used at all.

    `problems` are decisions of a review that were not carried out, with the row of the workbook.
    """

    plan: Plan
    books: Snapshot
    refused: tuple[UnusableFile, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def exit_code(self) -> Exit:
        """3 when lines need a person or Business Central said that it refuses them, 4 when a file was refused, else 0."""
        totals = self.plan.totals()
        reasons = [reason.rule for create in self.plan.creates for reason in create.finding.reasons]
        waiting = (
            totals["review"].lines + totals["reject"].lines + len(self.problems) + reasons.count(REFUSED_WHEN_ASKED)
        )
        return strongest([Exit.REVIEW] * (waiting > 0) + [Exit.FILE_REJECTED] * bool(self.refused))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an earlier run had left unknown, what was planned now, what came of it, and what the journal holds of it."""

    settled: Outcome
    preview: Preview
    outcome: Outcome

    @property
    def certificate(self) -> Certificate | None:
        """What the journal holds of the outcome."""
        return self.outcome.certificate

    @property
    def exit_code(self) -> Exit:
        """The strongest exit code of all three."""
        return strongest([self.settled.exit_code, self.preview.exit_code, self.outcome.exit_code])


def preview(files: Sequence[Path], office: Office, mapping_id: str | None = None) -> Preview:
    """What an import of these files would do. Reads, never writes to Business Central.

    Customers that the plan pays for, and that were taken from memory, are read anew: only what stands now is planned on.
    """
    seen = _previewed(files, office, mapping_id)
    return _previewed(files, office, mapping_id) if is_outdated(seen.plan, office) else seen


def _previewed(files: Sequence[Path], office: Office, mapping_id: str | None) -> Preview:
    statements, refused = read_files(files, office, mapping_id)
    office.progress("fetch", 0, 1)
    books = books_of(office)
    history = history_of(statements, office)
    office.progress("fetch", 1, 1)
    ground = Ground(books, history, office.company.approved)
    lines = sum(len(statement.lines) for statement in statements)
    office.progress("match", 0, lines)
    plan = plan_statements(statements, ground, _settings(office), _payers(office), office.now())
    if posted := _posted(plan, history, office):
        ground = replace(ground, posted=posted)
        plan = plan_statements(statements, ground, _settings(office), _payers(office), office.now())
    office.progress("match", lines, lines)
    return Preview(plan, books, tuple(refused))


def _posted(plan: Plan, history: History, office: Office) -> PostedEntries:
    """The posted entries of lines that the ledger may have forgotten: it was lost, or put back from a backup."""
    keys = planner.perhaps_posted(plan, history)
    return (office.business_central.posted(keys) or {}) if keys else {}


def previewed(
    files: Sequence[Path], office: Office, mapping_id: str | None = None, expect: str | None = None
) -> Preview:
    """The same, of an expected digest if one is given; the ledger remembers it, so that an import can say what changed."""
    seen = preview(files, office, mapping_id)
    _raise_if_other(seen, expect, office)
    office.ledger.keep_preview(seen.plan, to_json(seen.plan))
    return seen


def import_files(
    files: Sequence[Path], office: Office, mapping_id: str | None = None, expect: str | None = None
) -> Imported:
    """Carry out the plan for these files, if it is the expected one, after settling what an earlier run left unknown.

    Raises:
        PlanChanged: the plan is not the expected one or exceeds the brake; nothing was written.
        Busy: another run is at work on this company.
    """
    with settled_first(office) as settled:
        seen = preview(files, office, mapping_id)
        _raise_if_other(seen, expect, office)
        seen.plan.raise_if_over(office.company.max_lines, office.company.max_total)
        outcome = _carry_out(seen, office)
        return Imported(settled, seen, with_told(outcome, settled))


def settle_imported(imported: Imported, office: Office, settling: Settling) -> Imported:
    """The same import, after what it left unknown was settled.

    Args:
        settling: STRICT once nothing can be carried out late any more; FAST only while nobody posts or deletes lines.
    """
    run, adopted = imported.outcome.run, [one for one in imported.outcome.intents if not one.attempt]
    settled = settle_unknown(office, settling=settling)
    certificate = certify_run(run, office)
    planned = office.ledger.intents_of(run)
    known = {(intent.key, intent.part) for intent in planned}
    outcome = replace(
        imported.outcome,
        intents=(*planned, *(one for one in adopted if (one.key, one.part) not in known)),
        patches=office.ledger.patches_of(run),
        alarms=tuple(dict.fromkeys((*imported.outcome.alarms, *settled.alarms))),
        stopped=settled.stopped,
        certificate=certificate,
    )
    return replace(imported, outcome=outcome)


def apply_plan(plan: Plan, office: Office) -> Imported:
    """Carry out exactly this plan, made earlier, if it still holds in every point.

    Raises:
        PlanChanged: with everything that changed since; nothing was written.
        Busy: another run is at work on this company.
    """
    with settled_first(office) as settled:
        books = books_for(plan, office)
        history = _history_of(plan, office)
        _raise_if_elsewhere(plan, books)
        refuse_other_accounts(plan, office.company.accounts, office.company.name)
        _raise_if_outdated(plan, planner.asked_anew(plan, Ground(books, history)))
        plan.raise_if_over(office.company.max_lines, office.company.max_total)
        outcome = _carry_out(Preview(plan, books), office)
        return Imported(settled, Preview(plan, books), with_told(outcome, settled))


def apply_review(choices: Choices, office: Office) -> Imported:
    """Carry out what a person decided, as far as it still holds; the rest waits on, each row with its reason.

    Raises:
        PlanChanged: the review is for another company or journal, or exceeds the brake; nothing was written.
        Busy: another run is at work on this company.
    """
    with settled_first(office) as settled:
        choices = planner.rekeyed(choices, _history_of(choices.plan, office))
        reviewed, books = _reviewed(choices, office)
        if is_outdated(reviewed.plan, office):
            reviewed, books = _reviewed(choices, office)
        reviewed.plan.raise_if_over(office.company.max_lines, office.company.max_total)
        outcome = _carry_out(Preview(reviewed.plan, books), office)
        _learn(choices, reviewed.plan, outcome, office)
        seen = Preview(reviewed.plan, books, problems=reviewed.problems)
        return Imported(settled, seen, with_told(outcome, settled))


def _reviewed(choices: Choices, office: Office) -> tuple[planner.Reviewed, Snapshot]:
    books = books_of(office)
    _raise_if_elsewhere(choices.plan, books)
    refuse_other_accounts(choices.plan, office.company.accounts, office.company.name)
    ground = planner.asked_anew(choices.plan, Ground(books, _history_of(choices.plan, office)))
    return planner.reviewed_plan(choices, ground, partial(validator.check, books=books), office.now()), books


def _settings(office: Office) -> MatchingSettings:
    company = office.company
    return replace(company.matching, own_accounts=(*company.accounts, *company.matching.own_accounts))


def _payers(office: Office) -> Payers:
    return usable(office.register.payers(office.business_central.company_id))


def _learn(choices: Choices, plan: Plan, outcome: Outcome, office: Office) -> None:
    """Remember which account pays for which customer, as a person confirmed it and the journal now holds it."""
    company_id = office.business_central.company_id
    if learned := confirmed(choices, plan, outcome.run, office.now()):
        known = without_corrected(office.register.payers(company_id), choices, plan)
        office.register.keep_payers(company_id, with_entries(known, learned))


def _history_of(plan: Plan, office: Office) -> History:
    days = [day for file in plan.files for day in (file.first_date, file.last_date) if day]
    return office.ledger.history(plan.company_id, first=min(days, default=None), last=max(days, default=None))


@turn_to_compute()
def plan_statements(
    statements: Sequence[Statement], ground: Ground, settings: MatchingSettings, payers: Payers, made_at: datetime
) -> Plan:
    """The plan for statements: pure, the same for the same values whatever the order of files and rows."""
    ground = replace(ground, contradicted=planner.contradictions(statements, ground.history))
    named = planner.name_lines(statements, ground.books.company_id, ground.history, ground.contradicted)
    files = [planner.file_facts(statement, ground.history) for statement in statements]
    ground = replace(ground, reworded=planner.near_duplicates(named, ground, files))
    matches: dict[str, Match] = {}
    for waiting in planner.open_lines(named, ground):
        lines = [source.line for source in waiting if isinstance(source.line, BankLine)]
        keys = [source.key for source in waiting]
        matches |= zip(keys, match_lines(lines, ground.books, settings, payers, own_keys=set(keys)), strict=True)
    return planner.make_plan(
        named,
        matches,
        ground=ground,
        files=files,
        check=partial(validator.check, books=ground.books),
        made_at=made_at,
    )


def _carry_out(seen: Preview, office: Office) -> Outcome:
    run = office.ledger.start(seen.plan, to_json(seen.plan))
    try:
        outcome = write(seen.plan, run, office.ports, office.policy)
    except ImporterError as error:
        office.ledger.finish(run, error.exit_code)
        raise
    office.ledger.finish(run, strongest([seen.exit_code, outcome.exit_code]))
    return outcome


def _raise_if_elsewhere(plan: Plan, books: Snapshot) -> None:
    if (plan.company_id, plan.journal_id) != (books.company_id, books.journal.id):
        there, here = f"{plan.journal} of {plan.company}", f"{books.journal.code} of {books.company}"
        what = f"{here}; choose with -c" if here != there else _NEW_JOURNAL
        raise PlanChanged(f"The plan is for journal {there}, this is {what}.")


def _raise_if_outdated(plan: Plan, ground: Ground) -> None:
    changes = planner.what_changed(plan, ground, partial(validator.check, books=ground.books))
    if changes:
        raise PlanChanged(
            f"The plan {plan.digest} of {plan.made_at:%Y-%m-%d %H:%M} UTC no longer holds; nothing of it was written:\n"
            f"{_listed(changes)}\nMake a new plan with `importer preview`."
        )


def _raise_if_other(seen: Preview, expect: str | None, office: Office) -> None:
    plan = seen.plan
    if expect is None or expect == plan.digest:
        return
    shown = office.ledger.previewed(plan.company_id, expect)
    changes = planner.how_it_differs(from_json(shown), plan, seen.books) if shown else ()
    why = f":\n{_listed(changes)}" if changes else f". {_UNKNOWN_PLAN}"
    raise PlanChanged(
        f"The plan is now {plan.digest}, not the expected {expect}; nothing of it was written{why}\n"
        "Look at the new plan with `importer preview`, then expect its digest."
    )


def _listed(changes: Sequence[planner.Change]) -> str:
    more = [f"  ... and {len(changes) - _MOST_CHANGES} more"] if len(changes) > _MOST_CHANGES else []
    return "\n".join([*(f"  {change}" for change in changes[:_MOST_CHANGES]), *more])
