"""Changes of customers as one HTML document without anything from elsewhere; texts of the file are escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from importer.reports.customers import CAPTIONS, CustomerReport, value
from importer.reports.files import write_private
from importer.reports.labels import NOTICE_MARKS
from importer.reports.printable import printable

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent


def customer_page(report: CustomerReport) -> str:
    """The report as one HTML document."""
    style = (_FOLDER / "page.css").read_text(encoding="utf-8").strip()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return _template().render(report=report, labels=CAPTIONS, marks=NOTICE_MARKS, style=style, policy=policy)


def write_customer_page(report: CustomerReport, path: Path) -> None:
    """Write the page for its owner alone (file mode 0600)."""
    write_private(path, customer_page(report).encode())


def _printable_value(shown: object) -> object:
    return printable(shown) if type(shown) is str else shown


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable_value,
    )
    environment.filters["value"] = value
    return environment.get_template("customer_page.html")
