"""What a mute would hide: what it matches now, and a test on the stored history."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.rules.alarm import Alarm
from bot.rules.facts import Facts, facts_of
from bot.rules.matcher import Matcher, Operator, all_hold
from bot.rules.preview import DAYS, Preview
from bot.rules.severity import Severity
from bot.store import quiet
from bot.store.engine import Database

SEVERITIES: tuple[Severity | None, ...] = (*Severity, None)


async def preview(
    database: Database, matchers: Sequence[Matcher], *, now: datetime, days: int = DAYS
) -> Preview:
    """What a mute with these matchers matches now, and would have hidden."""
    async with database.reading() as tx:
        watched = await quiet.watched_with(tx, _asked_for(matchers))
        groups = await asyncio.to_thread(_by_severities, watched, matchers)
        past = [
            one
            for severities, numbers in groups.items()
            for one in await quiet.past_of(
                tx, numbers, severities, since=now - timedelta(days=days)
            )
        ]
        open_now = await quiet.open_now(tx)
    names = {alarm.id: alarm.instance for alarm in watched}
    return Preview(
        firing=sum(
            all_hold(matchers, facts_of(alarm, severity=incident.severity))
            for incident, alarm in open_now
        ),
        callbacks=sum(one.callbacks for one in past),
        incidents=sum(one.incidents for one in past),
        instances=len({names[one.alarm_id] for one in past}),
        acknowledged=sum(one.acknowledged for one in past),
        critical=sum(one.critical for one in past),
        days=days,
    )


def _asked_for(matchers: Sequence[Matcher]) -> list[tuple[str, str]]:
    """Facts that an alarm must have; a severity is an incident's, and no alarm has it stored."""
    return [
        (one.field, one.text)
        for one in matchers
        if one.operator is Operator.EQUAL and one.field != "severity"
    ]


def _by_severities(
    watched: Sequence[Alarm], matchers: Sequence[Matcher]
) -> dict[tuple[Severity | None, ...], list[int]]:
    """Alarms that the matchers hold for, with the severities at which they do.

    Nothing else about an alarm hangs on the severity, so its facts are put together once.
    """
    of_severity = [one for one in matchers if one.field == "severity"]
    others = [one for one in matchers if one.field != "severity"]
    fits = tuple(one for one in SEVERITIES if all_hold(of_severity, _facts_of(one)))
    if not fits:
        return {}
    plain = (alarm.id for alarm in watched if all_hold(others, facts_of(alarm, severity=None)))
    return {fits: numbers} if (numbers := list(plain)) else {}


def _facts_of(severity: Severity | None) -> Facts:
    return {"severity": (severity.value.lower(),)} if severity else {}
