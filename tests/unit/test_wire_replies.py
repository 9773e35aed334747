"""Replies: what became of a request is decided in one table, and what is not in it is not known."""

import json
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.bc.json_text import Json, render
from importer.bc.replies import Intent, Part, Unanswered, classify, error_of, part_of, parts_of
from importer.plan import FieldChange, LinePatch
from importer.ports import Applied, Changed, Missing, NotApplied, Refused, Reply, SameKey, Unknown
from tests.unit.wire_values import CUSTOMER_ID, INVOICE_ID, LINE_ID, line, payment, row

PATCH = LinePatch(LINE_ID, 312000123, 'W/"JzEx"', (FieldChange("comment", "", "RE 103001"),))
INTENTS: dict[str, Intent] = {"create": payment(), "patch": PATCH, "delete": line()}
_SAME_KEY = "Internal_EntityWithSameKeyExists"
_CHANGED = "Request_EntityChanged"

# status, code -> what it means for create, patch, delete
TABLE: list[tuple[int, str, type[Reply], type[Reply], type[Reply]]] = [
    (400, _SAME_KEY, SameKey, Unknown, Unknown),
    (409, _SAME_KEY, SameKey, Unknown, Unknown),
    (500, _SAME_KEY, SameKey, Unknown, Unknown),
    (409, _CHANGED, Unknown, Changed, Changed),
    (400, _CHANGED, Unknown, Changed, Changed),
    (412, "", Unknown, Changed, Changed),
    (412, "BadRequest_InvalidToken", Unknown, Changed, Changed),
    (404, "BadRequest_ResourceNotFound", NotApplied, Missing, Missing),
    (404, "BadRequest_NotFound", NotApplied, Missing, Missing),
    (404, "", NotApplied, Missing, Missing),
    (400, "Internal_RecordNotFound", NotApplied, Missing, Missing),
    (400, "Application_DialogException", Refused, Refused, Refused),
    (400, "Application_FieldValidationException", Refused, Refused, Refused),
    (400, "Application_StringExceededLength", Refused, Refused, Refused),
    (400, "BadRequest", Refused, Refused, Refused),
    (400, "BadRequest_InvalidOperation", Refused, Refused, Refused),
    (400, "BadRequest_InvalidToken", Refused, Refused, Refused),
    (400, "Internal_InvalidTableRelation", Refused, Refused, Refused),
    (400, "Internal_DataNotFoundFilter", Refused, Refused, Refused),
    (400, "Authorization_RequestDenied", NotApplied, NotApplied, NotApplied),
    (400, "Authentication_InvalidCredentials", NotApplied, NotApplied, NotApplied),
    (401, "Unauthorized", NotApplied, NotApplied, NotApplied),
    (403, "", NotApplied, NotApplied, NotApplied),
    (405, "BadRequest_MethodNotAllowed", NotApplied, NotApplied, NotApplied),
    (411, "", NotApplied, NotApplied, NotApplied),
    (413, "", NotApplied, NotApplied, NotApplied),
    (414, "", NotApplied, NotApplied, NotApplied),
    (415, "", NotApplied, NotApplied, NotApplied),
    (429, "", NotApplied, NotApplied, NotApplied),
    (429, "Application_TooManyRequests", NotApplied, NotApplied, NotApplied),
    (400, "", Unknown, Unknown, Unknown),
    (402, "", Unknown, Unknown, Unknown),
    (406, "", Unknown, Unknown, Unknown),
    (410, "", Unknown, Unknown, Unknown),
    (422, "Application_DialogException", Unknown, Unknown, Unknown),
    (400, "Unknown", Unknown, Unknown, Unknown),
    (400, "Internal_ServerError", Unknown, Unknown, Unknown),
    (400, "Internal_TenantUnavailable", Unknown, Unknown, Unknown),
    (408, "", Unknown, Unknown, Unknown),
    (409, "", Unknown, Unknown, Unknown),
    (409, "Application_DialogException", Unknown, Unknown, Unknown),
    (409, "Internal_Deadlock", Unknown, Unknown, Unknown),
    (424, "", Unknown, Unknown, Unknown),
    (500, "Internal_ServerError", Unknown, Unknown, Unknown),
    (500, "Application_DialogException", Unknown, Unknown, Unknown),
    (500, "BadRequest", Unknown, Unknown, Unknown),
    (501, "BadRequest_MethodNotImplemented", Unknown, Unknown, Unknown),
    (502, "", Unknown, Unknown, Unknown),
    (503, "", Unknown, Unknown, Unknown),
    (504, "", Unknown, Unknown, Unknown),
    (302, "", Unknown, Unknown, Unknown),
    (202, "", Unknown, Unknown, Unknown),
    (100, "", Unknown, Unknown, Unknown),
    (999, "", Unknown, Unknown, Unknown),
]


