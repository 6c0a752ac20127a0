"""Channels: the names that settings and routes give, and what Slack said of each."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.engine import Reading, Writing, insert_unless_there
from bot.store.tables import NEVER, channels


@dataclass(frozen=True, slots=True)
class ParkedChannel:
    """A channel that Slack refuses, with Slack's word for why."""

    name: str
    reason: str


async def numbers(tx: Writing, names: Collection[str]) -> dict[str, int]:
    """The number of each channel; unknown names get one."""
    for name in sorted(names):
        row = {"name": name, "posts_open_at": NEVER, "lease_until": NEVER}
        await tx.connection.execute(insert_unless_there(tx, channels).values(row))
    found = await tx.connection.execute(
        sa.select(channels.c.name, channels.c.id).where(channels.c.name.in_(names))
    )
    return {row.name: row.id for row in found}


async def parked(tx: Reading) -> list[ParkedChannel]:
    """Channels that wait for somebody to mend them."""
    query = sa.select(channels.c.name, channels.c.parked_reason)
    found = await tx.connection.execute(query.where(channels.c.parked_reason.is_not(None)))
    return [ParkedChannel(row.name, row.parked_reason) for row in found]
