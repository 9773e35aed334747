"""What commands say in plain lines: nothing of a stranger can steer the terminal, no account number is whole."""

from __future__ import annotations

import click

from importer.errors import ImporterError, OtherAccount


def tell(message: str) -> None:
    """A message on stderr; its own line ends stay."""
    click.echo("\n".join(map(_harmless, message.split("\n"))), err=True)


def tell_error(error: ImporterError) -> None:
    """Why a run ended or a file was refused, on stderr. Two accounts of ours that are to be compared are whole."""
    if isinstance(error, OtherAccount):
        click.echo(_printable(f"importer: {error}"), err=True)
    else:
        tell(f"importer: {error}")


def show_row(*cells: object) -> None:
    """One row on stdout, its cells separated by tabs; empty ones at the end are left out."""
    click.echo("\t".join(_harmless(str(cell)) for cell in cells).rstrip())


def _harmless(text: str) -> str:
    from importer.reports.printable import mask_text

    return mask_text(_printable(text))


def _printable(text: str) -> str:
    from importer.reports.printable import printable

    return printable(text)
