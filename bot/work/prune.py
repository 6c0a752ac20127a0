"""Keeps the history to what is wanted: by age, by count, or both. In small batches, so that
callbacks and clicks get in between; stopping it at any moment loses nothing but time. Which
deliveries came is forgotten in any case when none of them can be repeated any more.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.store import leases, prune
from bot.store.engine import Database, Writing

log = structlog.get_logger()

BATCH = 200  # incidents in one transaction
# Callbacks: on PostgreSQL each of their hours is a lock, of which a small server has some 2,000.
CALLBACKS = 1_000
PAUSE = timedelta(milliseconds=50)  # between batches, for everybody else
LEASE = "prune"
EVERY = timedelta(hours=1)
REMEMBERED = timedelta(days=7)  # a delivery; senders repeat one for seconds
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept: incidents heard of within `age`, and the newest `most`; None: all."""

    age: timedelta | None = None
    most: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing of the history is ever removed."""
        return self.age is None and self.most is None


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many went."""

    incidents: int = 0
    callbacks: int = 0
    notices: int = 0


async def prune_once(database: Database, keep: Keep, *, now: datetime) -> Pruned:
    """Remove what need not be kept. Raises StorageUnavailable."""
    before = now - keep.age if keep.age is not None else None
    async with database.reading() as tx:
        below = await prune.newest(tx)
        up_to = await prune.number_of_the(tx, keep.most + 1) if keep.most is not None else 0
    gone, callbacks = await _incidents(database, before or _BEFORE_ALL, up_to, below)
    await _forget_deliveries(database, now - REMEMBERED)
    if before is None:
        return Pruned(gone, callbacks)
    callbacks += await _in_batches(database, prune.drop_callbacks_of_none, before)
    notices = await _in_batches(database, prune.drop_notices, before)
    await _in_batches(database, prune.drop_groups, before)
    return Pruned(gone, callbacks, notices)


async def _forget_deliveries(database: Database, before: datetime) -> None:
    """Looks first: most hours nothing is that old, and a look holds up no callback."""
    after: str | None = ""
    while after is not None:
        async with database.reading() as tx:
            keys = await prune.next_slice(tx, after)
            old = await prune.any_deliveries(tx, keys, before=before)
        if old:
            async with database.writing() as tx:
                await prune.drop_deliveries(tx, keys, before=before)
        _, after = keys
        await asyncio.sleep(0)


async def _incidents(
    database: Database, before: datetime, up_to: int, below: int
) -> tuple[int, int]:
    gone, callbacks, last = 0, 0, 0
    while True:
        async with database.writing() as tx:
            batch = await prune.old_incidents(
                tx, after=last, before=before, up_to=up_to, below=below, most=BATCH
            )
            if not batch:
                return gone, callbacks
            some = await prune.drop_callbacks_of(tx, batch, most=CALLBACKS)
            if some < CALLBACKS:  # these were the last; or else the incidents come again
                await prune.drop_incidents(tx, batch)
                gone, last = gone + len(batch), batch[-1]
        callbacks += some
        await asyncio.sleep(PAUSE.total_seconds())


class Drop(Protocol):
    """A deletion of at most so many rows; how many went."""

    async def __call__(self, tx: Writing, *, before: datetime, most: int) -> int: ...


async def _in_batches(database: Database, drop: Drop, before: datetime) -> int:
    gone = 0
    while True:
        async with database.writing() as tx:
            count = await drop(tx, before=before, most=BATCH)
        gone += count
        if count < BATCH:
            return gone
        await asyncio.sleep(PAUSE.total_seconds())


class Pruner:
    """Prunes once an hour, on one replica at a time."""

    def __init__(self, database: Database, keep: Keep, *, owner: str, clock: Clock) -> None:
        self._database = database
        self._keep = keep
        self._owner = owner
        self._clock = clock

    async def run(self) -> None:
        """Until it is cancelled, which it may be at any moment."""
        while True:
            try:
                await self.once()
            except StorageUnavailable:
                log.warning("history.not_pruned")
            await asyncio.sleep(EVERY.total_seconds())

    async def once(self) -> None:
        """If it is this replica's turn. Raises StorageUnavailable."""
        if not await self._is_my_turn():
            return
        pruned = await prune_once(self._database, self._keep, now=self._clock())
        if pruned != Pruned():
            log.info("history.pruned", **asdict(pruned))

    async def _is_my_turn(self) -> bool:
        now = self._clock()
        async with self._database.writing() as tx:
            return await leases.hold(tx, LEASE, self._owner, now=now, until=now + EVERY)
