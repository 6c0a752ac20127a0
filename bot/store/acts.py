"""Acts: what people did, kept for ever. Rows are added, never changed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.incident import Incident, Person
from bot.store.engine import Reading, Writing
from bot.store.tables import acts


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to which incident, and from where."""

    at: datetime
    incident_id: int
    verb: str
    actor: Person
    via: str
    before: str
    after: str


def _told(incident: Incident) -> str:
    taken = incident.acknowledged
    return f"{incident.state.value}, {f'acknowledged by {taken.by.id}' if taken else 'open'}"


async def add(
    tx: Writing,
    verb: str,
    actor: Person,
    *,
    before: Incident,
    after: Incident,
    via: str,
    now: datetime,
) -> None:
    """Write down one act, in the transaction of the change."""
    await tx.connection.execute(
        sa.insert(acts).values(
            id=new_id(),
            at=now,
            incident_id=after.id,
            verb=verb,
            actor_id=actor.id,
            actor_name=actor.name,
            via=via,
            before=_told(before),
            after=_told(after),
        )
    )


async def of_incident(tx: Reading, incident_id: int) -> list[Act]:
    """All acts on one incident, oldest first."""
    query = sa.select(acts).where(acts.c.incident_id == incident_id).order_by(acts.c.at, acts.c.id)
    found = await tx.connection.execute(query)
    return [
        Act(
            at=row["at"],
            incident_id=row["incident_id"],
            verb=row["verb"],
            actor=Person(row["actor_id"], row["actor_name"]),
            via=row["via"],
            before=row["before"],
            after=row["after"],
        )
        for row in found.mappings()
    ]
