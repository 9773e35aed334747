"""Serves a sandbox over real HTTP on this machine: threads, and connections that stay open between requests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes
from wsgiref.handlers import SimpleHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


class ConnectionCut(ConnectionError):
    """The application wants the connection closed without a further byte; `sent` are bytes that still leave."""

    def __init__(self, sent: bytes = b"") -> None:
        super().__init__("the connection is cut on purpose")
        self.sent = sent


class Server(ThreadingHTTPServer):
    """An HTTP server for one WSGI application; `port` is the one it really got."""

    daemon_threads = True
    # Many clients may connect at once in a test of limits.
    request_queue_size = 128

    def __init__(self, app: WSGIApplication, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.app = app

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self.port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news; everything else is reported."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed wants a socket


def serve(app: WSGIApplication, port: int, *, ready: Callable[[Server], None]) -> None:
    """Serve until interrupted; port 0 takes any free one. `ready` is called once requests are accepted.

    Raises:
        OSError: the port is taken.
    """
    with Server(app, port) as server:
        ready(server)
        server.serve_forever(poll_interval=0.2)


class _Handler(BaseHTTPRequestHandler):
    """One connection, with as many requests as the client sends."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    disable_nagle_algorithm = True
    server: Server

    def handle_one_request(self) -> None:
        """One request and its answer."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._answer()
        except ConnectionCut as cut:
            self.wfile.write(cut.sent)
            self.close_connection = True
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name
        """Silent: the sandbox remembers its requests itself."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        output = BytesIO()
        handler = _OneAnswer(BytesIO(body), output, sys.stderr, self._environ(length))
        handler.run(self.server.app)
        # One write for head and body, or a delayed acknowledgement costs 40 ms.
        self.wfile.write(output.getvalue())

    def _environ(self, length: int) -> dict[str, str]:
        path, _, query = self.path.partition("?")
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": _unquoted(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.protocol_version,
        }
        environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()})
        return environ


class _OneAnswer(SimpleHandler):
    """Runs the application for one request and lets its exceptions pass."""

    http_version = "1.1"
    server_software = None

    def send_preamble(self) -> None:
        """The status line; the application sends its own Date."""
        self._write(f"HTTP/{self.http_version} {self.status}\r\n".encode("iso-8859-1"))

    def handle_error(self) -> None:
        """Let the connection end instead of inventing an answer."""
        raise


def _unquoted(path: str) -> str:
    return unquote_to_bytes(path).decode("iso-8859-1")
