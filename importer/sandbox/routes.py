"""From the path of a request to what it means: flavour, company, entity, key, journal or action."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from importer.sandbox.flavours import Flavour
from importer.sandbox.papers import PAYMENT_TEMPLATE, Journal
from importer.sandbox.refusals import Refusal, bad_request, no_record, no_route
from importer.sandbox.rows import Company
from importer.sandbox.schema import Entity, Json
from importer.sandbox.store import Store
from importer.sandbox.wire import Reply, Request

_SEGMENT = re.compile(r"(?P<name>[^()]+)(?:\((?P<key>[^()]*)\))?")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: the name of a set or action, and a key."""

    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: a set, or with `key` one record; inside a journal; or an action on a record."""

    flavour: Flavour
    base: str
    entity: Entity
    company: Company | None = None
    key: str | None = None
    journal: Journal | None = None
    action: str = ""

    @property
    def context(self) -> str:
        """The set as @odata.context names it."""
        if self.company is None:
            return self.entity.name
        if self.journal is None:
            return f"companies({self.company.id})/{self.entity.name}"
        return f"companies({self.company.id})/customerPaymentJournals({self.journal.id})/{self.entity.name}"


def find_flavour(path: str, flavours: tuple[Flavour, ...]) -> tuple[Flavour, str, str]:
    """The flavour that serves a path, its base, and the rest of the path.

    Raises:
        Refusal: no flavour lies there.
    """
    for flavour in flavours:
        for base in flavour.bases:
            if path == base or path.startswith(f"{base}/"):
                return flavour, base, path[len(base) :].strip("/")
    raise no_route(path)


def service_document(flavour: Flavour, root: str) -> Reply:
    """The list of entity sets at the root of a flavour."""
    names = ["companies", *flavour.entities]
    sets: list[Json] = [{"name": name, "kind": "EntitySet", "url": name} for name in names]
    return Reply(200, {"@odata.context": f"{root}/$metadata", "value": sets})


def find_target(flavour: Flavour, base: str, rest: str, *, request: Request, store: Store) -> Target:
    """What the rest of a path is about.

    Raises:
        Refusal: no such set, company, journal or action.
    """
    steps = _steps(flavour, rest, request)
    company, steps = _company(steps, request, store)
    if company is None:
        return Target(flavour, base, flavour.companies)
    if not steps:
        return Target(flavour, base, flavour.companies, key=company.id)
    first, *inner = steps
    entity = _entity(flavour, first.name, request)
    target = Target(flavour, base, entity, company, key=first.key)
    if not inner:
        return target
    return _inside(target, first, inner, request=request, store=store)


def _inside(target: Target, first: Segment, inner: list[Segment], *, request: Request, store: Store) -> Target:
    step = inner[0]
    if first.key is None or len(inner) > 1:
        raise no_route(request.path)
    if step.name.lower().startswith("microsoft.nav."):
        return replace(target, action=step.name.lower())
    if target.entity.single != "customerPaymentJournal" or step.name != "customerPayments":
        raise no_route(request.path)
    journal = store.journals.get(first.key)
    company = target.company
    if journal is None or company is None or journal.company_id != company.id or journal.template != PAYMENT_TEMPLATE:
        raise no_record(first.name)
    return replace(target, entity=target.flavour.entities["customerPayments"], key=step.key, journal=journal)


def _entity(flavour: Flavour, name: str, request: Request) -> Entity:
    entity = flavour.entities.get(flavour.aliases.get(name, name))
    if entity is None:
        raise no_route(request.path)
    return entity


def _company(steps: list[Segment], request: Request, store: Store) -> tuple[Company | None, list[Segment]]:
    if steps and steps[0].name == "companies":
        if steps[0].key is None:
            if len(steps) > 1:
                raise no_route(request.path)
            return None, []
        company = store.companies.get(steps[0].key)
        if company is None:
            raise no_record("companies")
        return company, steps[1:]
    named = dict(request.query).get("company") or request.headers.get("company")
    if named is None:
        # Without any company the first one is the default.
        default = next(store.companies.scan(""), None)
    else:
        default = store.companies.get(named.lower()) or store.companies.find("", named)
    if default is None:
        raise Refusal(404, "Internal_CompanyNotFound", f"The company '{named}' does not exist.")
    return default, steps


def _steps(flavour: Flavour, rest: str, request: Request) -> list[Segment]:
    words = [word for word in rest.split("/") if word]
    if flavour.prefix:
        if not words or words[0] != flavour.prefix:
            raise no_route(request.path)
        words = words[1:]
    if flavour.keys == "segments":
        return _segments_with_keys(words)
    return [_segment(_unquoted(word) if flavour.keys == "quoted" else word) for word in words]


def _unquoted(word: str) -> str:
    """A segment whose key stands in quotes, without them; a key without quotes is none there."""
    if word.endswith(")") and not word.endswith("')"):
        raise bad_request(f"The key of '{word}' must stand in quotes.")
    return word.replace("'", "")


def _segments_with_keys(words: list[str]) -> list[Segment]:
    steps: list[Segment] = []
    for word in words:
        if steps and steps[-1].key is None and _GUID.fullmatch(word.lower()):
            steps[-1] = Segment(steps[-1].name, word.lower())
        else:
            steps.append(Segment(word))
    return steps


def _segment(word: str) -> Segment:
    match = _SEGMENT.fullmatch(word)
    if match is None:
        raise bad_request(f"The path segment '{word}' cannot be read.")
    if match["key"] is None:
        return Segment(match["name"])
    key = match["key"].lower()
    if not _GUID.fullmatch(key):
        raise Refusal(400, "Application_InvalidGUID", f"The key '{match['key']}' of '{match['name']}' is not a GUID.")
    return Segment(match["name"], key)
