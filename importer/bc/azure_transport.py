"""azure-identity's way to the network, over our HTTP client: no environment, no redirect, one authority only."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import HttpRequest, HttpResponse, HttpTransport

from importer.bc.exchange import LOST, NEVER_SENT
from importer.bc.limits import is_temporary
from importer.bc.token_answer import endless, unusable


class _Answer(HttpResponse):
    """A complete answer in the shape that azure-core expects."""

    def __init__(self, request: HttpRequest, response: httpx.Response) -> None:
        super().__init__(request, response)
        self.status_code = response.status_code
        self.headers = response.headers
        self.reason = response.reason_phrase
        self.content_type = response.headers.get("content-type")
        self._content = response.content

    def body(self) -> bytes:
        """The whole body."""
        return self._content


class HttpxTransport(HttpTransport[HttpRequest, HttpResponse]):
    """Sends what azure-identity asks for; with an authority nothing goes anywhere else.

    `trouble` says why the last request got no usable answer. azure-identity reports that and a refusal alike, but only
    the former may be tried again.
    """

    def __init__(self, http: httpx.Client, authority: str) -> None:
        self.trouble = ""
        self._http = http
        self._authority = urlsplit(authority)[:2] if authority else None

    def send(self, request: HttpRequest, **_: object) -> HttpResponse:
        """The answer to a request.

        Raises:
            ServiceRequestError: nothing was sent. ServiceResponseError: no complete answer.
        """
        if self._authority is not None and urlsplit(request.url)[:2] != self._authority:
            raise ServiceRequestError(f"The authority points to {urlsplit(request.url).hostname}; nothing was sent")
        self.trouble = ""
        try:
            response = self._http.request(
                request.method, request.url, headers=dict(request.headers), content=_content(request)
            )
        except NEVER_SENT as error:
            self.trouble = f"{type(error).__name__}: {error}"
            raise ServiceRequestError(self.trouble) from error
        except LOST as error:
            self.trouble = f"{type(error).__name__}: {error}"
            raise ServiceResponseError(self.trouble) from error
        if is_temporary(response.status_code):
            self.trouble = f"HTTP {response.status_code} from {response.url.host}"
        elif self._authority is not None and request.method == "POST":
            self._refuse_unusable(response)
        return _Answer(request, response)

    def _refuse_unusable(self, response: httpx.Response) -> None:
        """Raise for an answer that azure-identity would take for a refusal, or break on."""
        self.trouble = unusable(response.status_code, response.content) or endless(response.content)
        if self.trouble:
            raise ServiceResponseError(self.trouble)

    def open(self) -> None:
        """Nothing to do: the client opens connections when they are needed."""

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


def _content(request: HttpRequest) -> bytes:
    body = request.body
    if isinstance(body, dict):
        return str(httpx.QueryParams(body)).encode()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
