from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any  # JSON has no better type

import pytest

from importer.config import Mail, Notify, Webhook
from importer.errors import ConfigurationError, Exit, ServerUnavailable
from importer.fleet.faces import MEANINGS, night_message
from importer.fleet.values import Became, CompanyNight, FileNight, Night
from importer.money import Money
from importer.notify import Message, ping_end, ping_start, post_to_chat, send_mail, tell
from importer.reports.labels import State
from importer.reports.rows import StateTotal, Sums
from tests.unit.mail_server import mail_server, make_certificate

MESSAGE = Message("Bank import: something waits for a person", ("alpha: 3 lines wait.", "Exit code 3."))


@dataclass
class Chat:
    """Where posts arrive: their paths and bodies."""

    url: str
    posts: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def chat() -> Iterator[Chat]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.posts.append((self.path, body))
            self.send_response(heard.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        heard = Chat(f"http://127.0.0.1:{server.server_address[1]}/hook/4711")
        yield heard
        server.shutdown()
        thread.join()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path / "mail.pem")


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("MAIL_PASSWORD", "a secret")
    return certificate


def mail(port: int, **settings: object) -> Mail:
    common = {"host": "127.0.0.1", "port": port, "from": "importer@example.com", "to": ("a@example.com",)}
    return Mail.model_validate({**common, **settings})


LOGGED_IN = {"user": "importer", "password": "env:MAIL_PASSWORD"}


def test_mail_goes_out_encrypted_before_the_password_is_said(trusted: Path) -> None:
    with mail_server("starttls", trusted) as server:
        send_mail(mail(server.port, to=("a@example.com", "b@example.com"), **LOGGED_IN), MESSAGE)
    encrypted = ("EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA", "QUIT")
    assert server.seen == ["EHLO", "STARTTLS", *(f"TLS {verb}" for verb in encrypted)]
    letter = server.letters[0]
    assert (letter["Subject"], letter["From"], letter["To"]) == (
        MESSAGE.subject,
        "importer@example.com",
        "a@example.com, b@example.com",
    )
    assert letter.get_content().splitlines() == ["alpha: 3 lines wait.", "Exit code 3."]


def test_mail_goes_out_over_tls_from_the_first_byte(trusted: Path) -> None:
    with mail_server("tls", trusted) as server:
        send_mail(mail(server.port, security="tls", **LOGGED_IN), MESSAGE)
    assert server.seen[0] == "TLS EHLO"
    assert len(server.letters) == 1


def test_a_mail_server_of_this_machine_needs_no_encryption(trusted: Path) -> None:
    with mail_server("none", trusted) as server:
        send_mail(mail(server.port, security="none"), MESSAGE)
    assert len(server.letters) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_with_a_strange_certificate_gets_no_password(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, security: Any
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "a secret")
    with mail_server(security, certificate) as server, pytest.raises(ServerUnavailable, match="certificate"):
        send_mail(mail(server.port, security=security, **LOGGED_IN), MESSAGE)
    assert "AUTH" not in " ".join(server.seen)


def test_a_mail_server_without_encryption_gets_no_password(trusted: Path) -> None:
    with mail_server("none", trusted) as server, pytest.raises(ServerUnavailable, match=r"STARTTLS .* `security`"):
        send_mail(mail(server.port, **LOGGED_IN), MESSAGE)
    assert server.seen == ["EHLO"]


@pytest.mark.parametrize(
    ("refuses", "said"),
    [
        ("AUTH", "it refuses user or password"),
        ("MAIL", "it refuses `from`"),
        ("RCPT", "it refuses everybody in `to`"),
        ("DATA", "SMTPDataError"),
    ],
)
def test_what_a_mail_server_refuses_is_said_without_what_it_quotes_back(trusted: Path, refuses: str, said: str) -> None:
    with mail_server("starttls", trusted, refuses) as server, pytest.raises(ServerUnavailable) as refused:
        send_mail(mail(server.port, **LOGGED_IN), MESSAGE)
    assert said in str(refused.value)
    assert "@" not in str(refused.value)
    assert server.letters == []


def test_a_mail_that_not_everybody_gets_is_told(trusted: Path) -> None:
    everybody = ("a@example.com", "gone@example.com", "b@example.com")
    with mail_server("starttls", trusted, "RCPT TO:<GONE@") as server:
        with pytest.raises(ServerUnavailable, match="refuses 1 of 3 in `to`, not all"):
            send_mail(mail(server.port, to=everybody, **LOGGED_IN), MESSAGE)
        assert len(server.letters) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"security": "none", "host": "mail.example"}, 'security "none" is for a mail server on this machine'),
        ({"user": "importer"}, "user and password belong together"),
        ({"user": "importer", "password": "a secret"}, "never the secret itself"),
        ({"to": ()}, "at least 1 item"),
    ],
)
def test_careless_mail_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mail(587, **settings)


