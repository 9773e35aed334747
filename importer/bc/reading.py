"""Reading collections to the end: pages on the same origin only, tried again while that is safe, never half a collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from importer.bc.connection import Connection
from importer.bc.exchange import Answer, Distrusted, Exchange, Exchanged, Lost, NeverSent
from importer.bc.gate import Gate
from importer.bc.json_text import Json
from importer.bc.limits import Load, is_temporary
from importer.bc.records import Malformed, Row, text
from importer.bc.replies import Part, error_of, part_of
from importer.bc.wire import Request, listing
from importer.errors import AccessDenied, ConfigurationError, ImporterError, ServerContradiction, ServerUnavailable

T = TypeVar("T")

_TOO_HEAVY = frozenset({408, 413, 504})
# The service pages at 20,000 rows. Pages of a few rows that never end are no collection but a trap, those of a handful soon.
_MOST_SMALL_PAGES = 1000
_MOST_TINY_PAGES = 300
_SMALL_PAGE = 100
_TINY_PAGE = 10
_SMALLEST_ASKED = 100
# A line that is renumbered while it is being read may come twice; the same again is no accident.
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A collection to read. `where` narrows it on the server, whoever reads the rows checks them again: a server may
    ignore a filter silently (F27).
    """

    path: str
    select: tuple[str, ...] = ()
    where: str = ""


class QueryRefused(ConfigurationError):
    """The server does not take this query; a plainer one may do."""


class NotOffered(ConfigurationError):
    """The server has no such collection, or not for us."""


class Forbidden(AccessDenied):
    """The credentials are right, but lack the permission to read this."""


class Reading:
    """Reads through one gate, and learns how much the server can give at once."""

    def __init__(self, exchange: Exchange, gate: Gate, connection: Connection) -> None:
        self._exchange = exchange
        self._gate = gate
        self._load = Load(connection.page_size, _SMALLEST_ASKED)
        self._most_rows = connection.timeouts.most_rows

    def url(self, path: str) -> str:
        """The full URL of a collection, without a query."""
        return self._gate.url(Request("GET", path))

    def all(self, question: Question, make: Callable[[Row], T]) -> tuple[T, ...]:
        """Every row of a collection as a value, in the server's order.

        A query with a field or filter that the server does not know is asked again without it.

        Raises:
            ServerUnavailable: no usable answer. ServerContradiction: one that must not be used.
            AccessDenied, ConfigurationError: as they say.
        """
        return self.made(question, self.rows(question), make)

    def exactly(self, question: Question, make: Callable[[Row], T]) -> tuple[T, ...]:
        """As `all`, but a refused query is not simplified.

        Raises:
            QueryRefused: the server does not take it. NotOffered: there is no such collection.
        """
        return self.made(question, self.exact_rows(question), make)

    def made(self, question: Question, rows: Sequence[Row], make: Callable[[Row], T]) -> tuple[T, ...]:
        """The values of rows that answered a question.

        Raises:
            ServerUnavailable: a row cannot be used.
        """
        try:
            return tuple(make(row) for row in rows)
        except Malformed as error:
            raise ServerUnavailable(
                f"A row of {question.path} cannot be used: {error}. Check `api` and `base_url` of the company."
            ) from error

    def rows(self, question: Question) -> list[Row]:
        """Every row of a collection as it is, where necessary asked more plainly; raises as `all`."""
        try:
            return self.exact_rows(question)
        except QueryRefused as refused:
            if not question.select and not question.where:
                raise QueryRefused(f"{refused} Check `api` and `base_url` of the company.") from refused
        return self.rows(replace(question, select=()) if question.select else replace(question, where=""))

    def exact_rows(self, question: Question) -> list[Row]:
        """Every row of a collection as it is, asked exactly so; raises as `exactly`."""
        for _ in range(_TRIES):
            rows = self._pages(question)
            if not _has_doubles(rows):
                return rows
        raise ServerContradiction(
            f"The pages of {question.path} hold the same record twice. Import again once the service answers rightly."
        )

    def _pages(self, question: Question) -> list[Row]:
        rows: list[Row] = []
        seen: set[object] = set()
        link, visited, small, tiny = "", {""}, 0, 0
        while len(rows) <= self._most_rows and small <= _MOST_SMALL_PAGES and tiny <= _MOST_TINY_PAGES:
            page, following = self._page(question, link)
            ids = set(_identities(page))
            rows += page
            if not following or (ids and ids <= seen):
                # Nothing but what came before: the caller sees that it is there twice.
                return rows
            seen |= ids
            asked = link or self._gate.url(self._request(question, ""))
            link = self._gate.link(following, asked)
            if link in visited:
                raise ServerContradiction(
                    f"The pages of {question.path} go round in a circle. Import again once the service answers rightly."
                )
            visited.add(link)
            small += len(page) < _SMALL_PAGE
            tiny += len(page) < _TINY_PAGE
        raise ServerContradiction(
            f"The pages of {question.path} do not end ({len(visited)} pages). Import again once the service answers rightly."
        )

    def _page(self, question: Question, link: str) -> tuple[list[Row], str]:
        outcome = self._exchange.patiently(lambda: self._request(question, link), self._again)
        body = _body(_part(outcome, question.path), question.path)
        value = body.get("value") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(value, list):
            raise ServerUnavailable(f"The answer to {question.path} is no collection; is `base_url` right?")
        rows = [row for row in value if isinstance(row, dict)]
        if len(rows) != len(value):
            raise ServerUnavailable(f"The answer to {question.path} holds something that is no row.")
        try:
            return list(rows), text(body, "@odata.nextLink")
        except Malformed as error:
            raise ServerUnavailable(f"The answer to {question.path} cannot be used: {error}.") from error

    def _request(self, question: Question, link: str) -> Request:
        request = listing(question.path, select=question.select, where=question.where, page_size=self._load.size)
        return replace(request, link=link, query=()) if link else request

    def _again(self, outcome: Exchanged) -> bool:
        match outcome:
            case Answer(status=200):
                self._load.carried()
                return bool(part_of(200, outcome.body).problem)
            case Lost():
                self._load.too_heavy()
                return True
            case Answer(status=status) if status in _TOO_HEAVY:
                self._load.too_heavy()
                return True
            case Answer(status=status):
                return is_temporary(status)
            case NeverSent():
                return True
            case _:
                return False


