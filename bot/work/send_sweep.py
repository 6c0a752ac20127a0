"""Look once more for a card that was posted again, and delete its twin.

A post may arrive after every answer, even after the look that did not find it. Nobody may see
the same card twice for longer than a minute.
"""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.rules.job import SweepJob
from bot.slack.calls import SlackCalls
from bot.slack.failures import Remedy, SlackFailure
from bot.store import channels, gates, sweeps
from bot.store.engine import Database
from bot.work.setback import TOKEN_PROBE
from bot.work.timing import LOOK_BACK, too_late_to_call

log = structlog.get_logger()

SWEEP_AFTER = timedelta(seconds=60)  # after the look that found nothing
HOPELESS = timedelta(hours=1)  # nobody deletes what people have read for so long
AGAIN = timedelta(minutes=1)
NOT_ALLOWED = timedelta(minutes=10)  # until somebody lets the bot read the channel


class Sweeper:
    """Works off sweeps."""

    def __init__(self, database: Database, slack: SlackCalls, *, clock: Clock) -> None:
        self._database = database
        self._slack = slack
        self._clock = clock

    async def send(self, job: SweepJob) -> None:
        """Look, delete what is there twice, and write down that it was done."""
        if too_late_to_call(job, self._clock()):
            return
        try:
            await self._sweep(job)
        except SlackFailure as failure:
            await self._failed(job, failure)
            return
        async with self._database.writing() as tx:
            await sweeps.done(tx, job.card_id)
            await channels.release(tx, job.channel.id, job.claim.owner)

    async def _sweep(self, job: SweepJob) -> None:
        channel_id = await self._slack.channel_id(job.channel.address)
        if channel_id is None:
            return
        since = job.oldest - LOOK_BACK
        for found in await self._slack.find_cards(channel_id, job.card_id, oldest=since):
            if found.ts != job.ts:
                await self._delete(channel_id, found.ts)
                log.warning("card.twin_deleted", card=job.card_id, ts=found.ts)

    async def _delete(self, channel_id: str, ts: str) -> None:
        try:
            await self._slack.delete(channel_id, ts)
        except SlackFailure as failure:
            if failure.remedy is not Remedy.POST_ANEW:  # it is gone already, or may not be taken
                raise

    async def _failed(self, job: SweepJob, failure: SlackFailure) -> None:
        now = self._clock()
        log.warning("sweep.failed", card=job.card_id, word=failure.word, remedy=failure.remedy)
        async with self._database.writing() as tx:
            if now - job.oldest > HOPELESS:
                await sweeps.done(tx, job.card_id)
            else:
                await sweeps.put_off(tx, job.card_id, until=now + _pause(failure))
            if failure.remedy is Remedy.STOP_ALL:
                await gates.shut(tx, gates.SLACK, now + TOKEN_PROBE, failure.word)
            await channels.release(tx, job.channel.id, job.claim.owner)


def _pause(failure: SlackFailure) -> timedelta:
    if failure.retry_after:
        return timedelta(seconds=failure.retry_after)
    return NOT_ALLOWED if failure.remedy is Remedy.POST_ANEW else AGAIN
