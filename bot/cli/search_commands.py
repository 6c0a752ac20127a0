"""Commands that look things up. Imports stand inside the commands, as in `commands`.

A query may be one argument or several. No option here has one letter: `-metric:cpu` is a
condition of the search and must not be taken for options.
"""

import re
from pathlib import Path
from typing import Annotated

import typer

QUERY = "The search language, as in Slack: `/alarms help search` explains it."

_OPTION = re.compile(r"--[a-z][a-z-]*(?:=.*)?", re.DOTALL)


def _no_option(words: list[str] | None) -> list[str] | None:
    """Two dashes begin no condition: what looks like an option is a misspelt one."""
    for word in words or ():
        if _OPTION.fullmatch(word):
            raise typer.BadParameter(f"there is no option {word}; --help lists those there are")
    return words


Query = Annotated[list[str], typer.Argument(metavar="QUERY", help=QUERY, callback=_no_option)]
MaybeQuery = Annotated[
    list[str] | None, typer.Argument(metavar="QUERY", help=QUERY, callback=_no_option)
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="How many at most; 50 on the screen, all in a file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
File = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file for spreadsheets.")
]

_SETTINGS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def search(query: Query, limit: Limit = None, as_json: AsJson = False, csv: File = None) -> None:
    """Search the whole history of incidents."""
    _incidents(query, limit, as_json=as_json, csv=csv)


def incidents(
    query: MaybeQuery = None, limit: Limit = None, as_json: AsJson = False, csv: File = None
) -> None:
    """List incidents, the newest first; all, or those that a search finds."""
    _incidents(query or [], limit, as_json=as_json, csv=csv)


def alarms(
    query: MaybeQuery = None, limit: Limit = None, as_json: AsJson = False, csv: File = None
) -> None:
    """List alarms: what each rule watches on each instance; all, or those that a search finds."""
    from bot.cli import searching

    searching.tell_alarms(query or [], limit=limit, as_json=as_json, csv=csv)


def _incidents(query: list[str], limit: int | None, *, as_json: bool, csv: Path | None) -> None:
    from bot.cli import searching

    searching.tell_incidents(query, limit=limit, as_json=as_json, csv=csv)


def add_to(cli: typer.Typer) -> None:
    """Make them commands of the program."""
    example = "Example: tocsin search severity:critical 'metric:CPU*' since:7d acked:no 'free text'"
    cli.command(epilog=example, context_settings=_SETTINGS)(search)
    example = "Example: tocsin incidents state:open sort:severity --csv open.csv"
    cli.command(epilog=example, context_settings=_SETTINGS)(incidents)
    example = "Example: tocsin alarms 'instanceId:i-bp1*' --json"
    cli.command(epilog=example, context_settings=_SETTINGS)(alarms)