def _part(outcome: Exchanged, path: str) -> Part:
    match outcome:
        case Answer():
            return part_of(outcome.status, outcome.body, outcome.headers)
        case Distrusted(why=why):
            raise ServerUnavailable(f"The server's certificate is not trusted ({why}). Nothing was sent.")
        case NeverSent(why=why) | Lost(why=why):
            raise ServerUnavailable(
                f"Business Central does not answer {path} ({why}). Try again later; if it never answers, check base_url."
            )


def _body(part: Part, path: str) -> Json:
    if part.status == 200 and not part.problem:
        return part.body
    code, message = error_of(part)
    seen = f"{message} (GET {path}, HTTP {part.status}{', ' + code if code else ''})"
    match part.status:
        case 401:
            raise AccessDenied(f"Business Central refuses the credentials: {seen}. Check [company.NAME.auth].")
        case 403:
            raise Forbidden(f"A permission is missing: {seen}. See `importer company check`.")
        case 404:
            raise NotOffered(f"Business Central has no {path}: {seen}.")
        case 400:
            raise QueryRefused(f"Business Central does not take the query: {seen}.")
        case 405 | 501:
            raise ConfigurationError(f"The API is switched off or another one: {seen}. Check `api` and `base_url`.")
        case status if 300 <= status < 400:
            raise _redirected(part, path)
        case _:
            why = part.problem or message
            raise ServerUnavailable(f"Business Central gave no usable answer to {path}: HTTP {part.status}, {why}.")


def _redirected(part: Part, path: str) -> ImporterError:
    return ServerContradiction(
        f"The server redirects {path} (HTTP {part.status}) instead of answering. It was not followed and the credentials did "
        "not leave. Check base_url; if it is right, find out who answers there."
    )


def _has_doubles(rows: Sequence[Row]) -> bool:
    keys = _identities(rows)
    return len(set(keys)) != len(keys)


def _identities(rows: Sequence[Row]) -> list[Json]:
    """What tells the rows apart, of those that have it: the id, or of an entry its number."""
    return [key for row in rows if isinstance(key := row.get("id", row.get("entryNumber")), str | int)]
