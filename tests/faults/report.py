"""What one schedule showed, and whether anything in it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.checker import Verdict
from tests.faults.truth import Hidden


@dataclass
class Report:
    """What a schedule showed. `told` are payments that the importer leaves to a person and says so."""

    seed: int
    verdict: Verdict
    violations: Sequence[str]
    unsettled: Sequence[str]
    told: Counter[Hidden]
    seen: Counter[str]
    imports: int = 0
    requests: int = 0

    @property
    def lost(self) -> Counter[Hidden]:
        """Payments that are missing although nobody was told."""
        return Counter(self.verdict.lost) - self.told

    @property
    def is_good(self) -> bool:
        """Nothing is wrong."""
        verdict = self.verdict
        wrong = self.lost or verdict.doubled or verdict.invented or verdict.clobbered
        return not (wrong or self.violations or self.unsettled)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: lost {list(self.lost.elements())}, doubled {self.verdict.doubled}, invented "
            f"{self.verdict.invented}, clobbered {self.verdict.clobbered}, {list(self.violations)}, {list(self.unsettled)}"
        )
