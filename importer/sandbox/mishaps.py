"""What can happen to one request on its way: each kind of fault and what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import httpx


class Kind(StrEnum):
    """What can happen to one request. "before" means that the server never carries it out, "after" that it did."""

    NO_CONNECTION = "no connection"
    RESET_BEFORE = "reset before"
    TIMEOUT_BEFORE = "timeout before"
    STATUS_BEFORE = "status before"
    LOGIN_PAGE = "login page"
    REDIRECT = "redirect"
    LATE = "late"
    DELAY = "delay"
    RESET_AFTER = "reset after"
    TIMEOUT_AFTER = "timeout after"
    STATUS_AFTER = "status after"
    CUT = "cut reply"
    MALFORMED = "malformed reply"
    HUGE = "huge reply"
    SHUFFLED = "shuffled parts"
    MISSING_PART = "missing part"
    DOUBLED_ID = "doubled id"
    FOREIGN_LINK = "foreign link"
    ENDLESS = "endless pages"


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap. `seconds` is the delay of DELAY and LATE, `bytes` how much of a reply survives (CUT, MALFORMED) or is
    added (HUGE), `retry_after` the header of a status, in seconds or as an HTTP date.
    """

    kind: Kind
    status: int = 503
    retry_after: str | None = None
    seconds: float = 60.0
    bytes: int = 40


class Wire(Protocol):
    """What a fault can do with the connection."""

    def forward(self, request: httpx.Request) -> httpx.Response:
        """Let the server answer."""

    def hold(self, request: httpx.Request, seconds: float) -> None:
        """Keep a request for later."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def shuffle(self, parts: list[object]) -> None:
        """Change the order of parts."""


def happen(fault: Fault, wire: Wire, request: httpx.Request) -> httpx.Response:
    """Let the fault happen to a request; the reply, or one of httpx's transport errors."""
    return _EFFECTS[fault.kind](wire, request, fault)


def _no_connection(_: Wire, request: httpx.Request, __: Fault) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def _reset_before(_: Wire, request: httpx.Request, __: Fault) -> httpx.Response:
    raise httpx.WriteError("connection reset while sending", request=request)


def _timeout_before(_: Wire, request: httpx.Request, __: Fault) -> httpx.Response:
    raise httpx.ReadTimeout("no answer", request=request)


def _late(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    wire.hold(request, fault.seconds)
    raise httpx.ReadTimeout("no answer yet", request=request)


def _reset_after(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    wire.forward(request)
    raise httpx.ReadError("connection reset while waiting", request=request)


def _timeout_after(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    wire.forward(request)
    raise httpx.ReadTimeout("no answer", request=request)


def _status_before(_: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    text = f"<html><body>{fault.status}</body></html>"
    return httpx.Response(fault.status, headers={**headers, "Content-Type": "text/html"}, text=text, request=request)


def _status_after(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    wire.forward(request)
    return _status_before(wire, request, fault)


def _login_page(_: Wire, request: httpx.Request, __: Fault) -> httpx.Response:
    return httpx.Response(200, html="<html><form>Sign in to your account</form></html>", request=request)


def _redirect(_: Wire, request: httpx.Request, __: Fault) -> httpx.Response:
    return httpx.Response(302, headers={"Location": "https://elsewhere.example/login"}, request=request)


def _delay(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    wire.sleep(fault.seconds)
    return wire.forward(request)


class _CutStream(httpx.SyncByteStream):
    """The beginning of a body, then the end of the connection."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    def __iter__(self) -> Iterator[bytes]:
        yield self._beginning
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _cut(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    response = wire.forward(request)
    stream = _CutStream(response.content[: fault.bytes])
    return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)


def _malformed(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    response = wire.forward(request)
    return _with_body(response, response.content[: fault.bytes])


def _huge(wire: Wire, request: httpx.Request, fault: Fault) -> httpx.Response:
    response = wire.forward(request)
    return _with_body(response, b" " * fault.bytes + response.content)


def _shuffled(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    def shuffle(parts: list[object]) -> list[object]:
        wire.shuffle(parts)
        return parts

    return _with_parts(wire.forward(request), shuffle)


def _missing_part(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    return _with_parts(wire.forward(request), lambda parts: parts[:-1])


def _doubled_id(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    return _with_parts(wire.forward(request), lambda parts: [*parts, parts[0]])


def _foreign_link(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    return _with_link(wire.forward(request), "https://elsewhere.example/collect?$skiptoken=1")


def _endless(wire: Wire, request: httpx.Request, _: Fault) -> httpx.Response:
    return _with_link(wire.forward(request), str(request.url))


def _with_parts(response: httpx.Response, change: Callable[[list[object]], list[object]]) -> httpx.Response:
    content = _json(response)
    parts = content.get("responses")
    if not isinstance(parts, list) or not parts:
        return response
    return _with_body(response, json.dumps({**content, "responses": change(parts)}).encode())


def _with_link(response: httpx.Response, link: str) -> httpx.Response:
    content = _json(response)
    if "value" not in content:
        return response
    return _with_body(response, json.dumps({**content, "@odata.nextLink": link}).encode())


def _json(response: httpx.Response) -> dict[str, object]:
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _with_body(response: httpx.Response, body: bytes) -> httpx.Response:
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return httpx.Response(response.status_code, headers=headers, content=body)


_EFFECTS: Mapping[Kind, Callable[[Wire, httpx.Request, Fault], httpx.Response]] = {
    Kind.NO_CONNECTION: _no_connection,
    Kind.RESET_BEFORE: _reset_before,
    Kind.TIMEOUT_BEFORE: _timeout_before,
    Kind.STATUS_BEFORE: _status_before,
    Kind.LOGIN_PAGE: _login_page,
    Kind.REDIRECT: _redirect,
    Kind.LATE: _late,
    Kind.DELAY: _delay,
    Kind.RESET_AFTER: _reset_after,
    Kind.TIMEOUT_AFTER: _timeout_after,
    Kind.STATUS_AFTER: _status_after,
    Kind.CUT: _cut,
    Kind.MALFORMED: _malformed,
    Kind.HUGE: _huge,
    Kind.SHUFFLED: _shuffled,
    Kind.MISSING_PART: _missing_part,
    Kind.DOUBLED_ID: _doubled_id,
    Kind.FOREIGN_LINK: _foreign_link,
    Kind.ENDLESS: _endless,
}
