"""Searches from a shell, straight on the database: tables for people, JSON and CSV for others.

What is printed comes from outside: nothing of it may steer the terminal.
"""

import json
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from bot.cli.opening import opened_for
from bot.cli.table import as_table
from bot.clock import utc_now
from bot.doors.refusals import plainly
from bot.doors.shapes import AlarmShape, IncidentShape
from bot.errors import TocsinError, WrongUsage
from bot.rules.alarm import Alarm
from bot.rules.card import Language
from bot.rules.query_terms import Query, QueryRefused
from bot.rules.until import zone_of
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import search
from bot.work.ask import Told
from bot.work.faces import instance_line
from bot.work.spreadsheet import alarms_to_csv

ON_SCREEN = 50
EVERYTHING = 10_000_000
A_PAGE = 500
ENGLISH = Words.of(Language.ENGLISH)
HEAD = ("#", "STATE", "SEVERITY", "OPENED", "LASTED", "VALUE", "ALARM", "INSTANCE", "TAKEN BY")
ALARMS_HEAD = ("#", "ALARM", "PROJECT", "METRIC", "INSTANCE", "REGION", "GROUP", "HEARD")


class Unwritable(TocsinError):
    """The file cannot be written."""


def text_of(arguments: Sequence[str]) -> str:
    """The query of a command line, with the quotes that the shell has taken away.

    One argument is the query as it stands. Of several, one with spaces is one word.
    """
    if len(arguments) == 1:
        return arguments[0]
    return " ".join(_requoted(argument) for argument in arguments)


def _requoted(argument: str) -> str:
    if not any(char.isspace() for char in argument) or '"' in argument:
        return argument
    name, colon, value = argument.partition(":")
    if colon and not any(char.isspace() for char in name):
        return f'{name}:"{value}"'
    return f'"{argument}"'


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query, with how many of what it finds are wanted."""

    query: Query
    limit: int


def tell_incidents(
    arguments: Sequence[str], *, limit: int | None, as_json: bool, csv: Path | None
) -> None:
    """Print the incidents that a query finds, or write them to a file. Exit 2 if refused."""

    async def told(database: Database) -> None:
        most = limit or (EVERYTHING if csv else ON_SCREEN)
        asked = await _understood(database, arguments, most)
        if csv:
            content = await search.to_csv(database, asked.query, most=asked.limit)
            _write(csv, content)
        elif as_json:
            found = await _incidents(database, asked)
            total = await search.count(database, asked.query)
            _print_json([IncidentShape.of(one).model_dump(mode="json") for one in found], total)
        else:
            await _print_incidents(database, asked)

    _answered(told)


def tell_alarms(
    arguments: Sequence[str], *, limit: int | None, as_json: bool, csv: Path | None
) -> None:
    """The same with alarms."""

    async def told(database: Database) -> None:
        most = limit or (EVERYTHING if csv else ON_SCREEN)
        found = await _alarms(database, await _understood(database, arguments, most))
        if csv:
            _write(csv, alarms_to_csv(found))
        elif as_json:
            _print_json([AlarmShape.of(one).model_dump(mode="json") for one in found], None)
        else:
            rows = [_alarm_row(one) for one in found]
            typer.echo(as_table(ALARMS_HEAD, rows) if rows else "There are no such alarms.")

    _answered(told)


def _answered(told: Callable[[Database], Awaitable[None]]) -> None:
    try:
        opened_for(told)
    except QueryRefused as refused:
        raise WrongUsage(plainly(refused, ENGLISH)) from refused


async def _understood(database: Database, arguments: Sequence[str], limit: int) -> _Asked:
    zone = zone_of(os.environ.get("TZ", "UTC"))
    text = text_of(arguments)
    return _Asked(await search.understood(database, text, now=utc_now(), zone=zone), limit)


async def _incidents(database: Database, asked: _Asked) -> list[Told]:
    found: list[Told] = []
    cursor: str | None = None
    while len(found) < asked.limit:
        size = min(A_PAGE, asked.limit - len(found))
        page = await search.search(database, asked.query, limit=size, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


async def _alarms(database: Database, asked: _Asked) -> list[Alarm]:
    found: list[Alarm] = []
    cursor: str | None = None
    while len(found) < asked.limit:
        size = min(A_PAGE, asked.limit - len(found))
        page = await search.alarms(database, asked.query, limit=size, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


async def _print_incidents(database: Database, asked: _Asked) -> None:
    found = await _incidents(database, asked)
    if not found:
        typer.echo("There are no such incidents.")
        return
    typer.echo(as_table(HEAD, [_row(one, asked.query.now) for one in found]))
    total = await search.count(database, asked.query)
    if total > len(found):
        typer.echo(f"{len(found)} of {total} incidents; more with --limit or --csv.", err=True)


def _row(told: Told, now: datetime) -> tuple[str, ...]:
    incident, alarm = told.listed.incident, told.listed.alarm
    closed = incident.closed.at if incident.closed else None
    end = now if incident.is_open else incident.recovered_at or closed
    muted = " (muted)" if incident.mute_id and incident.is_open else ""
    if incident.parent_id and incident.is_open:
        muted += f" (held back by #{incident.parent_id})"
    if told.group_id is not None:
        muted += f" (group {told.group_id})"
    value = "" if incident.last_value is None else f"{incident.last_value:g}{alarm.unit or ''}"
    return (
        str(incident.id),
        incident.state.value + muted,
        incident.severity.value if incident.severity else "",
        _minute(incident.opened_at),
        ENGLISH.lasting(end - incident.opened_at) if end else "",
        value,
        alarm.name,
        instance_line(alarm),
        incident.acknowledged.by.name if incident.acknowledged else "",
    )


def _alarm_row(alarm: Alarm) -> tuple[str, ...]:
    return (
        str(alarm.id),
        alarm.name,
        alarm.project or "",
        alarm.metric or "",
        instance_line(alarm),
        alarm.region_id or "",
        alarm.group_name or alarm.group_id or "",
        _minute(alarm.heard_until) if alarm.heard_until else "",
    )


def _minute(at: datetime) -> str:
    return f"{at.astimezone(zone_of(os.environ.get('TZ', 'UTC'))):%Y-%m-%d %H:%M}"


def _print_json(items: list[dict[str, object]], total: int | None) -> None:
    told: dict[str, object] = {"items": items}
    if total is not None:
        told["total"] = total
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Unwritable(f"{file} cannot be written ({error.strerror}).") from None
    typer.echo(f"Wrote {file}.")
