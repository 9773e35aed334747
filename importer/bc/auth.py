"""Credentials: where a secret lies, and the Authorization header it leads to, renewed before it ends.

A secret is written in the configuration as a reference and printed as ***. Source: reliability.md §9.5 and §11.2.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NoReturn

from importer.errors import ConfigurationError
from importer.ports import Now

AUTHORITY = "https://login.microsoftonline.com"
# A token is renewed when less than this is left, or less than a fifth of its life for a short-lived one.
_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be printed, logged or stored: every view of it is ***."""

    value: bytes = field(repr=False)

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self.value.decode("utf-8")

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled; pass its reference on")


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token that somebody else renews. Like every secret below, `token` is a reference."""

    token: str


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """An Entra application with a client secret; an empty scope is the flavour's."""

    tenant: str
    client_id: str
    client_secret: str
    authority: str = AUTHORITY
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """An Entra application with a certificate and its private key, PEM or PKCS #12; `password` may be empty."""

    tenant: str
    client_id: str
    certificate: str
    password: str = ""
    authority: str = AUTHORITY
    scope: str = ""


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity of the Azure resource or Kubernetes workload that this runs on; `client_id` picks one of several."""

    client_id: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """On-premises: a user with a web service access key."""

    user: str
    key: str


Auth = Token | ClientSecret | Certificate | ManagedIdentity | AccessKey


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be put into the Authorization header; `until` is None when nobody knows or it does not end."""

    header: Secret
    until: datetime | None = None


class Credentials:
    """The current Authorization header of one principal, fetched by `source` when it is needed. Safe across threads."""

    def __init__(self, source: Callable[[], Grant], now: Now) -> None:
        self._source = source
        self._now = now
        self._grant: Grant | None = None
        self._renew_at: datetime | None = None
        self._lock = Lock()

    def header(self) -> Secret:
        """The header to send now.

        Raises:
            ConfigurationError: the reference leads nowhere.
            AccessDenied: the credentials are refused.
            ServerUnavailable: nobody answers who could issue a token.
        """
        with self._lock:
            if self._grant is None or (self._renew_at is not None and self._now() >= self._renew_at):
                self._grant = self._source()
                self._renew_at = _renew_at(self._grant, self._now())
            return self._grant.header

    def renew(self, refused: Secret) -> None:
        """Forget a header that the server refused; one that was renewed meanwhile is kept."""
        with self._lock:
            if self._grant is not None and self._grant.header == refused:
                self._grant = None

    def forget(self) -> None:
        """Fetch a new header for the next request: one was refused, and nobody knows which."""
        with self._lock:
            self._grant = None


class Wallet:
    """One token for all companies of a principal: the authority is asked once, not once for each. Safe across threads."""

    def __init__(self) -> None:
        self._credentials: dict[tuple[Auth, str], Credentials] = {}
        self._lock = Lock()

    def of(self, auth: Auth, scope: str, make: Callable[[], Credentials]) -> Credentials:
        """The credentials of a principal for a scope; `make` is used when they are not known yet."""
        if isinstance(auth, Token | AccessKey):
            # These come from where they lie, and somebody may renew them there.
            return make()
        with self._lock:
            if (auth, scope) not in self._credentials:
                self._credentials[auth, scope] = make()
            return self._credentials[auth, scope]


def secret(reference: str) -> Secret:
    """The secret behind "env:NAME" or "file:PATH"; blanks and line ends around a text are not part of it.

    Raises:
        ConfigurationError: says what is missing, never what is there.
    """
    kind, _, place = reference.partition(":")
    match kind:
        case "env" if place:
            value = os.environ.get(place, "").encode("utf-8", "surrogateescape")
            seen = f"the environment variable {place} is not set or empty"
        case "file" if place:
            value, seen = _content(Path(place)), f"the file {place} is empty"
        case _:
            raise ConfigurationError('A secret is a reference, "env:NAME" or "file:PATH", never the value itself.')
    if not value.strip():
        raise ConfigurationError(
            f"A secret is missing: {seen}. Put it there, or change the reference in importer.toml."
        )
    return Secret(value if _is_binary(value) else value.strip())


def principal(auth: Auth) -> str:
    """Who the service takes the caller for; companies of one principal share its limits. Holds no secret."""
    match auth:
        case Token(token=reference):
            return f"token {reference}"
        case ClientSecret(tenant=tenant, client_id=client) | Certificate(tenant=tenant, client_id=client):
            return f"application {client} of {tenant}"
        case ManagedIdentity(client_id=client):
            return f"managed identity {client}"
        case AccessKey(user=user):
            return f"user {user}"


def bearer(token: str) -> Secret:
    """The Authorization header of a bearer token.

    Raises:
        ConfigurationError: the token could not stand in a header.
    """
    if not token.isascii() or any(char.isspace() or not char.isprintable() for char in token):
        raise ConfigurationError("The token holds characters that no token has; check what the reference leads to.")
    return Secret(f"Bearer {token}".encode())


def basic(auth: AccessKey) -> Secret:
    """The Authorization header of a user with an access key."""
    if ":" in auth.user:
        raise ConfigurationError(f'The user name "{auth.user}" holds a colon; basic authentication cannot carry it.')
    pair = auth.user.encode() + b":" + secret(auth.key).value
    return Secret(b"Basic " + base64.b64encode(pair))


def _renew_at(grant: Grant, now: datetime) -> datetime | None:
    if grant.until is None:
        return None
    return grant.until - min(_MARGIN, (grant.until - now) / 5)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"A secret is missing: {path} cannot be read ({error.strerror}).") from error


def _is_binary(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