def _error(code: str, message: str = "No. CorrelationId:  x.") -> Json:
    return {"error": {"code": code, "message": message}} if code else None


@pytest.mark.parametrize("kind", INTENTS)
@pytest.mark.parametrize(("status", "code", "create", "patch", "delete"), TABLE)
def test_every_answer_has_its_class(
    status: int, code: str, create: type[Reply], patch: type[Reply], delete: type[Reply], kind: str
) -> None:
    reply = classify(INTENTS[kind], Part(status, _error(code)))
    assert type(reply) is {"create": create, "patch": patch, "delete": delete}[kind]


@given(
    st.integers(100, 999),
    st.sampled_from(["", _SAME_KEY, _CHANGED, "BadRequest_X", "Application_X", "Internal_X", "Unknown", "Zzz"]),
    st.sampled_from([*INTENTS]),
)
def test_nothing_but_a_stored_record_counts_as_applied(status: int, code: str, kind: str) -> None:
    reply = classify(INTENTS[kind], Part(status, _error(code)))
    assert not isinstance(reply, Applied) or (kind == "delete" and status in (200, 204))


@pytest.mark.parametrize("status", [100, 202, 203, 206, 302])
def test_a_record_shown_with_another_status_is_no_proof(status: int) -> None:
    assert all(isinstance(classify(intent, Part(status, row())), Unknown) for intent in INTENTS.values())


@given(st.integers(500, 599), st.sampled_from(["", "BadRequest_X", "Application_X", "Internal_X", "Authorization_X"]))
def test_a_server_error_never_proves_that_nothing_happened(status: int, code: str) -> None:
    assert all(isinstance(classify(intent, Part(status, _error(code))), Unknown) for intent in INTENTS.values())


def test_a_created_line_is_applied_when_the_stored_record_says_what_was_sent() -> None:
    assert classify(payment(), Part(201, row())) == Applied(line())


def test_the_server_may_shape_what_is_no_matter_of_money() -> None:
    stored = row(description="Alpha Ltd.", comment="", documentNumber="R00009", **{"@odata.etag": 'W/"other"'})
    reply = classify(payment(), Part(201, stored))
    assert reply == Applied(line(description="Alpha Ltd.", comment="", document_number="R00009", etag='W/"other"'))


def test_codes_are_compared_as_the_server_stores_them() -> None:
    sent = payment(customer=" k10 ", external_document_number="abc", invoice="re-1")
    stored = row(customerNumber="K10", externalDocumentNumber="ABC", appliesToInvoiceNumber="RE-1")
    assert isinstance(classify(sent, Part(201, stored)), Applied)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lineNumber", 10000),
        ("externalDocumentNumber", "BI1ABCDEFGHJKMNPQRS"),
        ("amount", Decimal("1190.00")),
        ("amount", Decimal("-1190.01")),
        ("customerNumber", "20000"),
        ("postingDate", "2026-03-03"),
        ("appliesToInvoiceNumber", "103002"),
    ],
)
def test_a_stored_value_that_was_not_sent_is_a_mismatch(name: str, value: Json) -> None:
    reply = classify(payment(), Part(201, row(**{name: value})))
    assert isinstance(reply, Unknown)
    assert reply.message.startswith(f"mismatch: stored is not what was sent: {name} ")


@pytest.mark.parametrize(
    "body",
    [
        None,
        "x",
        [],
        {},
        {**row(), "id": "x"},
        {**row(), "amount": "-1190.00"},
        {**row(), "amount": True},
        {**row(), "lineNumber": Decimal("1.5")},
        {**row(), "postingDate": "02.03.2026"},
    ],
)
def test_done_without_a_readable_record_is_not_known(body: Json) -> None:
    assert isinstance(classify(payment(), Part(201, body)), Unknown)


def test_a_patch_is_applied_when_the_stored_fields_are_the_wanted_ones() -> None:
    changes = (
        FieldChange("amount", "-1190.00", "-1190"),
        FieldChange("customerId", "", CUSTOMER_ID.upper()),
        FieldChange("appliesToInvoiceId", "", INVOICE_ID),
        FieldChange("documentNumber", "", "r00001"),
        FieldChange("comment", "", "RE 103001"),
    )
    patch = LinePatch(LINE_ID, 312000123, 'W/"a"', changes)
    assert classify(patch, Part(200, row())) == Applied(line())
    assert isinstance(classify(patch, Part(200, row(comment="re 103001"))), Unknown)


def test_a_patch_answered_with_another_line_is_not_known() -> None:
    assert isinstance(classify(PATCH, Part(200, row(id=INVOICE_ID))), Unknown)


def test_a_delete_needs_no_body() -> None:
    assert classify(line(), Part(204)) == Applied(line())
    assert isinstance(classify(line(), Part(201, row())), Unknown)


