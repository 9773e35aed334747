"""A local Business Central as a WSGI application over invented books.

One request passes: size and address, credentials, rate limit, then the books under one lock. A refusal takes back what
the request had changed; every change that stays is in `history`, every request in `requests`.
"""

from __future__ import annotations

import base64
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from importer.sandbox.batch import answer_batch, batch_parts
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import Books, fill_store
from importer.sandbox.desk import Desk
from importer.sandbox.flavours import V2_0, served_flavours
from importer.sandbox.records import Served, ServedPart
from importer.sandbox.refusals import Refusal, no_route
from importer.sandbox.replica import Replica
from importer.sandbox.routes import find_flavour, find_target, service_document
from importer.sandbox.service import answer
from importer.sandbox.sources import Visit
from importer.sandbox.store import Action, Executed, Store, made_id
from importer.sandbox.throttle import Throttle, too_many
from importer.sandbox.traffic import Traffic
from importer.sandbox.webclient import WebClient
from importer.sandbox.wire import JSON_TYPE, Reply, Request, header_date

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Everything before /companies for API v2.0, behind scheme and host.
BASE = V2_0.bases[0]

# Only these bases know user and access key; online there are bearer tokens only.
ON_PREMISES = ("/BC/", "/api/")

_ACTIONS: dict[str, Action] = {"POST": "create", "PATCH": "patch", "PUT": "patch", "DELETE": "delete"}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox(WebClient):
    """A Business Central of its own: the instance is the WSGI callable.

    `token` is the bearer token it accepts, `access_key` user and key for the on-premises bases. `requests` and `history`
    grow and are never cut; `traffic` counts requests at once. `now` gives aware UTC time and `sleep` lets it pass, by
    default the real ones.
    """

    def __init__(
        self,
        books: Books,
        *,
        behaviour: Behaviour | None = None,
        now: Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self.now = now or _utc_now
        self.token = "sandbox"  # noqa: S105  # a public constant of the demo, no secret
        self.access_key = ("sandbox", "sandbox")
        self.requests: list[Served] = []
        self.history: list[Executed] = []
        self._uses: Counter[str] = Counter()
        self._renewals = 0
        self._lock = threading.RLock()
        self.traffic = Traffic(self.behaviour, self.now, sleep)
        self._throttle = Throttle(self.behaviour)
        self._flavours = served_flavours(self.behaviour)
        self._store = Store(self.now, self.behaviour.duplicate_status)
        fill_store(books, self._store)
        self._replica = Replica(self._store, self.behaviour, self.now)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one WSGI request; thread-safe."""
        reply = self.serve(_request(environ))
        body = reply.body()
        headers = {
            "Content-Type": JSON_TYPE,
            "OData-Version": "4.0",
            "request-id": self._correlation(),
            "Date": header_date(self.now()),
            **reply.headers,
        }
        if not body:
            del headers["Content-Type"]
        headers["Content-Length"] = str(len(body))
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(headers.items()))
        return [body]

    def renew_token(self) -> str:
        """A new bearer token; the old one is no longer accepted."""
        with self._lock:
            self._renewals += 1
            self.token = f"sandbox-{self._renewals + 1}"
            return self.token

    def serve(self, request: Request) -> Reply:
        """Answer a request, remember it, and keep what it changed."""
        with self.traffic.admit(request) as refused, self._lock:
            return self._remembered(request, refused)

    def catch_up(self) -> None:
        """Let the replica see everything at once."""
        with self._lock:
            self._replica.catch_up()

    def _remembered(self, request: Request, refused: Reply | None) -> Reply:
        parts: list[ServedPart] = []
        try:
            reply = refused or self._answer(request, parts)
        except BaseException:
            self._store.undo(0)
            raise
        self._keep()
        query = "&".join(f"{name}={value}" for name, value in request.query)
        intent = request.headers.get("data-access-intent", "")
        self.requests.append(
            Served(
                self.now(), request.method, request.path, query, reply.status, reply.error_code, intent, tuple(parts)
            )
        )
        return reply

    def _answer(self, request: Request, served: list[ServedPart]) -> Reply:
        try:
            self._check_size(request)
            self._check_credentials(request)
            flavour, base, rest = find_flavour(request.path, self._flavours)
            if not rest and request.method == "GET":
                return service_document(flavour, f"{request.origin}{base}")
            if rest != "$batch":
                return self._admitted(request, 1) or self._one(request)
            if flavour.batch == "absent" or self.behaviour.batch == "absent" or request.method != "POST":
                raise no_route(request.path)
            parts = batch_parts(request, self.behaviour)
        except Refusal as refusal:
            return self._error(refusal, request)
        weight = len(parts) if self.behaviour.batch_counts == "per part" else 1

        def serve(part: Request) -> Reply:
            reply = self._one(part)
            served.append(ServedPart(part.method, part.path, reply.status, reply.error_code))
            return reply

        return self._admitted(request, weight) or answer_batch(
            request, base, parts, store=self._store, serve=serve, behaviour=self.behaviour
        )

    def _one(self, request: Request) -> Reply:
        """One request or part of a batch; a refusal takes back what it changed."""
        self._store.action = _ACTIONS.get(request.method, "create")
        self._store.actor = "api"
        mark = self._store.mark()
        try:
            store = self._replica.store_for(request)
            flavour, base, rest = find_flavour(request.path, self._flavours)
            target = find_target(flavour, base, rest, request=request, store=store)
            company = target.company or next(store.companies.scan(""))
            if target.action:
                self._store.action = "post"
            return answer(Visit(Desk(store, self.behaviour, company, self.now().date()), target, request))
        except Refusal as refusal:
            self._store.undo(mark)
            return self._error(refusal, request)

    def _keep(self) -> None:
        changes = self._store.commit()
        self.history.extend(change.executed for change in changes)
        self._replica.add(changes)

    def _check_size(self, request: Request) -> None:
        if len(request.body) > self.behaviour.body_limit:
            raise Refusal(413, "BadRequest", "The request body is too large.")
        length = len(request.path) + sum(len(name) + len(value) + 2 for name, value in request.query)
        if length > self.behaviour.url_limit:
            raise Refusal(400, "BadRequest_InvalidRequestUrl", "The request URL is too long.")

    def _check_credentials(self, request: Request) -> None:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        limit = self.behaviour.token_requests
        if kind.lower() == "bearer" and given.strip() == self.token:
            self._uses[self.token] += 1
            if limit is None or self._uses[self.token] <= limit:
                return
        if kind.lower() == "basic" and request.path.startswith(ON_PREMISES):
            user_and_key = base64.b64encode(":".join(self.access_key).encode()).decode()
            if given.strip() == user_and_key:
                return
        text = "The server has rejected the client credentials."
        raise Refusal(401, "Authentication_InvalidCredentials", text)

    def _admitted(self, request: Request, weight: int) -> Reply | None:
        user = request.headers.get("authorization", "")
        return None if self._throttle.admits(user, self.now(), weight) else too_many(self.behaviour)

    def _error(self, refusal: Refusal, request: Request) -> Reply:
        message = refusal.message
        language = request.headers.get("accept-language", "")
        if self.behaviour.error_language == "as asked" and not language.lower().startswith("en"):
            message = "Der Vorgang konnte nicht ausgeführt werden."
        text = f"{message}  CorrelationId:  {self._correlation()}."
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
        return Reply(refusal.status, {"error": {"code": refusal.code, "message": text}}, headers)

    def _correlation(self) -> str:
        return made_id("correlation", str(len(self.requests)), str(len(self.history)))


def _request(environ: WSGIEnvironment) -> Request:
    headers = {
        name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")
    }
    headers["content-type"] = str(environ.get("CONTENT_TYPE", ""))
    length = str(environ.get("CONTENT_LENGTH") or "")
    body = environ["wsgi.input"].read(int(length)) if length.isdigit() else b""
    host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    path = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
    return Request(
        method=str(environ["REQUEST_METHOD"]).upper(),
        path=path.encode("latin-1").decode("utf-8", "replace"),
        query=tuple(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)),
        headers=headers,
        origin=f"{environ['wsgi.url_scheme']}://{host}",
        body=body,
    )
