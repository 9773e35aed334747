"""Telling people of a night: by mail, into a chat, and to whoever watches that the nights go on at all.

What is told is a `Message` of numbers; nothing of a payer, a text or an account is ever in it. That somebody could not be
told changes nothing of what was written, it is said by the caller.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from importer.bc.auth import secret
from importer.config import Mail, Notify, Webhook
from importer.errors import ConfigurationError, ImporterError, ServerUnavailable

_LOG = logging.getLogger("importer.notify")
_TIMEOUT_S = 20.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told: a subject, and sentences."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences, one on each line."""
        return "\n".join(self.lines)


def tell(settings: Notify, message: Message) -> tuple[str, ...]:
    """Send the message everywhere it is wanted; what could not be sent is in the answer, with the reason."""
    ways: list[tuple[str, Callable[[], None]]] = []
    if settings.mail is not None:
        mail = settings.mail
        ways.append(("mail", lambda: send_mail(mail, message)))
    if settings.webhook is not None:
        webhook = settings.webhook
        ways.append(("webhook", lambda: post_to_chat(webhook, message)))
    return tuple(_failures(ways))


def ping_start(settings: Notify) -> tuple[str, ...]:
    """Tell the watcher that a night begins."""
    return _ping(settings, "/start", "")


def ping_end(settings: Notify, message: Message, *, ending: str) -> tuple[str, ...]:
    """Tell the watcher that a night ended.

    Args:
        ending: what is added to the URL: "" when the night could do its work, "/fail" when not.
    """
    return _ping(settings, ending, message.text)


def send_mail(mail: Mail, message: Message) -> None:
    """Send one mail to all who are to be told.

    Raises:
        ServerUnavailable: the mail server does not take it, or not for all of them.
        ConfigurationError: the password is missing.
    """
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = message.subject, mail.sender, ", ".join(mail.to)
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain="importer.invalid")
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    try:
        with _connected(mail) as server:
            if mail.user:
                server.login(mail.user, secret(mail.password).reveal())
            refused = server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerUnavailable(f"The mail server {mail.host} did not take the mail: {_said(error)}.") from error
    if refused:
        raise ServerUnavailable(
            f"The mail server {mail.host} refuses {len(refused)} of {len(mail.to)} in `to`, not all."
        )


def post_to_chat(webhook: Webhook, message: Message) -> None:
    """Post the message into a chat, in the shape that its kind wants.

    Raises:
        ServerUnavailable: the chat does not take it.
        ConfigurationError: the URL is missing or not https.
    """
    bodies: Mapping[str, Callable[[Message], object]] = {"slack": _slack, "teams": _teams}
    _call(_url(webhook.url, "notify.webhook.url"), bodies[webhook.kind](message))


def _connected(mail: Mail) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT_S, context=trust)
    server = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_S)
    if mail.security == "starttls":
        try:
            server.starttls(context=trust)
        except BaseException:
            server.close()
            raise
    return server


def _said(error: Exception) -> str:
    """What went wrong, without what the server quotes back: that may be an address."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"it refuses user or password ({error.smtp_code}); check [notify.mail]"
        case smtplib.SMTPRecipientsRefused():
            return "it refuses everybody in `to` of [notify.mail]"
        case smtplib.SMTPSenderRefused():
            return f"it refuses `from` of [notify.mail] ({error.smtp_code})"
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} ({error.smtp_code})"
        case smtplib.SMTPNotSupportedError() | smtplib.SMTPServerDisconnected():
            # Python's own words: no STARTTLS, no signing in, a connection that was lost.
            return f"{str(error).rstrip('.')}; check `security`, `port` and `user` of [notify.mail]"
        case _:
            return type(error).__name__ if isinstance(error, smtplib.SMTPException) else str(error)


def _slack(message: Message) -> object:
    return {"text": f"*{message.subject}*\n{message.text}"}


def _teams(message: Message) -> object:
    """An adaptive card, as a Teams workflow and an incoming webhook both take it."""
    texts = [{"type": "TextBlock", "text": line, "wrap": True} for line in message.lines]
    title = {"type": "TextBlock", "text": message.subject, "weight": "Bolder", "wrap": True}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [title, *texts],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "text": message.subject, "attachments": [attachment]}


def _ping(settings: Notify, ending: str, text: str) -> tuple[str, ...]:
    if not settings.healthcheck:
        return ()

    def call() -> None:
        _call(_url(settings.healthcheck, "notify.healthcheck").rstrip("/") + ending, text)

    return tuple(_failures([("healthcheck", call)]))


def _failures(ways: list[tuple[str, Callable[[], None]]]) -> Iterator[str]:
    for name, send in ways:
        try:
            send()
        except ImporterError as error:
            _LOG.error("nobody could be told by %s", name, extra={"error": type(error).__name__})
            yield f"{name}: {error}"


def _url(reference: str, setting: str) -> str:
    url = secret(reference).reveal()
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ConfigurationError(f"{setting} must lead to a URL that begins with https://.")
    return url


def _call(url: str, body: object) -> None:
    import httpx

    # The URL is a secret: only its host is ever named.
    host = urlsplit(url).hostname
    try:
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False) as client:
            sent = client.post(url, content=body) if isinstance(body, str) else client.post(url, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerUnavailable(f"{host} could not be reached: {type(error).__name__}.") from error
    if not sent.is_success:
        raise ServerUnavailable(f"{host} answered {sent.status_code}; check the URL in the secret.")
