"""The HTML page of a night: everything escaped, no script, no request, and a policy in the page that says so."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from importer.money import Money
from importer.reports.printable import printable

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent


def render(**shown: object) -> str:
    """The page with these values; see page.html for their names."""
    style = (_FOLDER / "page.css").read_text(encoding="utf-8").strip()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return _template().render(style=style, policy=policy, **shown)


def _shown(value: object) -> object:
    """Everything the template prints passes here, before it is escaped."""
    if isinstance(value, Money):
        return str(value).removesuffix(f" {value.currency}")
    return printable(value) if type(value) is str else value


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    ).get_template("page.html")
