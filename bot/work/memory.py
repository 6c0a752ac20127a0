"""Memory: what a new incident recalls of its alarm, told on its card for ever after.

Recalled once, in the transaction that opens the incident: a card must not change because of
something that happened to another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.history import acknowledged_after
from bot.rules.incident import Incident, Memory
from bot.store import memory
from bot.store.engine import Reading
from bot.store.incidents import Change

DAYS = 7


async def remembered(tx: Reading, changes: Sequence[Change], *, now: datetime) -> list[Change]:
    """The same changes; what is new among them recalls its alarm's past."""
    new = {one.after.alarm_id for one in changes if one.before is None}
    if not new:
        return list(changes)
    times = await memory.opened_count(tx, new, now - timedelta(days=DAYS))
    last = await memory.last_acknowledged(tx, new)
    return list(_recalling(changes, times, last))


def _recalling(
    changes: Sequence[Change], times: dict[int, int], last: dict[int, Incident]
) -> Iterator[Change]:
    """Several new incidents of one alarm count each other: they are in the order they opened."""
    for change in changes:
        if change.before is not None:
            yield change
            continue
        number = change.after.alarm_id
        times[number] = times.get(number, 0) + 1
        recalled = _memory(times[number], last.get(number))
        yield replace(change, after=replace(change.after, memory=recalled))


def _memory(times: int, last: Incident | None) -> Memory:
    if last is None or last.acknowledged is None:
        return Memory(times, DAYS)
    return Memory(
        times,
        DAYS,
        last_by=last.acknowledged.by,
        last_after=acknowledged_after(last),
        last_remark=last.remark.text if last.remark else None,
    )
