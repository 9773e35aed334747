"""The ledger itself: the methods that the stages use, each one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Connection, and_, or_, select

from importer.errors import Busy
from importer.history import History
from importer.ledger import attempts, audit, intents, lines, previews, runs
from importer.ledger.customers import add_customer_run, untold_conflicts
from importer.ledger.database import Database
from importer.ledger.history import read_history, read_numbered
from importer.ledger.intents import Page
from importer.ledger.payers import read_register, write_register
from importer.ledger.tables import intent, patch, run
from importer.numbering import Numbered
from importer.payers import Registered
from importer.plan import LinePatch, Plan
from importer.ports import Now, Run, Uptime, no_uptime
from importer.states import REPEATABLE, Intent, Move, PatchIntent, PatchMove, PatchState, State


class SqlLedger:
    """A ledger in a database; `ports.Ledger` says what its methods promise."""

    def __init__(self, database: Database, now: Now, uptime: Uptime = no_uptime) -> None:
        self._database = database
        self._now = now
        self._uptime = uptime
        self._epochs: dict[str, int] = {}

    @contextmanager
    def lock(self, company_id: str) -> Iterator[None]:
        """Hold the company's lock and begin a new epoch; what was being sent becomes unknown."""
        with self._database.exclusive(company_id):
            self._epochs[company_id] = self._new_epoch(company_id)
            try:
                yield
            finally:
                del self._epochs[company_id]

    def survives_power_cuts(self) -> bool:
        """Whether an intent is on the disk for certain before its request leaves."""
        return self._database.survives_power_cuts()

    def history(
        self, company_id: str, files: Collection[str] = (), *, first: date | None = None, last: date | None = None
    ) -> History:
        """What is known of the company's lines booked between two days."""
        with self._database.reading() as connection:
            return read_history(connection, company_id, files, first, last)

    def numbered(self, company_id: str) -> tuple[Numbered, ...]:
        """The imported files whose statements have a number."""
        with self._database.reading() as connection:
            return read_numbered(connection, company_id)

    def start(self, plan: Plan, document: str) -> str:
        """Begin a run with a plan."""
        with self._page(plan.company_id) as page:
            runs.add_run(page, "import", journal_id=plan.journal_id, plan=plan, document=document)
            runs.add_plan(page, plan)
            return page.run

    def start_customers(
        self, company_id: str, company: str, *, digest: str, document: str, patches: Sequence[tuple[str, LinePatch]]
    ) -> str:
        """Begin a run that changes customers."""
        with self._page(company_id) as page:
            add_customer_run(page, company, digest=digest, document=document, patches=patches)
            return page.run

    def begin(self, company_id: str, journal_id: str, kind: str) -> str:
        """Begin a run without a plan."""
        with self._page(company_id) as page:
            runs.add_run(page, kind, journal_id=journal_id)
            return page.run

    def finish(self, run: str, exit_code: int) -> None:
        """End a run."""
        with self._page(self._company(run), run) as page:
            runs.finish(page, exit_code)

    def intents(self, company_id: str, journal_id: str, states: Collection[State]) -> tuple[Intent, ...]:
        """The intents of a journal in these states, by line number."""
        with self._database.reading() as connection:
            return intents.in_states(connection, company_id, journal_id, states)

    def intents_of(self, run: str) -> tuple[Intent, ...]:
        """The intents that a run planned, by line number."""
        with self._database.reading() as connection:
            return intents.of_run(connection, run)

    def unfinished(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """What has to be settled, or sent because a part of its bank line was."""
        return tuple(one for one in self._unfinished(company_id) if one.journal_id == journal_id)

    def unfinished_elsewhere(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """The same of every other journal of the company."""
        return tuple(one for one in self._unfinished(company_id) if one.journal_id != journal_id)

    def _unfinished(self, company_id: str) -> tuple[Intent, ...]:
        with self._database.reading() as connection:
            return intents.unfinished(connection, company_id)

    def intents_for(self, company_id: str, keys: Collection[str]) -> tuple[Intent, ...]:
        """The intents of these bank lines."""
        with self._database.reading() as connection:
            return intents.of_keys(connection, company_id, keys)

    def newest(self, company_id: str, journal_id: str) -> Intent | None:
        """The line of a journal that was last known to stand in it."""
        with self._database.reading() as connection:
            return intents.newest(connection, company_id, journal_id)

    def lingering(self, company_id: str, journal_id: str, since: datetime) -> tuple[tuple[Intent, datetime], ...]:
        """Intents sent again although an earlier request, that left since then, may still be carried out."""
        with self._database.reading() as connection:
            return attempts.lingering(connection, company_id, journal_id, since)

    def answered(self, run: str) -> frozenset[tuple[str, int]]:
        """Key and part of the run's intents whose last request was answered with its line."""
        with self._database.reading() as connection:
            return attempts.answered(connection, run)

    def stood_before(self, sent: Intent, keys: Collection[str]) -> tuple[Intent, ...]:
        """The intents of these bank lines that were known to stand in the journal before the last request for `sent` left."""
        with self._database.reading() as connection:
            return attempts.stood_before(connection, sent, keys)

    def unnumbered(self, company_id: str, journal_id: str) -> tuple[Intent, ...]:
        """The lines known to stand in a journal without a document number."""
        with self._database.reading() as connection:
            return intents.unnumbered(connection, company_id, journal_id)

    def taken(self, company_id: str, journal_id: str) -> frozenset[int]:
        """The line numbers that were given away in a journal."""
        here = and_(intent.c.company_id == company_id, intent.c.journal_id == journal_id)
        with self._database.reading() as connection:
            return frozenset(connection.scalars(select(intent.c.line_number).where(here)))

    def record(self, run: str, moves: Sequence[Move]) -> tuple[Intent, ...]:
        """Carry out steps of intents."""
        if not moves:
            return ()
        with self._page(moves[0].intent.company_id, run) as page:
            return intents.record(page, moves)

    def bring(self, run: str, brought: Sequence[Intent]) -> tuple[Intent, ...]:
        """Put intents into another journal."""
        if not brought:
            return ()
        with self._page(brought[0].company_id, run) as page:
            return intents.bring(page, brought)

    def adopt(self, run: str, found: Sequence[Intent]) -> tuple[Intent, ...]:
        """Remember journal lines of ours that the ledger did not know."""
        if not found:
            return ()
        with self._page(found[0].company_id, run) as page:
            return intents.add(page, found, "adopt")

    def add_patches(self, run: str, patches: Sequence[tuple[str, LinePatch]]) -> tuple[PatchIntent, ...]:
        """Remember planned changes of journal lines."""
        with self._page(self._company(run), run) as page:
            return runs.add_patches(page, runs.company_of(page.connection, run)[1], patches)

    def patches(self, company_id: str, journal_id: str, states: Collection[PatchState]) -> tuple[PatchIntent, ...]:
        """The changes of a journal's lines in these states."""
        with self._database.reading() as connection:
            return intents.patches_in_states(connection, company_id, journal_id, states)

    def untold_conflicts(self, company_id: str) -> tuple[PatchIntent, ...]:
        """The conflicts about customers that were found since a run that changes customers last came to its end."""
        with self._database.reading() as connection:
            return untold_conflicts(connection, company_id)

    def patches_of(self, run: str) -> tuple[PatchIntent, ...]:
        """The changes that a run planned, in order."""
        with self._database.reading() as connection:
            return intents.patches_where(connection, patch.c.run == run)

    def record_patches(self, run: str, moves: Sequence[PatchMove]) -> tuple[PatchIntent, ...]:
        """Carry out steps of patches."""
        if not moves:
            return ()
        with self._page(moves[0].intent.company_id, run) as page:
            return intents.record_patches(page, moves)

    def again(self, company_id: str, keys: Collection[str], files: Collection[str]) -> int:
        """Let these bank lines of these files be imported once more where they were undone, deleted or left out."""
        with self._page(company_id) as page:
            gone = [one for one in intents.of_keys(page.connection, company_id, keys) if one.state in REPEATABLE]
            intents.record(page, [Move(one, State.PLANNED, "asked for again") for one in gone])
            left_out = lines.take_back(page, keys, files)
            page.note("again", sorted(left_out))
            return len(gone) + len(left_out)

    def payers(self, company_id: str) -> tuple[Registered, ...]:
        """The payer register."""
        with self._database.reading() as connection:
            return read_register(connection, company_id)

    def keep_payers(self, company_id: str, register: Sequence[Registered]) -> None:
        """Replace the payer register."""
        with self._page(company_id) as page:
            write_register(page, register)

    def keep_preview(self, plan: Plan, document: str) -> None:
        """Remember a plan that somebody was shown."""
        with self._database.writing() as connection:
            previews.keep(connection, plan, document)

    def previewed(self, company_id: str, digest: str) -> str | None:
        """The JSON text of a plan that was shown."""
        with self._database.reading() as connection:
            return previews.find(connection, company_id, digest)

    def runs(self, company_id: str | None = None, limit: int = 50) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        wanted = run.c.company_id == company_id if company_id else run.c.id.is_not(None)
        with self._database.reading() as connection:
            return runs.runs_where(connection, wanted, limit)

    def run(self, run_id: str) -> Run | None:
        """One run, by its id or a beginning that only one run has."""
        wanted = or_(run.c.id == run_id, run.c.id.startswith(run_id, autoescape=True))
        with self._database.reading() as connection:
            found = runs.runs_where(connection, wanted, 2)
        return next((exact for exact in found if exact.id == run_id), found[0] if len(found) == 1 else None)

    def broken_audit_entry(self, company_id: str) -> int | None:
        """The number of the first entry of the audit trail that was changed; None when the trail is whole."""
        with self._database.reading() as connection:
            return audit.first_broken(connection, company_id)

    def _company(self, run_id: str) -> str:
        with self._database.reading() as connection:
            return runs.company_of(connection, run_id)[0]

    def _new_epoch(self, company_id: str) -> int:
        with self._database.writing() as connection:
            epoch = runs.raise_epoch(connection, company_id)
            page = Page(connection, company_id, "", epoch, self._now())
            page.note("lock", [epoch])
            _interrupt(page)
            return epoch

    @contextmanager
    def _page(self, company_id: str, run_id: str = "") -> Iterator[Page]:
        """A transaction of the company; without a run id it begins a new run's."""
        epoch = self._epochs.get(company_id)
        if epoch is None:
            raise RuntimeError(f"company {company_id} is written to without its lock")
        at, ticks = self._now(), self._uptime()
        with self._database.writing() as connection:
            _raise_if_overtaken(connection, company_id, epoch)
            run_id = run_id or runs.new_name(connection, company_id, at)
            yield Page(connection, company_id, run_id, epoch, at, ticks)


def _raise_if_overtaken(connection: Connection, company_id: str, epoch: int) -> None:
    newest = runs.epoch_of(connection, company_id)
    if newest != epoch:
        raise Busy(
            f"Another run has taken over this company (epoch {newest}, this run has {epoch}): this process was suspended "
            "or lost its connection. It sends nothing more; the other run goes on."
        )


def _interrupt(page: Page) -> None:
    """What a run that died left on the wire is unknown now."""
    sending = intent.c.state == State.SENDING.value
    keys = select(intent.c.journal_id).distinct().where(intent.c.company_id == page.company_id, sending)
    reason = "the run ended before the answer was recorded"
    for journal_id in page.connection.scalars(keys).all():
        left = intents.in_states(page.connection, page.company_id, journal_id, {State.SENDING})
        intents.record(page, [Move(one, State.UNKNOWN, reason) for one in left])
    here = and_(patch.c.company_id == page.company_id, patch.c.state == PatchState.SENDING.value)
    left_patches = intents.patches_where(page.connection, here)
    if left_patches:
        intents.record_patches(page, [PatchMove(one, PatchState.UNKNOWN, reason) for one in left_patches])
