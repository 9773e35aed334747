"""An authority that issues the sandbox's token beside the wire, and the secret that nobody may tell."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

import httpx
import pytest

from tests.contract.service import Fault, Service, Wire, start

CANARY = "canary-7e21"
LOGIN = "https://login.example.com"
LOCAL = "http://localhost:8888"


@dataclass
class Login(httpx.BaseTransport):
    """The sandbox and, beside it, an authority that issues its token and remembers what it was sent."""

    wire: Wire
    life_s: int = 3600
    faults: list[Fault | None] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "bc.example.com":
            return self.wire.handle_request(request)
        self.asked.append(f"{request.method} {request.url.host}{request.url.path}")
        if request.url.path.endswith("openid-configuration"):
            tenant = f"{LOGIN}/{request.url.path.split('/')[1]}"
            known = {
                "issuer": f"{tenant}/v2.0",
                "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                "token_endpoint": f"{tenant}/oauth2/v2.0/token",
            }
            return httpx.Response(200, json=known)
        fault = self.faults.pop(0) if self.faults else None
        return fault(request, lambda: self._issue(request)) if fault else self._issue(request)

    def _issue(self, request: httpx.Request) -> httpx.Response:
        self.forms.append({name: values[0] for name, values in parse_qs(request.content.decode()).items()})
        return httpx.Response(
            200,
            json={
                "token_type": "Bearer",
                "access_token": self.wire.sandbox.token,
                "expires_in": self.life_s,
                "expires_on": str(int(datetime.now(UTC).timestamp()) + self.life_s),
                "resource": "https://api.businesscentral.dynamics.com",
            },
        )


def service_with_secret(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service; the secret of its client is found as env:SECRET."""
    monkeypatch.setenv("SECRET", CANARY)
    return start(monkeypatch)


def login_beside(service: Service) -> Login:
    """An authority beside the service, which from here on has the machine's own time."""
    # azure-identity counts the life of a token by the machine's own clock.
    service.time = datetime.now(UTC)
    return Login(service.wire)
