"""Credentials: references, not values; *** in every view; renewed in time and no oftener."""

import pickle
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from importer.bc.auth import (
    AccessKey,
    Auth,
    Certificate,
    ClientSecret,
    Credentials,
    Grant,
    ManagedIdentity,
    Secret,
    Token,
    basic,
    bearer,
    principal,
    secret,
)
from importer.errors import ConfigurationError

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CANARY = "canary-5d1f"


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


def test_a_reference_leads_to_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BC_TOKEN", f"  {CANARY}\n")
    assert secret("env:BC_TOKEN").reveal() == CANARY


def test_a_reference_leads_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{CANARY}\r\n")
    (tmp_path / "certificate.pfx").write_bytes(b"\x30\x82\xff\x00\n")
    assert secret(f"file:{tmp_path / 'key'}").reveal() == CANARY
    assert secret(f"file:{tmp_path / 'certificate.pfx'}").value == b"\x30\x82\xff\x00\n"


def test_a_missing_secret_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BC_TOKEN", raising=False)
    (tmp_path / "empty").write_text(" \n")
    for reference, words in [
        ("env:BC_TOKEN", "environment variable BC_TOKEN"),
        (f"file:{tmp_path / 'none'}", "none cannot be read"),
        (f"file:{tmp_path / 'empty'}", "empty is empty"),
    ]:
        with pytest.raises(ConfigurationError, match=words):
            secret(reference)


@pytest.mark.parametrize("reference", [CANARY, "env:", "file:", "", f"plain:{CANARY}"])
def test_a_value_in_place_of_a_reference_is_refused_and_not_repeated(reference: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        secret(reference)
    assert CANARY not in str(caught.value)


def test_a_secret_shows_itself_nowhere() -> None:
    hidden = Secret(CANARY.encode())
    views = [repr(hidden), str(hidden), f"{hidden}", repr([hidden]), repr(Grant(hidden)), f"{hidden!r:>5}"]
    assert not any(CANARY in view for view in views)
    assert repr(hidden) == "***"


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY.encode()))


def test_a_traceback_with_locals_does_not_show_a_secret() -> None:
    def fail(credentials: Credentials) -> None:
        header = credentials.header()
        raise RuntimeError(f"with {header}")

    with pytest.raises(RuntimeError) as caught:
        fail(Credentials(lambda: Grant(Secret(CANARY.encode())), Clock()))
    lines = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert CANARY not in "".join(lines)


def test_a_header_holds_a_bearer_token_or_user_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "pässword")
    assert bearer("abc.def").reveal() == "Bearer abc.def"
    assert basic(AccessKey("ADMIN", "env:KEY")).reveal() == "Basic QURNSU46cMOkc3N3b3Jk"


@pytest.mark.parametrize("token", ["a b", "a\nX-Other: 1", "tökén", "a\x00"])
def test_a_token_that_could_bring_a_header_of_its_own_is_refused(token: str) -> None:
    with pytest.raises(ConfigurationError):
        bearer(token)


def test_a_user_name_with_a_colon_cannot_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "x")
    with pytest.raises(ConfigurationError, match="colon"):
        basic(AccessKey("A:B", "env:KEY"))


class Issuer:
    """Hands out numbered tokens and counts them."""

    def __init__(self, clock: Clock, life: timedelta | None) -> None:
        self.clock, self.life, self.count = clock, life, 0

    def __call__(self) -> Grant:
        self.count += 1
        return Grant(bearer(f"t{self.count}"), None if self.life is None else self.clock() + self.life)


@pytest.mark.parametrize(
    ("life", "kept", "renewed"),
    [
        (timedelta(hours=1), timedelta(minutes=54, seconds=59), timedelta(minutes=55)),
        (timedelta(seconds=50), timedelta(seconds=39), timedelta(seconds=40)),
    ],
)
def test_a_token_is_kept_until_shortly_before_it_ends(life: timedelta, kept: timedelta, renewed: timedelta) -> None:
    clock = Clock()
    credentials = Credentials(Issuer(clock, life), clock)
    seen = [credentials.header().reveal()]
    for moment in (kept, renewed):
        clock.time = START + moment
        seen.append(credentials.header().reveal())
    assert seen == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_token_without_an_end_is_kept() -> None:
    clock = Clock()
    credentials = Credentials(Issuer(clock, None), clock)
    credentials.header()
    clock.time += timedelta(days=30)
    assert credentials.header().reveal() == "Bearer t1"


def test_a_refused_token_is_fetched_anew_but_only_once_for_all() -> None:
    clock = Clock()
    issuer = Issuer(clock, timedelta(hours=1))
    credentials = Credentials(issuer, clock)
    refused = credentials.header()
    credentials.renew(refused)
    assert credentials.header().reveal() == "Bearer t2"
    credentials.renew(refused)
    assert credentials.header().reveal() == "Bearer t2"
    assert issuer.count == 2


@pytest.mark.parametrize(
    ("auth", "name"),
    [
        (Token("env:BC_TOKEN"), "token env:BC_TOKEN"),
        (ClientSecret("t", "c", "env:S"), "application c of t"),
        (Certificate("t", "c", "file:cert.pem"), "application c of t"),
        (ManagedIdentity("c"), "managed identity c"),
        (AccessKey("ADMIN", "env:K"), "user ADMIN"),
    ],
)
def test_companies_of_one_principal_are_known_by_its_name(auth: Auth, name: str) -> None:
    assert principal(auth) == name
