"""Lookups: incidents with their alarms, by number."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from bot.ids import uuid_or_none
from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.store.engine import Reading
from bot.store.tables import alarms, cards, channels, incidents
from bot.store.values import incident_from_columns


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident with its alarm."""

    incident: Incident
    alarm: Alarm


_alarm_columns = [column.label(f"alarm_{column.name}") for column in alarms.c]
_both = sa.select(*incidents.c, *[c for c in _alarm_columns if c.name != "alarm_id"]).join(
    alarms, alarms.c.id == incidents.c.alarm_id
)


def _listed(row: sa.RowMapping) -> Listed:
    fields = {name: row[f"alarm_{name}"] for name in Alarm.__dataclass_fields__}
    return Listed(incident_from_columns(row), Alarm(**fields))


async def with_ids(tx: Reading, numbers: Collection[int]) -> dict[int, Listed]:
    """Incidents by number; those that are not there are left out."""
    found = await tx.connection.execute(_both.where(incidents.c.id.in_(numbers)))
    return {row["id"]: _listed(row) for row in found.mappings()}


async def find(tx: Reading, number: int) -> Listed | None:
    """One incident."""
    found = await tx.connection.execute(_both.where(incidents.c.id == number))
    row = found.mappings().first()
    return _listed(row) if row else None


async def of_card(tx: Reading, card_id: str) -> Listed | None:
    """The incident that a card shows; None for what is no card's id."""
    number = uuid_or_none(card_id)
    if number is None:
        return None
    shown = sa.select(cards.c.incident_id).where(cards.c.id == number).scalar_subquery()
    row = (await tx.connection.execute(_both.where(incidents.c.id == shown))).mappings().first()
    return _listed(row) if row else None


async def card_at(tx: Reading, channel_id: str, ts: str) -> str | None:
    """The card that stands at this place in Slack; by Slack's id of the channel."""
    query = (
        sa.select(cards.c.id)
        .join(channels, channels.c.id == cards.c.channel_id)
        .where(cards.c.ts == ts, channels.c.slack_id == channel_id)
    )
    return await tx.connection.scalar(query)
