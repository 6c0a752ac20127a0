"""Apply callbacks: read the inbox in order and make rows of it, one transaction a batch.

A batch that fails is tried one by one; a callback that fails alone is kept with its reason
and shown, and the others go on. One replica applies at a time (a lease), so that the order
of each alarm's callbacks is kept.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.cloudmonitor.read import read
from bot.errors import StorageUnavailable
from bot.rules.canary import SOURCE, number_in
from bot.rules.judge import Outcome
from bot.store import canaries, inbox, leases
from bot.store.engine import Database, Writing
from bot.store.hints import Hints
from bot.store.inbox import Waiting
from bot.work.desk import Letter
from bot.work.filing import Filing

log = structlog.get_logger()

BATCH = 50  # callbacks of the first transaction; the next are as large as time allows
MOST = 1_000  # of any: what one file of the log takes, and nobody waits for its end
WITHIN = 0.03  # seconds of a transaction while others want to write as well
ALONE = 0.3  # seconds of one that nobody waits for
LEASE = timedelta(seconds=10)  # a killed replica's work is taken over within this time
BURST = timedelta(seconds=1)  # how long applying waits for a lull, until the inbox is empty
FEW = 10  # callbacks since the last batch: no burst, applied at once
LOOK = 0.02  # seconds, in which some appends fit
GLANCES = 5  # of a look
CROWD = 5  # senders that wait at once, on average; at a pace of 1,000 a second some two do
IDLE = timedelta(seconds=2)  # how often an idle replica looks, without a poke
AFTER_FAILURE = timedelta(seconds=1)
HANDED_OVER = 0.1  # seconds between hints to the replica that applies
REST = 20.0  # times as long as a batch took: in a burst, applying has a twentieth
REST_MOST = 1.0  # seconds: a batch that only waited for a lock has not earned a long rest
BREATH = 4.0  # times as long as a batch took, while callbacks flow: else half of them would wait
BREATH_MOST = 0.2  # seconds that a card may be later for it
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
        self._taken = taken
        self._waiting = waiting
        self._taken_before = 0
        self._patience = BURST.total_seconds()
        self._rest = 0.0
        self._breath = 0.0
        self._is_late = False
        self._batch = BATCH
        self._stopping = False
        self._something = asyncio.Event()

    def poke(self) -> None:
        """There may be something in the inbox."""
        self._something.set()

    def stop(self) -> None:
        """Finish the batch, then end."""
        self._stopping = True
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
            while not self._stopping and await self._apply_and_rest():
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

    async def _apply_and_rest(self) -> int:
        """One batch; in a burst a rest before it, in which callbacks can be taken.

        Who waits for a 200 gives up after five seconds, who waits for a card does not.
        """
        await self._lull()
        self._taken_before, started = self._taken(), time.perf_counter()
        done = await self.apply_batch()
        took = time.perf_counter() - started
        self._fit(done, took, WITHIN if self._somebody_waited() else ALONE)
        self._rest = took if self._is_late else min(took * REST, REST_MOST)
        self._breath = min(took if self._is_late else took * BREATH, BREATH_MOST)
        self._patience = self._patience if done else BURST.total_seconds()
        if not self._is_ours:
            await self._hand_over()
        return done

    def _somebody_waited(self) -> bool:
        """Beside the batch. On SQLite no sender gets his 200 meanwhile, but they stand there."""
        return self._taken() > self._taken_before or self._waiting() >= FEW

    async def _hand_over(self) -> None:
        """Another replica applies: wake it, and do not get in its way for each callback."""
        await self._hints.give()
        await asyncio.sleep(HANDED_OVER)

    async def _lull(self) -> None:
        """In a burst senders come first: all of them for a second, later for most of the time.

        A burst is a crowd of senders that wait although nothing is applied. Their number a
        second would not tell: on a machine with little time to spare it falls, and applying
        would take from them what is left.
        """
        if self._taken() - self._taken_before < FEW:
            return
        while (self._patience > 0 or self._rest > 0) and not self._stopping:
            began = time.perf_counter()
            if not await self._is_crowded():
                await asyncio.sleep(self._breath)
                return
            self._patience -= time.perf_counter() - began
            self._rest -= time.perf_counter() - began

    async def _is_crowded(self) -> bool:
        seen = 0
        for _ in range(GLANCES):
            await asyncio.sleep(LOOK / GLANCES)
            seen += self._waiting()
        return seen >= CROWD * GLANCES

    def _fit(self, done: int, took: float, within: float) -> None:
        """The next batch as large as fits its time: many at once are a third of the work."""
        if done >= self._batch or took > within:
            self._batch = round(min(max(done * within / took, BATCH), MOST, 2 * self._batch))

    async def _let_go(self) -> None:
        try:
            async with self._database.writing() as tx:
                await leases.release(tx, leases.APPLY, self._owner)
        except StorageUnavailable:
            log.info("callbacks.lease_left_to_run_out")

    async def apply_batch(self) -> int:
        """Apply the oldest callbacks; how many. 0 also while another replica applies."""
        # While another applies, one is enough to see whether it still does.
        waiting = await self._oldest(self._batch if self._is_ours else 1)
        self._is_late = bool(waiting) and self._clock() - waiting[0].taken.received_at > LATE
        if not waiting:  # an idle bot writes nothing, not even a lease
            self._is_ours = True
            return 0
        try:
            return await self._apply(waiting)
        except (StorageUnavailable, Overtaken):
            raise
        except Exception:
            log.exception("callbacks.batch_failed")
        return await self._apply_one_by_one()

    async def _oldest(self, limit: int) -> list[Waiting]:
        async with self._database.reading() as tx:
            return await inbox.oldest(tx, limit)

    async def _apply(self, waiting: list[Waiting]) -> int:
        # Read before the transaction: on SQLite senders wait for its end.
        letters = [each for one in waiting for each in opened(one)]
        async with self._database.writing() as tx:
            if not await self._take_over(tx, waiting):
                return 0
            outcomes = await self._file(tx, letters)
            await self._note_canaries(tx, waiting)
        self._tell(outcomes)
        return len(waiting)

    async def _take_over(self, tx: Writing, waiting: list[Waiting]) -> bool:
        """Take callbacks out of the inbox; False while another replica applies.

        Raises Overtaken where one is gone: this replica was held up, and another had its turn.
        """
        now = self._clock()
        until = now + LEASE
        self._is_ours = await leases.hold(tx, leases.APPLY, self._owner, now=now, until=until)
        if self._is_ours and not await inbox.drop(tx, waiting):
            raise Overtaken
        return self._is_ours

    async def _note_canaries(self, tx: Writing, waiting: list[Waiting]) -> None:
        """That they came so far is all there is to know of them."""
        numbers = {number_in(one.taken.request.body) for one in waiting if is_canary(one)}
        if numbers:
            await canaries.arrive(tx, numbers, now=self._clock())

    async def _file(self, tx: Writing, letters: list[Letter]) -> list[Outcome]:
        return await self._filing.file(tx, letters, now=self._clock()) if letters else []

    def _tell(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._seen(outcome)
        if outcomes:
            log.info("callbacks.applied", count=len(outcomes))
            self._poke()

    async def _apply_one_by_one(self) -> int:
        """What is left of a batch that failed, each callback in a transaction of its own."""
        done = 0
        while done < self._batch and (waiting := await self._oldest(1)):
            try:
                if not await self._apply(waiting):
                    break
            except (StorageUnavailable, Overtaken):
                raise
            except Exception as error:  # one poisoned callback may not stop the others
                log.exception("callbacks.poisoned")
                # The class alone: an error's text may quote the body, and this goes on a card.
                reason = f"{type(error).__name__}, a fault of ours; see the log"
                await self._set_aside(waiting, reason)
            done += 1
        return done

    async def _set_aside(self, waiting: list[Waiting], reason: str) -> None:
        """Keep a callback as failed: shown, countable, and there to be replayed."""
        letters = [Letter.failed(one.taken, reason) for one in waiting]
        outcomes: list[Outcome] = []
        async with self._database.writing() as tx:
            if await self._take_over(tx, waiting):
                outcomes = await self._file(tx, letters)
        self._tell(outcomes)


def opened(waiting: Waiting) -> list[Letter]:
    """The messages in one request; nearly always one, and none in a canary."""
    if is_canary(waiting):
        return []
    readings = enumerate(read(waiting.taken.request))
    return [Letter.of(waiting.taken, reading, place=place) for place, reading in readings]


def is_canary(waiting: Waiting) -> bool:
    """Whether it came with the canary's token, which is ours alone."""
    return waiting.taken.source == SOURCE
