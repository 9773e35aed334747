"""Payment references of the configured schemes, resolved to the documents or the customer they were printed for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from importer.errors import ConfigurationError
from importer.matcher.books import Item
from importer.matcher.numbers import Found, NumberIndex
from importer.matcher.schemes import SCHEMES, Read
from importer.matcher.settings import MatchingSettings, QrrLayout

Layout: TypeAlias = tuple[tuple[str, int], ...]  # what a part of a reference is, and how long; 0 is the rest

_PART = re.compile(r"(customer|document|invoice|skip)(\d*)")
_DEFAULT_LAYOUTS = {"FI-CUSTOMER": "customer", "FI-CUSTOMER+INVOICE": "customer5+document"}
# Schemes whose references stand out in running text.
_SHAPES = re.compile(
    r"(?P<ISO11649>\bRF ?\d\d(?: ?[A-Z0-9]{1,4}){1,6}\b)"
    r"|(?P<BE>[+*]{3} ?\d{3} ?/ ?\d{4} ?/ ?\d{5} ?[+*]{3})"
    r"|(?P<DK>\+(?:71|75|04) ?< ?\d{2,16}(?: ?\+ ?\d{7,8} ?<?)?)"
    r"|(?P<CH>(?<!\d)\d{2}(?: ?\d{5}){5}(?!\d))"
    r"|(?P<SI12>\bSI ?12 ?\d{13}\b)"
    r"|(?P<MODEL>\b(?:SI|HR) ?01 ?\d{1,20}(?:-\d{1,20}){0,2}\b)"
    r"|(?P<VS>(?:/|\b)VS ?[:.]? ?\d{1,10}(?![\dA-Z]))"
)
_ANYWHERE = {
    "ISO11649": ("ISO11649", "FI", "FI-CUSTOMER", "FI-CUSTOMER+INVOICE"),
    "BE": ("BE-OGM",),
    "DK": ("DK-FIK71", "DK-FIK75"),
    "CH": ("CH-QRR",),
    "MODEL": ("SI01", "HR01"),
    "VS": ("CZ-VS",),
}
_IN_DIGITS = frozenset(
    (
        "FI",
        "FI-CUSTOMER",
        "FI-CUSTOMER+INVOICE",
        "EE",
        "NO-KID-MOD10",
        "SE-OCR",
        "SE-OCR-LENGTH",
        "DK-FIK71",
        "DK-FIK75",
    )
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that has the form of a configured scheme. Without items and customers it names nobody we know."""

    scheme: str
    is_valid: bool
    says_so: bool
    items: Found
    customers: tuple[str, ...] = ()


