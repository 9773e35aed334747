"""What planning needs to know of Business Central's customers, and what refers to what in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from importer.cells import Wrong
from importer.line_changes import NULL_ID
from importer.master import CustomerField, CustomerRecord, Fields, Kind

COUNTRIES, CURRENCIES = "countriesRegions", "currencies"
_COUNTRY = re.compile("[A-Z]{2}")
_MOST_NAMED = 8


@dataclass(frozen=True)
class CustomerBooks:
    """The customers of one company as they stand, in the dialect `api`.

    `currency` is the local currency. `codes` are the small tables that properties refer to, by entity set: codes by their
    ids, or None where the server does not offer the table.
    """

    company_id: str
    company: str
    api: str
    currency: str
    fields: Fields
    records: tuple[CustomerRecord, ...]
    codes: Mapping[str, Mapping[str, str] | None]

    @cached_property
    def by_number(self) -> Mapping[str, CustomerRecord]:
        """Customers by their number, in upper case as Business Central keeps it."""
        return {record.number.strip().upper(): record for record in self.records}

    @cached_property
    def by_id(self) -> Mapping[str, CustomerRecord]:
        """Customers by their id, in lower case."""
        return {record.id.lower(): record for record in self.records}

    @cached_property
    def by_bare_number(self) -> Mapping[str, CustomerRecord]:
        """Customers by their number without leading zeros."""
        return {number.lstrip("0"): record for number, record in self.by_number.items()}

    def unlisted(self, text: str, field: CustomerField) -> Wrong | None:
        """Why the text cannot be a reference of the property; None when it can, or when nobody knows before the server."""
        if not field.table or text in ("", NULL_ID):
            return None
        listed = self.codes.get(field.table)
        if listed is None:
            return self._odd_country(text) if field.table == COUNTRIES else None
        if field.kind is Kind.GUID:
            return None if text in self._known_ids[field.table] else _unknown_id(field, listed)
        known = self._known_codes[field.table]
        if text in known:
            return None
        return Wrong("code_is_known", f"is not among Business Central's {field.table}; {_offer(text, known)}")

    def _odd_country(self, text: str) -> Wrong | None:
        # Without the table: two letters as in ISO 3166, or what another customer already has.
        if text in self._countries_in_use or _COUNTRY.fullmatch(text):
            return None
        return Wrong("code_is_known", f"is not a country/region code; {_offer(text, self._countries_in_use)}")

    @cached_property
    def _known_codes(self) -> Mapping[str, frozenset[str]]:
        listed = {table: {code.strip().upper() for code in (rows or {}).values()} for table, rows in self.codes.items()}
        # The local currency is in no table of currencies.
        local = {CURRENCIES: {self.currency}}
        return {table: frozenset(codes | local.get(table, set())) for table, codes in listed.items()}

    @cached_property
    def _known_ids(self) -> Mapping[str, frozenset[str]]:
        return {table: frozenset(each.lower() for each in rows or {}) for table, rows in self.codes.items()}

    @cached_property
    def _countries_in_use(self) -> frozenset[str]:
        names = [field.name for field in self.fields.values() if field.table == COUNTRIES]
        return frozenset(code for record in self.records for name in names if (code := record.fields.get(name, "")))


def _unknown_id(field: CustomerField, listed: Mapping[str, str]) -> Wrong:
    named = ", ".join(f"{code} {each}" for each, code in list(listed.items())[:_MOST_NAMED])
    return Wrong(
        "code_is_known", f"is the id of nothing in Business Central's {field.table}; there are {named or 'none'}"
    )


@lru_cache(maxsize=1024)
def _offer(text: str, known: frozenset[str]) -> str:
    near = get_close_matches(text, sorted(known), n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]}?"
    more = " …" if len(known) > _MOST_NAMED else ""
    return f"there are {', '.join(sorted(known)[:_MOST_NAMED]) or 'none'}{more}"
