"""Keep this process's clock with the database's, so that all replicas have one time.

On SQLite, which serves one process, the machine's clock is the reference. A small step is
made at once. A large one waits until nothing is in the air: a lease must not run out, to the
eye of whoever holds it, while a message is on its way.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.clock import Clock, SteadyClock
from bot.errors import StorageUnavailable
from bot.store import times
from bot.store.engine import Database

log = structlog.get_logger()

EVERY = timedelta(seconds=5)
SMALL = timedelta(seconds=1)

Calm = Callable[[Callable[[], None]], Awaitable[None]]


class TimeKeeper:
    """One replica's. `calm` runs something while nothing is in the air."""

    def __init__(
        self, database: Database, clock: SteadyClock, *, machine: Clock, calm: Calm
    ) -> None:
        self._database = database
        self._clock = clock
        self._machine = machine
        self._calm = calm

    async def run(self) -> None:
        """Compare now and then, for ever."""
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                await self.compare()
            except StorageUnavailable as error:
                log.warning("clock.not_compared", reason=str(error))

    async def begin(self) -> None:
        """Take the time over, and undo what a clock that was ahead may have left.

        Raises StorageUnavailable.
        """
        await self.compare()
        await self._forgive()

    async def compare(self) -> timedelta:
        """Set the clock, if it is off; by how much. Raises StorageUnavailable."""
        step = await self._off_by()
        if abs(step) <= SMALL:
            self._clock.set_by(step)
            return step
        log.warning("clock.set", seconds=step.total_seconds())
        await self._calm(lambda: self._clock.set_by(step))
        if step < timedelta(0):
            await self._forgive()
        return step

    async def _off_by(self) -> timedelta:
        """What a slow trip may account for is no difference: a busy bot's time would tremble,
        and two posts come less than a second apart.
        """
        if self._database.embedded:
            return self._machine() - self._clock()
        before = self._clock()
        async with self._database.reading() as tx:
            there = await times.database_time(tx)
        doubt = (self._clock() - before) / 2
        step = there - before - doubt
        return step if abs(step) > doubt else timedelta(0)

    async def _forgive(self) -> None:
        """What was put off by the faster clock would wait for as long as it was ahead."""
        async with self._database.writing() as tx:
            await times.forgive(tx, now=self._clock())
