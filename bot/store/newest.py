"""The newest incident of each alarm: what the apply loop judges callbacks by.

Looked at before the transaction that changes it, because senders wait for the end of that one,
and made sure of in it by one small number: an act of a person may have come between.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from bot.rules.incident import Incident
from bot.store.among import among
from bot.store.engine import Reading, Writing
from bot.store.tables import incidents
from bot.store.values import incident_from_columns


class Stamp(NamedTuple):
    """An incident's number, and that of its changes so far."""

    incident_id: int
    version: int


class Seen(NamedTuple):
    """An incident, and how often it had been changed by then."""

    incident: Incident
    version: int

    @property
    def stamp(self) -> Stamp:
        """What is compared."""
        return Stamp(self.incident.id, self.version)


_newest = (
    sa.select(sa.func.max(incidents.c.id))
    .where(among(incidents.c.alarm_id, "numbers"))
    .group_by(incidents.c.alarm_id)
)
_ROWS = sa.select(incidents).where(incidents.c.id.in_(_newest))
_STAMPS = (
    sa.select(incidents.c.alarm_id, incidents.c.id, incidents.c.version)
    .where(incidents.c.id.in_(_newest))
    .order_by(incidents.c.id)
)
_LOCKED = _STAMPS.with_for_update()


async def of(tx: Reading, alarm_ids: Collection[int]) -> dict[int, Seen]:
    """The newest incidents, by alarm."""
    if not alarm_ids:
        return {}
    found = await tx.connection.execute(_ROWS, {"numbers": list(alarm_ids)})
    return {
        row["alarm_id"]: Seen(incident_from_columns(row), row["version"])
        for row in found.mappings()
    }


async def lock(tx: Writing, alarm_ids: Collection[int]) -> dict[int, Stamp]:
    """Keep the newest incidents as they are until the transaction ends; which they are, by alarm.

    The lock is what lets a click and a callback about one incident both count.
    """
    if not alarm_ids:
        return {}
    found = await tx.connection.execute(_LOCKED, {"numbers": list(alarm_ids)})
    return {alarm: Stamp(number, version) for alarm, number, version in found}


def stamps(seen: Mapping[int, Seen]) -> dict[int, Stamp]:
    """As `lock` tells them, as long as nobody has changed any."""
    return {alarm: one.stamp for alarm, one in seen.items()}