class References:
    """Reads the configured schemes against the known documents and customers."""

    def __init__(self, settings: MatchingSettings, index: NumberIndex, customers: Collection[str]) -> None:
        self._layouts = layouts_of(settings)
        self.names = tuple(self._layouts)
        self.in_digits = tuple(name for name in self.names if name in _IN_DIGITS)
        self._index = index
        self._customers = _by_digits(customers) if self.names else {}

    def read(self, text: str, names: Collection[str] | None = None) -> tuple[Reference, ...]:
        """All configured schemes (or those of `names`) whose form the whole text has; the valid ones before the others."""
        wanted = (name for name in self.names if names is None or name in names)
        found = [self._resolved(name, read) for name in wanted if (read := SCHEMES[name](text)) is not None]
        return tuple(sorted(found, key=lambda reference: (not reference.is_valid, not reference.items)))

    def find(self, text: str) -> tuple[tuple[Reference, int, int], ...]:
        """References that stand out in running text, with their place; only those that are valid or say what they are."""
        shapes = _SHAPES.finditer(text) if self.names else ()
        read = (found for shape in shapes for found in self._of_shape(shape))
        return tuple(found for found in read if found[0].is_valid or found[0].says_so)

    def _of_shape(self, shape: re.Match[str]) -> tuple[tuple[Reference, int, int], ...]:
        """What the shape holds; its last words may not belong to it, so the longest valid beginning counts."""
        kind = shape.lastgroup or ""
        written, best = shape.group().rstrip(), None
        while written:
            found = self.read(written.strip(), _ANYWHERE.get(kind, (kind,)))[:1]
            if found and (best is None or found[0].is_valid):
                best = (found[0], shape.start(), shape.start() + len(written))
            if (found and found[0].is_valid) or " " not in written:
                break
            written = written.rpartition(" ")[0].rstrip()
        return (best,) if best else ()

    def _resolved(self, name: str, read: Read) -> Reference:
        layout = self._layouts[name]
        items: dict[int, Item] = {}
        customers: dict[str, None] = {}
        for payload in filter(None, read.payloads):
            for item in self._documents(payload, layout):
                items[id(item)] = item
            customers |= dict.fromkeys(self._holders(payload, layout))
        whole = tuple(items.values())
        return Reference(name, read.is_valid, read.says_so, whole, tuple(customers))

    def _documents(self, payload: str, layout: Layout) -> Found:
        parts = _cut(payload, layout)
        if parts is None or "document" not in parts:
            return ()
        found = self._numbered(parts["document"])
        if "customer" not in parts:
            return found
        holders = self._customers.get(parts["customer"].lstrip("0"), ())
        return tuple(item for item in found if item.customer in holders)

    def _holders(self, payload: str, layout: Layout) -> tuple[str, ...]:
        """The customers that the payload names; nobody when it names a document of somebody else."""
        parts = _cut(payload, layout)
        if parts is None or "customer" not in parts or ("document" in parts and self._numbered(parts["document"])):
            return ()
        return self._customers.get(parts["customer"].lstrip("0"), ())

    def _numbered(self, digits: str) -> Found:
        bare = digits.lstrip("0")
        if not bare:
            return ()
        index = self._index
        forms = (index.exact, digits), (index.exact, bare), (index.grouped, bare), (index.partial, bare)
        return next((found for form, key in forms if (found := form.get(key))), index.serials.get(bare, ()))


def layouts_of(settings: MatchingSettings) -> Mapping[str, Layout]:
    """What the digits of each configured reference mean.

    Raises:
        ConfigurationError: a scheme does not exist, or its layout cannot be read.
    """
    for name in (*settings.references, *settings.layouts):
        if name not in SCHEMES:
            raise ConfigurationError(f'There is no reference scheme "{name}"; there are: {", ".join(sorted(SCHEMES))}.')
    return {name: _layout(name, settings) for name in settings.references}


def _layout(name: str, settings: MatchingSettings) -> Layout:
    written = settings.layouts.get(name) or _own_layout(name, settings) or _DEFAULT_LAYOUTS.get(name, "document")
    if isinstance(written, QrrLayout):
        return (("skip", written.invoice_start - 1), ("document", written.invoice_length), ("rest", 0))
    parts = [_PART.fullmatch(part.strip()) for part in written.split("+")]
    if not all(parts):
        raise ConfigurationError(
            f'The layout "{written}" of {name} is not understood; wanted are parts such as "customer5+document", '
            "each customer, document or skip with its number of digits, one of them without."
        )
    return tuple((part[1].replace("invoice", "document"), int(part[2] or 0)) for part in parts if part)


def _own_layout(name: str, settings: MatchingSettings) -> QrrLayout | str:
    if name.startswith("NO-KID"):
        return settings.kid_layout
    return {"FI": settings.fi_layout, "CH-QRR": settings.qrr_layout}.get(name.split("-CUSTOMER", maxsplit=1)[0], "")


def _cut(payload: str, layout: Layout) -> dict[str, str] | None:
    """The parts of the payload by name; the part without a length takes what the others leave. None if it is too short."""
    spare = len(payload) - sum(length for _, length in layout)
    if spare < 0 or (spare and all(length for _, length in layout)):
        return None
    parts, position = {}, 0
    for name, length in layout:
        end = position + (length or spare)
        parts[name] = payload[position:end]
        position = end
    return parts


def _by_digits(customers: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for customer in sorted(customers):
        digits = "".join(filter(str.isdigit, customer)).lstrip("0")
        found[digits] = (*found.get(digits, ()), customer)
    return found
