"""The canary's flights: one every few minutes, and soon another one when it did not arrive."""

from datetime import datetime, timedelta

import structlog

from bot.ids import new_id
from bot.outside.canary import Canary
from bot.rules.canary import NOT_APPLIED
from bot.store import canaries
from bot.store.engine import Database

log = structlog.get_logger()


class Canaries:
    """Sends them; the apply loop notes that they arrive."""

    def __init__(self, database: Database, canary: Canary, *, every: timedelta) -> None:
        self._database = database
        self._canary = canary
        self._every = every

    async def look(self, now: datetime) -> None:
        """Send one if it is time. Raises StorageUnavailable."""
        async with self._database.reading() as tx:
            flight = await canaries.flight(tx)
        if flight.is_lost(now):
            await self._failed(NOT_APPLIED, now)
        elif flight.is_due(now, every=self._every):
            await self._send(now)

    async def _send(self, now: datetime) -> None:
        number = new_id()
        async with self._database.writing() as tx:
            await canaries.send(tx, number, now=now)
        refused = await self._canary.fly(number)
        if refused is not None:
            await self._failed(refused, now)

    async def _failed(self, because: str, now: datetime) -> None:
        log.warning("canary.did_not_arrive", reason=because)
        async with self._database.writing() as tx:
            await canaries.fail(tx, because, now=now)
