"""`tocsin prune`. Imports stand inside, as in `commands`."""

import os
from typing import Annotated

import typer

from bot.cli.commands import cli
from bot.ids import MOST_NUMBER


@cli.command(epilog="Example: tocsin prune --older-than 90d")
def prune(
    older_than: Annotated[
        str | None, typer.Option(help="Incidents over and not heard of since, such as 90d.")
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_NUMBER, help="All but so many of the newest incidents."),
    ] = None,
) -> None:
    """Remove what is over and need not be kept; without options as TOCSIN_KEEP says.

    What is open stays, and so does the audit. It may run beside the bot, and be stopped.
    """
    from bot import setting_texts
    from bot.cli.opening import opened_for
    from bot.clock import utc_now
    from bot.config_load import load_partly
    from bot.work.prune import Keep, prune_once

    try:
        age = setting_texts.age(older_than) if older_than is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from error
    wanted = Keep(age, keep)
    if wanted.is_all:
        settings = load_partly(os.environ)
        wanted = Keep(settings.keep, settings.keep_most)
    if wanted.is_all:
        raise typer.BadParameter("say --older-than 90d or --keep 100000, or set TOCSIN_KEEP")
    done = opened_for(lambda database: prune_once(database, wanted, now=utc_now()))
    typer.echo(
        f"Removed {done.incidents} incidents, {done.callbacks} callbacks, {done.notices} notices."
    )
