"""A draft of a mapping for a file that no mapping knows. What the file does not prove is marked; a person confirms it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from importer.errors import ImporterError, UnusableFile
from importer.mapping import parse_mapping
from importer.mapping.exchange import convert_exchange_definition, is_exchange_definition
from importer.mapping.layout import FileRules, Kind
from importer.mapping.schema import Fields
from importer.reader.delimited import first_rows
from importer.reader.encodings import choose_encoding, marked_encoding
from importer.reader.read import read_with, sheets_of
from importer.reader.rows import text_of
from importer.reader.source import Source, open_source

if TYPE_CHECKING:
    import pandas as pd

    from importer.reader.profile import Proof

CONFIRM = "# CONFIRM:"
_ROWS = 5000
_LEGACY = "windows-1252"
_SEVERAL = {"text", "counterparty", "reference"}


@dataclass(slots=True)
class Draft:
    """What has been found out so far: columns by field, and the remarks that belong behind a key."""

    header: list[str]
    places: dict[str, list[int]] = field(default_factory=dict)
    formats: str = "%d.%m.%Y"
    decimal: str = "."
    model: str = "signed"
    order: str = ""
    remarks: dict[str, str] = field(default_factory=dict)


def draft_mapping(path: Path) -> str:
    """The text of a mapping file; lines that nobody could prove carry a remark that begins with CONFIRM.

    Raises:
        UnusableFile: the file cannot be opened or has no table.
    """
    if path.is_file() and is_exchange_definition(content := path.read_bytes()):
        return convert_exchange_definition(content, path.name)
    source = open_source(path)
    rules, remark = _file_rules(source)
    rows = _rows(source, rules)
    text = _draft_table(source, rules, rows, remark)
    return text + _trial(source, text)


def _file_rules(source: Source) -> tuple[FileRules, str]:
    from importer.reader.profile import best_delimiter

    if source.kind is not Kind.CSV:
        return FileRules(kinds=(source.kind,)), ""
    encoding, remark = marked_encoding(source.content) or "utf-8", ""
    try:
        choose_encoding(source.content, (encoding,), source.name)
    except UnusableFile:
        encoding, remark = _LEGACY, f"{CONFIRM} not UTF-8; look whether letters such as ä é ł read right"
    text = source.content.decode(encoding, errors="replace")
    encodings = ("utf-8",) if encoding.startswith("utf-8") else (encoding,)
    return FileRules(encodings=encodings, delimiter=best_delimiter(text[:100_000])), remark


def _rows(source: Source, rules: FileRules) -> list[list[str]]:
    if source.kind is Kind.CSV:
        text = source.content.decode(choose_encoding(source.content, rules.encodings, source.name))
        return [list(map(text_of, row)) for row in first_rows(text, rules, _ROWS) if any(row)]
    sheet = max(
        ([row for chunk in sheet.chunks for row in chunk.rows] for sheet in sheets_of(source, rules)),
        key=len,
        default=[],
    )
    return [texts for row in sheet[:_ROWS] if any(texts := list(map(text_of, row)))]


def _draft_table(source: Source, rules: FileRules, rows: list[list[str]], remark: str) -> str:
    import pandas as pd

    from importer.reader.profile import header_index

    if len(rows) < 2 or not any(len(row) > 1 for row in rows):
        raise UnusableFile(f"{source.name}: no table with at least one booking was found in it")
    index = header_index(rows)
    header = [cell.strip() for cell in rows[index]] if index >= 0 else []
    width = len(header) or len(rows[-1])
    body = [row[:width] for row in rows[index + 1 :] if len(row) >= width]
    frame = pd.DataFrame(body, dtype=str).fillna("")
    draft = Draft(header)
    _find_columns(draft, frame)
    return _text_of(draft, rules, source, remark, width)


def _find_columns(draft: Draft, frame: pd.DataFrame) -> None:
    from importer.reader import profile

    columns = {place: frame[place] for place in range(frame.shape[1])}
    draft.places = profile.fields_by_header(draft.header)
    dates = {place: proof for place, column in columns.items() if (proof := profile.date_proof(column))}
    numeric = [place for place, column in columns.items() if place not in dates and profile.is_numeric(column)]
    _keep(draft, ("booked_on", "value_on"), dates)
    _keep(draft, ("amount", "debit", "credit", "balance"), numeric)
    _place_dates(draft, dates)
    proof = profile.decimal_proof([columns[place] for place in numeric])
    if proof:
        draft.decimal = proof.chosen
    if proof is None or proof.rivals:
        draft.remarks["decimal"] = f"{CONFIRM} the file does not show which mark is the decimal mark"
    _place_amounts(draft, {place: columns[place] for place in numeric})
    for name, test in (("currency", profile.is_currency), ("iban", profile.is_iban)):
        _keep(draft, (name,), [place for place, column in columns.items() if test(column)], first=name)


def _keep(draft: Draft, names: Sequence[str], fitting: Collection[int], first: str = "") -> None:
    """Take back columns whose content contradicts their header; `first` gets a fitting column when it has none."""
    for name in names:
        places = [place for place in draft.places.get(name, []) if place in fitting]
        draft.places[name] = places[:1]
    taken = {place for places in draft.places.values() for place in places}
    if first and not draft.places[first]:
        draft.places[first] = [place for place in sorted(fitting) if place not in taken][:1]


def _place_dates(draft: Draft, dates: Mapping[int, Proof]) -> None:
    if not draft.places["booked_on"]:
        free = [place for place in dates if place not in draft.places["value_on"]]
        draft.places["booked_on"] = free[:1] or draft.places.pop("value_on")
        draft.remarks["booked_on"] = f"{CONFIRM} taken because it holds dates"
    proof = dates.get(draft.places["booked_on"][0]) if draft.places["booked_on"] else None
    if proof is not None:
        draft.formats = proof.chosen
        if proof.rivals:
            draft.remarks["formats"] = f"{CONFIRM} {' and '.join(proof.rivals)} would read the file too"
    else:
        draft.remarks["formats"] = f"{CONFIRM} no column was recognised as dates"


def _place_amounts(draft: Draft, columns: dict[int, pd.Series[str]]) -> None:
    from importer.reader import profile

    form = next(form for form in profile.NUMBER_FORMATS if form.decimal == draft.decimal)
    numbers = {place: found for place, column in columns.items() if (found := profile.numbers_of(column, form))}
    pairs = profile.balance_pairs(numbers)
    places = draft.places
    if places["debit"] and places["credit"]:
        places["amount"] = []
        debits = [number for number in numbers.get(places["debit"][0], []) if number]
        draft.model = "debit_credit_signed" if any(number < 0 for number in debits) else "debit_credit"
        if not debits:
            draft.remarks["model"] = f"{CONFIRM} no debit in the file shows whether debits are negative"
        return
    if pairs and (not places["amount"] or places["amount"][0] in {a for a, _, _ in pairs}):
        amount, balance, draft.order = next((p for p in pairs if [p[0]] == places["amount"]), pairs[0])
        places["amount"], places["balance"] = [amount], [balance]
        if len({number > 0 for number in numbers[amount] if number}) < 2:
            draft.remarks["model"] = _sign_remark(numbers[amount])
        return
    if not places["amount"]:
        places["amount"] = [place for place in numbers if place not in places["balance"]][:1]
        draft.remarks["amount"] = f"{CONFIRM} taken because it holds numbers"
    draft.remarks["model"] = _sign_remark(numbers.get(next(iter(places["amount"]), -1), []))


def _sign_remark(numbers: Sequence[Decimal | None]) -> str:
    if any(number < 0 for number in numbers if number is not None):
        return (
            f"{CONFIRM} negative amounts are taken as paid out; on card statements it is often the other way (inverted)"
        )
    return f"{CONFIRM} no amount is negative; does another column say debit or credit?"


def _text_of(draft: Draft, rules: FileRules, source: Source, remark: str, width: int) -> str:
    thousands = [mark for mark in (".", ",", " ", "'") if mark != draft.decimal]
    parts = [
        *_head(draft),
        "[file]",
        *_file_lines(rules, source, remark),
        "[table]",
        f"header = {_quoted(draft.header)}" if draft.header else f"width = {width}",
        "",
        "[columns]",
        *_column_lines(draft),
        "[dates]",
        _line(draft, "formats", _quoted([draft.formats])),
        "",
        "[numbers]",
        _line(draft, "decimal", _quoted(draft.decimal)),
        _line(draft, "thousands", _quoted(thousands)),
        "",
        "[amounts]",
        _line(draft, "model", _quoted(draft.model)),
    ]
    return "\n".join(parts) + "\n"


def _head(draft: Draft) -> list[str]:
    lines = [
        f'title     = "New bank"  {CONFIRM} name it',
        'evidence  = "draft"',
        f'overlap   = "full_days"  {CONFIRM} full_days, incremental or balance; see mappings/README.md',
    ]
    lines += [f'order     = "{draft.order}"', 'running   = "after"'] if draft.order else []
    lines += (
        [] if draft.places["currency"] else [f'currency  = "EUR"  {CONFIRM} the file has no column with currency codes']
    )
    return [*lines, ""]


def _file_lines(rules: FileRules, source: Source, remark: str) -> list[str]:
    if source.kind is not Kind.CSV:
        return [f"kinds     = {_quoted([source.kind.value])}", ""]
    return [
        f"encodings = {_quoted(list(rules.encodings))}  {remark}".rstrip(),
        f"delimiter = {_quoted(rules.delimiter)}",
        "",
    ]


def _column_lines(draft: Draft) -> list[str]:
    lines = []
    for name in Fields.model_fields:
        places = draft.places.get(name, [])
        many = name in _SEVERAL and len(places) > 1
        if places:
            text = f"[{', '.join(_column(draft, place) for place in places)}]" if many else _column(draft, places[0])
            lines.append(_line(draft, name, text))
    return [*lines, ""]


def _column(draft: Draft, place: int) -> str:
    name = draft.header[place] if place < len(draft.header) else ""
    if not name:
        return str(place + 1)
    same = [other for other, cell in enumerate(draft.header) if cell == name]
    return f"{{ name = {_quoted(name)}, nth = {same.index(place) + 1} }}" if len(same) > 1 else _quoted(name)


def _line(draft: Draft, key: str, value: str) -> str:
    return f"{key:<14} = {value}  {draft.remarks.get(key, '')}".rstrip()


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _trial(source: Source, text: str) -> str:
    try:
        statement = read_with(source, parse_mapping(text, "draft", source="draft"))
    except ImporterError as error:
        # A draft that does not work yet is still worth having.
        lines = [f"{CONFIRM[2:]} with this draft the file cannot be read yet:", *str(error).splitlines()]
        return "\n" + "".join(f"# {line}\n" for line in lines)
    return f"\n# Read with this draft: {len(statement.lines)} bookings, {len(statement.unread)} rows rejected.\n"
