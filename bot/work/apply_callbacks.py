"""Apply callbacks: read the inbox in order and make rows of it, one transaction a batch.

A batch that fails is tried one by one; a callback that fails alone is kept with its reason
and shown, and the others go on. One replica applies at a time (a lease), so that the order
of each alarm's callbacks is kept.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.rules.judge import Outcome
from bot.store import canaries, inbox, leases
from bot.store.engine import Database, Reading, Writing
from bot.store.hints import Hints
from bot.store.inbox import Waiting
from bot.work.batch import Batch, canaries_in, opened
from bot.work.desk import Letter
from bot.work.filing import Filing
from bot.work.pace import Pace

log = structlog.get_logger()

LEASE = timedelta(seconds=10)  # a killed replica's work is taken over within this time
IDLE = timedelta(seconds=2)  # how often an idle replica looks, without a poke
AFTER_FAILURE = timedelta(seconds=1)
HANDED_OVER = 0.1  # seconds between hints to the replica that applies
LATE = timedelta(seconds=20)  # what waits so long has half of the time: a slow disk's crowd stays


class Overtaken(Exception):
    """Another replica has applied some of these callbacks meanwhile."""


class Applier:
    """The apply loop. `poke` tells the delivery loop that rows have changed."""

    def __init__(
        self,
        database: Database,
        *,
        filing: Filing,
        owner: str,
        clock: Clock,
        poke: Callable[[], None],
        seen: Callable[[Outcome], None] = lambda _outcome: None,
        taken: Callable[[], int] = lambda: 0,
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        """`seen` counts outcomes; `taken` tells how many callbacks this replica has taken.

        `waiting` tells how many senders wait for their 200.
        """
        self._database = database
        self._hints = Hints(database)
        self._is_ours = True
        self._filing = filing
        self._owner = owner
        self._clock = clock
        self._poke = poke
        self._seen = seen
        self._pace = Pace(taken=taken, waiting=waiting)
        self._is_late = False
        self._was_all = True
        self._stopping = False
        self._something = asyncio.Event()

    def poke(self) -> None:
        """There may be something in the inbox."""
        self._something.set()

    def stop(self) -> None:
        """Finish the batch, then end."""
        self._stopping = True
        self._pace.stop()
        self._something.set()

    async def run(self) -> None:
        """Apply until `stop`."""
        try:
            while not self._stopping:
                self._something.clear()
                pause = await self._drain()
                if self._stopping:
                    break
                try:
                    async with asyncio.timeout(pause.total_seconds()):
                        await self._something.wait()
                except TimeoutError:
                    continue
        finally:
            await self._let_go()

    async def _drain(self) -> timedelta:
        try:
            while not self._stopping and not await self._apply_and_rest():
                pass
        except StorageUnavailable as error:
            log.warning("callbacks.apply_postponed", reason=str(error))
            return AFTER_FAILURE
        except Overtaken:
            self.poke()
        except Exception:  # not even a poisoned callback may end the loop: all are kept
            log.exception("callbacks.apply_failed")
            return AFTER_FAILURE
        return IDLE

    async def _apply_and_rest(self) -> bool:
        """One batch; in a burst a rest before it, in which callbacks can be taken.

        Whether nothing is left. What the batch has done is shown the sooner for not looking again.
        """
        await self._pace.lull()
        done = await self.apply_batch()
        is_empty = done == 0 or (self._was_all and not self._something.is_set())
        self._pace.ended(done, is_late=self._is_late, is_empty=is_empty)
        if not self._is_ours:
            await self._hand_over()
        return is_empty

    async def _hand_over(self) -> None:
        """Another replica applies: wake it, and do not get in its way for each callback."""
        await self._hints.give()
        await asyncio.sleep(HANDED_OVER)

    async def _let_go(self) -> None:
        try:
            async with self._database.writing() as tx:
                await leases.release(tx, leases.APPLY, self._owner)
        except StorageUnavailable:
            log.info("callbacks.lease_left_to_run_out")

    async def apply_batch(self) -> int:
        """Apply the oldest callbacks; how many. 0 also while another replica applies."""
        try:
            # While another applies, one is enough to see whether it still does.
            batch = await self._oldest(self._pace.batch if self._is_ours else 1)
            self._is_late = batch is not None and self._clock() - batch.since > LATE
            self._was_all = batch is None or batch.is_all
            if batch is None:  # an idle bot writes nothing, not even a lease
                self._is_ours = True
                return 0
            return await self._apply(batch)
        except (StorageUnavailable, Overtaken):
            raise
        except Exception:  # one of them, or all: each has a transaction of its own now
            log.exception("callbacks.batch_failed")
        self._was_all = False
        return await self._apply_one_by_one()

    async def _oldest(self, limit: int) -> Batch | None:
        async def look(tx: Reading) -> Batch | None:
            waiting = await inbox.oldest(tx, limit)
            are_all = inbox.are_all(waiting, limit)
            return await self._opened(waiting, tx, are_all=are_all) if waiting else None

        return await self._database.read_at_once(look)

    async def _opened(self, waiting: list[Waiting], tx: Reading, *, are_all: bool = False) -> Batch:
        """Read and judged before the transaction: on SQLite, senders wait for its end.

        Where callbacks are long lists, they are the first of those that wait.
        """
        first, letters = opened(waiting)
        draft = await self._filing.draft(tx, letters, now=self._clock())
        is_all = are_all and len(first) == len(waiting)
        return Batch(first, draft, is_all=is_all, canaries=canaries_in(first))

    async def _spoilt(self, waiting: list[Waiting], reason: str, tx: Reading) -> Batch:
        letters = [Letter.failed(one.taken, reason) for one in waiting]
        return Batch(waiting, await self._filing.draft(tx, letters, now=self._clock()))

    async def _apply(self, batch: Batch) -> int:
        outcomes = await self._database.write_at_once(partial(self._file, batch))
        if outcomes is None:
            return 0
        for outcome in outcomes:
            self._seen(outcome)
        if outcomes:
            log.info("callbacks.applied", count=len(outcomes))
            self._poke()
        return len(batch.waiting)

    async def _file(self, batch: Batch, tx: Writing) -> list[Outcome] | None:
        if not await self._take_over(tx, batch.waiting):
            return None
        now = self._clock()
        outcomes = await self._filing.file(tx, batch.draft, now=now)
        if batch.canaries:
            await canaries.arrive(tx, batch.canaries, now=now)
        return outcomes

    async def _take_over(self, tx: Writing, waiting: list[Waiting]) -> bool:
        """Take callbacks out of the inbox; False while another replica applies.

        Raises Overtaken where one is gone: this replica was held up, and another had its turn.
        Only whoever applies changes what was looked up, and always starts with the oldest; so
        what is still here was looked up in time.
        """
        now = self._clock()
        until = now + LEASE
        self._is_ours = await leases.hold(tx, leases.APPLY, self._owner, now=now, until=until)
        if self._is_ours and not await inbox.drop(tx, waiting):
            raise Overtaken
        return self._is_ours

    async def _apply_one_by_one(self) -> int:
        """What is left of a batch that failed, each callback in a transaction of its own."""
        done = 0
        while done < self._pace.batch:
            waiting = await self._database.read_at_once(partial(inbox.oldest, limit=1))
            if not waiting:
                break
            try:
                batch = await self._database.read_at_once(partial(self._opened, waiting))
                if not await self._apply(batch):
                    break
            except (StorageUnavailable, Overtaken):
                raise
            except Exception as error:  # one poisoned callback may not stop the others
                log.exception("callbacks.poisoned")
                # The class alone: an error's text may quote the body, and this goes on a card.
                reason = f"{type(error).__name__}, a fault of ours; see the log"
                spoilt = partial(self._spoilt, waiting, reason)
                await self._apply(await self._database.read_at_once(spoilt))
            done += 1
        return done
