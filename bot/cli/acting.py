"""What people do from a shell: the same acts as in Slack, straight on the database.

The running bot sees the rows change and keeps the cards true; the audit names the shell's user.
"""

import asyncio
import csv
import getpass
import io
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

from bot.clock import utc_now
from bot.config import load_partly
from bot.doors.refusals import plainly
from bot.errors import TocsinError
from bot.rules.card import Language
from bot.rules.incident import Person
from bot.rules.matcher import Matcher
from bot.rules.matcher_text import MatchersRefused, parse_matchers
from bot.rules.mute import Mute, MuteRefused, NewMute
from bot.rules.mute_form import MuteForm
from bot.rules.until import TimeRefused, Until, until, zone_of
from bot.slack.words import Words
from bot.store.acts import Act
from bot.store.engine import Database
from bot.work import ask, audit, mute
from bot.work.act import Click, Effect, Verb, act

Result = TypeVar("Result")
ENGLISH = Words.of(Language.ENGLISH)
HEAD = ("at", "who", "verb", "incident", "mute", "via", "before", "after")
FORMULA = tuple("=+-@")


class Refused(TocsinError):
    """What was asked for cannot be done; the message says why."""


def run(ask_for: Callable[[Database], Awaitable[Result]]) -> Result:
    """Open the database of the settings, do one thing, close it."""
    url = load_partly(os.environ).database_url

    async def once() -> Result:
        async with _opened(url) as database:
            return await ask_for(database)

    return asyncio.run(once())


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def me() -> Person:
    """Whoever runs the command."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = str(os.getuid())
    return Person(f"cli:{name}", name)


def _nothing() -> None:
    """The running bot looks at the database by itself."""


async def do(database: Database, verb: Verb, numbers: Sequence[int], *, text: str = "") -> str:
    """One act on several incidents; a line for each. Raises Refused if there is none such."""
    lines: list[str] = []
    for number in numbers:
        click = Click(verb, None, me(), "cli", incident_id=number, text=text)
        done = await act(database, click, now=utc_now(), poke=_nothing)
        if done.effect is Effect.UNKNOWN_CARD:
            raise Refused("\n".join([*lines, f"There is no incident {number}."]))
        state = done.incident.state.value if done.incident else "unknown"
        lines.append(f"#{number} {_EFFECTS[done.effect]} ({state})")
    return "\n".join(lines)


_EFFECTS = {
    Effect.DONE: "done",
    Effect.NOTHING_NEW: "was so already",
    Effect.OVER: "is over",
}


async def make_mute(database: Database, words: Sequence[str], *, lasts: str, reason: str) -> Mute:
    """A mute of an incident's alarm (its number) or of conditions. Raises Refused."""
    now = utc_now()
    try:
        end = _until(lasts, now)
        matchers = await _matchers(database, words)
        new = NewMute(matchers, reason, end.at, until_recovered=end.recovered)
        return await mute.create(database, new, by=me(), via="cli", now=now, poke=_nothing)
    except (MatchersRefused, MuteRefused, TimeRefused) as refused:
        raise Refused(plainly(refused, ENGLISH)) from refused


def _until(text: str, now: datetime) -> Until:
    return until(text, now=now, zone=zone_of(os.environ.get("TZ", "UTC")))


async def _matchers(database: Database, words: Sequence[str]) -> tuple[Matcher, ...]:
    if len(words) == 1 and words[0].lstrip("#").isdecimal():
        number = int(words[0].lstrip("#"))
        told = await ask.incident(database, number)
        if told is None:
            raise Refused(f"There is no incident {number}.")
        return MuteForm.of(told.listed.alarm).matchers
    return tuple(one for word in words for one in parse_matchers(word))


async def end_mute(database: Database, number: int) -> Mute:
    """End a mute. Raises Refused if there is none such."""
    ended = await mute.end(database, number, by=me(), via="cli", now=utc_now(), poke=_nothing)
    if ended is None:
        raise Refused(f"There is no mute {number}.")
    return ended


async def extend_mute(database: Database, number: int, lasts: str | None) -> Mute:
    """Let a mute last longer. Raises Refused."""
    now = utc_now()
    try:
        end = _until(lasts, now).at if lasts else None
    except TimeRefused as refused:
        raise Refused(plainly(refused, ENGLISH)) from refused
    found = await mute.extend(
        database, number, until=end, by=me(), via="cli", now=now, poke=_nothing
    )
    if found is None:
        raise Refused(f"There is no mute {number}.")
    return found


async def mutes(database: Database, *, ended: bool, limit: int) -> list[tuple[Mute, int]]:
    """Mutes with how many alarms each keeps quiet now, newest first."""
    found = await mute.page(database, ended=ended, limit=limit)
    return [(one, await mute.holding(database, one.id)) for one in found]


def mutes_text(found: Sequence[tuple[Mute, int]]) -> str:
    """A line a mute."""
    if not found:
        return "Nothing is muted."
    return "\n".join(_mute_line(one, held) for one, held in found)


def _mute_line(one: Mute, held: int) -> str:
    end = one.ended.at if one.ended else one.ends_at
    why = f"ended ({one.ended.because.value})" if one.ended else "until"
    conditions = " ".join(str(each) for each in one.matchers)
    told = [f"#{one.id}", conditions, f"{why} {_minute(end)}", f"by {one.created_by.name}"]
    if held:
        told.append(f"holds {held}")
    return "  ".join([*told, *([one.reason] if one.reason else [])])


def mute_json(one: Mute, held: int) -> dict[str, object]:
    """A mute for machines."""
    return {
        "id": one.id,
        "matchers": [str(each) for each in one.matchers],
        "reason": one.reason,
        "created_by": one.created_by.name,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "until_recovered": one.until_recovered,
        "ended": one.ended.because.value if one.ended else None,
        "holds": held,
    }


async def acts(database: Database, *, limit: int, incident: int | None) -> list[Act]:
    """The newest acts."""
    return await audit.page(database, limit=limit, incident_id=incident)


def acts_text(found: Sequence[Act]) -> str:
    """A line an act."""
    if not found:
        return "Nobody has done anything yet."
    return "\n".join("  ".join(part for part in _act_row(one)[:6] if part) for one in found)


def acts_csv(found: Sequence[Act]) -> str:
    """For spreadsheets; a text that one would take for a formula gets a quote mark in front."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEAD)
    for one in found:
        rows.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in _act_row(one)])
    return text.getvalue()


def act_json(one: Act) -> dict[str, object]:
    """An act for machines."""
    return {
        "at": one.at.isoformat(),
        "who": {"id": one.actor.id, "name": one.actor.name},
        "verb": one.verb,
        "incident_id": one.incident_id,
        "mute_id": one.mute_id,
        "via": one.via,
        "before": dict(one.before),
        "after": dict(one.after),
    }


def _act_row(one: Act) -> list[str]:
    return [
        _minute(one.at),
        one.actor.name,
        one.verb,
        f"#{one.incident_id}" if one.incident_id else "",
        f"mute {one.mute_id}" if one.mute_id else "",
        one.via,
        json.dumps(dict(one.before), ensure_ascii=False),
        json.dumps(dict(one.after), ensure_ascii=False),
    ]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
