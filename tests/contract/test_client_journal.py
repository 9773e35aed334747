"""Creating the journal itself, which happens once, by hand, and may fail in every way a request can."""

import httpx
import pytest

from importer.errors import AccessDenied, ConfigurationError, ImporterError, OutcomeUnknown, ServerUnavailable
from tests.contract.service import Fault, Service, after, before, instead, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(monkeypatch)


def test_a_journal_that_is_missing_can_be_created(service: Service) -> None:
    with service.client(journal="NEW") as client:
        created = client.create_journal("Bank import")
        assert (created.code, created.name) == ("NEW", "Bank import")
        assert client.journal == created


def test_a_journal_that_exists_is_not_created_again(service: Service) -> None:
    with service.client() as client, pytest.raises(ConfigurationError, match="EntityWithSameKeyExists"):
        client.create_journal("again")


@pytest.mark.parametrize(
    ("fault", "error", "is_there"),
    [
        (instead(403), AccessDenied, False),
        (
            instead(400, body=b'{"error":{"code":"Application_DialogException","message":"no"}}'),
            ConfigurationError,
            False,
        ),
        (instead(500), OutcomeUnknown, False),
        (instead(408), OutcomeUnknown, False),
        (instead(201, body=b"{}"), OutcomeUnknown, False),
        (after(httpx.ReadTimeout), OutcomeUnknown, True),
        (before(httpx.ReadTimeout), OutcomeUnknown, False),
        (before(httpx.ConnectError), ServerUnavailable, False),
    ],
)
def test_what_went_wrong_is_told_as_it_is(
    service: Service, fault: Fault, error: type[ImporterError], *, is_there: bool
) -> None:
    with service.client(journal="NEW") as client:
        assert client.company.name == "CRONUS"
        service.wire.faults = [fault] * 6
        with pytest.raises(error):
            client.create_journal("Bank import")
        service.wire.faults = []
        assert ("NEW" in [journal.code for journal in client.journals()]) is is_there
