"""A token is renewed in time and once when refused; refused credentials end the run and show nothing."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from importer.bc.auth import AccessKey, Auth, ClientSecret, Token
from importer.errors import AccessDenied, ImporterError, ServerUnavailable
from importer.ports import NotApplied
from importer.sandbox.behaviour import Behaviour
from tests.contract.authority import CANARY, LOCAL, LOGIN, Login, login_beside, service_with_secret
from tests.contract.service import Fault, Service, before, instead, on_account, start


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    return service_with_secret(monkeypatch)


@pytest.fixture
def login(service: Service) -> Login:
    return login_beside(service)


ISSUERS = [LOGIN, LOCAL]
TEMPORARY = [before(httpx.ConnectError), before(httpx.ReadTimeout), instead(500), instead(503), instead(429)]


@pytest.mark.parametrize("authority", ISSUERS)
def test_a_token_that_ends_every_few_requests_is_renewed_each_time(
    authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    service = start(monkeypatch, behaviour=Behaviour(token_requests=2))
    login = Login(service.wire)
    service.time = datetime.now(UTC)
    # The authority issues a new token each time it is asked.
    login.faults = [None, *[lambda _, serve: (service.sandbox.renew_token(), serve())[1]] * 9]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        books = client.snapshot()
        replies = client.create([on_account(books.customers[0], "BI1A", 300_000_001)])
        assert [type(reply).__name__ for reply in replies] == ["Applied"]
        assert len(client.journal_lines()) == 1
    assert len(login.forms) == 4


@pytest.mark.parametrize("authority", ISSUERS)
def test_a_token_is_fetched_once_and_again_shortly_before_it_ends(
    service: Service, login: Login, authority: str
) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        client.snapshot()
        service.time += timedelta(minutes=50)
        client.journal_lines()
        assert len(login.forms) == 1
        service.time += timedelta(minutes=6)
        client.journal_lines()
    assert len(login.forms) == 2


@pytest.mark.parametrize("authority", ISSUERS)
@pytest.mark.parametrize("fault", TEMPORARY)
def test_a_token_is_asked_for_again_when_nobody_could_say_yes_or_no(
    service: Service, login: Login, authority: str, fault: Fault
) -> None:
    login.faults = [fault, fault]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert service.waits == [0.5, 1.0]
    login.faults = [fault] * 6
    with service.client(auth=auth, transport=login) as client, pytest.raises(ServerUnavailable):
        client.companies()


def token(**changes: object) -> Fault:
    """A token answer of which something is otherwise."""
    return instead(
        200, body=json.dumps({"token_type": "Bearer", "access_token": "a", "expires_in": 3600} | changes).encode()
    )


ODD = {
    "a page": instead(200, body=b"<html>Sign in</html>"),
    "a page of a proxy": instead(407, body=b"<html>Proxy</html>"),
    "nothing": instead(200),
    "a redirect": instead(302, location="https://elsewhere.example.com"),
    "a list": instead(200, body=b"[]"),
    "no token": token(access_token=None),
    "a token that is a number": token(access_token=5),
    "an empty token": token(access_token=""),
    "an end that is nothing": token(expires_in=None),
    "an end beyond all clocks": token(expires_in=10**30),
    "an end that is no number": token(expires_in="soon"),
    "an end in digits of another script": token(expires_in="²"),
}


@pytest.mark.parametrize("authority", ISSUERS)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_answer_that_is_neither_a_token_nor_a_refusal_is_asked_for_again(
    service: Service, login: Login, odd: Fault, authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    login.faults = [odd]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client:
        client.companies()
    assert (service.waits, "Traceback" in caplog.text) == ([0.5], False)
    login.faults = [odd] * 9
    with (
        service.client(auth=auth, transport=login) as client,
        pytest.raises(ServerUnavailable, match="No token could be"),
    ):
        client.companies()


def test_a_token_of_which_nobody_says_how_long_it_lives_is_used_until_it_is_refused(
    service: Service, login: Login
) -> None:
    login.faults = [instead(200, body=json.dumps({"access_token": service.sandbox.token}).encode())]
    with service.client(auth=ClientSecret("tenant-a", "client-a", "env:SECRET", LOCAL), transport=login) as client:
        client.companies()
        service.time += timedelta(days=2)
        client.companies()
    assert len(login.asked) == 1


REFUSED = instead(401, body=b'{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}')


@pytest.mark.parametrize("authority", ISSUERS)
def test_refused_credentials_end_the_run_at_once_and_the_secret_is_not_told(
    service: Service, login: Login, authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login.faults = [REFUSED]
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
    with service.client(auth=auth, transport=login) as client, pytest.raises(AccessDenied) as caught:
        client.companies()
    assert "AADSTS7000215" in str(caught.value)
    assert service.waits == []
    assert CANARY not in str(caught.value) + caplog.text + repr(auth) + repr(client)


@pytest.mark.parametrize("auth", [Token("env:BC_TOKEN"), AccessKey("sandbox", "env:BC_TOKEN")])
def test_a_second_refusal_is_final(service: Service, auth: Auth) -> None:
    service.sandbox.renew_token()
    with service.client(auth=auth) as client, pytest.raises(AccessDenied):
        client.companies()
    assert len(service.wire.requests) == 2


def test_a_renewed_token_in_a_file_is_read_again(service: Service, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sandbox")
    with service.client(auth=Token(f"file:{tmp_path / 'token'}")) as client:
        client.companies()
        (tmp_path / "token").write_text(service.sandbox.renew_token())
        assert len(client.companies()) == 2


def test_lines_that_lack_a_permission_are_not_applied_and_say_so(service: Service) -> None:
    with service.client() as client:
        books = client.snapshot()
        payments = [on_account(books.customers[0], f"BI1{number}", number) for number in (1, 2)]
        for fault in (instead(403), instead(401)):
            service.wire.faults = [fault, fault]
            replies = client.create(payments)
            assert {type(reply) for reply in replies} == {NotApplied}
            assert all(isinstance(reply, NotApplied) and reply.code.startswith("Auth") for reply in replies)


def test_without_credentials_nothing_is_written_and_nothing_is_unknown(service: Service, login: Login) -> None:
    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOCAL)
    with service.client(auth=auth, transport=login) as client:
        books = client.snapshot()
        service.time += timedelta(hours=2)
        login.faults = [REFUSED]
        asked = len(service.wire.requests)
        [reply] = client.create([on_account(books.customers[0], "BI1A", 1)])
        assert isinstance(reply, NotApplied)
        assert reply.code == "Authentication_InvalidCredentials"
        assert len(service.wire.requests) == asked


@pytest.mark.parametrize("fault", [REFUSED, instead(503), before(httpx.ConnectError)])
def test_what_a_batch_answered_counts_although_no_new_token_is_to_be_had(
    service: Service, login: Login, fault: Fault
) -> None:
    def second_part_refused_late(_: httpx.Request, serve: Callable[[], httpx.Response]) -> httpx.Response:
        answer = json.loads(serve().read())
        answer["responses"][1] |= {"status": 401, "body": {"error": {"code": "Unauthorized", "message": "no"}}}
        service.time += timedelta(minutes=5)
        return httpx.Response(200, json=answer)

    auth = ClientSecret("tenant-a", "client-a", "env:SECRET", LOCAL)
    with service.client(auth=auth, transport=login) as client:
        books = client.snapshot()
        service.time += timedelta(minutes=54)
        service.wire.faults, login.faults = [second_part_refused_late], [fault] * 9
        replies = client.create([on_account(books.customers[0], f"BI1{number}", number) for number in (1, 2)])
        assert [type(reply).__name__ for reply in replies] == ["Applied", "NotApplied"]


def test_the_authority_cannot_send_the_secret_elsewhere(service: Service) -> None:
    asked: list[str] = []

    def astray(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.method == "POST":
            return httpx.Response(307, headers={"location": "https://evil.example/token"})
        evil = dict.fromkeys(("issuer", "authorization_endpoint", "token_endpoint"), "https://evil.example/x")
        return httpx.Response(200, json=evil)

    for authority in ISSUERS:
        auth = ClientSecret("tenant-a", "client-a", "env:SECRET", authority)
        with service.client(auth=auth, transport=httpx.MockTransport(astray)) as client, pytest.raises(ImporterError):
            client.companies()
    assert "evil.example" not in asked
