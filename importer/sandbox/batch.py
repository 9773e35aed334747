"""$batch: many requests in one, carried out strictly one after the other.

Source: business-central-api.md, section 6; reliability.md, F19 and F20.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from importer.sandbox.behaviour import Behaviour
from importer.sandbox.refusals import Refusal, bad_request
from importer.sandbox.schema import Json
from importer.sandbox.store import Store
from importer.sandbox.wire import JSON_TYPE, Reply, Request, lower_headers, write_json

Serve = Callable[[Request], Reply]


def batch_parts(request: Request, behaviour: Behaviour) -> list[dict[str, Json]]:
    """The parts of a batch as they were sent.

    Raises:
        Refusal: not a batch, or too many parts.
    """
    parts = request.json_object().get("requests")
    if not isinstance(parts, list) or not parts:
        raise bad_request("Invalid Request Body: a batch needs a list of requests.")
    if len(parts) > behaviour.batch_limit:
        text = (
            "The current batch message contains too many parts. A maximum number of "
            f"'{behaviour.batch_limit}' query operations and change sets are allowed in a batch message."
        )
        raise Refusal(behaviour.oversized_batch_status, "Unknown", text)
    found = [part for part in parts if isinstance(part, dict)]
    groups = [part["atomicityGroup"] for part in found if "atomicityGroup" in part]
    if len(groups) > 1:
        raise Refusal(
            500, "Unknown", "Multiple requests within the same change set are not supported by Microsoft NAV."
        )
    return found


def answer_batch(
    request: Request, base: str, parts: list[dict[str, Json]], *, store: Store, serve: Serve, behaviour: Behaviour
) -> Reply:
    """Carry out the parts in order and report on each.

    Without `odata.continue-on-error` the first failure is the last answer. With `Isolation: snapshot` a failure takes
    everything back, although the answers of the earlier parts still say that they succeeded.
    """
    isolated = request.headers.get("isolation", request.headers.get("odata-isolation", "")).lower() == "snapshot"
    goes_on = behaviour.continue_on_error == "as preferred" and request.prefers("continue-on-error")
    start = store.mark()
    answers: list[Json] = []
    failed = False
    for part in parts:
        reply = serve(_inner(part, request, base))
        answers.append(_answer(part, reply))
        failed = failed or reply.status >= 400
        if reply.status >= 400 and not goes_on:
            break
    if isolated and failed:
        store.undo(start)
    if "json" not in request.headers.get("accept", ""):
        return _multipart(answers)
    return Reply(200, {"responses": answers})


def _inner(part: dict[str, Json], outer: Request, base: str) -> Request:
    url = str(part.get("url", ""))
    url = url.removeprefix(outer.origin).removeprefix(f"{base}/")
    path, _, query = url.partition("?")
    headers = part.get("headers")
    given = lower_headers((name, str(value)) for name, value in headers.items()) if isinstance(headers, dict) else {}
    inherited = {
        name: outer.headers[name] for name in ("data-access-intent", "accept-language") if name in outer.headers
    }
    return Request(
        method=str(part.get("method", "")).upper(),
        path=f"{base}/{unquote(path)}",
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={**inherited, **given},
        origin=outer.origin,
        content=part.get("body"),
    )


def _answer(part: dict[str, Json], reply: Reply) -> Json:
    answer: dict[str, Json] = {"id": part.get("id"), "status": reply.status}
    if reply.content is None:
        answer["headers"] = {}
        return answer
    given: dict[str, Json] = dict(reply.headers)
    answer["headers"] = {"content-type": JSON_TYPE, "odata-version": "4.0", **given}
    answer["body"] = reply.content
    return answer


def _multipart(answers: list[Json]) -> Reply:
    # A client that does not ask for JSON gets what OData had before.
    boundary = "batchresponse_sandbox"
    parts = "".join(f"--{boundary}\r\nContent-Type: application/http\r\n\r\n{write_json(each)}\r\n" for each in answers)
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    return Reply(200, headers=headers, text=f"{parts}--{boundary}--\r\n")
