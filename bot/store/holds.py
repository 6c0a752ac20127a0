"""Holds: cards that are not to be posted for now: a mute hides them, or a parent holds them back.

A held card is not lost: its row is there and follows its incident. What a storm holds is in
`store/storms`.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.rules.incident import Incident
from bot.store.engine import Reading, Writing
from bot.store.tables import cards

MUTED, BEHIND = "muted", "behind"  # why a card is held


def reason_of(incident: Incident) -> str | None:
    """Why an incident's cards are held, if they are."""
    if incident.mute_id is not None:
        return MUTED
    return BEHIND if incident.parent_id is not None else None


async def hold(tx: Writing, incident_ids: Collection[int], why: str) -> None:
    """Keep these incidents' cards from being posted; those shown already stay true."""
    if incident_ids:
        await tx.connection.execute(
            sa.update(cards).where(cards.c.incident_id.in_(incident_ids)).values(held=why)
        )


async def let_go(tx: Writing, incident_ids: Collection[int], *, now: datetime) -> None:
    """Post them after all. Their lateness counts from now: until now nobody wanted them shown."""
    if incident_ids:
        await tx.connection.execute(
            sa.update(cards)
            .where(cards.c.incident_id.in_(incident_ids), cards.c.held.in_((MUTED, BEHIND)))
            .values(held=None, behind_since=now, due_at=now)
        )


async def not_shown(tx: Reading, incident_ids: Collection[int]) -> list[tuple[int, int]]:
    """Channel and incident of the cards that were never posted and may be now."""
    query = sa.select(cards.c.channel_id, cards.c.incident_id).where(
        cards.c.incident_id.in_(incident_ids), cards.c.ts.is_(None), cards.c.held.is_(None)
    )
    return [(row.channel_id, row.incident_id) for row in await tx.connection.execute(query)]
