"""What statistics are made of where no sum is there: incidents in brief, and how much was heard."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any  # columns of any type

import sqlalchemy as sa

from bot.rules.incident import Sort
from bot.rules.judge import Outcome
from bot.rules.stats import Brief
from bot.store.columns import OPEN, OPEN_STATES, UtcTime
from bot.store.engine import Reading
from bot.store.tables import alarms, callbacks, incidents
from bot.store.values import severity_or_none

ROWS = 1_000  # numbers in one condition
CHANGES = (Outcome.REOPENED.value, Outcome.RECOVERED.value)
_WANTED = (
    "id", "alarm_id", "sort", "state", "opened_at", "recovered_at", "closed_at", "heard_at",
    "first_acknowledged_at", "worst_severity", "firings",
)  # fmt: skip
_briefs = sa.select(*(incidents.c[name] for name in _WANTED))


async def briefs(tx: Reading, *, since: datetime, until: datetime) -> list[Brief]:
    """The incidents that opened within the time."""
    query = _briefs.where(incidents.c.opened_at >= since, incidents.c.opened_at < until)
    return [_brief(row) for row in (await tx.connection.execute(query)).mappings()]


async def briefs_of(tx: Reading, alarm_id: int, *, since: datetime, until: datetime) -> list[Brief]:
    """The same of one alarm."""
    query = _briefs.where(
        incidents.c.alarm_id == alarm_id,
        incidents.c.opened_at >= since,
        incidents.c.opened_at < until,
    )
    return [_brief(row) for row in (await tx.connection.execute(query)).mappings()]


async def last_before(tx: Reading, alarm_ids: Sequence[int], before: datetime) -> list[Brief]:
    """Of each alarm the newest incident that opened before a moment."""
    mine = (
        sa.select(incidents.c.id)
        .where(incidents.c.alarm_id == alarms.c.id, incidents.c.opened_at < before)
        .order_by(incidents.c.opened_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: list[Brief] = []
    for chunk in _chunks(alarm_ids):
        numbers = sa.select(mine).select_from(alarms).where(alarms.c.id.in_(chunk))
        told = [one for one in await tx.connection.scalars(numbers) if one is not None]
        rows = await tx.connection.execute(_briefs.where(incidents.c.id.in_(told)))
        found += [_brief(row) for row in rows.mappings()]
    return found


def _brief(row: sa.RowMapping) -> Brief:
    is_open = row["state"] in OPEN
    over = row["recovered_at"] or row["closed_at"] or row["heard_at"]
    return Brief(
        id=row["id"],
        alarm_id=row["alarm_id"],
        is_event=row["sort"] == Sort.EVENT.value,
        opened_at=row["opened_at"],
        recovered_at=row["recovered_at"],
        ended_at=None if is_open else over,
        first_acknowledged_at=row["first_acknowledged_at"],
        severity=severity_or_none(row["worst_severity"]),
        firings=row["firings"],
        heard_at=row["heard_at"],
    )


async def heard(tx: Reading, *, since: datetime, until: datetime) -> dict[int, int]:
    """How many callbacks there were within the time, by alarm; alarms without are left out."""
    query = (
        sa.select(callbacks.c.alarm_id, sa.func.count())
        .where(callbacks.c.at >= since, callbacks.c.at < until)
        .where(callbacks.c.alarm_id.is_not(None))
        .group_by(callbacks.c.alarm_id)
    )
    return {row[0]: row[1] for row in await tx.connection.execute(query)}


async def opened(
    tx: Reading, spans: Sequence[tuple[datetime, datetime]]
) -> list[list[tuple[str | None, int]]]:
    """Of each span of time how many incidents fired first in it, by severity."""
    found = [list[tuple[str | None, int]]() for _ in spans]
    if spans:
        asked = {
            f"{end}_{n}": at
            for n, span in enumerate(spans)
            for end, at in zip(ENDS, span, strict=True)
        }
        for span, severity, count in await tx.connection.execute(_opened(len(spans)), asked):
            found[span].append((severity, count))
    return found


ENDS = ("first", "last")


@lru_cache(64)  # to put it together takes longer than to run it
def _opened(count: int) -> sa.CompoundSelect[int, str | None, int]:
    fired = sa.or_(
        incidents.c.recovered_at.is_(None), incidents.c.recovered_at > incidents.c.opened_at
    )
    return sa.union_all(
        *(
            sa.select(
                sa.literal(number).label("span"),
                incidents.c.worst_severity.label("severity"),
                sa.func.count().label("count"),
            )
            .where(incidents.c.opened_at >= sa.bindparam(f"first_{number}", type_=UtcTime))
            .where(incidents.c.opened_at < sa.bindparam(f"last_{number}", type_=UtcTime))
            .where(fired)
            .group_by(incidents.c.worst_severity)
            for number in range(count)
        )
    )


async def changes(tx: Reading, incident_ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """When incidents fired once more or recovered, by their numbers."""
    query = sa.select(callbacks.c.incident_id, callbacks.c.at).where(
        callbacks.c.outcome.in_(CHANGES)
    )
    found: list[tuple[int, datetime]] = []
    for chunk in _chunks(incident_ids):
        rows = await tx.connection.execute(query.where(callbacks.c.incident_id.in_(chunk)))
        found += [(row.incident_id, row.at) for row in rows]
    return found


async def beginning(tx: Reading) -> datetime | None:
    """The first moment of which anything is known."""
    first: list[Any] = [
        await tx.connection.scalar(sa.select(sa.func.min(column, type_=UtcTime)))
        for column in (incidents.c.opened_at, callbacks.c.at)
    ]
    return min((one for one in first if one is not None), default=None)


async def anything(tx: Reading, *, since: datetime, until: datetime) -> bool:
    """Whether there is anything of a time."""
    for column in (incidents.c.opened_at, callbacks.c.at):
        query = sa.select(sa.literal(1)).where(column >= since, column < until).limit(1)
        if await tx.connection.scalar(query):
            return True
    return False


async def count_open(tx: Reading) -> int:
    """How many incidents ask for somebody now."""
    # Written out, or neither engine dares to use the index of just the open ones.
    query = sa.select(sa.func.count(incidents.c.id)).where(incidents.c.state.in_(OPEN_STATES))
    return await tx.connection.scalar(query) or 0


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), ROWS):
        yield numbers[start : start + ROWS]
