"""Statistics of a time, read in one transaction and summed off the event loop."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.rules.stats import Brief, Stats, Told, may_flap, summed
from bot.store import stats as store
from bot.store.engine import Database, Reading


async def of(database: Database, *, since: datetime, until: datetime) -> Stats:
    """What opened and was heard from `since` up to `until`, which is left out."""
    async with database.reading() as tx:
        briefs = await store.briefs(tx, since=since, until=until)
        heard = await store.heard(tx, since=since, until=until)
        numbers = {one.alarm_id for one in briefs} | heard.keys()
        told = Told(
            briefs=briefs,
            heard=heard,
            watched=await store.watched(tx, list(numbers)),
            changes=await _changes(tx, briefs),
            firing=await store.count_open(tx),
        )
    return await asyncio.to_thread(summed, told, since=since, until=until)


async def _changes(tx: Reading, briefs: Sequence[Brief]) -> dict[int, list[datetime]]:
    """When alarms that may flap fired and recovered; all others are left out.

    An incident that fired once tells both by itself. Of those that fired again only the
    callbacks know.
    """
    suspects = await asyncio.to_thread(_suspects, briefs)
    moments: dict[int, list[datetime]] = {}
    for one in suspects:
        told = moments.setdefault(one.alarm_id, [])
        told.append(one.opened_at)
        if one.firings == 1 and one.recovered_at is not None:
            told.append(one.recovered_at)
    for number, at in await store.changes(tx, [one.id for one in suspects if one.firings > 1]):
        moments[number].append(at)
    return moments


def _suspects(briefs: Sequence[Brief]) -> list[Brief]:
    by_alarm: dict[int, list[Brief]] = {}
    for one in briefs:
        if not (one.never_fired or one.is_event):
            by_alarm.setdefault(one.alarm_id, []).append(one)
    return [one for mine in by_alarm.values() for near in may_flap(mine) for one in near]
