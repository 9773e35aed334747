"""importer.toml: which companies there are, how to reach them, and how careful to be. Every key is in samples/importer.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self  # the parsed TOML has no better type
from urllib.parse import urlsplit

import tomli
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from importer.bc.auth import AccessKey, Auth, Certificate, ClientSecret, ManagedIdentity, Token
from importer.config_shape import misshapen
from importer.errors import ConfigurationError
from importer.matcher.checked import check_settings
from importer.matcher.settings import MatchingSettings
from importer.model import Confidence

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_UNITS = {"s": 1, "m": 60, "h": 3600}


def _duration(text: object) -> object:
    found = re.fullmatch(r"([0-9]{1,6})([smh])", text) if isinstance(text, str) else None
    if found is None and not isinstance(text, timedelta):
        raise ValueError('must be a whole number with s, m or h, such as "20m"')
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else text


_KINDS: Mapping[str, type[Auth]] = {
    "token": Token,
    "client-secret": ClientSecret,
    "certificate": Certificate,
    "managed-identity": ManagedIdentity,
    "access-key": AccessKey,
}
_SECRETS = ("token", "client_secret", "certificate", "password", "key")


def _auth(section: object) -> object:
    if not isinstance(section, dict):
        return section
    kind = _KINDS.get(section.get("kind", ""))
    if kind is None:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}")
    values = {key: value for key, value in section.items() if key != "kind"}
    missing = [item.name for item in fields(kind) if item.default is MISSING and item.name not in values]
    if missing:
        raise ValueError(f"kind {section['kind']} needs {', '.join(missing)}")
    for name in _SECRETS:
        if not str(values.get(name) or "env:").startswith(("env:", "file:")):
            raise ValueError(f'{name} is a reference: "env:NAME" or "file:PATH", never the secret itself')
    return kind(**values)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Credentials = Annotated[Auth, BeforeValidator(_auth)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Marker(_Section):
    """Which field carries the key of the bank line."""

    field: Literal["externalDocumentNumber"] = "externalDocumentNumber"


class Company(_Section):
    """One company of Business Central and its customer payment journal."""

    name: str
    api: Literal["v2.0", "v1.0", "graph-beta", "financials-beta"] = "v2.0"
    base_url: str
    company: str
    journal: str
    journals: Literal["", "customerPaymentJournals", "customerPaymentsJournals"] = ""
    currency: str = Field(pattern="^[A-Z]{3}$")
    inbox: Path | None = None
    accounts: tuple[str, ...] = ()
    settle_after: Duration = timedelta(minutes=20)
    max_lines: int = Field(default=5000, gt=0)
    max_total: Decimal = Field(default=Decimal("1000000.00"), gt=0)
    auth: Credentials
    matching: MatchingSettings = MatchingSettings()
    approve: Literal["high", "medium"] = "high"
    marker: Marker = Marker()

    @field_validator("base_url")
    @classmethod
    def _reachable_safely(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValueError("a URL holds no user or password; use [company.NAME.auth]")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("must begin with https:// (http:// only for this machine itself)")
        return url.rstrip("/")

    @field_validator("matching")
    @classmethod
    def _usable(cls, matching: MatchingSettings) -> MatchingSettings:
        try:
            check_settings(matching)
        except ConfigurationError as error:
            raise ValueError(str(error)) from error
        return matching

    @property
    def approved(self) -> frozenset[Confidence]:
        """How sure a match must be to be carried out without a person."""
        return frozenset({Confidence.HIGH} if self.approve == "high" else {Confidence.HIGH, Confidence.MEDIUM})


def _reference(value: str) -> str:
    if value and not value.startswith(("env:", "file:")):
        raise ValueError('is a reference: "env:NAME" or "file:PATH", never the secret itself')
    return value


Reference = Annotated[str, AfterValidator(_reference)]


class Mail(_Section):
    """Where mail goes out, and to whom; `password` is a reference."""

    host: str
    port: int = Field(default=587, gt=0, lt=65536)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Reference = ""
    sender: str = Field(alias="from")
    to: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _careful(self) -> Self:
        if self.security == "none" and (self.host not in _LOOPBACK or self.user):
            raise ValueError('security "none" is for a mail server on this machine, without user and password')
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password belong together")
        return self


class Webhook(_Section):
    """A chat that is told; `url` is a reference, because whoever knows it may write there."""

    kind: Literal["teams", "slack"]
    url: Reference


class Notify(_Section):
    """Who is told of a night: always, or only when something needs a person. `healthcheck` is a reference to a URL."""

    when: Literal["needed", "always"] = "needed"
    mail: Mail | None = None
    webhook: Webhook | None = None
    healthcheck: Reference = ""


class Nightly(_Section):
    """How a night goes: companies side by side, and when to stop; `log` is a file of JSON lines beside the folder."""

    workers: int = Field(default=1, gt=0, le=64)
    deadline: Duration = timedelta(hours=4)
    log: Path | None = None


class Configuration(_Section):
    """The whole of importer.toml; relative paths are relative to its folder."""

    folder: Path
    state: str
    company: Mapping[str, Company] = {}
    mappings: Path | None = None
    nightly: Nightly = Nightly()
    notify: Notify = Notify()

    @field_validator("state")
    @classmethod
    def _beside_the_configuration(cls, state: str, info: ValidationInfo) -> str:
        return state if "://" in state else str(info.data["folder"] / state)

    def find(self, name: str | None) -> Company:
        """The company of that name in importer.toml, or the only one when no name is given.

        Raises:
            ConfigurationError: there is no such company, or a name is needed.
        """
        if name is None and len(self.company) == 1:
            return next(iter(self.company.values()))
        if name is not None and name in self.company:
            return self.company[name]
        known = ", ".join(self.company) or "none"
        wanted = f'there is no company "{name}"' if name else "say which company with -c NAME"
        raise ConfigurationError(f"{self.folder / 'importer.toml'}: {wanted}; configured are: {known}.")


def find_configuration(path: Path | None) -> Path:
    """The configuration to use: the given path, else $IMPORTER_CONFIG, else ./importer.toml."""
    return path or Path(os.environ.get("IMPORTER_CONFIG") or "importer.toml")


def load_configuration(path: Path) -> Configuration:
    """Read and check importer.toml.

    Raises:
        ConfigurationError: with everything that is wrong with it, each with its key and what to do.
    """
    try:
        content = tomli.loads(path.read_text(encoding="utf-8-sig"))  # editors of Windows begin it with a mark
    except FileNotFoundError:
        hint = "copy samples/importer.toml, or name it with --config or IMPORTER_CONFIG"
        raise ConfigurationError(f"There is no configuration {path}; {hint}.") from None
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    problems = list(misshapen(content)) or list(_unknown_keys(content))
    if not problems:
        try:
            return Configuration.model_validate(_arranged(content, path.absolute().parent))
        except ValidationError as error:
            problems = [_explained(item["loc"], item["msg"]) for item in error.errors()]
    raise ConfigurationError("\n".join([f"{path} is wrong:", *(f"  {problem}" for problem in problems)]))


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The section of that name; nothing when it is missing, or no section, which the check of values says."""
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _arranged(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    companies = {name: _company(name, section, folder) for name, section in content.get("company", {}).items()}
    extra = {"mappings": folder / content["mappings"]} if "mappings" in content else {}
    nightly = _section(content, "nightly")
    if "log" in nightly:
        extra["nightly"] = {**nightly, "log": folder / nightly["log"]}
    return {**content, "folder": folder, "company": companies, **extra}


def _company(name: str, section: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    matching = dict(section.get("matching", {}))
    arranged = {**section, "name": name, "approve": matching.pop("approve", "high"), "matching": matching}
    if "inbox" in section:
        arranged["inbox"] = folder / section["inbox"]
    return arranged


def _unknown_keys(content: Mapping[str, Any]) -> Iterable[str]:
    yield from _strangers(content, Configuration.model_fields, "")
    notify = _section(content, "notify")
    yield from _strangers(_section(content, "nightly"), Nightly.model_fields, "nightly.")
    yield from _strangers(notify, Notify.model_fields, "notify.")
    yield from _strangers(_section(notify, "mail"), (*Mail.model_fields, "from"), "notify.mail.", hidden=("sender",))
    yield from _strangers(_section(notify, "webhook"), Webhook.model_fields, "notify.webhook.")
    for name, section in content.get("company", {}).items():
        place = f"company.{name}."
        yield from _strangers(section, Company.model_fields, place, hidden=("name", "approve"))
        yield from _strangers(section.get("matching", {}), (*_names(MatchingSettings), "approve"), place + "matching.")
        yield from _strangers(section.get("marker", {}), Marker.model_fields, place + "marker.")
        auth = section.get("auth", {})
        kind = _KINDS.get(auth.get("kind"))
        yield from _strangers(auth, ("kind", *_names(kind)) if kind else auth, place + "auth.")


def _strangers(
    section: Mapping[str, Any], known: Iterable[str], place: str, hidden: Sequence[str] = ("folder",)
) -> Iterable[str]:
    known = [key for key in known if key not in hidden]
    for key in section:
        if key not in known:
            near = get_close_matches(key, known, 1, 0.0)[0]
            yield f'{place}{key}: unknown key; the nearest is "{near}"'


def _names(kind: type[MatchingSettings | Auth]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _explained(location: tuple[int | str, ...], message: str) -> str:
    place = ".".join(
        str(part) for part in location if part not in ("token", "client-secret", "certificate", "access-key")
    )
    return f"{place}: {message.removeprefix('Value error, ')}"
