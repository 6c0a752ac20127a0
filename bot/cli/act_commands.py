"""Commands that act, and the audit. Imports stand inside, as in `commands`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands import Json, cli

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER…", min=1)]
Number = Annotated[int, typer.Argument(min=1)]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]


def _printed(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


@cli.command(epilog="Example: tocsin ack 42 43")
def ack(numbers: Numbers) -> None:
    """Acknowledge incidents, by their numbers."""
    from bot.cli import acting
    from bot.work.act import Verb

    typer.echo(acting.run(lambda database: acting.do(database, Verb.ACKNOWLEDGE, numbers)))


@cli.command(epilog='Example: tocsin note 42 "log rotation failed"')
def note(number: Number, text: Annotated[str, typer.Argument()]) -> None:
    """Add a note to an incident."""
    from bot.cli import acting
    from bot.work.act import Verb

    typer.echo(acting.run(lambda database: acting.do(database, Verb.NOTE, [number], text=text)))


@cli.command(epilog='Example: tocsin resolve 42 --reason "the host is gone"')
def resolve(
    numbers: Numbers, reason: Annotated[str, typer.Option(help="Why it is over.")] = ""
) -> None:
    """Close incidents by hand."""
    from bot.cli import acting
    from bot.work.act import Verb

    typer.echo(acting.run(lambda database: acting.do(database, Verb.RESOLVE, numbers, text=reason)))


@cli.command(
    epilog="Example: tocsin mute 'instanceId=i-bp1*' 'severity!=critical' --for 4h --reason deploy"
)
def mute(
    what: Annotated[
        list[str], typer.Argument(metavar="WHAT…", help="An incident's number, or conditions.")
    ],
    lasts: Annotated[
        str, typer.Option("--for", help="4h, 90m, 18:00, 'tomorrow 9:00', 'it recovers'.")
    ] = "1h",
    reason: Annotated[str, typer.Option(help="Why; the card says it.")] = "",
    as_json: Json = False,
) -> None:
    """Keep alarms quiet for a time, at most 7 days. Times of day are in the zone of TZ."""
    from bot.cli import acting

    made = acting.run(lambda database: acting.make_mute(database, what, lasts=lasts, reason=reason))
    if as_json:
        _printed(acting.mute_json(made, 0))
    else:
        typer.echo(acting.mutes_text([(made, 0)]))


@cli.command(epilog="Example: tocsin mutes --json")
def mutes(
    ended: Annotated[bool, typer.Option(help="Those that are over.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List mutes, the newest first."""
    from bot.cli import acting

    found = acting.run(lambda database: acting.mutes(database, ended=ended, limit=limit))
    if as_json:
        _printed([acting.mute_json(one, held) for one, held in found])
    else:
        typer.echo(acting.mutes_text(found))


@cli.command(epilog="Example: tocsin unmute 7")
def unmute(number: Number) -> None:
    """End a mute; what still fires comes back to its channel."""
    from bot.cli import acting

    typer.echo(acting.mutes_text([(acting.run(lambda db: acting.end_mute(db, number)), 0)]))


@cli.command(epilog="Example: tocsin extend 7 --for 2h")
def extend(
    number: Number,
    lasts: Annotated[
        str | None, typer.Option("--for", help="From now; by its own length if left out.")
    ] = None,
) -> None:
    """Let a mute last longer."""
    from bot.cli import acting

    found = acting.run(lambda database: acting.extend_mute(database, number, lasts))
    typer.echo(acting.mutes_text([(found, 0)]))


@cli.command(epilog="Example: tocsin audit --csv audit.csv")
def audit(
    incident: Annotated[int | None, typer.Option(min=1, help="Acts on this one alone.")] = None,
    limit: Limit = 100,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """What people did: who, what, before, after, from where. The newest first."""
    from bot.cli import acting

    found = acting.run(lambda database: acting.acts(database, limit=limit, incident=incident))
    if csv is not None:
        csv.write_text(acting.acts_csv(found), encoding="utf-8-sig", newline="")
        typer.echo(f"{len(found)} acts in {csv}")
    elif as_json:
        _printed([acting.act_json(one) for one in found])
    else:
        typer.echo(acting.acts_text(found))
