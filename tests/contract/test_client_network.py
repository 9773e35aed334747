"""The client over real sockets: kept connections, refused ones, strangers' certificates, answers that are cut off."""

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from importer.bc.connection import Timeouts
from importer.errors import ServerUnavailable
from importer.ports import Applied, NotApplied, Unknown
from importer.sandbox.server import ConnectionCut, Server
from tests.contract.service import Service, on_account, start

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/v2.0/tenant/Production/api/v2.0"
SHORT = Timeouts(answer_s=0.3)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    return start(monkeypatch)


@contextmanager
def _listening(app: "WSGIApplication") -> Iterator[str]:
    with Server(app, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"{server.url}{PATH}"
        finally:
            server.shutdown()
            thread.join()


def test_an_import_over_the_network_is_the_same_as_in_memory_and_no_proxy_of_the_environment_is_used(
    service: Service,
) -> None:
    with service.client() as client:
        expected = client.snapshot()
    with _listening(service.sandbox) as base, service.client(base_url=base, transport=None) as client:
        assert client.snapshot() == expected
        [reply] = client.create([on_account(expected.customers[0], "BI1A", 300_000_001)])
        assert isinstance(reply, Applied)
        assert client.journal_lines() == (reply.line,)


def test_when_nobody_listens_any_more_nothing_was_applied(service: Service) -> None:
    def closing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start_and_close(
            status: str, headers: list[tuple[str, str]], _: object = None, /
        ) -> Callable[[bytes], object]:
            return start_response(status, [*headers, ("Connection", "close")])

        return service.sandbox(environ, start_and_close)

    with _listening(closing) as base:
        client = service.client(base_url=base, transport=None)
        customer = client.snapshot().customers[0]
    with client:
        [reply] = client.create([on_account(customer, "BI1A", 1)])
        assert isinstance(reply, NotApplied)
        with pytest.raises(ServerUnavailable):
            client.journal_lines()
    # Six tries of the change; then half a minute and a minute for a service that failed five times in a row.
    assert service.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 22.0, 60.0]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"SMTP ready\r\n\r\n",
    ],
)
def test_whatever_breaks_behind_the_first_byte_is_unknown_when_writing(service: Service, said: bytes) -> None:
    def cutting(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            raise ConnectionCut(said)
        return service.sandbox(environ, start_response)

    with _listening(cutting) as base, service.client(base_url=base, transport=None) as client:
        customer = client.snapshot().customers[0]
        [reply] = client.create([on_account(customer, "BI1A", 1)])
    assert isinstance(reply, Unknown)


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_configured(service: Service) -> None:
    def silent(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            time.sleep(1)
        return service.sandbox(environ, start_response)

    with _listening(silent) as base, service.client(base_url=base, transport=None, timeouts=SHORT) as client:
        customer = client.snapshot().customers[0]
        [reply] = client.create([on_account(customer, "BI1A", 1)])
    assert isinstance(reply, Unknown)
    assert "ReadTimeout" in reply.message


def test_a_server_that_hangs_holds_up_no_client_of_another(service: Service) -> None:
    asked, released = threading.Event(), threading.Event()

    def hanging(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        asked.set()
        released.wait(60)
        return service.sandbox(environ, start_response)

    def name() -> None:
        with service.client(base_url=base, transport=None) as client:
            names.append(client.company_name)

    names: list[str] = []
    with _listening(hanging) as base, service.client() as other:
        held = threading.Thread(target=name)
        held.start()
        assert asked.wait(60)
        free = threading.Thread(target=lambda: names.append(other.journal.code))
        free.start()
        free.join(10)
        assert names == ["BANK"]
        released.set()
        held.join()
    assert names == ["BANK", "CRONUS"]


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=365))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("tls")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def test_a_stranger_behind_the_address_gets_nothing_and_is_asked_once(
    service: Service, stranger: ssl.SSLContext
) -> None:
    heard: list[bytes] = []

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            try:
                with stranger.wrap_socket(self.request, server_side=True) as secure:
                    heard.append(secure.recv(65536))
            except OSError:
                heard.append(b"")

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        base = f"https://localhost:{server.server_address[1]}"
        with service.client(base_url=base, transport=None) as client, pytest.raises(ServerUnavailable, match="certif"):
            client.companies()
        server.shutdown()
        thread.join()
    assert heard == [b""]
    assert service.waits == []


def test_a_company_that_waits_for_its_server_lets_the_others_go_on(service: Service) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slow(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        asked.set()
        answered.wait(10)
        return service.sandbox(environ, start_response)

    with _listening(slow) as url, service.client(base_url=url, transport=None) as waiting, service.client() as other:
        thread = threading.Thread(target=lambda: waiting.company_id)
        thread.start()
        assert asked.wait(10)
        goes_on = threading.Thread(target=lambda: other.company_id, daemon=True)
        goes_on.start()
        goes_on.join(5)
        is_done = not goes_on.is_alive()
        answered.set()
        thread.join()
    assert is_done
