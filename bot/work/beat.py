"""The beat: every few seconds, proof that callbacks can be accepted; and what its absence means.

The beat is a small write, so it fails when the database takes none, and `/readyz` says so. When
no replica has beaten for longer than the sender tries, the first that does marks the gap in
Slack: alarms that changed in it may never be heard of. Over several replicas it is marked once,
because they read the last beat one after the other, and their clocks are the database's.
"""

import asyncio
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.rules.gap import Gap, longest_gap, may_be_gap
from bot.rules.notice import Notice, NoticeKind
from bot.rules.routing import Destination
from bot.store import callbacks, pulses
from bot.store.engine import Database, Writing
from bot.work.mute import Poke
from bot.work.post_notices import number_for_notice, post_notice

log = structlog.get_logger()

EVERY = timedelta(seconds=5)
WITHIN = timedelta(seconds=5)  # a beat that waits for a dead connection would look like a gap
NOT_YET = "not reached yet"


class Beat:
    """One replica's beat. `refused` is why the last one failed; None while all is well."""

    def __init__(self, database: Database, *, place: Destination, clock: Clock, poke: Poke) -> None:
        """`place` hears of gaps; `poke` wakes the delivery loop."""
        self._database = database
        self._place = place
        self._clock = clock
        self._poke = poke
        self._beaten: float | None = None  # by the loop's clock, which nobody sets
        self.within = WITHIN
        self.refused: str | None = NOT_YET

    async def run(self) -> None:
        """Until it is cancelled, which it may be at any moment."""
        while True:
            await self.beat()
            await asyncio.sleep(EVERY.total_seconds())

    async def beat(self) -> None:
        """Beat once, if the database takes it."""
        try:
            async with asyncio.timeout(self.within.total_seconds()), self._database.writing() as tx:
                gap = await self._beat(tx)
        except (StorageUnavailable, TimeoutError) as error:
            self.refused = str(error) or "no answer"
            log.warning("beat.missed", reason=self.refused)
            return
        self.refused, self._beaten = None, asyncio.get_running_loop().time()
        if gap:
            log.warning("callbacks.gap", start=str(gap.start), end=str(gap.end))
            self._poke()

    async def last(self) -> None:
        """Once more at the end, so that a restart is measured from there."""
        if self.refused is None:
            await self.beat()

    async def _beat(self, tx: Writing) -> Gap | None:
        before = await pulses.last_in_turn(tx, pulses.ACCEPTING)
        now = self._clock()
        last = before.at if before else None
        gap = None
        if last is not None and may_be_gap(last, now, silent=self._silent()):
            gap = longest_gap(last, await callbacks.received_since(tx, last), now)
        if gap:
            await self._mark(tx, gap)
        await pulses.beat(tx, pulses.ACCEPTING, now)
        return gap

    def _silent(self) -> timedelta | None:
        if self._beaten is None:
            return None
        return timedelta(seconds=asyncio.get_running_loop().time() - self._beaten)

    async def _mark(self, tx: Writing, gap: Gap) -> None:
        number = await number_for_notice(tx)
        notice = Notice(number, NoticeKind.GAP, gap.start, gap.end, callback_id=None)
        await post_notice(tx, notice, place=self._place, now=self._clock())
