"""The draft as the text of a mapping file, every remark behind its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from importer.mapping.layout import FileRules, Outside, Table
from importer.mapping.schema import Amounts, Fields
from importer.mapping.schema import Mapping as Layout
from importer.mapping.toml_text import CONFIRM, toml_line
from importer.mapping.values import Dates, Numbers
from importer.reader.draft.finding import BOOKED, Draft, Finding

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "file": FileRules, "table": Table, "columns": Fields, "dates": Dates, "numbers": Numbers, "amounts": Amounts,
    "outside": Outside,
}  # fmt: skip
_SEVERAL = {"text", "detail", "counterparty", "reference"}


def as_toml(draft: Draft) -> str:
    """The text of the mapping file; lines that nobody could prove end with a remark that begins with CONFIRM."""
    parts = [*_lines(draft, "", [name for name in Layout.model_fields if name not in _SECTIONS])]
    for section, model in _SECTIONS.items():
        if lines := list(_lines(draft, f"{section}.", model.model_fields)):
            parts += ["", f"[{section}]", *lines]
    return "\n".join([*parts, *_row_rules(draft)]) + "\n"


def _lines(draft: Draft, section: str, names: Sequence[str] | Mapping[str, object]) -> Iterator[str]:
    for name in names:
        if finding := draft.findings.get(section + name):
            value = _columns(draft, name, finding) if section == "columns." else finding.value
            yield toml_line(name, value, finding.remark)


def _columns(draft: Draft, name: str, finding: Finding) -> object:
    places: Sequence[int] = finding.value  # type: ignore[assignment] # columns are places
    columns = [address(draft, place) for place in places]
    if name == "amount" and len(columns) > 1:
        return {"first_filled": columns}
    return columns if name in _SEVERAL and len(columns) > 1 else columns[0]


def address(draft: Draft, place: int) -> object:
    """How a mapping names the column at this place, counted from 0."""
    name = draft.header[place] if place < len(draft.header) else ""
    if not name:
        return place + 1
    if place in draft.patterns:
        return {"pattern": draft.patterns[place]}
    same = [other for other, cell in enumerate(draft.header) if cell == name]
    return {"name": name, "nth": same.index(place) + 1} if len(same) > 1 else name


def header_cells(draft: Draft) -> list[object]:
    """The cells of the header; one that holds a currency stands for those of other currencies too."""
    return [
        {"pattern": draft.patterns[place]} if place in draft.patterns else name
        for place, name in enumerate(draft.header)
    ]


def _row_rules(draft: Draft) -> Iterator[str]:
    for rule in draft.rows:
        yield from (
            "",
            f"[[{rule.kind}]]",
            toml_line("column", address(draft, rule.column)),
            toml_line(rule.test, rule.value, f"{CONFIRM} {rule.why}"),
            *([toml_line("bookings", rule.bookings, f"{CONFIRM} {BOOKED}")] if rule.bookings else []),
            toml_line("because", rule.because),
        )
