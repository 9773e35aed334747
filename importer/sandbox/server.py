"""Serves a sandbox over real HTTP on this machine: threads, and connections that stay open between requests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

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
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self.send_error(411, "Length Required")
            return
        length = int(self.headers.get("Content-Length") or 0)
        head: list[str] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
            head.append(f"HTTP/1.1 {status}")
            head.extend(f"{name}: {value}" for name, value in headers)
            return self.wfile.write

        body = b"".join(self.server.app(self._environ(self.rfile.read(length)), start_response))
        # One write for head and body, or a delayed acknowledgement costs 40 ms.
        self.wfile.write("\r\n".join([*head, "", ""]).encode("iso-8859-1") + body)

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": _unquoted(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.protocol_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()})
        return environ


def _unquoted(path: str) -> str:
    return unquote_to_bytes(path).decode("iso-8859-1")
