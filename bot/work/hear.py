"""Hear the hints of other replicas."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.errors import StorageUnavailable
from bot.store.engine import Database
from bot.store.hints import Hints

log = structlog.get_logger()

AGAIN = timedelta(seconds=5)


async def hear(database: Database, heard: Callable[[], None]) -> None:
    """Call `heard` at every hint, for ever; deaf for a while where the database is away."""
    if database.server is None:
        return
    while True:
        try:
            await Hints(database).hear(heard)
        except StorageUnavailable as error:
            log.info("hints.lost", reason=str(error))
        await asyncio.sleep(AGAIN.total_seconds())
