"""Commands that look back: statistics, and the history of an alarm. Imports stand inside."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.act_commands import Number
from bot.cli.commands import Json, cli
from bot.ids import MOST_NUMBER


class Back(StrEnum):
    """How far back a history looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"


@cli.command(epilog="Example: tocsin stats 30d --json")
def stats(
    time: Annotated[
        str,
        typer.Argument(
            metavar="RANGE", help="7d, 24h, today, 2026-11, 2026-11-01..2026-11-05; days of TZ."
        ),
    ] = "7d",
    as_json: Json = False,
) -> None:
    """Count what fired, how soon people took it and it ended, and what makes the noise."""
    from bot.cli import acting
    from bot.cli import stats as the_stats

    made = acting.run(lambda database: the_stats.statistics(database, time))
    typer.echo(the_stats.stats_json(made) if as_json else the_stats.stats_text(made))


@cli.command(epilog="Example: tocsin history 42 --span 30d --rule")
def history(
    number: Number,
    span: Annotated[Back, typer.Option(help="How far back.")] = Back.WEEK,
    rule: Annotated[bool, typer.Option("--rule", help="All instances of the rule.")] = False,
    before: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_NUMBER, help="Continue the list of incidents before this number."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what an incident's alarm did before: its values as a picture, and its incidents."""
    from bot.cli import acting
    from bot.cli import stats as the_stats
    from bot.rules.history import Span

    found = acting.run(
        lambda database: the_stats.past(
            database, number, span=Span(span.value), whole_rule=rule, before_id=before
        )
    )
    typer.echo(the_stats.history_json(found) if as_json else the_stats.history_text(found))
