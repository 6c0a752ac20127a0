"""Every command, its options and its help.

Imports stand inside the commands: `tocsin --help` must not wait for a database library or a
web framework. A command that fails raises a TocsinError, whose text is the whole answer.
"""

import gc
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli import search_commands

_EXIT = "Exit codes: 0 done, 1 it failed (one line says why), 2 wrong usage."

cli = typer.Typer(
    name="tocsin",
    help=f"CloudMonitor alarms in Slack that a team can act on.\n\n{_EXIT}",
    epilog="First look: tocsin demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Mode(StrEnum):
    """How Slack reaches the bot."""

    HTTP = "http"
    SOCKET = "socket"


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RequestFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)
]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tocsin {__version__}")
        raise typer.Exit


@cli.callback()
def tocsin(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options that belong to no command."""


@cli.command(epilog="Example: TOCSIN_CHANNEL='#ops' tocsin serve")
def serve() -> None:
    """Run the bot: take callbacks, keep the cards in Slack true, until SIGTERM or Ctrl-C.

    Everything is set by environment variables; `tocsin doctor` checks them.
    """
    gc.disable()  # until all is imported and wired: it would only find that nothing is garbage
    from bot.config_load import load_settings

    settings = load_settings(os.environ)

    from bot import server
    from bot.doubts import doubts_of
    from bot.logs import set_up_logs

    set_up_logs(form=settings.log, level=settings.log_level, secrets=settings.secrets)
    server.serve(settings, doubts=doubts_of(os.environ))


@cli.command(epilog="Example: tocsin demo --port 9000")
def demo(
    port: Annotated[
        int,
        typer.Option(envvar="PORT", min=0, max=65535, help="Port of the page; 0: any free one."),
    ] = 8080,
    host: Annotated[str, typer.Option(envvar="HOST", help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Run the whole bot with a local Slack and sample alarms. Needs nothing else."""
    from bot import demo as the_demo

    the_demo.run(port=port, host=host)


@cli.command(epilog="Example: DATABASE_URL=postgresql://tocsin@db/tocsin tocsin migrate")
def migrate() -> None:
    """Upgrade the database to what this release needs. Safe to run twice, and side by side."""
    from bot.config_load import load_partly

    url = load_partly(os.environ).database_url

    from bot.store.migrate import upgrade
    from bot.store.revision import current

    upgrade(url)
    typer.echo(f"The database is at revision {current(url)}.")


@cli.command(epilog="Example: tocsin doctor --json")
def doctor(as_json: Json = False) -> None:
    """Check settings, database, Slack token, scopes and channels, and say how to mend each.

    Changes nothing and posts nothing. Exit 1 if anything is wrong.
    """
    from bot.cli import findings
    from bot.cli.doctor import examine

    found = examine(os.environ)
    typer.echo(findings.as_json(found) if as_json else findings.as_text(found))
    if any(finding.wrong for finding in found):
        raise typer.Exit(1)


@cli.command(epilog="Example: tocsin manifest --mode http --url https://tocsin.example.com")
def manifest(
    mode: Annotated[
        Mode | None, typer.Option(help="How Slack reaches the bot; http if there is a URL.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(envvar="TOCSIN_PUBLIC_URL", help="How the outside reaches the bot."),
    ] = None,
) -> None:
    """Print the Slack app's manifest, to be pasted where Slack creates an app."""
    from bot.cli import manifest as the_manifest

    typer.echo(the_manifest.text(mode=mode.value if mode else None, url=url))


@cli.command(epilog="Example: tocsin parse callback.http")
def parse(file: RequestFile) -> None:
    """Print what Tocsin understands of a request kept in a .http file, as JSON.

    A file with several messages gives a list. The file: header lines, an empty line, the
    body; X-Sample-Method and X-Sample-Query name the method (POST) and the query string.
    """
    from bot.cli import requests

    typer.echo(requests.understood(file))


@cli.command(
    epilog="Example: tocsin send callback.http --url http://127.0.0.1:8080/callbacks/SECRET"
)
def send(
    file: RequestFile,
    url: Annotated[
        str | None,
        typer.Option(
            help="Callback address with its token. "
            "Default: made from TOCSIN_PUBLIC_URL or PORT, and TOCSIN_CALLBACK_TOKENS."
        ),
    ] = None,
) -> None:
    """Send a request kept in a .http file to a running bot, and print the answer."""
    from bot.cli import requests

    typer.echo(requests.answer_to(file, url or requests.callback_url(os.environ)))


search_commands.add_to(cli)
