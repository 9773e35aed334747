"""The command line: one file per noun, no decisions. Modules are imported when their command is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from importer import __version__
from importer.cli.telling import tell_error
from importer.collection import collect_seldom
from importer.errors import ImporterError
from importer.processor import switch_threads_often

# Pydantic would look for plugins in every installed package, which takes time and would let them see what it checks.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# In the order a newcomer needs them, each with what it does: the list of commands is shown without loading any.
_COMMANDS = {
    "demo": "Show the main job on sample data, against a sandbox.",
    "preview": "Show what an import would do, line by line; write nothing.",
    "import": "Create the certain payments; the others wait for a person.",
    "apply": "Carry out a saved plan or a filled-in review.",
    "nightly": "Import every company's inbox; safe under cron.",
    "worker": "Take queued jobs, on as many machines as you like.",
    "run": "List, show, settle, certify or undo runs.",
    "purge": "Clear old personal data; keep what prevents doubles.",
    "mapping": "Bank layouts: list, show, detect, check, new.",
    "matching": "Check the matcher on cases; explain one line.",
    "payer": "Who pays for which customer: list, import, export.",
    "customer": "Change customer master data from CSV or Excel.",
    "company": "The configured companies: list, check.",
    "sandbox": "Run a local Business Central to try things on.",
}
_MODULES = {"import": "import_"}  # where the name is a word of Python


class _Commands(click.Group):
    """The commands in the order a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"importer.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="importer")
def cli() -> None:  # the \b below are click's marks for "keep these lines"
    """Bank exports become customer payment journal lines in Business Central, exactly once.

    \b
    Try it without anything:      importer demo
    See what an import would do:  importer preview bank.csv
    Do it:                        importer import bank.csv
    Bank not recognised?          importer mapping detect bank.csv

    Settings are in importer.toml (--config, else $IMPORTER_CONFIG, else ./importer.toml). Rows go to stdout,
    progress and messages to stderr.

    \b
    Exit codes: 0 done · 2 usage · 3 done, but lines wait for review or were rejected · 4 a file was rejected as
    a whole · 5 an outcome is still unknown, run again later · 6 integrity alarm · 69 server unavailable ·
    74 ledger or disk · 75 temporary, try again · 77 access denied · 78 configuration · 1 a bug
    """  # noqa: D301 - the backslashes must be interpreted


def main() -> None:
    """Run the command line; an expected error is one message on stderr and its exit code, never a traceback."""
    collect_seldom()
    switch_threads_often()
    try:
        code = cli.main(standalone_mode=False)
    except ImporterError as error:
        tell_error(error)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("importer: stopped; what was sent is in the ledger, the next import settles it", err=True)
        code = 130
    sys.exit(int(code or 0))
