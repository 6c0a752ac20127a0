"""The pace of applying: when the next batch may begin beside senders, and how large it is.

Who waits for a 200 gives up after five seconds, who waits for a card does not. So in a burst
senders come first: all of them for a second, later for most of the time.
"""

import asyncio
import time
from collections.abc import Callable

BATCH = 50  # callbacks of the first transaction; the next are as large as time allows
MOST = 1_000  # of any: what one file of the log takes, and nobody waits for its end
WITHIN = 0.03  # seconds of a transaction while others want to write as well
ALONE = 0.3  # seconds of one that nobody waits for
BURST = 1.0  # seconds that applying waits for a lull, until the inbox is empty
FLOW = 100  # callbacks a second since the last batch began: below it they are applied at once
FEW = 10  # senders that wait at once make a transaction a short one
LOOK = 0.02  # seconds, in which some appends fit
GLANCES = 5  # of a look
CROWD = 5  # senders that wait at once, on average; at a pace of 1,000 a second some two do
REST = 20.0  # times as long as a batch took: in a burst, applying has a twentieth
REST_MOST = 1.0  # seconds: a batch that only waited for a lock has not earned a long rest
BREATH = 4.0  # times as long as a batch took, while callbacks flow: else half of them would wait
BREATH_MOST = 0.2  # seconds that a card may be later for it


class Pace:
    """How many callbacks are the next `batch`, and how long it waits beside senders, in seconds.

    `patience` is what is left of waiting for a lull, `rest` the pause that the last batch has
    earned in a burst, `breath` the one between batches while callbacks flow.
    """

    def __init__(
        self,
        *,
        taken: Callable[[], int],
        waiting: Callable[[], int],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`taken`: callbacks taken by this replica; `waiting`: senders that wait for a 200.

        `clock` counts seconds.
        """
        self._taken = taken
        self._waiting = waiting
        self._taken_before = 0
        self._time = clock
        self._began = clock()
        self.patience = BURST
        self.rest = 0.0
        self.breath = 0.0
        self._stopping = False
        self.batch = BATCH

    def stop(self) -> None:
        """Wait for nobody any more."""
        self._stopping = True

    async def lull(self) -> None:
        """Until the next batch may begin.

        A burst is a crowd of senders that wait although nothing is applied. Their number a
        second would not tell: on a machine with little time to spare it falls, and applying
        would take from them what is left.
        """
        await self._pause()
        self._taken_before, self._began = self._taken(), self._time()

    async def _pause(self) -> None:
        came, passed = self._taken() - self._taken_before, self._time() - self._began
        if came <= FLOW * passed:
            return
        while (self.patience > 0 or self.rest > 0) and not self._stopping:
            began = self._time()
            if not await self._is_crowded():
                await asyncio.sleep(self.breath)
                return
            self.patience -= self._time() - began
            self.rest -= self._time() - began

    async def _is_crowded(self) -> bool:
        seen = 0
        for _ in range(GLANCES):
            await asyncio.sleep(LOOK / GLANCES)
            seen += self._waiting()
        return seen >= CROWD * GLANCES

    def ended(self, done: int, *, is_late: bool, is_empty: bool) -> None:
        """A batch of so many has ended. What `is_late` has half of the time, crowd or not.

        `is_empty`: nothing waits any more, so the next burst is a new one.
        """
        took = self._time() - self._began
        self._fit(done, took, self.within)
        self.rest = took if is_late else min(took * REST, REST_MOST)
        self.breath = min(took if is_late else took * BREATH, BREATH_MOST)
        self.patience = BURST if is_empty else self.patience

    @property
    def within(self) -> float:
        """Seconds that a transaction may take: few while somebody waits for its end.

        On SQLite no sender gets his 200 beside it, but they stand there.
        """
        waits = self._taken() > self._taken_before or self._waiting() >= FEW
        return WITHIN if waits else ALONE

    def _fit(self, done: int, took: float, within: float) -> None:
        """The next batch as large as fits its time: many at once are a third of the work."""
        if done >= self.batch or took > within:
            self.batch = round(min(max(done * within / took, BATCH), MOST, 2 * self.batch))
