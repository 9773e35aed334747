"""What commands say in plain lines: nothing of a stranger can steer the terminal, no account number is whole."""

from __future__ import annotations

import click


def tell(message: str) -> None:
    """A message on stderr; its own line ends stay."""
    click.echo("\n".join(map(_harmless, message.split("\n"))), err=True)


def show_row(*cells: object) -> None:
    """One row on stdout, its cells separated by tabs; empty ones at the end are left out."""
    click.echo("\t".join(_harmless(str(cell)) for cell in cells).rstrip())


def _harmless(text: str) -> str:
    from importer.reports.printable import mask_text, printable

    return mask_text(printable(text))
