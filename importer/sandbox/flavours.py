"""The API flavours the sandbox serves, as data: base paths, entities and the shape of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.entities import COMPANIES, CUSTOMER_PAYMENTS, LEDGER_ENTRIES, SALES_INVOICES, V2, text
from importer.sandbox.older import FINANCIALS, GRAPH, INVOICES_V1, OLDER_COMPANIES, V1
from importer.sandbox.schema import Access, Entity, Kind, Property

# The seeds document 20 characters for an external document number and 50 for a description; the tables hold more.
_DOCUMENTED = {"externalDocumentNumber": 20, "description": 50}


@dataclass(frozen=True)
class Flavour:
    """One dialect of the API.

    `bases` are the paths in front of `companies`, `prefix` a segment between them. `keys` says whether a key stands in
    parentheses or in a path segment of its own. `payments` says where lines are listed and created; `journals` which
    batches the set of general journals holds.
    """

    name: str
    bases: tuple[str, ...]
    entities: Mapping[str, Entity]
    companies: Entity = COMPANIES
    prefix: str = ""
    keys: Literal["parentheses", "segments", "quoted"] = "parentheses"
    payments: Literal["with journal id", "in a journal", "in a journal only"] = "with journal id"
    journals: Literal["all templates", "general template"] = "all templates"
    batch: Literal["supported", "absent"] = "supported"
    aliases: Mapping[str, str] = field(default_factory=dict)


V2_0 = Flavour("v2.0", ("/v2.0/tenant/Production/api/v2.0", "/v2.0/Production/api/v2.0", "/BC/api/v2.0"), V2)
V1_0 = Flavour(
    "v1.0",
    ("/api/v1.0", "/BC/api/v1.0", "/v2.0/tenant/Production/api/v1.0"),
    V1,
    companies=OLDER_COMPANIES,
    payments="in a journal",
    journals="general template",
)
GRAPH_BETA = Flavour(
    "graph-beta",
    ("/beta",),
    GRAPH,
    companies=OLDER_COMPANIES,
    prefix="financials",
    keys="segments",
    payments="in a journal only",
    batch="absent",
)
FINANCIALS_BETA = Flavour(
    "financials-beta",
    ("/v1.0/api/beta",),
    FINANCIALS,
    companies=OLDER_COMPANIES,
    payments="in a journal only",
    batch="absent",
)
REPORTS = Flavour(
    "reportsFinance",
    tuple(f"{place}/api/microsoft/reportsFinance/beta" for place in ("/v2.0/tenant/Production", "/BC", "")),
    {LEDGER_ENTRIES.name: LEDGER_ENTRIES},
)


def served_flavours(behaviour: Behaviour) -> tuple[Flavour, ...]:
    """The flavours as this server has them."""
    flavours = [V2_0, V1_0, GRAPH_BETA, FINANCIALS_BETA]
    if behaviour.posted_lookup != "absent":
        flavours.append(REPORTS)
    return tuple(_as_set(each, behaviour) for each in flavours)


def _as_set(flavour: Flavour, behaviour: Behaviour) -> Flavour:
    entities = {name: _limited(entity, behaviour) for name, entity in flavour.entities.items()}
    payments = entities.get(CUSTOMER_PAYMENTS.name)
    if payments is not None and behaviour.contact_id == "everywhere" and "contactId" not in payments.by_name:
        contact = text("contactId", "contact_id", 250, Access.WRITE)
        entities[CUSTOMER_PAYMENTS.name] = replace(payments, properties=(*payments.properties, contact))
    if behaviour.beta_invoices == "with remaining amount" and SALES_INVOICES.name in entities:
        entities[SALES_INVOICES.name] = SALES_INVOICES if flavour.entities is V2 else INVOICES_V1
    aliases = {
        "customerPaymentJournals": {},
        "customerPaymentsJournals": {
            "customerPaymentsJournals": "customerPaymentJournals",
            "customerPaymentJournals": "",
        },
        "both": {"customerPaymentsJournals": "customerPaymentJournals"},
    }[behaviour.journals_set]
    keys = flavour.keys
    if flavour.payments == "in a journal only" and behaviour.beta_keys != "as documented":
        keys = behaviour.beta_keys
    return replace(flavour, entities=entities, aliases=aliases, keys=keys)


def _limited(entity: Entity, behaviour: Behaviour) -> Entity:
    if behaviour.limits == "table":
        return entity
    return replace(entity, properties=tuple(_documented(item) for item in entity.properties))


def _documented(item: Property) -> Property:
    if item.kind in {Kind.TEXT, Kind.CODE} and item.name in _DOCUMENTED:
        return replace(item, limit=_DOCUMENTED[item.name])
    return item
