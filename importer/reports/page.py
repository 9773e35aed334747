"""A report as one HTML file that needs nothing else: no request, no foreign script, readable without any script.

The policy in the page allows exactly the one style and the one script that are in it, by their hashes (reliability.md §11.6).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from importer.model import Candidate
from importer.money import Money
from importer.plan import Plan
from importer.reports.files import write_private
from importer.reports.highlight import Piece, pieces
from importer.reports.labels import LABELS, NOTICE_MARKS, Group, Label, State
from importer.reports.printable import printable
from importer.reports.rows import Report, Row, Sums, as_report

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent
_LEAST_SHARE = 0.6  # per cent of the chart; anything smaller could not be seen
_GROUPS = {
    Group.CERTAIN: "Certain",
    Group.WAITING: "Waiting for a person",
    Group.SKIPPED: "Nothing to do",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the chart: the money of a group in one currency; `start` and `width` are per cent of the bar."""

    group: Group
    caption: str
    sums: Sums
    percent: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The chart of one currency."""

    currency: str
    slices: tuple[Slice, ...]
    total: Sums


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the bank line, with what was found in it marked."""

    caption: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate; `role` tells the proposal and the runner-up from the others."""

    role: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Line:
    """A row with everything prepared that the template shows of it; `numbered`: journal lines have document numbers."""

    row: Row
    fields: tuple[Field, ...]
    choices: tuple[Choice, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Section:
    """All lines of one state."""

    state: State
    label: Label
    lines: tuple[Line, ...]


def number(money: Money) -> str:
    """The amount grouped for reading, without its currency: "1,190.00"."""
    return str(money).removesuffix(f" {money.currency}")


def page(report: Report) -> str:
    """The report as one HTML document. Account numbers are whole; pass `masking.masked(report)` to shorten them."""
    style, script = _shipped("page.css"), _shipped("page.js")
    sections = [
        Section(state, LABELS[state], tuple(map(_line, rows))) for state in State if (rows := report.rows_of(state))
    ]
    return _template().render(
        report=report,
        bars=_bars(report),
        sections=sections,
        labels=LABELS,
        marks=NOTICE_MARKS,
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def write_page(shown: Plan | Report, path: Path) -> None:
    """Write the page for its owner alone (file mode 0600)."""
    write_private(path, page(as_report(shown)).encode())


def _line(row: Row) -> Line:
    texts = {
        "Transaction Text": ("text", row.text),
        "Related-Party Name": ("counterparty", row.counterparty),
        "Related-Party Bank Acc. No.": ("iban", row.iban),
        "Payment Reference No.": ("reference", row.reference),
        "Transaction ID": ("bank_reference", row.bank_reference),
    }
    fields = tuple(Field(caption, pieces(text, field, row.reasons)) for caption, (field, text) in texts.items() if text)
    numbered = any(payment.document_number for payment in row.payments)
    return Line(row, fields, tuple(_choices(row)), numbered)


def _choices(row: Row) -> Iterable[Choice]:
    """The candidates in their order; where something is proposed, the first of the others is the runner-up."""
    proposed = {(payment.customer, payment.invoice) for payment in row.payments}
    others = "Runner-up" if proposed else "Candidate"
    for candidate in row.candidates:
        if (candidate.customer, candidate.invoice) in proposed:
            yield Choice("Proposal", candidate)
            continue
        yield Choice(others, candidate)
        others = "Candidate"


def _bars(report: Report) -> tuple[Bar, ...]:
    return tuple(_bar(report, total) for total in report.sums())


def _bar(report: Report, total: Sums) -> Bar:
    currency = total.received.currency
    rows = [row for row in report.rows if (row.amount.currency if row.amount else report.currency) == currency]
    groups = [Sums.of([row for row in rows if LABELS[row.state].group is group], currency) for group in _GROUPS]
    shares = [
        sums.received.amount / total.received.amount * 100 if sums.received.amount else Decimal(0) for sums in groups
    ]
    slices: list[Slice] = []
    start = 0.0
    for (group, caption), sums, share, width in zip(_GROUPS.items(), groups, shares, _widths(shares), strict=True):
        slices.append(Slice(group, caption, sums, f"{share:.1f}", round(start, 3), round(width, 3)))
        start += width
    return Bar(currency, tuple(slices), total)


def _widths(shares: Sequence[Decimal]) -> list[float]:
    """The shares as widths that fill the bar exactly; what is too thin to be seen is widened at the expense of the others."""
    widths = [max(float(share), _LEAST_SHARE) if share else 0.0 for share in shares]
    return [width / sum(widths) * 100 for width in widths] if any(widths) else widths


def _policy(style: str, script: str) -> str:
    allowed = {"style-src": style, "script-src": script}
    sources = "; ".join(f"{kind} 'sha256-{_hash(text)}'" for kind, text in allowed.items())
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _shipped(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


def _printable_value(value: object) -> object:
    """Everything the template prints passes here: a text that is not our own markup is made printable, then escaped."""
    return printable(value) if type(value) is str else value


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable_value,
    )
    environment.filters["number"] = number
    return environment.get_template("page.html")
