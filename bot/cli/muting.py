"""Mutes from a shell: make, list, extend and end them. The same mutes as from a card."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.cli.acting import Refused, me, nobody, zone
from bot.clock import utc_now
from bot.doors.mute_shapes import MuteShape
from bot.doors.refusals import plainly
from bot.errors import WrongUsage
from bot.ids import number_or_none
from bot.rules.card import Language
from bot.rules.matcher import Matcher
from bot.rules.matcher_text import MatchersRefused, parse_matchers
from bot.rules.mute import Mute, MuteRefused, NewMute
from bot.rules.mute_form import MuteForm
from bot.rules.preview import Preview
from bot.rules.until import TimeRefused, until
from bot.slack.text import clean
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask, mute

ENGLISH = Words.of(Language.ENGLISH)
_CONDITION = re.compile(r'([^\s,=!~:"]+)(=~|!~|!=|==|=|:)([^"].*)', re.DOTALL)

Held = tuple[Mute, int]  # a mute, and how many incidents it keeps quiet now


async def new(database: Database, what: Sequence[str], *, lasts: str, reason: str) -> NewMute:
    """The mute that is asked for. Raises WrongUsage, or Refused if there is no such incident."""
    now = utc_now()
    try:
        end = until(lasts, now=now, zone=zone())
        matchers = await _matchers(database, what)
        asked = NewMute(matchers, reason, end.at, until_recovered=end.recovered)
        return asked.checked(now)
    except (MatchersRefused, MuteRefused, TimeRefused) as refused:
        raise WrongUsage(plainly(refused, ENGLISH)) from refused


async def _matchers(database: Database, what: Sequence[str]) -> tuple[Matcher, ...]:
    found: list[Matcher] = []
    for word in what:
        number = word.removeprefix("#")
        if number.isdecimal():
            found += await _of_incident(database, number)
        else:
            found += conditions(word)
    return tuple(found)


async def _of_incident(database: Database, number: str) -> tuple[Matcher, ...]:
    told = await ask.incident(database, number_or_none(number) or 0)
    if told is None:
        raise Refused(f"There is no incident {number[:40]}.")
    return MuteForm.of(told.listed.alarm).matchers


def conditions(argument: str) -> tuple[Matcher, ...]:
    """The conditions of one argument. Raises MatchersRefused.

    The shell has taken the quotes of `rule="disk full"` away, so what cannot be read as it
    stands may be one condition whose text has blanks or commas.
    """
    try:
        return parse_matchers(argument)
    except MatchersRefused:
        one = _CONDITION.fullmatch(argument.strip())
        if one is None:
            raise
    text = one[3].replace("\\", "\\\\").replace('"', '\\"')
    return parse_matchers(f'{one[1]}{one[2]}"{text}"')


async def make(database: Database, asked: NewMute) -> Held:
    """Mute, from the moment at which it was asked for: four hours stay four hours."""
    now = asked.starts_at or utc_now()
    made = await mute.create(database, asked, by=me(), via="cli", now=now, poke=nobody)
    return made, await mute.holding(database, made.id)


async def preview(database: Database, asked: NewMute) -> Preview:
    """What it would hide."""
    return await mute.preview(database, asked.matchers, now=utc_now())


def preview_text(found: Preview) -> str:
    """For people."""
    say = ENGLISH.say
    firing = found.firing
    lines = [say("preview.now", count=firing) if firing else say("preview.quiet")]
    if found.incidents == 0:
        return "\n".join([*lines, say("preview.nothing", days=found.days)])
    past = {
        name: say(f"preview.{name}", count=count)
        for name, count in (
            ("callbacks", found.callbacks),
            ("incidents", found.incidents),
            ("instances", found.instances),
        )
    }
    lines.append(say("preview.past", days=found.days, **past))
    if found.acknowledged:
        lines.append(say("preview.acknowledged", count=found.acknowledged))
    if found.critical:
        lines.append(say("preview.critical", count=found.critical))
    return "\n".join(lines)


async def end(database: Database, numbers: Sequence[int]) -> list[Held]:
    """End mutes. Raises Refused if there is none such; those before it have ended."""
    ended: list[Held] = []
    for number in numbers:
        one = await mute.end(database, number, by=me(), via="cli", now=utc_now(), poke=nobody)
        ended.append((_known(one, number), 0))
    return ended


async def extend(database: Database, number: int, lasts: str | None) -> Held:
    """Let a mute last longer. Raises WrongUsage, or Refused for a mute that may not."""
    now = utc_now()
    end_at = _ahead(lasts, now) if lasts is not None else None
    try:
        found = await mute.extend(
            database, number, until=end_at, by=me(), via="cli", now=now, poke=nobody
        )
    except MuteRefused as refused:
        raise Refused(plainly(refused, ENGLISH)) from refused
    return _known(found, number), await mute.holding(database, number)


def _ahead(text: str, now: datetime) -> datetime:
    try:
        at = until(text, now=now, zone=zone()).at
    except TimeRefused as refused:
        raise WrongUsage(plainly(refused, ENGLISH)) from refused
    if at <= now:
        raise WrongUsage("The end must lie ahead.")
    return at


def _known(found: Mute | None, number: int) -> Mute:
    if found is None:
        raise Refused(f"There is no mute {number}.")
    return found


async def listed(database: Database, *, ended: bool, limit: int) -> list[Held]:
    """Mutes with how many alarms each keeps quiet now, newest first."""
    found = await mute.page(database, ended=ended, limit=limit)
    return [(one, await mute.holding(database, one.id)) for one in found]


def as_text(found: Sequence[Held]) -> str:
    """A line a mute."""
    return "\n".join(_line(one, held) for one, held in found)


def _line(one: Mute, held: int) -> str:
    told = [f"#{one.id}", *(str(each) for each in one.matchers), _end(one)]
    told.append(f"by {one.created_by.name}")
    if held:
        told.append(f"keeps {held} quiet")
    if one.hidden:
        told.append(f"hid {one.hidden.callbacks} callbacks of {one.hidden.incidents} incidents")
    return "  ".join(clean(part) for part in (*told, one.reason) if clean(part))


def _end(one: Mute) -> str:
    at = (one.ended.at if one.ended else one.ends_at).astimezone(zone())
    if one.ended:
        return f"ended {at:%Y-%m-%d %H:%M} ({one.ended.because.value})"
    recovered = " or until it recovers" if one.until_recovered else ""
    return f"until {at:%Y-%m-%d %H:%M}{recovered}"


def as_json(one: Mute, held: int) -> dict[str, object]:
    """As the API tells it, and what it keeps quiet."""
    return {**MuteShape.of(one).model_dump(mode="json"), "holding": held}
