"""How far Slack is behind: the cards that do not say yet what the database says."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.engine import Reading
from bot.store.tables import cards, cards_behind


async def oldest_behind(tx: Reading) -> datetime | None:
    """Since when the card that is furthest behind is behind; None when all are true."""
    query = sa.select(sa.func.min(cards.c.behind_since)).where(cards_behind)
    return await tx.connection.scalar(query)


async def count_behind(tx: Reading) -> int:
    """How many cards are behind."""
    query = sa.select(sa.func.count(cards.c.id)).where(cards_behind)
    return await tx.connection.scalar(query) or 0
