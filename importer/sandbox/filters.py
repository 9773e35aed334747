"""$filter: OData expressions as predicates over rows, with Business Central's own limits.

`or` works within one field only, functions are not nested, comparisons with null are ignored, lambda operators too
(business-central-api.md, section 2).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import attrgetter

from importer.sandbox.refusals import Refusal, bad_request
from importer.sandbox.rows import Row
from importer.sandbox.schema import Backing, Entity, Json, Kind, Property, Value, to_value

Predicate = Callable[[Row], bool]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>(?:[A-Za-z.]+(?=')){0,1}'(?:[^']|'')*')
  | (?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})
  | (?P<moment>\d{4}-\d\d-\d\d(?:T[0-9:.]+(?:Z|[+-]\d\d:\d\d)?)?)
  | (?P<number>-?\d+(?:\.\d+)?)
  | (?P<name>[A-Za-z_$][A-Za-z0-9_./]*)
  | (?P<mark>[(),:])
  )""",
    re.VERBOSE,
)
_COMPARE: Mapping[str, Callable[[Value, Value], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_SEARCH: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_CHANGE_CASE: Mapping[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter or a part of one: the predicate, the properties it names, and for `x eq 'a' or x eq 'b'` the values."""

    test: Predicate
    names: frozenset[str]
    equals: tuple[str, frozenset[Value]] | None = None


def compile_filter(expression: str, entity: Entity, page_variables: str) -> Filter:
    """The filter that an expression describes.

    Args:
        page_variables: "applied", "ignored" or "refused", what a filter on a property without a table field does.

    Raises:
        Refusal: the expression cannot be parsed, names an unknown property, or uses what the server does not support.
    """
    return _Parser(_tokens(expression), entity, page_variables).whole()


def _tokens(expression: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(expression.rstrip()):
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise bad_request(f"Syntax error at position {at} in '{expression}'.")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Recursive descent: or > and > not > parentheses, functions, comparisons."""

    def __init__(self, tokens: list[tuple[str, str]], entity: Entity, page_variables: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._entity = entity
        self._page_variables = page_variables

    def whole(self) -> Filter:
        term = self._or()
        if self._at < len(self._tokens):
            raise self._syntax_error()
        return term

    def _or(self) -> Filter:
        terms = [self._and()]
        while self._take_word("or"):
            terms.append(self._and())
        return terms[0] if len(terms) == 1 else _either(terms)

    def _and(self) -> Filter:
        terms = [self._not()]
        while self._take_word("and"):
            terms.append(self._not())
        return terms[0] if len(terms) == 1 else _all(terms)

    def _not(self) -> Filter:
        if not self._take_word("not"):
            return self._primary()
        term = self._primary()
        return Filter(lambda row: not term.test(row), term.names)

    def _primary(self) -> Filter:
        kind, word = self._next()
        if word == "(":
            term = self._or()
            self._expect(")")
            return term
        if kind == "name" and word in _SEARCH:
            return self._search(word)
        if kind == "name" and self._peek() == "(" and word.rsplit("/", 1)[-1] in {"any", "all"}:
            return self._ignored_lambda()
        if kind == "name":
            return self._comparison(word)
        raise self._syntax_error()

    def _comparison(self, word: str) -> Filter:
        change: Callable[[str], str] | None = None
        if word in _CHANGE_CASE:
            change = _CHANGE_CASE[word]
            word = self._bracketed_name()
        item = self._property(word)
        compare = self._next()[1]
        if compare not in _COMPARE:
            raise self._syntax_error()
        literal = self._literal(item)
        if literal is None or not self._applies(item):
            return Filter(lambda _: True, frozenset())
        return _compared(item, compare, literal, change)

    def _search(self, function: str) -> Filter:
        self._expect("(")
        item = self._property(self._next()[1])
        self._expect(",")
        literal = self._literal(item)
        self._expect(")")
        if not isinstance(literal, str):
            raise self._syntax_error()
        if not self._applies(item):
            return Filter(lambda _: True, frozenset())
        read, test, wanted = attrgetter(item.field), _SEARCH[function], literal
        return Filter(lambda row: test(read(row), wanted), frozenset({item.name}))

    def _ignored_lambda(self) -> Filter:
        depth = 0
        while True:
            word = self._next()[1]
            depth += {"(": 1, ")": -1}.get(word, 0)
            if depth == 0:
                return Filter(lambda _: True, frozenset())

    def _bracketed_name(self) -> str:
        self._expect("(")
        _, word = self._next()
        self._expect(")")
        return word

    def _property(self, name: str) -> Property:
        item = self._entity.by_name.get(name.replace("/", "."))
        if item is None:
            raise bad_request(
                f"Could not find a property named '{name}' on type 'Microsoft.NAV.{self._entity.single}'."
            )
        return item

    def _applies(self, item: Property) -> bool:
        if item.backing is Backing.TABLE or self._page_variables == "applied":
            return True
        if self._page_variables == "ignored":
            return False
        raise bad_request(f"The property '{item.name}' cannot be used in a filter.")

    def _literal(self, item: Property) -> Value | None:
        kind, word = self._next()
        if word == "null":
            return None
        try:
            return to_value(_for_filter(item), _plain(kind, word))
        except Refusal as refusal:
            if refusal.code == "Application_StringExceededLength":
                text = f"The filter value for '{item.name}' is not valid: {refusal.message}"
                raise Refusal(400, "Application_FilterErrorException", text) from None
            raise

    def _take_word(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self._at += 1
        return True

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._syntax_error()
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, mark: str) -> None:
        if not self._take_word(mark):
            raise self._syntax_error()

    def _syntax_error(self) -> Refusal:
        return bad_request(f"Syntax error in $filter near '{self._peek()}'.")


def _compared(item: Property, compare: str, literal: Value, change: Callable[[str], str] | None) -> Filter:
    read, test, names = attrgetter(item.field), _COMPARE[compare], frozenset({item.name})
    if change is not None:
        changed = change
        return Filter(lambda row: test(changed(read(row)), literal), names)
    if compare == "eq":
        return Filter(lambda row: bool(read(row) == literal), names, (item.field, frozenset({literal})))
    return Filter(lambda row: test(read(row), literal), names)


def _either(terms: list[Filter]) -> Filter:
    names = frozenset[str]().union(*(term.names for term in terms))
    if len(names) > 1:
        text = "The 'OR' operator is not supported on distinct fields on an OData filter."
        raise Refusal(400, "BadRequest_MethodNotImplemented", text)
    sets = [term.equals for term in terms if term.equals is not None]
    if len(sets) == len(terms):
        # A long list of alternatives must not be tried one by one for every row.
        field, values = sets[0][0], frozenset[Value]().union(*(each[1] for each in sets))
        read = attrgetter(field)
        return Filter(lambda row: read(row) in values, names, (field, values))
    return Filter(lambda row: any(term.test(row) for term in terms), names)


def _all(terms: list[Filter]) -> Filter:
    names = frozenset[str]().union(*(term.names for term in terms))
    return Filter(lambda row: all(term.test(row) for term in terms), names)


def _for_filter(item: Property) -> Property:
    # Quoted names of an enumeration are compared with or without the escapes.
    if item.kind is Kind.CHOICE:
        return replace(item, choices={**item.choices, **{stored: stored for stored in item.choices.values()}})
    return item


def _plain(kind: str, word: str) -> Json:
    match kind:
        case "string":
            return word[word.index("'") + 1 : -1].replace("''", "'")
        case "number":
            return Decimal(word) if "." in word else int(word)
        case "name" if word in {"true", "false"}:
            return word == "true"
        case _:
            return word
