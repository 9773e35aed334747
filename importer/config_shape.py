"""What in importer.toml is no section where one is needed, or no path: told before its keys and values are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any  # the parsed TOML has no better type


def misshapen(content: Mapping[str, Any]) -> Iterator[str]:
    """Everything that has not the shape of its key, each with the key."""
    yield from (
        f"{name}: must be a section, [{name}]" for name in ("nightly", "notify") if not _is_section(content, name)
    )
    yield from _paths(content, ("mappings", "state"), "")
    yield from _paths(content.get("nightly"), ("log",), "nightly.")
    companies = content.get("company", {})
    if not isinstance(companies, dict) or not all(isinstance(section, dict) for section in companies.values()):
        yield "company: every company has a section of its own, such as [company.cronus]"
        return
    for name, section in companies.items():
        place = f"company.{name}."
        yield from (
            f"{place}{key}: must be a section, [{place}{key}]"
            for key in ("auth", "matching", "marker")
            if not _is_section(section, key)
        )
        yield from _paths(section, ("inbox",), place)
        auth = section.get("auth")
        if isinstance(auth, dict) and not isinstance(auth.get("kind", ""), str):
            yield f"{place}auth.kind: must be a text"


def _is_section(content: Mapping[str, Any], name: str) -> bool:
    return isinstance(content.get(name, {}), dict)


def _paths(section: object, names: tuple[str, ...], place: str) -> Iterator[str]:
    found = section if isinstance(section, dict) else {}
    for name in names:
        path = found.get(name, "")
        if not isinstance(path, str) or "\0" in path:
            yield f"{place}{name}: must be a path, a text in quotes"
