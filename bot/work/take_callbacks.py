"""Take callbacks: store them as they came, and only then answer.

The promise begins here: whoever gets an id from `take` has the callback on disk. All that
wait at one moment share one transaction (group commit), so the rate does not hang on how
often a disk can sync. Nothing is parsed here, and no index is kept but the order.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, takewhile

from bot.clock import Clock
from bot.errors import Busy, StorageUnavailable
from bot.ids import new_id
from bot.rules.record import RawRequest
from bot.store import inbox
from bot.store.engine import Append, Database
from bot.store.inbox import Taken

BATCH = 1_000  # callbacks of one transaction: some 10 ms of writing
LINE = 10_000  # callbacks that may wait: above it, a sender is told to come again
MIB = 1024 * 1024
BATCH_BYTES = 2 * MIB  # of one transaction; a thousand real callbacks have 1 MiB
LINE_BYTES = 32 * MIB  # that may wait: it is memory that anybody with a token fills
PATIENCE = timedelta(seconds=4)  # the sender gives up after five
LOOK = 0.25  # seconds; one timer for all that wait is cheaper than one for each
STOPPING = "the bot is stopping"
TOO_LATE = "timeout"


@dataclass(frozen=True, slots=True)
class _Waiting:
    taken: Taken
    since: float  # by the loop's clock
    stored: asyncio.Future[None]

    @property
    def size(self) -> int:
        """Bytes, of what can be many."""
        return len(self.taken.request.body) + len(self.taken.request.query)


class Taker:
    """The line before the inbox. `run` is its one writer; `poke` is called after each commit."""

    def __init__(self, database: Database, *, clock: Clock, poke: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._poke = poke
        self._line: list[_Waiting] = []
        self._bytes = 0  # in the line
        self._being_stored: Sequence[_Waiting] = ()
        self._somebody = asyncio.Event()
        self._looking: asyncio.TimerHandle | None = None
        self._stopping = False
        self.taken = 0  # callbacks stored since the start

    @property
    def waiting(self) -> int:
        """How many callers wait for their 200."""
        return len(self._line) + len(self._being_stored)

    async def take(self, source: str, request: RawRequest) -> str:
        """Store one callback and give its id. Raises StorageUnavailable or Busy.

        Who has waited for four seconds is refused, though it may still be stored: a copy
        does no harm.
        """
        if len(self._line) >= LINE or self._bytes >= LINE_BYTES:
            raise Busy
        loop = asyncio.get_running_loop()
        taken = Taken(new_id(), self._clock(), source, request)
        waiting = _Waiting(taken, loop.time(), loop.create_future())
        self._line.append(waiting)
        self._bytes += waiting.size
        self._somebody.set()
        if self._looking is None:
            self._looking = loop.call_later(LOOK, self._refuse_the_late)
        await waiting.stored
        return taken.id

    def _refuse_the_late(self) -> None:
        loop = asyncio.get_running_loop()
        since = loop.time() - PATIENCE.total_seconds()
        late = [one for one in (*self._being_stored, *self._line) if one.since < since]
        _refuse(late, StorageUnavailable(TOO_LATE))
        self._now_wait([one for one in self._line if not one.stored.done()])
        self._looking = loop.call_later(LOOK, self._refuse_the_late) if self.waiting else None

    def _now_wait(self, line: list[_Waiting]) -> None:
        self._line = line
        self._bytes = sum(one.size for one in line)

    def stop(self) -> None:
        """Store what waits, then end."""
        self._stopping = True
        self._somebody.set()

    async def run(self) -> None:
        """Write the line to the inbox, batch after batch, until `stop`."""
        try:
            while self._line or not self._stopping:
                await self._somebody.wait()
                async with self._database.appending() as append:
                    await self._store_next(append)
        finally:
            _refuse(self._line, StorageUnavailable(STOPPING))

    async def _store_next(self, append: Append) -> None:
        """Whoever waits by now. Picked before its turn, a batch would be those who came first."""
        number = _fitting(self._line)
        self._being_stored = self._line[:number]
        self._now_wait(self._line[number:])
        if not self._line and not self._stopping:
            self._somebody.clear()
        if self._being_stored:
            await self._store(self._being_stored, append)
        self._being_stored = ()

    async def _store(self, batch: Sequence[_Waiting], append: Append) -> None:
        try:
            await self._append(batch, append)
        except asyncio.CancelledError:
            _refuse(batch, StorageUnavailable(STOPPING))
            raise
        except StorageUnavailable as error:
            _refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - one bad row may not cost the others
            await self._store_one_by_one(batch, append, error)

    async def _append(self, batch: Sequence[_Waiting], append: Append) -> None:
        await inbox.append(append, [waiting.taken for waiting in batch])
        for waiting in batch:
            if not waiting.stored.done():
                waiting.stored.set_result(None)
        self.taken += len(batch)
        self._poke()

    async def _store_one_by_one(
        self, batch: Sequence[_Waiting], append: Append, error: Exception
    ) -> None:
        if len(batch) == 1:
            _refuse(batch, error)
            return
        for waiting in batch:
            await self._store([waiting], append)


def _fitting(line: Sequence[_Waiting]) -> int:
    """How many of a line one transaction takes; the first of all, however large it is."""
    so_far = accumulate((one.size for one in line[1:BATCH]), initial=line[0].size if line else 0)
    return max(1, sum(1 for _ in takewhile(lambda size: size <= BATCH_BYTES, so_far)))


def _refuse(batch: Iterable[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.stored.done():
            waiting.stored.set_exception(error)
