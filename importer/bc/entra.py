"""Tokens and headers for every kind of credentials, fetched over the same HTTP client settings as everything else.

azure-identity is loaded only when Entra is asked. It gets our transport, so that neither the environment nor a redirect
decides where a client secret goes, and no retries of its own: there is one retry layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from importer.bc.auth import (
    AccessKey,
    Auth,
    Certificate,
    ClientSecret,
    Grant,
    ManagedIdentity,
    Token,
    basic,
    bearer,
    secret,
)
from importer.bc.connection import Connection
from importer.bc.exchange import LOST, NEVER_SENT, http_client
from importer.bc.gate import is_loopback
from importer.bc.json_text import Json, parse
from importer.bc.limits import is_temporary
from importer.bc.token_answer import life_s, unusable
from importer.errors import AccessDenied, ConfigurationError, ServerUnavailable

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from importer.bc.azure_transport import HttpxTransport

_LONGEST_LIFE = 24 * 3600


@dataclass(frozen=True, slots=True)
class _Later:
    """Nobody could say yes or no; it may be asked again."""

    why: str


def source(connection: Connection, scope: str) -> Callable[[], Grant]:
    """What fetches the Authorization header of a connection.

    Args:
        scope: the flavour's; the configuration's own goes before it.
    """
    auth = connection.auth
    match auth:
        case Token(token=reference):
            return lambda: Grant(bearer(secret(reference).reveal()))
        case AccessKey():
            return lambda: Grant(basic(auth))
        case ClientSecret(authority=authority) if _is_plain_loopback(authority):
            return lambda: _persist(connection, lambda: _ask_plainly(connection, auth, auth.scope or scope))
        case ClientSecret() | Certificate() | ManagedIdentity():
            return lambda: _persist(connection, lambda: _ask_entra(connection, auth, auth.scope or scope))


def _persist(connection: Connection, ask: Callable[[], Grant | _Later]) -> Grant:
    patience, tried = connection.patience, 0
    while isinstance(outcome := ask(), _Later):
        tried += 1
        if tried >= patience.attempts:
            raise ServerUnavailable(f"No token could be fetched: {outcome.why}. Nothing was sent; try again later.")
        connection.sleep(patience.pause(tried - 1, None, connection.chance))
    return outcome


def _ask_entra(connection: Connection, auth: Auth, scope: str) -> Grant | _Later:
    from azure.core.exceptions import AzureError
    from azure.identity import CredentialUnavailableError

    from importer.bc.azure_transport import HttpxTransport

    authority = auth.authority if isinstance(auth, ClientSecret | Certificate) else ""
    with http_client(connection) as http:
        transport = HttpxTransport(http, authority)
        try:
            # A new credential each time: a token that the server refused must not come out of its cache again.
            token = credential(auth, transport).get_token(scope)
        except AzureError as error:
            if transport.trouble:
                return _Later(transport.trouble)
            said = error.message.rstrip(".")
            if isinstance(error, CredentialUnavailableError):
                raise ConfigurationError(f"There is no such identity here: {said}.") from error
            raise AccessDenied(f"Entra refuses the credentials: {said}. Check [company.NAME.auth].") from error
        except ValueError as error:
            raise ConfigurationError(f"The credentials cannot be used: {error}. Check [company.NAME.auth].") from error
    return Grant(bearer(token.token), datetime.fromtimestamp(token.expires_on, UTC))


def credential(auth: Auth, transport: HttpxTransport) -> TokenCredential:
    """The azure-identity credential of an Entra kind, with a transport of ours.

    Raises:
        ConfigurationError: for a kind that Entra has nothing to do with.
    """
    from azure.identity import CertificateCredential, ClientSecretCredential, ManagedIdentityCredential

    match auth:
        case ClientSecret(tenant=tenant, client_id=client, authority=authority):
            key = secret(auth.client_secret).reveal()
            return ClientSecretCredential(tenant, client, key, **_options(authority), transport=transport)
        case Certificate(tenant=tenant, client_id=client, authority=authority):
            return CertificateCredential(
                tenant,
                client,
                None,
                certificate_data=secret(auth.certificate).value,
                password=secret(auth.password).value if auth.password else None,
                transport=transport,
                **_options(authority),
            )
        case ManagedIdentity(client_id=client):
            return ManagedIdentityCredential(client_id=client or None, transport=transport, retry_total=0)
        case _:
            raise ConfigurationError("These credentials are no Entra credentials.")


def _options(authority: str) -> Mapping[str, str | int | bool]:
    # Instance discovery would ask another host about the authority; who configures one has decided to trust it.
    return {"authority": authority, "disable_instance_discovery": True, "retry_total": 0}


def _ask_plainly(connection: Connection, auth: ClientSecret, scope: str) -> Grant | _Later:
    """The client-credentials grant (RFC 6749 §4.4) itself: azure-identity refuses an authority without https."""
    form = {
        "grant_type": "client_credentials",
        "client_id": auth.client_id,
        "client_secret": secret(auth.client_secret).reveal(),
        "scope": scope,
    }
    url = f"{auth.authority.rstrip('/')}/{auth.tenant}/oauth2/v2.0/token"
    try:
        with http_client(connection) as http:
            response = http.post(url, data=form, headers={"Accept": "application/json"})
    except (*NEVER_SENT, *LOST) as error:
        return _Later(f"{type(error).__name__} from {auth.authority}")
    if is_temporary(response.status_code):
        return _Later(f"HTTP {response.status_code} from {auth.authority}")
    return _granted(response, connection.now())


def _granted(response: httpx.Response, now: datetime) -> Grant | _Later:
    if why := unusable(response.status_code, response.content):
        return _Later(why)
    body: Json = parse(response.content)
    fields = body if isinstance(body, dict) else {}
    if response.status_code != 200 or "error" in fields:
        reason = fields.get("error_description") or fields.get("error") or f"HTTP {response.status_code}"
        raise AccessDenied(f"The credentials are refused: {str(reason).rstrip('.')}. Check [company.NAME.auth].")
    life = life_s(fields.get("expires_in"))
    until = None if life is None else now + timedelta(seconds=min(life, _LONGEST_LIFE))
    return Grant(bearer(str(fields["access_token"])), until)


def _is_plain_loopback(authority: str) -> bool:
    parts = urlsplit(authority)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")
