"""What is wrong with a mapping, in words that name the key, what was seen, what is allowed, and the nearest that exists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from importer.mapping.columns import Strict
from importer.mapping.values import PROVEN

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TYPES = {
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a text in quotes or a list of such",
    "frozen_set_type": "must be a list of texts in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": 'must be a list of pairs, such as { "€" = "EUR" }',
    "too_short": "must not be empty",
    "string_too_short": "must be one character",
    "string_too_long": "must be one character",
}
_PATTERNS = {
    f"^([.,]|{PROVEN})$": f'must be ",", "." or "{PROVEN}"',
    "^[A-Z]{3}$": "must be a currency code of three capital letters, such as EUR",
    "^(debit|credit)$": 'must be "debit" or "credit"',
}
_LONGEST = 60
_SURELY_MEANT = 0.8
_EXAMPLES = {
    "Label": '{ label = "IBAN:" } or { pattern = "Konto ([0-9]+)" }',
    "Column": '"Name", 4 or { name = "Name", nth = 2 }',
}


def fault_text(detail: ErrorDetails, root: type[BaseModel]) -> str:
    """One fault that pydantic has found in a mapping; `root` is the model of the whole mapping."""
    place, kind = detail["loc"], detail["type"]
    key = _key(place)
    if kind == "extra_forbidden":
        return f'unknown key "{key}"{_instead(place, root)}'
    if kind == "missing":
        is_section = len(place) == 1 and _model_at(place, root) is not None
        return f"the section [{key}] is missing" if is_section else f'"{key}" is missing'
    if kind == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        return f'"{key}": {message}' if key else message
    return f'"{key}" {_wanted(detail, key)}, not {_shown(detail["input"])}{_nearest_value(detail)}'


def _wanted(detail: ErrorDetails, key: str) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "enum":
            return "must be " + str(context["expected"]).replace("'", '"')
        case "model_type":
            return f"must be {_EXAMPLES.get(str(context['class_name'])) or f'a section [{key}]'}"
        case "string_pattern_mismatch":
            return _PATTERNS.get(str(context["pattern"])) or f"must match {context['pattern']}"
    return _TYPES.get(detail["type"]) or detail["msg"]


def nearest(word: str, known: Sequence[str]) -> str:
    """A question with the nearest known word, "" when none is near."""
    plain = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold(), plain, n=1, cutoff=0.5)
    return f'; did you mean "{plain[close[0]]}"?' if close else ""


def _key(place: Sequence[int | str]) -> str:
    """A place such as ("leave_out", 0, "because") as a person finds it: leave_out (1st).because."""
    text = ""
    for part in place:
        text += f" (number {part + 1})" if isinstance(part, int) else f".{part}" if text else part
    return text


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _nearest_value(detail: ErrorDetails) -> str:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return nearest(str(detail["input"]), expected.split("'")[1::2])


def _instead(place: Sequence[int | str], root: type[BaseModel]) -> str:
    """The nearest key of the same section, or the section that the key belongs to."""
    key, here = str(place[-1]), _model_at(place[:-1], root)
    known = sorted(here.model_fields) if here is not None else []
    homes = [name for name, model in _sections(root) if key in model.model_fields and model is not here]
    if homes and not get_close_matches(key, known, n=1, cutoff=_SURELY_MEANT):
        return f"; it belongs {' or '.join(f'into [{name}]' if name else 'above the first section' for name in homes)}"
    return nearest(key, known)


def _sections(root: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    yield "", root
    for name in root.model_fields:
        if (model := _model_at((name,), root)) is not None:
            yield name, model


def _model_at(place: Sequence[int | str], model: type[BaseModel]) -> type[BaseModel] | None:
    for part in place:
        if isinstance(part, str):
            field = model.model_fields.get(part)
            found = next(_models(field.annotation), None) if field is not None else None
            if found is None:
                return None
            model = found
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # annotations have no common type
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
