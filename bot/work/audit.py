"""The audit: what people did, newest first. Nothing here changes a row."""

from datetime import datetime

from bot.store import acts
from bot.store.acts import Act
from bot.store.engine import Database


async def page(
    database: Database,
    *,
    limit: int,
    incident_id: int | None = None,
    before: tuple[datetime, str] | None = None,
) -> list[Act]:
    """A page of acts; `before` is the moment and the id where the page before ended."""
    async with database.reading() as tx:
        return await acts.page(tx, limit=limit, incident_id=incident_id, before=before)