def test_refusals_of_access_carry_one_family_of_codes() -> None:
    assert classify(payment(), Part(401, _error("Unauthorized", "no"))) == NotApplied(
        "Authentication_InvalidCredentials", "no"
    )
    assert classify(payment(), Part(403)) == NotApplied(
        "Authorization_RequestDenied", "Business Central answered HTTP 403"
    )
    assert classify(payment(), Part(429)) == NotApplied("HTTP 429", "Business Central answered HTTP 429")


def test_a_message_is_one_readable_line() -> None:
    body: Json = {"error": {"code": "BadRequest", "message": "No\r\n\x1b[2J such  field" + "x" * 600}}
    code, message = error_of(Part(400, body))
    assert (code, message[:17], len(message)) == ("BadRequest", "No [2J such field", 500)


@pytest.mark.parametrize("body", [None, "text", [], {"error": "x"}, {"error": {"code": 5}}, {"error": None}])
def test_an_error_without_words_still_says_something(body: Json) -> None:
    assert error_of(Part(400, body)) == ("", "Business Central answered HTTP 400")


def _envelope(*responses: dict[str, Json]) -> Part:
    return Part(200, {"responses": [*responses]})


def _response(identity: Json, **changes: Json) -> dict[str, Json]:
    return {"id": identity, "status": 201, "headers": {}, "body": row(), **changes}


def _statuses(envelope: Part, count: int) -> list[int | None]:
    return [part.status if isinstance(part, Part) else None for part in parts_of(envelope, count)]


def test_parts_are_matched_by_id_not_by_position() -> None:
    envelope = _envelope(_response("2", status=400), _response("3", status=404), _response("1"))
    assert _statuses(envelope, 3) == [201, 400, 404]


def test_ids_may_come_back_as_numbers() -> None:
    assert _statuses(_envelope(_response(2, status=400), _response(1)), 2) == [201, 400]


def test_a_part_without_an_answer_is_not_known_and_the_others_are() -> None:
    assert _statuses(_envelope(_response("1")), 2) == [201, None]


@pytest.mark.parametrize(
    "responses",
    [
        [_response("1"), _response("1"), _response("2")],
        [_response("1"), _response("2"), _response("3")],
        [_response("1"), _response(None)],
        [_response("1"), {"status": 201}],
        [_response("1"), {**_response("2"), "id": True}],
    ],
)
def test_a_doubled_or_strange_id_makes_the_whole_envelope_worthless(responses: list[dict[str, Json]]) -> None:
    assert _statuses(_envelope(*responses), 2) == [None, None]


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"responses": None}, {"responses": {}}, {"responses": ["x"]}, {"responses": [None]}]
)
def test_an_envelope_that_is_none_answers_nothing(body: Json) -> None:
    assert _statuses(Part(200, body), 2) == [None, None]


@pytest.mark.parametrize("status", [None, "201", True, Decimal("201.5"), []])
def test_a_part_without_a_status_is_not_known(status: Json) -> None:
    assert _statuses(_envelope(_response("1", status=status)), 1) == [None]


def test_a_body_written_as_text_is_read() -> None:
    part = parts_of(_envelope(_response("1", body=render(row()))), 1)[0]
    assert classify(payment(), part) == Applied(line())


def test_headers_of_a_part_are_found_in_any_case() -> None:
    part = parts_of(_envelope(_response("1", status=429, headers={"Retry-After": "7", "n": 1})), 1)[0]
    assert cast("Part", part).headers == {"retry-after": "7"}


@given(st.permutations(["1", "2", "3", "4"]), st.sets(st.sampled_from(["1", "2", "3", "4"])))
def test_whatever_the_order_each_part_gets_its_own_answer_or_none(order: list[str], missing: set[str]) -> None:
    statuses = {"1": 201, "2": 400, "3": 404, "4": 429}
    answers = [_response(each, status=statuses[each]) for each in order if each not in missing]
    expected = [None if each in missing else statuses[each] for each in ("1", "2", "3", "4")]
    assert _statuses(_envelope(*answers), 4) == expected


@given(st.binary(max_size=200))
def test_whatever_comes_back_there_is_a_reply(body: bytes) -> None:
    part = part_of(201, body)
    assert all(isinstance(classify(intent, part), Reply) for intent in (payment(), PATCH, line()))
    assert len(parts_of(part, 3)) == 3


@given(st.integers(0, 2000))
def test_a_cut_answer_is_never_taken_for_done(length: int) -> None:
    whole = json.dumps({"responses": [{**_response("1"), "body": {**row(), "amount": -1190}}]}).encode()
    cut = whole[: min(length, len(whole) - 1)]
    assert parts_of(part_of(200, cut), 1) != parts_of(part_of(200, whole), 1)
    assert isinstance(parts_of(part_of(200, cut), 1)[0], Unanswered)
