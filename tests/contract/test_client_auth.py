"""Credentials on the wire: each kind brings the right header, is renewed in time and once when refused, and shows nothing."""

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from importer.bc.auth import AccessKey, Auth, Certificate, ClientSecret, ManagedIdentity, Token
from importer.bc.limits import Share
from importer.errors import AccessDenied, ConfigurationError, ImporterError, ServerUnavailable
from importer.ports import NotApplied
from importer.sandbox.behaviour import Behaviour
from tests.contract.service import Fault, Service, Wire, before, instead, on_account, start

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


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("SECRET", CANARY)
    return start(monkeypatch)


@pytest.fixture
def login(service: Service) -> Login:
    # azure-identity counts the life of a token by the machine's own clock.
    service.time = datetime.now(UTC)
    return Login(service.wire)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "importer")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("keys") / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_client_secret_brings_a_token_of_the_flavours_scope(service: Service, login: Login) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOGIN)
    with service.client(auth=auth, transport=login) as client:
        assert len(client.snapshot().customers) == 4
    assert [(form["grant_type"], form["client_id"], form["client_secret"], form["scope"]) for form in login.forms] == [
        ("client_credentials", "client-a", CANARY, "https://api.businesscentral.dynamics.com/.default")
    ]
    assert {line.split()[1].split("/")[0] for line in login.asked} == {"login.example.com"}


def test_companies_of_one_principal_ask_for_one_token(service: Service, login: Login) -> None:
    auth, share = ClientSecret("tenant-a", "client-a", "env:SECRET", LOGIN), Share()
    for company in ("CRONUS", "Fabrikam"):
        with service.client(auth=auth, transport=login, share=share, company=company) as client:
            assert client.company_name == company
    assert len(login.forms) == 1
    service.sandbox.renew_token()
    for _ in range(2):
        with service.client(auth=auth, transport=login, share=share) as client:
            assert client.company_name == "CRONUS"
    assert len(login.forms) == 2
    other = ClientSecret("tenant-a", "client-b", "env:SECRET", LOGIN)
    with service.client(auth=other, transport=login, share=share) as client:
        client.companies()
    assert len(login.forms) == 3


def test_a_token_that_somebody_renews_in_a_file_is_read_for_each_company(service: Service, tmp_path: Path) -> None:
    path, share = tmp_path / "token", Share()
    auth = Token(f"file:{path}")
    for number in range(2):
        path.write_text(service.sandbox.renew_token(), encoding="utf-8")
        with service.client(auth=auth, share=share) as client:
            client.companies()
        assert [request.headers["authorization"] for request in service.wire.requests] == [
            f"Bearer sandbox-{used + 2}" for used in range(number + 1)
        ]


def test_a_scope_of_ones_own_goes_before_the_flavours(service: Service, login: Login) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOGIN, scope="api://other/.default")
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert login.forms[0]["scope"] == "api://other/.default"


def test_a_certificate_signs_the_request_for_a_token(service: Service, login: Login, certificate: Path) -> None:
    auth = Certificate("tenant-a", "client-a", f"file:{certificate}", authority=LOGIN)
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert login.forms[0]["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert login.forms[0]["client_assertion"].count(".") == 2
    assert "PRIVATE" not in json.dumps(login.forms)


def test_a_file_that_is_no_certificate_is_a_matter_of_configuration(service: Service, login: Login) -> None:
    auth = Certificate("tenant-a", "client-a", "env:SECRET", authority=LOGIN)
    with service.client(auth=auth, transport=login) as client, pytest.raises(ConfigurationError) as caught:
        client.companies()
    assert CANARY not in str(caught.value)


def test_an_authority_on_this_machine_is_asked_without_encryption(service: Service, login: Login) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOCAL)
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert login.asked == ["POST localhost/tenant-a/oauth2/v2.0/token"]
    assert login.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "client-a",
            "client_secret": CANARY,
            "scope": "https://api.businesscentral.dynamics.com/.default",
        }
    ]


