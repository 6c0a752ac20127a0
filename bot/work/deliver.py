"""Make Slack say what the rows say. The laws of delivery, each with a test in tests/work:

1. Only saves bump `wanted`, in the transaction of the change. Equal values: no write, no bump.
2. Claim with one conditional update that sets a lease; commit before any call.
3. Render from the values read at the claim.
4. Record the version that was rendered, never the current one; the mark only grows.
5. The lease is longer than the hard timeout of a call.
6. Same digest of the rendered card: record, do not call.
7. First post: note the try, put the card's id into the message's metadata, and after an
   unclear outcome look the id up and adopt the message before posting again.
8. Notes wait for their card's `ts`; each has a unique key; each is said once.
9. One failure table; unknown words mean try again, with a cap; giving up is per version.
10. One card's failure touches one card; one channel's failure touches one channel.
11. A 429 is nobody's fault: no attempt is counted, the gate stays shut until Retry-After.
12. When the gate is narrow: first cards by severity, notes that ping, edits after a click, rest.
13. Stop means: claim no more, finish what is in the air, leave.

Callbacks, clicks and time only change rows; nothing but this loop posts or edits.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.cloudmonitor.links import CHINA_SITE, Consoles
from bot.errors import StorageUnavailable
from bot.rules.delivery import OnUnclear
from bot.rules.job import CardJob, Claim, Job, NoteJob, SweepJob
from bot.slack.calls import SlackCalls
from bot.store import claims, gates, moments
from bot.store.engine import Database, Lane, Reading, Writing
from bot.work.send_card import CardSender, Parked
from bot.work.send_note import NoteSender
from bot.work.send_sweep import Sweeper

log = structlog.get_logger()

LEASE = timedelta(seconds=30)  # three times the longest call: law 5, and a test says so
LEASE_MARGIN = timedelta(seconds=2)  # to write down what happened before the lease ends
IN_THE_AIR = 16  # channels worked on side by side: one slow channel holds up no other
LOOK_AT_LEAST = timedelta(seconds=1)  # other replicas' changes come without a poke
AFTER_FAILURE = timedelta(seconds=1)
AFTER_NOTHING = timedelta(seconds=0.1)  # somebody else was faster, or a lease is about to end


class Deliverer:
    """The delivery loop of one replica; `owner` is its name on leases."""

    def __init__(
        self,
        database: Database,
        slack: SlackCalls,
        *,
        owner: str,
        clock: Clock,
        consoles: Consoles = CHINA_SITE,
        on_unclear: OnUnclear = OnUnclear.REPEAT,
        parked: Parked = lambda: None,
    ) -> None:
        """`parked` is called when Slack refuses a channel: others may stand in for its cards."""
        self._database = database
        self._clock = clock
        self._owner = owner
        self._cards = CardSender(
            database, slack, consoles=consoles, clock=clock, on_unclear=on_unclear, parked=parked
        )
        self._notes = NoteSender(database, slack, clock=clock, on_unclear=on_unclear, parked=parked)
        self._sweeps = Sweeper(database, slack, clock=clock)
        self._in_the_air: set[asyncio.Task[None]] = set()
        self._something = asyncio.Event()
        self._stopping = False
        self._pausing = False

    def poke(self) -> None:
        """Rows have changed: look now."""
        self._something.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._something.clear()
            pause = await self._send_all_that_may_go()
            if self._stopping:
                break
            try:
                async with asyncio.timeout(pause.total_seconds()):
                    await self._something.wait()
            except TimeoutError:
                continue
        if self._in_the_air:
            await asyncio.wait(self._in_the_air, timeout=LEASE.total_seconds())

    def stop(self) -> None:
        """Law 13: claim no more; `run` then ends when all in the air has landed."""
        self._stopping = True
        self.poke()

    async def calm(self, do: Callable[[], None]) -> None:
        """Do something while nothing is in the air."""
        self._pausing = True
        try:
            while self._in_the_air:
                await asyncio.wait(self._in_the_air)
            do()
        finally:
            self._pausing = False
        self.poke()

    async def _send_all_that_may_go(self) -> timedelta:
        """Launch what may go now; how long to wait for the next, unless poked."""
        try:
            while self._may_claim():
                # Looking first costs a read. Claiming in vain would hold up every writer.
                pause = await self._until_next()
                if pause:
                    return min(pause, LOOK_AT_LEAST)
                job = await self.claim()
                if job is None:
                    return AFTER_NOTHING
                self._launch(job)
        except StorageUnavailable as error:
            log.warning("delivery.postponed", reason=str(error))
            return AFTER_FAILURE
        return LOOK_AT_LEAST

    def _may_claim(self) -> bool:
        full = len(self._in_the_air) >= IN_THE_AIR
        return not (full or self._stopping or self._pausing)

    async def _until_next(self) -> timedelta:
        """How long until something may be done; zero if it may be now."""
        now = self._clock()
        look = partial(_when_may_something_be_done, now=now)
        shut, next_at = await self._database.read_at_once(look, Lane.DELIVER)
        if next_at is None:
            return LOOK_AT_LEAST
        return max(shut - now, next_at - now, timedelta(0))

    async def claim(self) -> Job | None:
        """Claim the next piece of work, if any may be done now."""
        return await self._database.write_at_once(self._next_job, Lane.DELIVER)

    async def _next_job(self, tx: Writing) -> Job | None:
        now = self._clock()
        shut, edits = await gates.calls_and_edits(tx)
        if shut > now:
            return None
        claim = Claim(f"{self._owner}/{now.timestamp():.3f}", now, now + LEASE)
        return await claims.next_job(tx, claim, edits)

    def _launch(self, job: Job) -> None:
        task = asyncio.create_task(self.work_off(job))
        self._in_the_air.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_the_air.discard(task)
        self.poke()

    async def work_off(self, job: Job) -> None:
        """Do one claimed piece of work. Law 10: whatever goes wrong stays in its row.

        What is not recorded here keeps its lease until that runs out, and is then looked for
        before it is sent again.
        """
        left = job.claim.until - self._clock() - LEASE_MARGIN
        try:
            async with asyncio.timeout(max(left.total_seconds(), 0)):
                await self._send(job)
        except StorageUnavailable as error:
            log.warning("delivery.not_recorded", reason=str(error))
        except TimeoutError:
            log.warning("delivery.took_too_long", card=job.card_id)
        except Exception:  # the loop's guard: one card's fault may not stop the others
            log.exception("delivery.failed", card=job.card_id)

    async def _send(self, job: Job) -> None:
        match job:
            case CardJob():
                await self._cards.send(job)
            case NoteJob():
                await self._notes.send(job)
            case SweepJob():
                await self._sweeps.send(job)

    async def drain(self) -> int:
        """Do all that may be done at this moment, one after the other; how much it was."""
        done = 0
        while job := await self.claim():
            await self.work_off(job)
            done += 1
        return done


async def _when_may_something_be_done(
    tx: Reading, *, now: datetime
) -> tuple[datetime, datetime | None]:
    """Until when no call may be made, and when the next piece of work is due, if any is."""
    shut, edits = await gates.calls_and_edits(tx)
    return shut, await moments.of_delivery(tx, now, edits)
