"""What the stored incidents of some alarms tell a new one: how many of late, and who took the last.

Read in the apply loop's transaction, so by indexes only: the count never leaves the index,
and the last acknowledged one is found in an index of just those.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.rules.incident import Incident
from bot.store.engine import Reading
from bot.store.tables import incidents
from bot.store.values import incident_from_columns


async def opened_count(tx: Reading, alarm_ids: Collection[int], since: datetime) -> dict[int, int]:
    """How many incidents opened since then, by alarm; alarms without any are left out."""
    query = (
        sa.select(incidents.c.alarm_id, sa.func.count().label("number"))
        .where(incidents.c.alarm_id.in_(alarm_ids), incidents.c.opened_at >= since)
        .group_by(incidents.c.alarm_id)
    )
    return {row.alarm_id: row.number for row in await tx.connection.execute(query)}


async def last_acknowledged(tx: Reading, alarm_ids: Collection[int]) -> dict[int, Incident]:
    """The newest incident of each alarm that somebody has, or had when it ended."""
    newest = (
        sa.select(sa.func.max(incidents.c.id))
        .where(incidents.c.alarm_id.in_(alarm_ids), incidents.c.acknowledged_by_id.is_not(None))
        .group_by(incidents.c.alarm_id)
    )
    found = await tx.connection.execute(sa.select(incidents).where(incidents.c.id.in_(newest)))
    return {row["alarm_id"]: incident_from_columns(row) for row in found.mappings()}
