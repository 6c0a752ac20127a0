"""Statistics of a time: from the sums of its pieces, and from rows where none is there.

One reading transaction sees the sums and the rows as they were at one moment, so both together
are what reading every row would give.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from bot.cloudmonitor.names import instance_with_id
from bot.rules.reckon import counted_as
from bot.rules.sheet import (
    HOUR,
    Piece,
    Sheet,
    Spells,
    added_up,
    cut_around,
    hour_of,
    moment_of,
)
from bot.rules.stats import (
    FLAPPING,
    MOST_NAMED,
    Brief,
    Shown,
    Stats,
    Told,
    edges_of,
    summed,
)
from bot.store import names, sheets
from bot.store import stats as store
from bot.store.engine import Database, Reading
from bot.store.values import severity_or_none
from bot.work.reckon import flaps_of_one, reckoned

AT_ONCE = 10  # alarms that may flap are looked at together


@dataclass(frozen=True, slots=True)
class Part:
    """The sheet of some time; `piece` if it was stored."""

    since: datetime
    until: datetime
    sheet: Sheet
    piece: Piece | None = None


async def of(database: Database, *, since: datetime, until: datetime) -> Stats:
    """What opened and was heard from `since` up to `until`, which is left out."""
    async with database.reading() as tx:
        parts = await _parts(tx, since, until)
        sheet = await asyncio.to_thread(added_up, [one.sheet for one in parts])
        told = Told(
            sheet=sheet,
            named=await names.of(database, tx, sheet.noise),
            middles=(await _middle(tx, parts, "taken"), await _middle(tx, parts, "over")),
            flapping=await _flapping(tx, parts, sheet.flaps, since),
            shown=await _shown(tx, since, until),
            firing=await store.count_open(tx),
        )
    return await asyncio.to_thread(_called, told, since, until)


def _called(told: Told, since: datetime, until: datetime) -> Stats:
    """With the instances' names; the newest alarm's, where several call one differently."""
    made = summed(told, since=since, until=until)
    shown = {one.name for one in made.instances} | {one.instance for one in made.flapping}
    labels = {
        instance: instance_with_id(name, instance)
        for *_, instance, name in told.named
        if name and instance in shown
    }
    return replace(
        made,
        instances=tuple(replace(one, label=labels.get(one.name)) for one in made.instances),
        flapping=tuple(replace(one, label=labels.get(one.instance)) for one in made.flapping),
    )


async def _parts(tx: Reading, since: datetime, until: datetime) -> list[Part]:
    """The whole time, in order: stored sheets, and what lies between them reckoned."""
    first, last = _ceiling(since), hour_of(until)
    stored, _ = await sheets.cover(tx, first, last)
    parts: list[Part] = []
    at = since
    for piece, sheet in stored:
        if at < piece.since:
            parts.append(await _reckoned(tx, at, piece.since, since))
        parts.append(Part(piece.since, piece.until, sheet, piece))
        at = piece.until
    if at < until:
        parts.append(await _reckoned(tx, at, until, since))
    return parts


async def _reckoned(tx: Reading, since: datetime, until: datetime, floor: datetime) -> Part:
    return Part(since, until, await reckoned(tx, since, until, floor=floor))


def _ceiling(at: datetime) -> int:
    hour = hour_of(at)
    return hour if moment_of(hour) == at else hour + 1


async def _middle(tx: Reading, parts: Sequence[Part], what: str) -> float | None:
    """The median, of which only the neighbourhood is read."""
    spells: list[Spells] = [getattr(one.sheet, what) for one in parts]
    count = sum(one.count for one in spells)
    if not count:
        return None
    low, high = (count - 1) // 2, count // 2
    cut = cut_around(spells, low, high)
    near: list[int] = []
    stored: list[tuple[Piece, int, int]] = []
    for part, one, (begin, end) in zip(parts, spells, cut.ranges, strict=True):
        if one.values is not None:
            near += one.values[begin:end]
        elif part.piece:
            stored.append((part.piece, begin, end))
    near += await sheets.durations(tx, what, stored)
    near.sort()
    return (near[low - cut.below] + near[high - cut.below]) / 2


async def _flapping(
    tx: Reading, parts: Sequence[Part], bounds: dict[int, int], since: datetime
) -> list[tuple[int, int]]:
    """The alarms with most changes within an hour.

    A stored sheet may count changes of an incident that began before `since`. So what the
    sheets say, `bounds`, is the most there can be: the alarms are gone through from the
    highest, until no other can be among the first.
    """
    order = sorted(sorted(bounds), key=bounds.__getitem__, reverse=True)  # of equals the oldest
    found: list[tuple[int, int]] = []
    for start in range(0, len(order), AT_ONCE):
        chosen = order[start : start + AT_ONCE]
        if len(found) >= MOST_NAMED and found[MOST_NAMED - 1] <= (-bounds[chosen[0]], chosen[0]):
            break
        last = {one.alarm_id: one for one in await store.last_before(tx, chosen, since)}
        for alarm in chosen:
            changes = await _changes(tx, parts, alarm, last.get(alarm), since)
            if changes >= FLAPPING:
                found.append((-changes, alarm))
        found.sort()
    return [(alarm, -changes) for changes, alarm in found[:MOST_NAMED]]


async def _changes(
    tx: Reading, parts: Sequence[Part], alarm: int, before: Brief | None, since: datetime
) -> int:
    """The most changes of an alarm, without those of the incident `before`."""
    free = since  # from when on an incident's last hour holds no change of that one
    if before is not None:
        free = max(before.heard_at, before.ended_at or before.heard_at) + HOUR
    sure = unsure = 0
    doubtful: list[Part] = []
    for part in parts:
        changes = part.sheet.flaps.get(alarm, 0)
        if part.piece is None or part.since >= free:
            sure = max(sure, changes)
        elif changes:
            unsure = max(unsure, changes)
            doubtful.append(part)
    if unsure > sure:
        for part in doubtful:
            exact = await flaps_of_one(tx, alarm, part.since, part.until, floor=since)
            sure = max(sure, exact)
    return sure


async def _shown(tx: Reading, since: datetime, until: datetime) -> list[Shown]:
    """The pieces of the chart: whole hours from the sums, the rest counted."""
    pieces = list(pairwise(edges_of(since, until)))
    made: list[list[int]] = [[0, 0, 0] for _ in pieces]
    spans: list[tuple[datetime, datetime]] = []
    places: list[int] = []
    whole = [(_ceiling(first), hour_of(last)) for first, last in pieces]
    for place, (there, counts) in enumerate(await sheets.all_shown(tx, whole)):
        first, last = whole[place]
        hours = [(first, last - first, counts)]
        if last < first:  # it lies within an hour
            hours = []
        elif there < last - first:
            hours = [(hour, 1, one) for hour, one in await sheets.shown(tx, first, last)]
        at, end = pieces[place]
        for hour, length, one in hours:
            _add(made[place], one)
            spans.append((at, moment_of(hour)))
            at = moment_of(hour + length)
        spans.append((at, end))
        places += [place] * (len(hours) + 1)
    counted = [
        (place, span) for place, span in zip(places, spans, strict=True) if span[0] < span[1]
    ]
    found = await store.opened(tx, [span for _, span in counted])
    for (place, _), counts in zip(counted, found, strict=True):
        _add(made[place], counted_as([(severity_or_none(one), n) for one, n in counts]))
    return [(critical, warn, other) for critical, warn, other in made]


def _add(made: list[int], counts: Shown) -> None:
    for line, number in enumerate(counts):
        made[line] += number
