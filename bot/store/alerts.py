"""Alerts: messages about troubles that are still to be sent, each by one way out.

A row is there before its message is sent and goes when it was: what a killed replica did not
send another one sends, with the same id, by which a receiver knows a second copy.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.trouble import Telling
from bot.store.engine import Reading, Writing
from bot.store.tables import alerts


@dataclass(frozen=True, slots=True)
class Alert:
    """What to say of a trouble, by which way; `at` is when it was to be said."""

    id: str
    way: str
    trouble: str
    telling: Telling
    detail: str
    since: datetime
    at: datetime
    due_at: datetime
    attempts: int = 0


async def add(tx: Writing, new: Sequence[Alert]) -> None:
    """Queue messages, in the transaction that decided on them."""
    names = Alert.__dataclass_fields__
    rows = [{name: getattr(one, name) for name in names} for one in new]
    for row in rows:
        row["telling"] = row["telling"].value
    if rows:
        await tx.connection.execute(sa.insert(alerts), rows)


async def oldest(tx: Reading, way: str) -> Alert | None:
    """What is to be sent next this way."""
    query = sa.select(alerts).where(alerts.c.way == way).order_by(alerts.c.at, alerts.c.id)
    row = (await tx.connection.execute(query.limit(1))).mappings().first()
    if row is None:
        return None
    columns = dict(row)
    columns["telling"] = Telling(row["telling"])
    return Alert(**columns)


async def waiting(tx: Reading, ways: Collection[str]) -> set[str]:
    """Troubles about which something is still to be sent."""
    query = sa.select(alerts.c.trouble).where(alerts.c.way.in_(ways)).distinct()
    return set(await tx.connection.scalars(query))


async def drop(tx: Writing, alert: Alert) -> None:
    """It was sent, or never will be."""
    await tx.connection.execute(sa.delete(alerts).where(alerts.c.id == alert.id))


async def put_off(tx: Writing, alert: Alert, *, due_at: datetime) -> None:
    """It could not be sent; again later."""
    await tx.connection.execute(
        sa.update(alerts)
        .where(alerts.c.id == alert.id)
        .values(due_at=due_at, attempts=alerts.c.attempts + 1)
    )
