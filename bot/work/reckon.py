"""A sheet out of the rows of a time: what the sums are made of, and what stands in for one."""

from collections.abc import Sequence
from datetime import datetime

from bot.rules.reckon import flaps_of, sheet_of, suspects
from bot.rules.sheet import HOUR, Sheet
from bot.rules.stats import Brief
from bot.store import stats as store
from bot.store.engine import Reading


async def reckoned(
    tx: Reading, since: datetime, until: datetime, *, floor: datetime | None = None
) -> Sheet:
    """The sheet of a time; incidents that opened before `floor` are as if they had not been."""
    briefs = await store.briefs(tx, since=since, until=until)
    heard = await store.heard(tx, since=since, until=until)
    earlier = await _earlier(tx, briefs, since, floor)
    return sheet_of(briefs, heard, await _flaps(tx, briefs, earlier))


async def flaps_of_one(
    tx: Reading, alarm_id: int, since: datetime, until: datetime, *, floor: datetime
) -> int:
    """The most changes of one alarm within an hour, as a sheet would have it."""
    first = max(since - HOUR, floor)
    briefs = await store.briefs_of(tx, alarm_id, since=first, until=until)
    earlier = [one for one in await store.last_before(tx, [alarm_id], first) if _since(one, floor)]
    mine = [one for one in briefs if one.opened_at >= since]
    return (await _flaps(tx, mine, [*earlier, *briefs])).get(alarm_id, 0)


async def _earlier(
    tx: Reading, briefs: Sequence[Brief], since: datetime, floor: datetime | None
) -> list[Brief]:
    """What may have changed in the hour before: all that opened in it, and of each the last."""
    if not briefs or (floor is not None and floor >= since):
        return []
    first = max(since - HOUR, floor) if floor else since - HOUR
    alarms = sorted({one.alarm_id for one in briefs})
    found = await store.briefs(tx, since=first, until=since)
    found += await store.last_before(tx, alarms, first)
    return [one for one in found if _since(one, floor)]


def _since(brief: Brief, floor: datetime | None) -> bool:
    return floor is None or brief.opened_at >= floor


async def _flaps(tx: Reading, briefs: Sequence[Brief], earlier: Sequence[Brief]) -> dict[int, int]:
    near = suspects(briefs, earlier)
    changes: dict[int, list[datetime]] = {}
    for number, at in await store.changes(tx, [one.id for one in near if one.firings > 1]):
        changes.setdefault(number, []).append(at)
    return flaps_of(briefs, near, changes)
