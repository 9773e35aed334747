"""Credentials on the wire: each kind asks in its own way and brings the right header."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from importer.bc.auth import AccessKey, Certificate, ClientSecret, ManagedIdentity, Token
from importer.bc.limits import Share
from importer.errors import ConfigurationError
from tests.contract.authority import CANARY, LOCAL, LOGIN, Login, login_beside, service_with_secret
from tests.contract.service import Service, instead


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return service_with_secret(monkeypatch)


@pytest.fixture
def login(service: Service) -> Login:
    return login_beside(service)


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
