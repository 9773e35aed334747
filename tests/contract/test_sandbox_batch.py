"""Conformance cases 63 to 66: $batch (business-central-api.md, section 12)."""

import pytest

from tests.contract.conformance import Json, Service, error

GOOD: Json = {"amount": -1}
BAD: Json = {"amount": -1, "customerNumber": "NOBODY"}


def part(service: Service, body: Json, **more: object) -> Json:
    return {"method": "POST", "url": service.payments(), "body": body, **more}


def statuses(reply: Json) -> list[int]:
    return [each["status"] for each in reply["responses"]]


def test_63_every_part_is_answered_in_order_with_its_id(service: Service) -> None:
    named = service.batch([part(service, GOOD, id="r1"), part(service, GOOD, id="r2")])
    nameless = service.batch([part(service, GOOD), part(service, GOOD)])

    assert named.status_code == 200
    assert [(each["id"], each["status"], each["body"]["lineNumber"]) for each in named.json()["responses"]] == [
        ("r1", 201, 10000),
        ("r2", 201, 20000),
    ]
    assert [each["id"] for each in nameless.json()["responses"]] == [None, None]


@pytest.mark.parametrize(
    ("headers", "answers", "stored"),
    [
        ({}, [201, 400], 1),
        ({"Prefer": "odata.continue-on-error"}, [201, 400, 201], 2),
        ({"Prefer": "continue-on-error=true"}, [201, 400, 201], 2),
        ({"Isolation": "snapshot"}, [201, 400], 0),
        ({"Isolation": "snapshot", "Prefer": "odata.continue-on-error"}, [201, 400, 201], 0),
    ],
    ids=["stops", "goes on", "goes on too", "takes back", "takes back after all"],
)
def test_64_a_failing_part_stops_the_batch_unless_told_otherwise(
    service: Service, headers: dict[str, str], answers: list[int], stored: int
) -> None:
    reply = service.batch([part(service, body) for body in (GOOD, BAD, GOOD)], **headers)

    assert (reply.status_code, statuses(reply.json())) == (200, answers)
    assert len(service.lines()) == stored


def test_64_a_batch_in_isolation_without_failure_stays(service: Service) -> None:
    service.batch([part(service, GOOD), part(service, GOOD)], Isolation="snapshot")

    assert len(service.lines()) == 2


def test_65_a_patch_carries_its_etag_in_the_part(service: Service) -> None:
    line = service.create(GOOD)
    change = {"method": "PATCH", "url": f"{service.company}/customerPayments({line['id']})", "body": {"amount": -2}}
    headers = {"Content-Type": "application/json", "If-Match": line["@odata.etag"]}

    without = service.batch([change]).json()["responses"][0]
    with_tag = service.batch([{**change, "headers": headers}]).json()["responses"][0]

    assert error(without)[:2] == (400, "BadRequest_InvalidToken")
    assert (with_tag["status"], with_tag["body"]["amount"]) == (200, -2)


def test_66_a_batch_has_at_most_100_parts(service: Service) -> None:
    most = service.batch([part(service, GOOD) for _ in range(100)])
    too_many = service.batch([part(service, GOOD) for _ in range(101)])

    assert statuses(most.json()) == [201] * 100
    status, code, text = error(too_many)
    assert (status, code) == (400, "Unknown")
    assert "contains too many parts. A maximum number of '100' query operations" in text
    assert len(service.lines()) == 100
