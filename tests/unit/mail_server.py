"""A mail server for one test: keeps what it is given, speaks TLS with a certificate made for it, knows one password."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Security = Literal["starttls", "tls", "none"]


def make_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


class MailServer(socketserver.ThreadingTCPServer):
    """What was received is in `letters`, in `seen` every command, with the word TLS where it was encrypted."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, security: Security, certificate: Path, refuses: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.security = security
        self.refuses = refuses
        self.trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.trust.load_cert_chain(certificate)
        self.letters: list[EmailMessage] = []
        self.seen: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that distrusts the certificate goes away."""


class _Handler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._encrypted = False
        self._open()
        if self.server.security == "tls":
            self._encrypt()
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            self.server.seen.append(f"TLS {verb}" if self._encrypted else verb)
            if not self._answered(verb, line):
                return

    def _answered(self, verb: str, line: str) -> bool:
        if self.server.refuses and line.upper().startswith(self.server.refuses):
            self._say("554 5.7.1 not from <importer@example.com>")
            return True
        match verb:
            case "EHLO":
                offers = [] if self._encrypted or self.server.security == "none" else ["STARTTLS"]
                for offer in ["127.0.0.1", "AUTH PLAIN", *offers]:
                    self._say(f"250-{offer}")
                self._say("250 HELP")
            case "STARTTLS":
                self._say("220 go ahead")
                self._encrypt()
            case "AUTH":
                known = base64.b64decode(line.split(" ")[2]) == b"\0importer\0a secret"
                self._say("235 welcome" if known else "535 wrong")
            case "DATA":
                self._say("354 go ahead")
                self._receive()
                self._say("250 taken")
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("250 ok")
        return True

    def _receive(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))

    def _encrypt(self) -> None:
        self.request = self.server.trust.wrap_socket(self.request, server_side=True)
        self._encrypted = True
        self._open()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _open(self) -> None:
        self.rfile.close()
        self.rfile = self.request.makefile("rb")

    def _say(self, text: str) -> None:
        self.request.sendall(f"{text}\r\n".encode())


@contextmanager
def mail_server(security: Security, certificate: Path, refuses: str = "") -> Iterator[MailServer]:
    with MailServer(security, certificate, refuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
