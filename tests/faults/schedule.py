"""One schedule, from one seed: the real program against a server, a wire, a disk, people and clocks that all misbehave.

It ends with a calm phase: no faults, time enough, the same files again, a person who answers what only a person can. Then every
payment must have been created exactly once, and nothing may be open. No real time passes.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from importer.errors import Exit, ImporterError
from importer.model import BankLine
from importer.office import Office
from importer.outcome import Outcome
from importer.pipeline import Imported, apply_plan, apply_review, import_files, preview
from importer.plan import Review
from importer.plan_json import from_json, to_json
from importer.rehearsal import rehearsed
from importer.runs import allow_again, certify_run, settle_unknown, undo_run
from importer.states import UNSETTLED, Intent, State
from importer.writer import Word
from tests.faults.checker import judge, was_made
from tests.faults.clerk import answered, paid
from tests.faults.invariants import check_import, check_ledgers, dump
from tests.faults.places import FilePlace, PlaceOf
from tests.faults.report import Report
from tests.faults.settings import Settings
from tests.faults.truth import File, Hidden
from tests.faults.wire import Killed
from tests.faults.world import HORIZON_S, MAPPINGS, World

CALM_IMPORTS = 10
SHAPES = 4  # in which the same bookings are saved (`File.shape`)
Work = Callable[[Office, int], Imported | None]
OPEN = UNSETTLED | {State.DELETING}


@dataclass
class Schedule:
    """The steps of one seed in its world."""

    seed: int
    world: World
    violations: list[str] = field(default_factory=list)
    runs: defaultdict[int, list[str]] = field(default_factory=partial(defaultdict, list))
    last: Imported | None = None
    unsettled: list[str] = field(default_factory=list)
    imports: int = 0
    by_hand: Counter[Hidden] = field(default_factory=Counter)
    is_calm: bool = False

    def run(self) -> Report:
        """Faults first, calm afterwards, judgement last."""
        world, draw = self.world, self.world.random
        for step in range(draw.randint(*world.settings.rounds)):
            self._some_work(step)
            world.clock.sleep(draw.choice((1, 30, 300, HORIZON_S - 180, HORIZON_S - 120, HORIZON_S)))
            if draw.random() < 0.3:
                world.people.act()
            self._ledger_mishaps()
        self._calm()
        return self._report()

    def _report(self) -> Report:
        world = self.world
        history, forgiven = world.sandbox.history, world.people.forgiven
        verdict = judge(world.truth.expected, history, forgiven, again=self._asks_again())
        check = check_ledgers(world.ledgers, world.sandbox, world.people.ever_hidden)
        seen = world.wire.seen + world.people.seen + world.disk.seen
        return Report(
            self.seed,
            verdict,
            [*self.violations, *world.wire.violations, *check],
            self.unsettled,
            self._told(),
            seen,
            self.imports,
            len(world.sandbox.requests),
        )

    def _some_work(self, step: int) -> None:
        draw, settings = self.world.random, self.world.settings
        files = self.world.files[: step + 1] if draw.random() < 0.8 else self.world.files[:1]
        work: list[Work] = [
            lambda office, _: self._import(office, files),
            lambda office, _: self._import(office, files),
            lambda office, _: self._import(office, files),
            lambda office, _: self._apply(office, files),
            lambda office, _: self._review(office, files),
            self._settle,
            self._certify,
            self._undo,
        ]
        hosts = [draw.randrange(settings.ledgers) for _ in range(settings.together)]
        bodies = [self._process(host, draw.choice(work) if step else work[0]) for host in hosts]
        self.world.processes.run(bodies)

    def _process(self, host: int, work: Work) -> Callable[[], None]:
        """A process that does some work and comes to some end."""

        def body() -> None:
            world = self.world
            self._clock_mishaps()
            world.people.certain = False
            try:
                with world.office(host) as office:
                    imported = work(office, host)
            except Killed:
                return
            except ImporterError as error:
                world.wire.seen[type(error).__name__] += 1
                return
            if imported is not None:
                self._note(host, imported)

        return body

    def _clock_mishaps(self) -> None:
        """The clock of the machine is set, or the machine is started anew; both at once only the line number survives."""
        world, fate = self.world, self.world.random.random()
        if fate < world.settings.jumps:
            world.skew = timedelta(seconds=world.random.choice((0, -3600, 90, 86_400)))
            world.wire.seen["clock set"] += 1
        elif fate > 1 - world.settings.jumps and not world.skew:
            world.starts += 1
            world.wire.seen["machine started anew"] += 1

    def _note(self, host: int, imported: Imported) -> None:
        self.last, self.imports = imported, self.imports + 1
        self.violations += check_import(imported)
        if imported.outcome.run:
            self.runs[host].append(imported.outcome.run)
        outcomes = (imported.settled, imported.outcome)
        settled = not any(outcome.with_state(*OPEN) or outcome.stopped or outcome.alarms for outcome in outcomes)
        certificate = imported.certificate
        self.world.people.certain = settled and (certificate is None or certificate.safe_to_post)

    def _written(self, files: Sequence[File]) -> list[Path]:
        """The files on disk; now and then one was saved again, with other bytes and the same bookings."""
        folder, draw = self.world.folder / "files", self.world.random
        folder.mkdir(exist_ok=True)
        shapes = (0,) if self.is_calm else (0, 0, 0, 0, *range(SHAPES))
        return [replace(file, shape=draw.choice(shapes)).write(folder, self.world.overlap) for file in files]

    def _import(self, office: Office, files: Sequence[File]) -> Imported:
        return import_files(self._written(files), office, MAPPINGS[self.world.overlap].id)

    def _apply(self, office: Office, files: Sequence[File]) -> Imported:
        """Somebody looks at the plan, has Business Central check it, keeps it, and carries it out later."""
        seen = preview(self._written(files), office, MAPPINGS[self.world.overlap].id)
        if self.world.random.random() < 0.3:
            rehearsed(seen, office)
        self.world.processes.pause(self.world.random.choice((0, 60)))
        return apply_plan(from_json(to_json(seen.plan)), office)

    def _review(self, office: Office, files: Sequence[File]) -> Imported:
        """A clerk looks at what waits, and says later what is a booking once more."""
        seen = preview(self._written(files), office, MAPPINGS[self.world.overlap].id)
        choices = answered(seen.plan, self.world.truth)
        self.world.processes.pause(self.world.random.choice((0, 60)))
        self.world.wire.seen["reviewed"] += len(choices.choices)
        return apply_review(choices, office)

    def _settle(self, office: Office, _: int) -> None:
        settle_unknown(office)

    def _certify(self, office: Office, host: int) -> None:
        for run in self.runs[host]:
            certify_run(run, office)

    def _undo(self, office: Office, host: int) -> None:
        if runs := self.runs[host]:
            undo_run(self.world.random.choice(runs), office)
            self.world.wire.seen["undone"] += 1

    def _ledger_mishaps(self) -> None:
        world, draw, settings = self.world, self.world.random, self.world.settings
        for ledger in world.ledgers:
            fate = draw.random()
            if fate < settings.lost:
                ledger.lose()
                self.runs.clear()
                world.wire.seen["ledger lost"] += 1
            elif fate < settings.lost + settings.restored and ledger.put_back():
                self.runs.clear()
                world.wire.seen["ledger restored"] += 1
            elif settings.restored and draw.random() < 0.5:
                ledger.back_up()

    def _calm(self) -> None:
        world = self.world
        self.is_calm = True
        for part in (world.wire, world.disk):
            part.calm()
        world.clock.sleep(HORIZON_S)
        world.people.calm_down()
        for host in range(len(world.ledgers)):
            self._come_to_rest(host)

    def _come_to_rest(self, host: int) -> None:
        """Import until nothing is open and nothing happens any more, and then see that truly nothing does (I15)."""
        world = self.world
        for _ in range(CALM_IMPORTS):
            world.clock.sleep(HORIZON_S)
            before = world.wire.writes, dump(world.ledgers[host])
            self._calmly(host, self._again)
            self._calmly(host, self._certify)
            if not self.unsettled and before == (world.wire.writes, dump(world.ledgers[host])):
                return
        self.violations += [] if self.unsettled else ["I15: importing the same again does not come to rest"]

    def _calmly(self, host: int, work: Work) -> None:
        world = self.world
        with world.office(host) as office:
            try:
                imported = work(office, host)
            except ImporterError as error:
                self.unsettled = [f"{type(error).__name__}: {error}"]
                if len(world.ledgers) > 1 and "was undone" in str(error):
                    # The other host has imported it since, and only people know of both: they let it stand, and post it.
                    world.people.post()
                return
        if imported is None:
            return
        self._note(host, imported)
        outcomes: Sequence[Outcome] = (imported.settled, imported.outcome)
        self.unsettled = [
            f"{outcome.exit_code!r} {outcome.stopped} {outcome.alarms} {list(map(_named, outcome.with_state(*OPEN)))}"
            for outcome in outcomes
            if outcome.exit_code not in (Exit.DONE, Exit.REVIEW) or outcome.with_state(*OPEN)
        ]

    def _again(self, office: Office, _: int) -> Imported:
        """What was undone is asked for again; then everything once more."""
        paths = self._written(self.world.files)
        if self._asks_again():
            # Each file as it was saved each time: which of them a line came from, the person has looked up.
            for shape in range(SHAPES):
                saved = [
                    replace(file, shape=shape).write(self.world.folder, self.world.overlap) for file in self.world.files
                ]
                self._allow_again(saved, office)
            # Whoever asks for lines again gets those too that somebody deleted.
            self.world.people.forgiven += self.world.people.deleted
            self.world.people.deleted.clear()
        imported = import_files(paths, office, MAPPINGS[self.world.overlap].id)
        doubtful = [i for outcome in (imported.settled, imported.outcome) for i in outcome.with_state(State.DOUBTFUL)]
        if doubtful:
            self.world.wire.seen["a person was asked"] += len(doubtful)
            settle_unknown(office, words={intent.payment.line_number: self._looked_up(intent) for intent in doubtful})
        return imported

    def _allow_again(self, saved: Sequence[Path], office: Office) -> None:
        """Ask for the lines of these files again; once more when it is certain which were deleted, or enter them by hand."""
        gone = allow_again(saved, office, MAPPINGS[self.world.overlap].id).gone
        if gone.certain_at:
            self.world.clock.sleep(HORIZON_S)
            gone = allow_again(saved, office, MAPPINGS[self.world.overlap].id).gone
        self.by_hand |= Counter(paid(one.payment) for one in (*gone.waiting, *gone.untold))

    def _looked_up(self, intent: Intent) -> Word:
        """What a person finds who looks for the payment in Business Central."""
        return Word.FOUND if was_made(intent.key, paid(intent.payment), self.world.sandbox.history) else Word.ABSENT

    def _asks_again(self) -> bool:
        """Whether what was undone is asked for again: a line that lost its key and was posted looks deleted, too."""
        return bool(self.world.wire.seen["undone"]) and not self.world.people.seen["key removed by hand"]

    def _told(self) -> Counter[Hidden]:
        """What the last plan leaves to a person."""
        decisions = self.last.preview.plan.decisions if self.last else ()
        lines = [d.source.line for d in decisions if isinstance(d, Review) and isinstance(d.source.line, BankLine)]
        return self.world.truth.of(lines) + self.by_hand


def _named(intent: Intent) -> str:
    return f"{intent.payment.line_number}/{intent.part} {intent.state} after {intent.attempt}: {intent.reason}"


def run_schedule(seed: int, folder: Path, settings: Settings | None = None, where: PlaceOf = FilePlace) -> Report:
    """The report of one schedule; its files are removed."""
    place = folder / f"schedule-{seed}"
    place.mkdir(parents=True)
    try:
        world = World(place, settings or Settings(), Random(seed), where)  # noqa: S311 - schedules, not secrets
        with ExitStack() as closing:
            for ledger in world.ledgers:
                closing.callback(ledger.close)
            return Schedule(seed, world).run()
    finally:
        shutil.rmtree(place, ignore_errors=True)