def test_slack_gets_a_text(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", chat.url)
    post_to_chat(Webhook(kind="slack", url="env:HOOK"), MESSAGE)
    assert [(path, json.loads(body)) for path, body in chat.posts] == [
        ("/hook/4711", {"text": f"*{MESSAGE.subject}*\nalpha: 3 lines wait.\nExit code 3."})
    ]


def test_teams_gets_an_adaptive_card(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", chat.url)
    post_to_chat(Webhook(kind="teams", url="env:HOOK"), MESSAGE)
    posted = json.loads(chat.posts[0][1])
    card = posted["attachments"][0]
    assert (posted["type"], card["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert [block["text"] for block in card["content"]["body"]] == [MESSAGE.subject, *MESSAGE.lines]


def test_the_watcher_hears_beginning_and_end(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECK", chat.url)
    settings = Notify(healthcheck="env:CHECK")
    assert ping_start(settings) == ping_end(settings, MESSAGE, ending="") == ()
    assert ping_end(settings, MESSAGE, ending="/fail") == ()
    assert chat.posts == [
        ("/hook/4711/start", ""),
        ("/hook/4711", MESSAGE.text),
        ("/hook/4711/fail", MESSAGE.text),
    ]
    assert ping_start(Notify()) == ()


def test_whoever_cannot_be_told_is_said_and_the_others_are_told(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", chat.url)
    nobody = mail(9, security="none")
    failures = tell(Notify(mail=nobody, webhook=Webhook(kind="slack", url="env:HOOK")), MESSAGE)
    assert [failure.split(":")[0] for failure in failures] == ["mail"]
    assert len(chat.posts) == 1
    chat.status = 410
    failures = tell(Notify(webhook=Webhook(kind="slack", url="env:HOOK")), MESSAGE)
    assert failures == ("webhook: 127.0.0.1 answered 410; check the URL in the secret.",)


def test_a_webhook_is_https_and_its_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "http://chat.example/secret-4711")
    with pytest.raises(ConfigurationError) as refused:
        post_to_chat(Webhook(kind="slack", url="env:HOOK"), MESSAGE)
    assert "https://" in str(refused.value)
    assert "4711" not in str(refused.value)


def night(*companies: CompanyNight) -> Night:
    at = datetime(2026, 11, 20, 1, tzinfo=UTC)
    return Night("20261120-010000-abc", at, at, companies, "")


def totals(state: State, lines: int) -> tuple[StateTotal, ...]:
    return (StateTotal(state, Sums(lines, Money.of("10.00", "EUR"), Money.of(0, "EUR"))),)


def test_a_message_holds_numbers_and_nothing_personal() -> None:
    file = FileNight(
        "Kontoauszug Erika Musterfrau DE02120300000000202051.csv", Became.FAILED, "failed/x", reason="Erika"
    )
    told = night_message(
        night(
            CompanyNight("alpha", Exit.FILE_REJECTED, (file,), totals=totals(State.REVIEW, 2), gaps=("Erika 1.csv",)),
            CompanyNight("beta", Exit.DONE, totals=totals(State.CREATED, 7), remarks=("Erika",)),
            CompanyNight("gamma", Exit.UNAVAILABLE, (FileNight("b.csv", Became.KEPT, "b.csv"),), remarks=("Erika",)),
        )
    )
    assert told == Message(
        "Bank import: Business Central was not available; the next run does it",
        (
            f"alpha: {MEANINGS[Exit.FILE_REJECTED]} (4) · lines waiting: 2 · files failed: 1 · gaps between statements: 1",
            "gamma: Business Central was not available; the next run does it (69) · files not finished: 1",
            "Others: 1, all done · lines written: 7",
            "Night 20261120-010000-abc, exit code 69.",
        ),
    )


def test_a_calm_night_is_one_sentence() -> None:
    calm = night(CompanyNight("alpha", Exit.DONE, totals=totals(State.CREATED, 7)), CompanyNight("beta", Exit.DONE))
    assert (night_message(calm).lines[0], calm.needs_a_person) == ("Companies: 2, all done · lines written: 7", False)


@pytest.mark.parametrize("code", list(Exit))
def test_only_what_the_next_night_does_by_itself_needs_nobody(code: Exit) -> None:
    calm = code in {Exit.DONE, Exit.TEMPORARY}
    assert night(CompanyNight("alpha", code)).needs_a_person is not calm


def test_a_gap_needs_a_person_also_when_all_went_well() -> None:
    assert night(CompanyNight("alpha", Exit.DONE, gaps=(f"{date(2026, 11, 5)}",))).needs_a_person
