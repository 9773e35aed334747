from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from importer.config import Mail, Nightly, Notify, Webhook, load_configuration
from importer.errors import ConfigurationError

SETTINGS = """
state = "state/importer.db"
[nightly]
workers = 4
deadline = "90m"
log = "logs/nightly.log"
[notify]
when = "always"
healthcheck = "env:CHECK"
[notify.mail]
host = "mail.example"
user = "importer"
password = "file:password"
from = "importer@example.com"
to = ["a@example.com"]
[notify.webhook]
kind = "teams"
url = "env:HOOK"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "importer.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_setting_of_a_night_arrives(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, SETTINGS))
    assert configuration.nightly == Nightly(
        workers=4, deadline=timedelta(minutes=90), log=tmp_path / "logs/nightly.log"
    )
    mail = {"host": "mail.example", "user": "importer", "password": "file:password"}
    assert configuration.notify == Notify(
        when="always",
        healthcheck="env:CHECK",
        mail=Mail.model_validate({**mail, "from": "importer@example.com", "to": ("a@example.com",)}),
        webhook=Webhook(kind="teams", url="env:HOOK"),
    )


def test_without_settings_nobody_is_told_and_companies_come_one_by_one(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, 'state = "importer.db"\n'))
    assert (configuration.nightly, configuration.notify) == (Nightly(), Notify())
    assert (configuration.nightly.workers, configuration.notify.when) == (1, "needed")


WRONG = {
    "unknown section": ("[nightly]", "[nightli]", 'nightli: unknown key; the nearest is "nightly"'),
    "unknown nightly key": ("workers =", "worker =", 'nightly.worker: unknown key; the nearest is "workers"'),
    "unknown notify key": ("when =", "wenn =", 'notify.wenn: unknown key; the nearest is "when"'),
    "unknown mail key": ("host =", "hots =", 'notify.mail.hots: unknown key; the nearest is "host"'),
    "a name inside": ("from =", "sender =", 'notify.mail.sender: unknown key; the nearest is "'),
    "unknown webhook key": ("kind =", "kinds =", 'notify.webhook.kinds: unknown key; the nearest is "kind"'),
    "unknown chat": ('"teams"', '"irc"', "notify.webhook.kind: Input should be 'teams' or 'slack'"),
    "a secret URL": ('"env:HOOK"', '"https://chat.example/x"', "notify.webhook.url: is a reference"),
    "a secret healthcheck": ('"env:CHECK"', '"https://hc.example/x"', "notify.healthcheck: is a reference"),
    "no workers": ("workers = 4", "workers = 0", "nightly.workers: Input should be greater than 0"),
    "no time": ('"90m"', '"never"', "nightly.deadline: must be a whole number with s, m or h"),
}


@pytest.mark.parametrize(("found", "put", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, found: str, put: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(written(tmp_path, SETTINGS.replace(found, put, 1)))
    assert f"  {message}" in str(refused.value)


@pytest.mark.parametrize("section", ["nightly", "notify"])
def test_a_section_that_is_none_is_said(tmp_path: Path, section: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{section}: "):
        load_configuration(written(tmp_path, f'state = "importer.db"\n{section} = "yes"\n'))
