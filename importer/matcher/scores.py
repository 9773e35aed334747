"""How well the matcher does on labelled cases. The figure that matters is the number of wrong highs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from importer.matcher.case_values import Expected
from importer.matcher.cases import Result
from importer.model import Confidence, Match

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some cases."""

    cases: int
    exact: int
    high: int
    wrong_high: int
    high_expected: int
    high_found: int
    abstain_expected: int
    abstained: int


def is_exact(result: Result) -> bool:
    """Whether customer, documents, amounts, deductions and confidence are all as labelled."""
    expected, match = result.case.expected, result.match
    return (
        match.confidence is expected.confidence
        and same_content(expected, match)
        and _amount(match.discount) == expected.discount_taken
        and _amount(match.fee) == expected.fee_taken
        and _amount(match.tolerance) == expected.tolerance_taken
        and (not expected.invoices or _amount(match.unapplied) == expected.unapplied)
    )


def same_content(expected: Expected, match: Match) -> bool:
    """Whether the customer, every document and every amount are as labelled."""
    wanted = sorted((invoice.number, invoice.amount) for invoice in expected.invoices)
    found = sorted((part.document, part.amount.amount) for part in match.applications)
    return match.customer == expected.customer_number and wanted == found


def is_wrong_high(result: Result) -> bool:
    """A high that a person would not have let pass: other content, or the label asks for a person."""
    if result.match.confidence is not Confidence.HIGH:
        return False
    expected = result.case.expected
    return expected.confidence is not Confidence.HIGH or not same_content(expected, result.match)


def tally(results: Iterable[Result]) -> Tally:
    """Count the results."""
    rows = list(results)
    abstain = [r for r in rows if r.case.expected.confidence in (Confidence.LOW, Confidence.NONE)]
    wanted = [r for r in rows if r.case.expected.confidence is Confidence.HIGH]
    return Tally(
        cases=len(rows),
        exact=sum(map(is_exact, rows)),
        high=sum(r.match.confidence is Confidence.HIGH for r in rows),
        wrong_high=sum(map(is_wrong_high, rows)),
        high_expected=len(wanted),
        high_found=sum(r.match.confidence is Confidence.HIGH and not is_wrong_high(r) for r in wanted),
        abstain_expected=len(abstain),
        abstained=sum(r.match.confidence in (Confidence.LOW, Confidence.NONE) for r in abstain),
    )


def by_tag(results: Iterable[Result]) -> Mapping[str, Tally]:
    """A tally per tag, in order of the tags' names; cases without a tag are under ""."""
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        for tag in result.case.tags or ("",):
            groups[tag].append(result)
    return {tag: tally(groups[tag]) for tag in sorted(groups)}


def by_row(results: Iterable[Result]) -> Mapping[str, Tally]:
    """A tally per row of the decision table."""
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.match.reasons[0].rule].append(result)
    return {row: tally(groups[row]) for row in sorted(groups)}


def report(results: Sequence[Result]) -> dict[str, object]:
    """The whole report as plain values for JSON; amounts are texts with their decimals."""
    total = tally(results)
    return {
        "cases": [case_row(result) for result in results],
        "summary": _figures(total),
        "tags": {tag: _figures(found) for tag, found in by_tag(results).items()},
        "rows": {row: _figures(found) for row, found in by_row(results).items()},
    }


def case_row(result: Result) -> Row:
    """One case as `matching check --format json` prints it."""
    match = result.match
    return {
        "id": result.case.id,
        "customerNumber": match.customer,
        "invoices": [{"number": part.document, "amount": _number(part.amount.amount)} for part in match.applications],
        "confidence": match.confidence.value,
        "discountTaken": _number(_amount(match.discount)),
        "toleranceTaken": _number(_amount(match.tolerance)),
        "feeTaken": _number(_amount(match.fee)),
        "unapplied": _number(_amount(match.unapplied)) if match.applications else 0,
        "split": _split(match),
        "reasons": [
            {
                "rule": reason.rule,
                "message": reason.message,
                "evidence": [
                    {"kind": e.kind, "value": e.value, "field": e.field, "start": e.start, "end": e.end}
                    for e in reason.evidence
                ],
            }
            for reason in match.reasons
        ],
        "candidates": [{"customer": c.customer, "invoice": c.invoice, "why": c.why} for c in match.candidates],
        "exact": is_exact(result),
    }


def _split(match: Match) -> list[Row]:
    """The share of each customer, when the line pays for several."""
    customers = list(dict.fromkeys(part.customer for part in match.applications))
    if match.customer is not None or len(customers) < 2:
        return []
    return [
        {
            "customerNumber": customer,
            "amount": _number(sum((p.amount.amount for p in match.applications if p.customer == customer), Decimal(0))),
            "invoices": [part.document for part in match.applications if part.customer == customer],
        }
        for customer in customers
    ]


def _figures(found: Tally) -> Row:
    return {
        "cases": found.cases,
        "exact": found.exact,
        "high": found.high,
        "wrongHigh": found.wrong_high,
        "precisionAtHigh": _share(found.high - found.wrong_high, found.high),
        "highExpected": found.high_expected,
        "highFound": _share(found.high_found, found.high_expected),
        "abstentionCorrect": _share(found.abstained, found.abstain_expected),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _amount(money: object) -> Decimal:
    from importer.money import Money

    return money.amount if isinstance(money, Money) else Decimal(0)


def _number(amount: Decimal) -> float | int:
    """A JSON number; two decimals survive a float, and nothing is computed with it."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def written(results: Sequence[Result]) -> str:
    """The report as text: every case that is not as labelled, then the figures in total, per tag and per row."""
    lines = [_difference(result) for result in results if not is_exact(result)]
    total = tally(results)
    lines += [
        f"{total.exact} of {total.cases} cases exactly as labelled",
        f"high: {total.high} given, {total.wrong_high} wrong; {total.high_found} of {total.high_expected} found",
        f"abstained where a person would, too: {total.abstained} of {total.abstain_expected}",
        "",
    ]
    for title, groups in (("row of the decision table", by_row(results)), ("tag", by_tag(results))):
        width = max(map(len, (title, *groups)))
        lines.append(f"{title:<{width}}  cases  exact  high  wrong")
        lines += [
            f"{name:<{width}}  {t.cases:5}  {t.exact:5}  {t.high:4}  {t.wrong_high:5}" for name, t in groups.items()
        ]
        lines.append("")
    return "\n".join(lines).rstrip()


def _difference(result: Result) -> str:
    expected, match = result.case.expected, result.match
    wanted = ", ".join(f"{i.number} {i.amount}" for i in expected.invoices)
    found = ", ".join(f"{part.document} {part.amount.text()}" for part in match.applications)
    mark = "WRONG HIGH" if is_wrong_high(result) else "differs"
    return (
        f"{mark} {result.case.id}: wanted {expected.confidence} {expected.customer_number or '-'} [{wanted}], "
        f"found {match.confidence} {match.customer or '-'} [{found}] by {match.reasons[0].rule}"
    )