def test_the_identity_of_the_machine_is_asked_for_a_token(
    service: Service, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{LOCAL}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    with service.client(auth=ManagedIdentity(), transport=login) as client:
        client.companies()
    assert login.asked == ["GET localhost/msi/token"]


def test_a_machine_without_an_identity_says_so(service: Service, login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{LOCAL}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    login.faults = [instead(400, body=b'{"statusCode":400,"message":"no such identity"}')]
    with service.client(auth=ManagedIdentity("c"), transport=login) as client, pytest.raises(ConfigurationError):
        client.companies()


def test_on_premises_a_user_and_an_access_key_are_enough(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "sandbox")
    on_premises = {"auth": AccessKey("sandbox", "env:KEY"), "base_url": "https://bc.example.com/BC/api/v2.0"}
    with service.client(**on_premises) as client:
        assert len(client.snapshot().customers) == 4


ISSUERS = [LOGIN, LOCAL]
TEMPORARY = [before(httpx.ConnectError), before(httpx.ReadTimeout), instead(500), instead(503), instead(429)]


@pytest.mark.parametrize("authority", ISSUERS)
def test_a_token_that_ends_every_few_requests_is_renewed_each_time(
    authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    service = start(monkeypatch, behaviour=Behaviour(token_requests=2))
    login = Login(service.wire)
    service.time = datetime.now(UTC)
    # The authority issues a new token each time it is asked.
    login.faults = [None, *[lambda _, serve: (service.sandbox.renew_token(), serve())[1]] * 9]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        books = client.snapshot()
        replies = client.create([on_account(books.customers[0], "BI1A", 300_000_001)])
        assert [type(reply).__name__ for reply in replies] == ["Applied"]
        assert len(client.journal_lines()) == 1
    assert len(login.forms) == 4


@pytest.mark.parametrize("authority", ISSUERS)
def test_a_token_is_fetched_once_and_again_shortly_before_it_ends(
    service: Service, login: Login, authority: str
) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        client.snapshot()
        service.time += timedelta(minutes=50)
        client.journal_lines()
        assert len(login.forms) == 1
        service.time += timedelta(minutes=6)
        client.journal_lines()
    assert len(login.forms) == 2


@pytest.mark.parametrize("authority", ISSUERS)
@pytest.mark.parametrize("fault", TEMPORARY)
def test_a_token_is_asked_for_again_when_nobody_could_say_yes_or_no(
    service: Service, login: Login, authority: str, fault: Fault
) -> None:
    login.faults = [fault, fault]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert service.waits == [0.5, 1.0]
    login.faults = [fault] * 6
    with service.client(auth=auth, transport=login) as client, pytest.raises(ServerUnavailable):
        client.companies()


REFUSED = instead(401, body=b'{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}')


@pytest.mark.parametrize("authority", ISSUERS)
def test_refused_credentials_end_the_run_at_once_and_the_secret_is_not_told(
    service: Service, login: Login, authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login.faults = [REFUSED]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client, pytest.raises(AccessDenied) as caught:
        client.companies()
    assert "AADSTS7000215" in str(caught.value)
    assert service.waits == []
    assert CANARY not in str(caught.value) + caplog.text + repr(auth) + repr(client)


@pytest.mark.parametrize("auth", [Token("env:BC_TOKEN"), AccessKey("sandbox", "env:BC_TOKEN")])
def test_a_second_refusal_is_final(service: Service, auth: Auth) -> None:
    service.sandbox.renew_token()
    with service.client(auth=auth) as client, pytest.raises(AccessDenied):
        client.companies()
    assert len(service.wire.requests) == 2


def test_a_renewed_token_in_a_file_is_read_again(service: Service, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sandbox")
    with service.client(auth=Token(f"file:{tmp_path / 'token'}")) as client:
        client.companies()
        (tmp_path / "token").write_text(service.sandbox.renew_token())
        assert len(client.companies()) == 2


def test_lines_that_lack_a_permission_are_not_applied_and_say_so(service: Service) -> None:
    with service.client() as client:
        books = client.snapshot()
        payments = [on_account(books.customers[0], f"BI1{number}", number) for number in (1, 2)]
        for fault in (instead(403), instead(401)):
            service.wire.faults = [fault, fault]
            replies = client.create(payments)
            assert {type(reply) for reply in replies} == {NotApplied}
            assert all(isinstance(reply, NotApplied) and reply.code.startswith("Auth") for reply in replies)


def test_without_credentials_nothing_is_written_and_nothing_is_unknown(service: Service, login: Login) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOCAL)
    with service.client(auth=auth, transport=login) as client:
        books = client.snapshot()
        service.time += timedelta(hours=2)
        login.faults = [REFUSED]
        asked = len(service.wire.requests)
        [reply] = client.create([on_account(books.customers[0], "BI1A", 1)])
        assert isinstance(reply, NotApplied)
        assert reply.code == "Authentication_InvalidCredentials"
        assert len(service.wire.requests) == asked


def test_the_authority_cannot_send_the_secret_elsewhere(service: Service) -> None:
    asked: list[str] = []

    def astray(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.method == "POST":
            return httpx.Response(307, headers={"location": "https://evil.example/token"})
        evil = dict.fromkeys(("issuer", "authorization_endpoint", "token_endpoint"), "https://evil.example/x")
        return httpx.Response(200, json=evil)

    for authority in ISSUERS:
        auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
        with service.client(auth=auth, transport=httpx.MockTransport(astray)) as client, pytest.raises(ImporterError):
            client.companies()
    assert "evil.example" not in asked
