"""Runs the generator, the matcher and the baselines over the same payments and counts what was right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from importer.matcher import MatchingSettings, match_lines
from importer.model import Confidence, Match
from tests.bench.baselines import BusinessCentral, exact_token, is_right
from tests.bench.intents import Payment, Truth
from tests.bench.ledgers import Ledger, make_ledger
from tests.bench.payments import make_payments
from tests.bench.referee import other_explanation


@dataclass
class Score:
    """High decisions of one way of matching."""

    high: int = 0
    wrong: int = 0
    receipts: int = 0

    def line(self, name: str) -> str:
        """One row of the table; the bound is one-sided, exact for no errors: the rule of three."""
        bound = 1 - 3 / self.high if self.high and not self.wrong else None
        told = f", precision above {bound:.2%} (95 %)" if bound is not None else ""
        share = (self.high - self.wrong) / self.receipts if self.receipts else 0
        return f"{name:<34} high {self.high:6}  wrong {self.wrong:5}  right of all receipts {share:6.1%}{told}"


@dataclass
class Judgement:
    """Everything counted; `mistakes` are the wrong highs of the matcher with their payments."""

    ours: Score = field(default_factory=Score)
    token: Score = field(default_factory=Score)
    business_central: Score = field(default_factory=Score)
    unjustified: list[tuple[Payment, Match]] = field(default_factory=list)
    mistakes: list[tuple[Payment, Match]] = field(default_factory=list)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def text(self) -> str:
        """The figures side by side, then per kind of payment and per row of the decision table."""
        lines = [
            self.ours.line("this matcher"),
            self.token.line("exact token and amount"),
            self.business_central.line("Business Central's rules (W1)"),
            f"highs with a second explanation: {len(self.unjustified)}",
            "",
        ]
        for kind in sorted({kind for kind, _ in self.kinds}):
            told = ", ".join(f"{c} {self.kinds[kind, c]}" for c in ("high", "medium", "low", "none"))
            lines.append(f"{kind:<20} {told}")
        lines.append("")
        lines += [f"{row:<40} {'right' if ok else 'WRONG'} {count}" for (row, ok), count in sorted(self.rows.items())]
        return "\n".join(lines)


def judge(seed: int, ledgers: int, payments: int = 120) -> Judgement:
    """Judge that many ledgers; the same seed gives the same figures."""
    judgement = Judgement()
    for n in range(ledgers):
        random = Random(seed * 1_000_000 + n)  # noqa: S311 - invented data, nothing secret
        ledger = make_ledger(random)
        _judge_ledger(judgement, ledger, make_payments(random, ledger, payments))
    return judgement


def is_meant(match: Match, truth: Truth) -> bool:
    """Whether the match is what the payer meant."""
    found = tuple((part.document, part.amount.amount) for part in match.applications)
    return is_right((match.customer or "", found), truth)


def _judge_ledger(judgement: Judgement, ledger: Ledger, payments: list[Payment]) -> None:
    books = ledger.snapshot
    settings = MatchingSettings(references=(ledger.scheme,) if ledger.scheme else ())
    matches = match_lines([payment.line for payment in payments], books, settings)
    rules = BusinessCentral(books)
    for payment, match in zip(payments, matches, strict=True):
        is_receipt = bool(payment.truth.parts)
        judgement.kinds[payment.truth.kind, match.confidence.value] += 1
        for score, answer in (
            (judgement.token, exact_token(payment.line, books)),
            (judgement.business_central, rules.answer(payment.line)),
        ):
            score.receipts += is_receipt
            score.high += answer is not None
            score.wrong += answer is not None and not is_right(answer, payment.truth)
        judgement.ours.receipts += is_receipt
        if match.confidence is Confidence.HIGH:
            _judge_high(judgement, payment, match, ledger)


def _judge_high(judgement: Judgement, payment: Payment, match: Match, ledger: Ledger) -> None:
    right = is_meant(match, payment.truth)
    judgement.ours.high += 1
    judgement.ours.wrong += not right
    judgement.rows[match.reasons[0].rule, right] += 1
    if not right:
        judgement.mistakes.append((payment, match))
    elif other_explanation(payment.line, match, ledger):
        judgement.unjustified.append((payment, match))
