"""The one gate that every request passes: only the configured origin, only what the importer may do, nothing that posts.

Pure: a request goes in, its full URL comes out, or an error. Source: reliability.md §11.3 and §11.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urljoin, urlsplit

from importer.bc.flavours import Flavour
from importer.bc.wire import Request
from importer.errors import ConfigurationError, ServerContradiction

_KEY = "KEY"
_GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
# Bound actions post and send; the name is not case-sensitive on the server (F26).
_ACTION = "microsoft.nav"
_PORTS = {"https": 443, "http": 80}
_DEEPEST_ESCAPE = 4

Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be sent where. `base` is the URL that the paths of requests are relative to, without a slash at its end."""

    base: str
    origin: Origin
    allowed: tuple[tuple[str, re.Pattern[str]], ...]

    def url(self, request: Request) -> str:
        """The full URL of a request that may be sent.

        Raises:
            ServerContradiction: it leads elsewhere, or it is nothing the importer does.
        """
        self._check(request.method, request.path)
        # The lines of a batch go to the same place mostly.
        for method, path in dict.fromkeys(_parts(request)):
            self._check(method, path)
        url = request.link or f"{self.base}/{request.target}"
        self._pin(url)
        return url

    def link(self, link: str, asked: str) -> str:
        """The full URL of a further page that a server names; relative ones belong to the page that was `asked`.

        Raises:
            ServerContradiction: it leads to another origin. The token must not go there.
        """
        url = _joined(asked, link)
        self._pin(url)
        return url

    def _check(self, method: str, path: str) -> None:
        plain = _plain(path)
        if not any(method == verb and pattern.fullmatch(plain) for verb, pattern in self.allowed):
            raise ServerContradiction(f"{method} {path} is nothing this program does; the request was not sent.")

    def _pin(self, url: str) -> None:
        if _origin(url) != self.origin:
            raise ServerContradiction(
                f"The server points to {_host(url)}, but only {_host(self.base)} is configured. The request was not sent and "
                "the credentials did not leave. Find out who answers at base_url before you try again."
            )
        _plain(url.removeprefix(self.base))


def gate(base_url: str, flavour: Flavour, folder: str = "") -> Gate:
    """The gate of one service.

    Args:
        folder: a sibling API of the same service, such as "microsoft/reportsFinance/beta"; only reading is allowed there.

    Raises:
        ConfigurationError: the URL is not one that credentials may be sent to.
    """
    base = base_url.rstrip("/")
    origin = _checked_origin(base)
    # Graph's companies lie in a folder of the service; whoever already wrote it down means the same.
    base = base.removesuffix(f"/{flavour.folder}") if flavour.folder else base
    if folder:
        return Gate(f"{_api_folder(base)}/{folder}", origin, _READING)
    return Gate(base, origin, (*_READING, *_writing(flavour)))


def has_sibling(base_url: str) -> bool:
    """True when the base URL ends in `/api/<version>`, so that another API can stand beside it."""
    return re.fullmatch(r".+/api/[^/]+", base_url.rstrip("/")) is not None


def _api_folder(base: str) -> str:
    return base.rpartition("/")[0]


def _writing(flavour: Flavour) -> tuple[tuple[str, re.Pattern[str]], ...]:
    spellings = flavour.spellings()
    lines = [_pattern(each.line(_KEY, _KEY, _KEY)) for each in spellings]
    return (
        *(("POST", _pattern(each.lines(_KEY, _KEY))) for each in spellings),
        *(("POST", _pattern(each.all_journals(_KEY))) for each in spellings),
        ("POST", re.compile(r"\$batch")),
        *(("PATCH", line) for line in lines),
        *(("PATCH", _pattern(each.one_customer(_KEY, _KEY))) for each in spellings),
        *(("DELETE", line) for line in lines),
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(_KEY, _GUID))


_READING = (("GET", re.compile(r"[^?#]*")),)


def _parts(request: Request) -> list[tuple[str, str]]:
    parts = request.body.get("requests") if request.path == "$batch" and request.body else None
    if not isinstance(parts, list):
        return []
    return [(str(part["method"]), str(part["url"])) for part in parts if isinstance(part, Mapping)]


def _plain(path: str) -> str:
    """The path as a careless server would read it: escapes undone until none is left."""
    plain = path
    for _ in range(_DEEPEST_ESCAPE):
        further = unquote(plain)
        if further == plain:
            break
        plain = further
    else:
        raise ServerContradiction("A URL with escapes inside escapes was not sent.")
    if _ACTION in plain.casefold():
        raise ServerContradiction("A URL with a Microsoft.NAV action was not sent: this program never posts.")
    if re.search(r"[\x00-\x1f\x7f\\]", plain) or ".." in plain.partition("?")[0].split("/"):
        raise ServerContradiction("A URL with a backslash, a control character or a step upwards was not sent.")
    return plain


def _checked_origin(base_url: str) -> Origin:
    origin = _origin(base_url)
    if "@" in base_url:
        raise ConfigurationError("base_url holds a user or a password; put credentials into [company.NAME.auth].")
    if origin is None:
        raise ConfigurationError(
            f'base_url "{base_url}" is not a URL of a service; it begins with https:// and a host.'
        )
    if "?" in base_url or "#" in base_url:
        raise ConfigurationError("base_url ends before the companies; remove what follows ? or #.")
    if origin[0] == "http" and not is_loopback(origin[1]):
        raise ConfigurationError(
            f"base_url uses http:// with host {origin[1]}: anybody on the way could read the credentials. Use https://."
        )
    _plain(base_url)
    return origin


def is_loopback(host: str) -> bool:
    """True for this machine itself; only there may credentials travel unencrypted."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _origin(url: str) -> Origin | None:
    """Scheme, host and port; None for what is no plain URL of a service."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    return (parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme])


def _joined(asked: str, link: str) -> str:
    try:
        return urljoin(asked, link)
    except ValueError:
        return link


def _host(url: str) -> str:
    """Scheme, host and port only: a URL may hold what belongs in no message."""
    origin = _origin(url)
    return f"{origin[0]}://{origin[1]}:{origin[2]}" if origin else "something that is no URL of a service"
