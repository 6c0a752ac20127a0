"""What a process does with the database when it starts, before its loops run."""

import asyncio
from datetime import datetime

from bot.store import claim_ends, leases, notes, revision
from bot.store.engine import Database


async def bring_up(database: Database, *, url: str, migrating: bool, now: datetime) -> None:
    """Migrate, and take back the leases that a killed process left. Raises StorageUnavailable.

    SQLite serves one process, so any lease in it belongs to a process that is gone. On
    PostgreSQL leases of others are alive, and run out by themselves if not.
    """
    if migrating:
        await asyncio.to_thread(_migrate, url)
    if not database.embedded:
        return
    async with database.writing() as tx:
        await claim_ends.release_all(tx, now=now)
        await notes.release_all(tx)
        await leases.release_all(tx)


def _migrate(url: str) -> None:
    if revision.is_behind(url):
        from bot.store import migrate  # noqa: PLC0415 - most starts can do without Alembic

        migrate.upgrade(url)
