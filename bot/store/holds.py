"""Holds: cards that are not to be posted for now, because a mute hides their incident.

A held card is not lost: its row is there and follows its incident. What a storm holds is in
`store/storms`.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.store.engine import Reading, Writing
from bot.store.tables import cards

MUTED = "muted"  # why a card is held


async def hold(tx: Writing, incident_ids: Collection[int]) -> None:
    """Keep these incidents' cards from being posted; those shown already stay true."""
    if incident_ids:
        await tx.connection.execute(
            sa.update(cards).where(cards.c.incident_id.in_(incident_ids)).values(held=MUTED)
        )


async def let_go(tx: Writing, incident_ids: Collection[int], *, now: datetime) -> None:
    """Post them after all. Their lateness counts from now: until now nobody wanted them shown."""
    if incident_ids:
        await tx.connection.execute(
            sa.update(cards)
            .where(cards.c.incident_id.in_(incident_ids), cards.c.held == MUTED)
            .values(held=None, behind_since=now, due_at=now)
        )


async def not_shown(tx: Reading, incident_ids: Collection[int]) -> list[tuple[int, int]]:
    """Channel and incident of the cards that were never posted and may be now."""
    query = sa.select(cards.c.channel_id, cards.c.incident_id).where(
        cards.c.incident_id.in_(incident_ids), cards.c.ts.is_(None), cards.c.held.is_(None)
    )
    return [(row.channel_id, row.incident_id) for row in await tx.connection.execute(query)]
