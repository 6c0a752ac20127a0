"""What statistics are made of: incidents of a time in brief, and how much was heard.

There is no index by time alone: an alarm's own entries are found by its number and the time,
and alarms are thousands where callbacks are millions.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any  # columns of any type

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.incident import Sort
from bot.rules.judge import Outcome
from bot.rules.stats import Brief, Watched
from bot.store.engine import Reading
from bot.store.tables import alarms, callbacks, incidents
from bot.store.values import severity_or_none

ROWS = 1_000  # read at once: others have a turn in between
OPEN = ("firing", "no_data")
# An alarm's entries are to be found by the alarm. SQLite knows nothing of how many rows there
# are and might begin at the other end, with all of them; a sign before the number forbids it.
EACH_ALARM = sa.literal_column("+alarms.id", sa.BigInteger)
CHANGES = (Outcome.REOPENED.value, Outcome.RECOVERED.value)


async def briefs(tx: Reading, *, since: datetime, until: datetime) -> list[Brief]:
    """The incidents that opened within the time."""
    wanted = (
        "id", "alarm_id", "sort", "state", "opened_at", "recovered_at", "closed_at", "heard_at",
        "first_acknowledged_at", "worst_severity", "firings",
    )  # fmt: skip
    query = (
        sa.select(*(incidents.c[name] for name in wanted))
        .select_from(alarms)
        .join(incidents, incidents.c.alarm_id == EACH_ALARM)
        .where(incidents.c.opened_at >= since, incidents.c.opened_at < until)
    )
    return [_brief(row) async for row in _rows(tx, query)]


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
    )


async def _rows(tx: Reading, query: sa.Select[*tuple[Any, ...]]) -> AsyncIterator[sa.RowMapping]:
    streamed = await tx.connection.stream(query)
    async for part in streamed.mappings().partitions(ROWS):
        for row in part:
            yield row


async def heard(tx: Reading, *, since: datetime, until: datetime) -> dict[int, int]:
    """How many callbacks there were within the time, by alarm; alarms without are left out."""
    query = (
        sa.select(alarms.c.id, sa.func.count().label("number"))
        .select_from(alarms)
        .join(callbacks, callbacks.c.alarm_id == EACH_ALARM)
        .where(callbacks.c.at >= since, callbacks.c.at < until)
        .group_by(alarms.c.id)
    )
    return {row["id"]: row["number"] async for row in _rows(tx, query)}


async def watched(tx: Reading, numbers: Sequence[int]) -> dict[int, Watched]:
    """What alarms are called."""
    query = sa.select(
        alarms.c.id, alarms.c.name, alarms.c.rule_id, alarms.c.dimensions, alarms.c.instance_name
    )
    found: dict[int, Watched] = {}
    for chunk in _chunks(sorted(numbers)):
        rows = await tx.connection.execute(query.where(alarms.c.id.in_(chunk)))
        found |= {row["id"]: _watched(row) for row in rows.mappings()}
    return found


def _watched(row: sa.RowMapping) -> Watched:
    described = Alarm(
        row["id"],
        key="",
        name=row["name"],
        dimensions=row["dimensions"],
        instance_name=row["instance_name"],
    )
    return Watched(row["id"], row["name"], row["rule_id"] or row["name"], described.instance)


async def changes(tx: Reading, incident_ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """When incidents fired once more or recovered, with their alarms."""
    query = sa.select(callbacks.c.alarm_id, callbacks.c.at).where(callbacks.c.outcome.in_(CHANGES))
    found: list[tuple[int, datetime]] = []
    for chunk in _chunks(incident_ids):
        rows = await tx.connection.execute(query.where(callbacks.c.incident_id.in_(chunk)))
        found += [(row.alarm_id, row.at) for row in rows]
    return found


async def count_open(tx: Reading) -> int:
    """How many incidents ask for somebody now."""
    # Written out, or neither engine dares to use the index of just the open ones.
    states = sa.BindParameter[str](None, OPEN, expanding=True, literal_execute=True)
    query = sa.select(sa.func.count(incidents.c.id)).where(incidents.c.state.in_(states))
    return await tx.connection.scalar(query) or 0


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), ROWS):
        yield numbers[start : start + ROWS]
