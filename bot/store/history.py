"""The past of one alarm, or of all alarms of its rule, read through indexes alone.

What is asked costs by what the alarm did within the time, never by how much is stored: the
callbacks' index holds all that a picture needs, and pieces of time are made in the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any  # values of any columns

import sqlalchemy as sa

from bot.rules.history import Point
from bot.rules.incident import Incident
from bot.store.columns import OPEN_STATES, UtcTime
from bot.store.engine import Reading
from bot.store.tables import alarms, callbacks, incidents
from bot.store.values import incident_from_columns

BUCKETS = 100  # pieces of time of a picture, of each the lowest and the highest value
MOST_PERIODS = 500  # a picture is some hundred dots wide
_NO_END = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """One alarm; with `rule_id` all alarms of that rule. From `since` until now."""

    alarm_id: int
    rule_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """How many callbacks, about how many alarms."""

    callbacks: int
    alarms: int


def _watched(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.rule_id is None:
        return alarms.c.id == scope.alarm_id
    return alarms.c.rule_id == scope.rule_id


def _touching(scope: Scope) -> sa.Subquery:
    """Numbers of the incidents that fired within the time.

    Incidents of an alarm follow each other, so at most one of them began before it and
    still fired in it: the newest of those. Both bounds are found in the index.
    """
    earlier = incidents.alias("earlier")
    newest = (
        sa.select(sa.func.max(earlier.c.opened_at))
        .where(earlier.c.alarm_id == alarms.c.id, earlier.c.opened_at < scope.since)
        .correlate(alarms)
        .scalar_subquery()
    )
    starts = sa.select(alarms.c.id, newest.label("opened_at")).where(_watched(scope)).subquery()
    since = sa.literal(scope.since, UtcTime)
    ended = sa.func.coalesce(
        incidents.c.recovered_at, incidents.c.closed_at, incidents.c.heard_at, type_=UtcTime
    )
    return (
        sa.select(incidents.c.id, incidents.c.alarm_id)
        .join(starts, starts.c.id == incidents.c.alarm_id)
        .where(incidents.c.opened_at >= sa.func.coalesce(starts.c.opened_at, since, type_=UtcTime))
        .where(sa.or_(incidents.c.state.in_(OPEN_STATES), ended >= since))
        .subquery()
    )


async def count_incidents(tx: Reading, scope: Scope) -> int:
    """How many incidents fired within the time."""
    touching = _touching(scope)
    return await tx.connection.scalar(sa.select(sa.func.count(touching.c.id))) or 0


async def heard(tx: Reading, scope: Scope) -> Heard:
    """What was heard within the time."""
    query = (
        sa.select(sa.func.count(), sa.func.count(callbacks.c.alarm_id.distinct()))
        .select_from(alarms)
        .join(callbacks, callbacks.c.alarm_id == alarms.c.id)
        .where(_watched(scope), callbacks.c.at >= scope.since)
    )
    row = (await tx.connection.execute(query)).one()
    return Heard(row[0], row[1])


async def fired(
    tx: Reading, scope: Scope, *, limit: int, before_id: int | None = None
) -> list[Incident]:
    """Incidents that fired within the time, newest first; `before_id` continues a list."""
    touching = _touching(scope)
    query = (
        sa.select(incidents)
        .join(touching, touching.c.id == incidents.c.id)
        .order_by(incidents.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(incidents.c.id < before_id)
    found = await tx.connection.execute(query)
    return [incident_from_columns(row) for row in found.mappings()]


async def noisiest(tx: Reading, scope: Scope, *, limit: int) -> list[int]:
    """The alarms that fired most within the time; the scope's own one first in any case."""
    if scope.rule_id is None:
        return [scope.alarm_id]
    touching = _touching(scope)
    number = sa.func.count().label("number")
    query = (
        sa.select(touching.c.alarm_id, number)
        .where(touching.c.alarm_id != scope.alarm_id)
        .group_by(touching.c.alarm_id)
        .order_by(number.desc(), touching.c.alarm_id)
        .limit(limit - 1)
    )
    others = [row.alarm_id for row in await tx.connection.execute(query)]
    return [scope.alarm_id, *others]


async def points(
    tx: Reading, alarm_ids: Sequence[int], *, since: datetime, until: datetime
) -> dict[int, list[Point]]:
    """The values of some alarms, oldest first: of each piece of time the lowest and highest.

    A sender's clock may be somewhat ahead of `until`: that is told as well, as one piece.
    """
    pieces = list(_pieces(since, until))
    return {number: await _points(tx, number, pieces) for number in alarm_ids}


def _pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """They begin at whole seconds, but for the first; the last has no end."""
    width = timedelta(seconds=max(ceil((until - since).total_seconds() / BUCKETS), 1))
    at, end = since, since.replace(microsecond=0) + width
    while at < until:
        yield at, end
        at, end = end, end + width
    yield at, _NO_END


async def _points(
    tx: Reading, alarm_id: int, pieces: Sequence[tuple[datetime, datetime]]
) -> list[Point]:
    """Each piece is a range of the index, so no row's time has to be reckoned with.

    Two steps: in one, the engines would look for the lowest anew with each row.
    """
    value, piece = callbacks.c.value, _table(pieces, *_ENDS)
    low, high = (
        sa.select(extreme(value)).where(*_within(alarm_id, piece)).scalar_subquery()
        for extreme in (sa.func.min, sa.func.max)
    )
    extremes = {
        (first, last, extreme)
        for first, last, *both in await tx.connection.execute(sa.select(piece, low, high))
        for extreme in both
        if extreme is not None
    }
    if not extremes:
        return []
    told = _table(sorted(extremes), *_ENDS, sa.column("value", sa.Double))
    since = (
        sa.select(callbacks.c.at)
        .where(*_within(alarm_id, told), value == told.c.value)
        .order_by(callbacks.c.at)
        .limit(1)
        .scalar_subquery()
    )
    found = await tx.connection.execute(sa.select(since.label("at"), told.c.value).order_by("at"))
    return [Point(at, number) for at, number in found]


_ENDS = (sa.column("first", UtcTime), sa.column("last", UtcTime))


def _table(rows: Sequence[tuple[Any, ...]], *columns: sa.ColumnClause[Any]) -> sa.CTE:
    return sa.values(*columns, name="piece").data(rows).cte()


def _within(alarm_id: int, piece: sa.CTE) -> Sequence[sa.ColumnElement[bool]]:
    at = callbacks.c.at
    return callbacks.c.alarm_id == alarm_id, at >= piece.c.first, at < piece.c.last
