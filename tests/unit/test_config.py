from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from importer.bc.auth import ClientSecret, Token
from importer.config import find_configuration, load_configuration
from importer.errors import ConfigurationError
from importer.matcher import MatchingSettings
from importer.model import Confidence

SMALL = """
state = "state/importer.db"
[company.cronus]
base_url = "https://bc.example/v2.0/t/Production/api/v2.0/"
company = "CRONUS International Ltd."
journal = "BANK"
currency = "EUR"
[company.cronus.auth]
kind = "token"
token = "env:BC_TOKEN"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "importer.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(written(folder, text))
    return str(refused.value)


def test_a_small_configuration_gets_the_careful_defaults(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, SMALL))
    company = configuration.find(None)
    assert configuration.state == str(tmp_path / "state/importer.db")
    assert company.base_url == "https://bc.example/v2.0/t/Production/api/v2.0"
    assert (company.name, company.api, company.auth) == ("cronus", "v2.0", Token("env:BC_TOKEN"))
    assert (company.settle_after, company.max_lines, company.max_total) == (
        timedelta(minutes=20),
        5000,
        Decimal("1000000.00"),
    )
    assert company.approved == {Confidence.HIGH}
    assert company.matching == MatchingSettings()


def test_every_setting_arrives(tmp_path: Path) -> None:
    text = SMALL.replace('state = "state/importer.db"', 'state = "postgresql://db/importer"').replace(
        'kind = "token"\ntoken = "env:BC_TOKEN"',
        'kind = "client-secret"\ntenant = "t"\nclient_id = "c"\nclient_secret = "file:secret"\n'
        '[company.cronus.matching]\nreferences = ["FI", "ISO11649"]\napprove = "medium"\ntolerance = "0.05"\n',
    )
    text = text.replace(
        'currency = "EUR"', 'currency = "EUR"\nsettle_after = "90s"\ninbox = "in/cronus"\naccounts = ["DE1"]'
    )
    configuration = load_configuration(written(tmp_path, text))
    company = configuration.find("cronus")
    assert configuration.state == "postgresql://db/importer"
    assert company.auth == ClientSecret("t", "c", "file:secret")
    assert company.settle_after == timedelta(seconds=90)
    assert company.inbox == tmp_path / "in/cronus"
    assert company.approved == {Confidence.HIGH, Confidence.MEDIUM}
    assert company.matching == replace(MatchingSettings(), references=("FI", "ISO11649"), tolerance=Decimal("0.05"))


WRONG = {
    "unknown key": (
        'journal = "BANK"',
        'jurnal = "BANK"',
        'company.cronus.jurnal: unknown key; the nearest is "journal"',
    ),
    "unknown auth key": (
        'token = "env:BC_TOKEN"',
        'tokn = "env:BC_TOKEN"',
        'company.cronus.auth.tokn: unknown key; the nearest is "token"',
    ),
    "secret in the file": (
        'token = "env:BC_TOKEN"',
        'token = "eyJhbGci"',
        'company.cronus.auth: token is a reference: "env:NAME" or "file:PATH", never the secret itself',
    ),
    "unknown kind": (
        'kind = "token"',
        'kind = "magic"',
        "company.cronus.auth: kind must be one of token, client-secret, certificate, managed-identity, access-key",
    ),
    "missing": ('journal = "BANK"', "", "company.cronus.journal: Field required"),
    "http": ('"https://bc.example', '"http://bc.example', "company.cronus.base_url: must begin with https://"),
    "password in the URL": (
        '"https://bc.example',
        '"https://me:x@bc.example',
        "company.cronus.base_url: a URL holds no user",
    ),
    "currency": ('"EUR"', '"Euro"', "company.cronus.currency: String should match pattern"),
    "no duration": (
        'journal = "BANK"',
        'journal = "BANK"\nsettle_after = "20 minutes"',
        'company.cronus.settle_after: must be a whole number with s, m or h, such as "20m"',
    ),
    "a number alone, which might be seconds or minutes": (
        'journal = "BANK"',
        'journal = "BANK"\nsettle_after = 20',
        'company.cronus.settle_after: must be a whole number with s, m or h, such as "20m"',
    ),
    "a duration beyond all clocks": (
        'journal = "BANK"',
        'journal = "BANK"\nsettle_after = "999999999999999h"',
        'company.cronus.settle_after: must be a whole number with s, m or h, such as "20m"',
    ),
    "brake off": (
        'journal = "BANK"',
        'journal = "BANK"\nmax_lines = 0',
        "company.cronus.max_lines: Input should be greater than 0",
    ),
    "negative tolerance": (
        "[company.cronus.auth]",
        '[company.cronus.matching]\ntolerance = "-0.05"\n[company.cronus.auth]',
        "company.cronus.matching: tolerance is -0.05; wanted is 0 or more.",
    ),
    "percentage over 100": (
        "[company.cronus.auth]",
        '[company.cronus.matching]\ntolerance_type = "Percentage"\ntolerance_value = "101"\n[company.cronus.auth]',
        "company.cronus.matching: tolerance_value is 101; wanted is a percentage, 100 at most.",
    ),
    "unknown scheme": (
        "[company.cronus.auth]",
        '[company.cronus.matching]\nreferences = ["FIN"]\n[company.cronus.auth]',
        'company.cronus.matching: There is no reference scheme "FIN"; there are: ',
    ),
    "pattern": (
        "[company.cronus.auth]",
        '[company.cronus.matching]\ninvoice_patterns = ["("]\n[company.cronus.auth]',
        'company.cronus.matching: invoice_patterns: "(" is no regular expression: ',
    ),
    "unknown api": ('journal = "BANK"', 'journal = "BANK"\napi = "v3.0"', "company.cronus.api: Input should be 'v2.0'"),
}


@pytest.mark.parametrize(("found", "put", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, found: str, put: str, message: str) -> None:
    assert f"  {message}" in refusal(tmp_path, SMALL.replace(found, put))


def test_all_unknown_keys_are_told_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'stat = "x"\n' + SMALL.replace("journal", "jurnal"))
    assert "stat: unknown key" in message
    assert "company.cronus.jurnal: unknown key" in message


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_http_is_accepted_on_this_machine(tmp_path: Path, host: str) -> None:
    path = written(tmp_path, SMALL.replace("https://bc.example", f"http://{host}:8080"))
    assert load_configuration(path).find(None).base_url == f"http://{host}:8080/v2.0/t/Production/api/v2.0"


def test_a_company_must_be_named_when_there_are_several(tmp_path: Path) -> None:
    second = SMALL[SMALL.index("[company") :].replace("cronus", "fabrikam")
    configuration = load_configuration(written(tmp_path, SMALL + second))
    for name in (None, "contoso"):
        with pytest.raises(ConfigurationError, match="configured are: cronus, fabrikam"):
            configuration.find(name)
    assert configuration.find("fabrikam").name == "fabrikam"


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"copy samples/importer\.toml"):
        load_configuration(tmp_path / "importer.toml")
    assert "cannot be read" in refusal(tmp_path, "state = ")


def test_the_configuration_is_the_option_else_the_environment_else_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTER_CONFIG", "there.toml")
    assert find_configuration(Path("given.toml")) == Path("given.toml")
    assert find_configuration(None) == Path("there.toml")
    monkeypatch.delenv("IMPORTER_CONFIG")
    assert find_configuration(None) == Path("importer.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('company = "x"', "company: every company has a section of its own, such as [company.cronus]"),
        ('[company]\nx = "y"', "company: every company has a section of its own, such as [company.cronus]"),
        ("[[company.cronus]]", "company: every company has a section of its own, such as [company.cronus]"),
        ('[company.cronus]\nauth = "y"', "company.cronus.auth: must be a section, [company.cronus.auth]"),
        ('[company.cronus]\nmatching = "y"', "company.cronus.matching: must be a section, [company.cronus.matching]"),
        ('[company.cronus.auth]\nkind = ["y"]', "company.cronus.auth.kind: must be a text"),
        ("[company.cronus]\ninbox = 5", "company.cronus.inbox: must be a path, a text in quotes"),
        ("mappings = 5", "mappings: must be a path, a text in quotes"),
        ('state = "a\\u0000b"', "state: must be a path, a text in quotes"),
        ("[nightly]\nlog = 5", "nightly.log: must be a path, a text in quotes"),
        ("nightly = 5", "nightly: must be a section, [nightly]"),
    ],
)
def test_what_has_not_the_shape_of_its_key_is_said_with_the_key(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "importer.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as wrong:
        load_configuration(path)
    assert str(wrong.value) == f"{path} is wrong:\n  {told}"


def test_a_configuration_that_an_editor_of_windows_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "importer.toml"
    path.write_bytes(b"\xef\xbb\xbf[company.cronus]\nauth = 1\n")
    with pytest.raises(ConfigurationError, match=r"company\.cronus\.auth: must be a section"):
        load_configuration(path)
