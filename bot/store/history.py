"""The past of one alarm, or of all alarms of its rule, read through indexes alone.

What is asked costs by what the alarm did within the time, never by how much is stored: the
callbacks' index holds all that a picture needs, and pieces of time are made in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import sqlalchemy as sa

from bot.rules.history import Point
from bot.rules.incident import Incident
from bot.store.columns import UtcTime
from bot.store.engine import Reading, seconds_of
from bot.store.tables import alarms, callbacks, incidents
from bot.store.values import incident_from_columns

BUCKETS = 100  # pieces of time of a picture, of each the lowest and the highest value
MOST_PERIODS = 500  # a picture is some hundred dots wide
OPEN = ("firing", "no_data")


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
        .where(sa.or_(incidents.c.state.in_(OPEN), ended >= since))
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

    A sender's clock may be somewhat ahead of `until`: that is told as well.
    """
    width = max(ceil((until - since).total_seconds() / BUCKETS), 1)
    piece = (seconds_of(tx, callbacks.c.at) - int(since.timestamp())) // width
    told = (
        sa.select(callbacks.c.alarm_id, callbacks.c.at, callbacks.c.value, piece.label("piece"))
        .where(callbacks.c.alarm_id.in_(alarm_ids), callbacks.c.at >= since)
        .where(callbacks.c.value.is_not(None))
        .cte("told")
    )
    low, high = sa.func.min(told.c.value).label("low"), sa.func.max(told.c.value).label("high")
    by = (told.c.alarm_id, told.c.piece)
    extreme = sa.select(*by, low, high).group_by(*by).cte("extreme")
    query = (
        sa.select(told.c.alarm_id, told.c.value, sa.func.min(told.c.at, type_=UtcTime).label("at"))
        .join(
            extreme,
            sa.and_(extreme.c.alarm_id == told.c.alarm_id, extreme.c.piece == told.c.piece),
        )
        .where(sa.or_(told.c.value == extreme.c.low, told.c.value == extreme.c.high))
        .group_by(told.c.alarm_id, told.c.piece, told.c.value)
        .order_by(told.c.alarm_id, sa.text("at"))
    )
    found: dict[int, list[Point]] = {number: [] for number in alarm_ids}
    for row in await tx.connection.execute(query):
        found[row.alarm_id].append(Point(row.at, row.value))
    return found
