"""Sums up the past in the background: hours that are over, and larger pieces out of them.

What a row changes is taken out of the sums by the database itself, and summed anew here. One
replica does it at a time. No transaction is a long one: callbacks and clicks get in between.
"""

import asyncio
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.rules.sheet import SIZES, Piece, Sheet, added_up, hour_of
from bot.store import leases, sheets, stats
from bot.store.engine import Database
from bot.work.reckon import reckoned

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
LEASE = "sum up"
HELD = timedelta(minutes=5)
OVER = timedelta(minutes=2)  # an hour is summed when most that is late has come
PAUSE = 0.02  # seconds between pieces, for everybody else
RENEW = 50  # pieces, until the lease is renewed


class SumUp:
    """The loop. `pause` seconds lie between two pieces."""

    def __init__(
        self, database: Database, *, owner: str, clock: Clock, pause: float = PAUSE
    ) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._pause = pause
        self._done = 0

    async def run(self) -> None:
        """Until it is cancelled, which it may be at any moment."""
        while True:
            try:
                if await self._is_my_turn():
                    await self.once()
            except StorageUnavailable:
                log.warning("history.not_summed")
            await asyncio.sleep(EVERY.total_seconds())

    async def once(self) -> int:
        """Sum up all that is over and not summed; how many pieces that were."""
        self._done = 0
        async with self._database.reading() as tx:
            first = await stats.beginning(tx)
        if first is None:
            return 0
        last = hour_of(self._clock() - OVER)
        size = SIZES[-1]
        begin = hour_of(first) // size * size
        pieces = [Piece(start, size) for start in range(begin, last, size)]
        await self._settle(pieces[::-1], last)
        return self._done

    async def _settle(self, pieces: list[Piece], last: int) -> None:
        """The newest first: that is what people ask for."""
        if not pieces:
            return
        async with self._database.reading() as tx:
            there = await sheets.made(tx, pieces)
        for piece in pieces:
            if piece in there or piece.start >= last:
                continue
            if piece.start + piece.size > last:
                await self._settle(piece.parts()[::-1], last)
            elif not await self._is_empty(piece):
                await self._settle(piece.parts()[::-1], last)
                await self._sum(piece)
            else:
                await self._sum(piece, Sheet())

    async def _is_empty(self, piece: Piece) -> bool:
        async with self._database.reading() as tx:
            return not await stats.anything(tx, since=piece.since, until=piece.until)

    async def _sum(self, piece: Piece, sheet: Sheet | None = None) -> None:
        async with self._database.writing() as tx:
            mark = await sheets.mark(tx, piece)
        if mark is None:
            return
        made = await self._sheet(piece) if sheet is None else await self._empty(piece)
        if made is not None:
            async with self._database.writing() as tx:
                await sheets.save(tx, piece, made, mark=mark)
        self._done += 1
        if self._done % RENEW == 0:
            await self._is_my_turn()
        await asyncio.sleep(self._pause)

    async def _empty(self, piece: Piece) -> Sheet | None:
        """Nothing, if that is still so after the mark."""
        return Sheet() if await self._is_empty(piece) else None

    async def _sheet(self, piece: Piece) -> Sheet | None:
        """An hour out of its rows; what is larger out of its parts, if all are there."""
        parts = piece.parts()
        async with self._database.reading() as tx:
            if not parts:
                return await reckoned(tx, piece.since, piece.until)
            if await sheets.made(tx, parts) != set(parts):
                return None
            wholes = await sheets.wholes(tx, parts)
        return await asyncio.to_thread(added_up, wholes)

    async def _is_my_turn(self) -> bool:
        now = self._clock()
        async with self._database.writing() as tx:
            return await leases.hold(tx, LEASE, self._owner, now=now, until=now + HELD)
