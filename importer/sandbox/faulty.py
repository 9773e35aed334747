"""Faults for a server that runs: read from a JSON file and put between the connection and the sandbox.

The file holds `seed`, `rules` (each with `kind` and, where wanted, `method`, `path`, `skip`, `times`, `status`,
`retry_after`, `seconds`, `bytes`), `odds` (a list of `kind`, `probability` and the same details), `burst` and
`calm_after` (after so many requests nothing more goes wrong by chance).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

import httpx

from importer.sandbox.faults import Fault, Faults, FaultyTransport, Kind, Rule
from importer.sandbox.server import ConnectionCut

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Record = Mapping[str, object]
_DETAILS = {"status": int, "retry_after": str, "seconds": float, "bytes": int}
_RULE = {"method": str, "path": str, "skip": int, "times": int}
_FILE = {"seed", "rules", "odds", "burst", "calm_after"}


class UnusableFaults(ValueError):
    """The file of faults is wrong; the message names the entry."""


def load_faults(path: Path) -> Faults:
    """The faults of a file.

    Raises:
        UnusableFaults: not JSON, an unknown key or kind, a value of the wrong type.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnusableFaults(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict) or set(content) - _FILE:
        raise UnusableFaults(f"{path} may hold {', '.join(sorted(_FILE))} and nothing else")
    return Faults(
        rules=tuple(_rule(record) for record in _records(content, "rules")),
        odds={_fault(record, {"probability"}): _number(record, "probability") for record in _records(content, "odds")},
        burst=int(_number(content, "burst", 1)),
        calm_after=int(_number(content, "calm_after")) if "calm_after" in content else None,
        seed=int(_number(content, "seed")),
    )


def faulty_app(app: WSGIApplication, faults: Faults) -> WSGIApplication:
    """The application behind a faulty wire; a lost reply ends the connection (`ConnectionCut`)."""
    random = Random(faults.seed)  # noqa: S311  # chance for tests, repeatable
    wire = FaultyTransport(httpx.WSGITransport(app), faults, random, _RealClock())

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response, body = _exchange(wire, _request(environ))
        start_response(_status(response), list(response.headers.items()))
        return [body]

    return answer


def _exchange(wire: FaultyTransport, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    try:
        response = wire.handle_request(request)
    except httpx.TransportError:
        raise ConnectionCut from None
    received = b""
    try:
        for chunk in response.iter_bytes():
            received += chunk
    except httpx.TransportError:
        lines = [f"HTTP/1.1 {_status(response)}", *(f"{name}: {value}" for name, value in response.headers.items())]
        raise ConnectionCut("\r\n".join([*lines, "", ""]).encode() + received) from None
    return response, received


def _status(response: httpx.Response) -> str:
    return f"{response.status_code} {HTTPStatus(response.status_code).phrase}"


def _request(environ: WSGIEnvironment) -> httpx.Request:
    headers = [(name[5:].replace("_", "-"), str(value)) for name, value in environ.items() if name.startswith("HTTP_")]
    if environ.get("CONTENT_TYPE"):
        headers.append(("Content-Type", str(environ["CONTENT_TYPE"])))
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    path = httpx.URL(path=str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")).raw_path.decode()
    query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    url = f"{environ['wsgi.url_scheme']}://{host}{path}{query}"
    return httpx.Request(str(environ["REQUEST_METHOD"]), url, headers=headers, content=body)


class _RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _rule(record: Record) -> Rule:
    options = {name: kind(cast("str", record[name])) for name, kind in _RULE.items() if name in record}
    return Rule(_fault(record, set(_RULE)), **options)


def _fault(record: Record, others: set[str]) -> Fault:
    unknown = set(record) - {"kind"} - set(_DETAILS) - others
    if unknown or record.get("kind") not in set(Kind):
        raise UnusableFaults(
            f"{dict(record)}: kind is one of {', '.join(Kind)}; unknown: {', '.join(unknown) or 'none'}"
        )
    details = {name: kind(cast("str", record[name])) for name, kind in _DETAILS.items() if name in record}
    return Fault(Kind(str(record["kind"])), **details)


def _records(content: Record, name: str) -> list[Record]:
    found = content.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnusableFaults(f"'{name}' must be a list of records")
    return found


def _number(content: Record, name: str, default: float = 0) -> float:
    found = content.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise UnusableFaults(f"'{name}' must be a number, not {found!r}")
    return found
