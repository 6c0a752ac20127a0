"""Pulses: when something that must happen again and again happened last, for all replicas."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.columns import NEVER
from bot.store.dialects import insert_unless_there
from bot.store.engine import Reading, Writing
from bot.store.tables import pulses

ACCEPTING = "accepting"  # some replica could accept callbacks


@dataclass(frozen=True, slots=True)
class Pulse:
    """When it was, and what is to be known of it."""

    at: datetime
    detail: str | None = None


async def beat(tx: Writing, name: str, now: datetime, *, detail: str | None = None) -> None:
    """It happens now."""
    await tx.connection.execute(insert_unless_there(tx, pulses).values(name=name, at=NEVER))
    await tx.connection.execute(
        sa.update(pulses).where(pulses.c.name == name).values(at=now, detail=detail)
    )


async def last(tx: Reading, name: str) -> Pulse | None:
    """The last time, or None if there was none."""
    found = await tx.connection.execute(sa.select(pulses).where(pulses.c.name == name))
    return _pulse(found.mappings().first())


async def last_in_turn(tx: Writing, name: str) -> Pulse | None:
    """As `last`; who asks at the same time waits until this transaction has ended."""
    query = sa.select(pulses).where(pulses.c.name == name).with_for_update()
    await tx.connection.execute(insert_unless_there(tx, pulses).values(name=name, at=NEVER))
    return _pulse((await tx.connection.execute(query)).mappings().first())


async def forget(tx: Writing, name: str) -> None:
    """As if it had never happened."""
    await tx.connection.execute(sa.delete(pulses).where(pulses.c.name == name))


def _pulse(row: sa.RowMapping | None) -> Pulse | None:
    return Pulse(row["at"], row["detail"]) if row and row["at"] > NEVER else None
