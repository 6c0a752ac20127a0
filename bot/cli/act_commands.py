"""Commands that act, and the audit. Imports stand inside, as in `commands`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.commands import Json, cli
from bot.ids import MOST_NUMBER

if TYPE_CHECKING:
    from bot.cli.muting import Held
    from bot.work.act import Verb

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER…", min=1, max=MOST_NUMBER)]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=MOST_NUMBER)]
Reason = Annotated[str, typer.Option(help="Why; the card says it.")]
ENDS = "4h, 90m, 18:00, 'tomorrow 9:00' (of TZ), 'it recovers'."


def _printed(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _act(verb: "Verb", numbers: list[int], *, as_json: bool, text: str = "", to: str = "") -> None:
    """Act, print a line for each, and fail if one of them could not be."""
    from bot.cli import acting
    from bot.rules.incident import Person

    person = Person(to, to) if to else None
    deeds = acting.run(lambda db: acting.do(db, verb, numbers, text=text, to=person))
    if as_json:
        _printed({"items": [deed.json for deed in deeds]})
    for deed in () if as_json else deeds:
        typer.echo(deed.text, err=deed.failed)
    if any(deed.failed for deed in deeds):
        raise typer.Exit(1)


@cli.command(epilog="Example: tocsin ack 42 43")
def ack(numbers: Numbers, as_json: Json = False) -> None:
    """Acknowledge incidents, by their numbers."""
    from bot.work.act import Verb

    _act(Verb.ACKNOWLEDGE, numbers, as_json=as_json)


@cli.command(epilog="Example: tocsin unack 42")
def unack(numbers: Numbers, as_json: Json = False) -> None:
    """Take acknowledgements back."""
    from bot.work.act import Verb

    _act(Verb.UNACKNOWLEDGE, numbers, as_json=as_json)


@cli.command(epilog="Example: tocsin assign 42 U012AB3CD")
def assign(
    number: Number,
    user: Annotated[str, typer.Argument(metavar="USER", help="A Slack user's id, or a mention.")],
    as_json: Json = False,
) -> None:
    """Hand an incident to somebody, whoever had it before."""
    from bot.rules.people import USER_REMEDY, user_in
    from bot.work.act import Verb

    to = user_in(user)
    if to is None:
        raise typer.BadParameter(USER_REMEDY, param_hint="USER")
    _act(Verb.ASSIGN, [number], as_json=as_json, to=to)


@cli.command(epilog='Example: tocsin note 42 "log rotation failed"')
def note(
    number: Number,
    text: Annotated[list[str], typer.Argument(metavar="TEXT…")],
    as_json: Json = False,
) -> None:
    """Add a note to an incident."""
    from bot.work.act import Verb

    said = " ".join(text).strip()
    if not said:
        raise typer.BadParameter("a note needs some text")
    _act(Verb.NOTE, [number], as_json=as_json, text=said)


@cli.command(epilog='Example: tocsin resolve 42 --reason "the host is gone"')
def resolve(numbers: Numbers, reason: Reason = "", as_json: Json = False) -> None:
    """Close incidents by hand."""
    from bot.work.act import Verb

    _act(Verb.RESOLVE, numbers, as_json=as_json, text=reason)


@cli.command(epilog="Example: tocsin reopen 42")
def reopen(numbers: Numbers, reason: Reason = "", as_json: Json = False) -> None:
    """Open again what was closed by hand."""
    from bot.work.act import Verb

    _act(Verb.REOPEN, numbers, as_json=as_json, text=reason)


def _show(found: "list[Held]", *, as_json: bool) -> None:
    from bot.cli import muting

    if as_json:
        _printed({"items": [muting.as_json(one, held) for one, held in found]})
    elif found:
        typer.echo(muting.as_text(found))


@cli.command(
    epilog="Example: tocsin mute 'instanceId=i-bp1*' 'severity!=critical' --for 4h --reason deploy"
)
def mute(
    what: Annotated[
        list[str], typer.Argument(metavar="WHAT…", help="An incident's number, or conditions.")
    ],
    lasts: Annotated[str, typer.Option("--for", "--until", help=ENDS)] = "1h",
    reason: Reason = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say what it would hide; mute nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Keep alarms quiet for a time, at most 7 days. All conditions must hold."""
    from dataclasses import asdict

    from bot.cli import acting, muting

    asked = acting.run(lambda db: muting.new(db, what, lasts=lasts, reason=reason))
    if not preview:
        _show([acting.run(lambda db: muting.make(db, asked))], as_json=as_json)
        return
    seen = acting.run(lambda db: muting.preview(db, asked))
    if as_json:
        _printed(asdict(seen))
    else:
        typer.echo(muting.preview_text(seen))


@cli.command(epilog="Example: tocsin mutes --ended --json")
def mutes(
    ended: Annotated[bool, typer.Option("--ended", help="Those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List mutes, the newest first."""
    from bot.cli import acting, muting

    found = acting.run(lambda database: muting.listed(database, ended=ended, limit=limit))
    if not found and not as_json:
        typer.echo("No mute has ended." if ended else "Nothing is muted.")
    _show(found, as_json=as_json)


@cli.command(epilog="Example: tocsin unmute 7")
def unmute(numbers: Numbers, as_json: Json = False) -> None:
    """End mutes; what still fires comes back to its channel."""
    from bot.cli import acting, muting

    _show(acting.run(lambda database: muting.end(database, numbers)), as_json=as_json)


@cli.command(epilog="Example: tocsin extend 7 --for 2h")
def extend(
    number: Number,
    lasts: Annotated[
        str | None,
        typer.Option("--for", "--until", help=f"Counted from now: {ENDS} Without: as long again."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a mute last longer, also after it has ended."""
    from bot.cli import acting, muting

    found = acting.run(lambda database: muting.extend(database, number, lasts))
    _show([found], as_json=as_json)


@cli.command(epilog="Example: tocsin audit --csv audit.csv")
def audit(
    incident: Annotated[
        int | None, typer.Option(min=1, max=MOST_NUMBER, help="What was done to this one alone.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many at most; 50 on the screen, all in a file.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """What people did: who, what, before, after, from where. The newest first."""
    from bot.cli import acting, auditing

    if csv is not None:
        count = acting.run(lambda db: auditing.to_csv(db, csv, limit=limit, incident=incident))
        typer.echo(f"Wrote {count} acts to {csv}.")
        return
    found = acting.run(lambda db: auditing.found(db, limit=limit or 50, incident=incident))
    typer.echo(auditing.as_json(found) if as_json else auditing.as_text(found))
