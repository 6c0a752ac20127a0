"""Send one claimed card: post it, edit it, or look for a post whose outcome was unclear."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.cloudmonitor.links import Consoles
from bot.rules.delivery import OnUnclear
from bot.rules.job import CardJob
from bot.slack.calls import SlackCalls
from bot.slack.card import render_card
from bot.slack.failures import Remedy, SlackFailure
from bot.slack.marks import card_mark
from bot.slack.message import Message
from bot.store import channels, claim_ends, sweeps
from bot.store.engine import Database, Lane, Writing
from bot.work import setback
from bot.work.faces import face_of
from bot.work.send_sweep import SWEEP_AFTER
from bot.work.timing import LOOK_BACK, after_not_found, too_late_to_call

log = structlog.get_logger()

Parked = Callable[[], None]  # told when Slack refuses a channel


class CardSender:
    """Works off card jobs. Every path ends in one transaction that records what is known."""

    def __init__(
        self,
        database: Database,
        slack: SlackCalls,
        *,
        consoles: Consoles,
        clock: Clock,
        on_unclear: OnUnclear,
        parked: Parked,
    ) -> None:
        self._database = database
        self._slack = slack
        self._consoles = consoles
        self._clock = clock
        self._on_unclear = on_unclear
        self._parked = parked

    async def send(self, job: CardJob) -> None:
        """Do what the job needs; afterwards the row says what Slack is known to show."""
        if too_late_to_call(job, self._clock()):
            return
        looks = job.ts is None and job.tried_at is not None
        try:
            if job.ts is None and job.tried_at is not None:
                await self._look(job, job.tried_at)
            else:
                await self._show(job, render_card(face_of(job, self._consoles), job.language))
        except SlackFailure as failure:
            await self._failed(job, failure, looked=looks)

    async def _show(self, job: CardJob, message: Message) -> None:
        """Law 6: what Slack shows already is recorded without a call."""
        if job.ts is not None and message.digest == job.digest:
            await self._shown(job, job.ts, message.digest)
            return
        try:
            await self._say(job, message)
        except SlackFailure as failure:
            if failure.remedy is not Remedy.SEND_PLAINLY:
                raise
            # Slack refuses our blocks: an alarm in plain words is better than none.
            log.warning("card.blocks_refused", card=job.card_id, at=failure.detail)
            await self._say(job, message.plainly())

    async def _say(self, job: CardJob, message: Message) -> None:
        if job.ts is None:
            await self._post(job, message)
        else:
            await self._edit(job, job.ts, message)

    async def _post(self, job: CardJob, message: Message) -> None:
        mark = card_mark(job.card_id, job.version)
        posted = await self._slack.post(job.channel.address, message, mark=mark)
        now = self._clock()
        news = None if posted.channel_id == job.channel.slack_id else posted.channel_id

        async def record(tx: Writing) -> None:
            await claim_ends.record_shown(
                tx, job, ts=posted.ts, version=job.version, digest=message.digest, now=now
            )
            await channels.release(
                tx, job.channel.id, job.claim.owner, posted_at=now, slack_id=news
            )

        await self._database.write_at_once(record, Lane.DELIVER)
        log.info("card.posted", card=job.card_id, version=job.version)

    async def _edit(self, job: CardJob, ts: str, message: Message) -> None:
        await self._slack.edit(job.channel.address, ts, message)
        held = await self._shown(job, ts, message.digest, edited=True)
        if not held:
            async with self._database.writing() as tx:
                await claim_ends.record_unknown(tx, job, now=self._clock())
        log.info("card.edited", card=job.card_id, version=job.version)

    async def _shown(self, job: CardJob, ts: str, digest: str, *, edited: bool = False) -> bool:
        now = self._clock()

        async def record(tx: Writing) -> bool:
            held = await claim_ends.record_shown(
                tx, job, ts=ts, version=job.version, digest=digest, now=now
            )
            await channels.release(
                tx, job.channel.id, job.claim.owner, taken_at=now if edited else None
            )
            return held

        return await self._database.write_at_once(record, Lane.DELIVER)

    async def _look(self, job: CardJob, tried_at: datetime) -> None:
        """Law 7: is the message of an unclear try there? Adopt it; else post again, later."""
        channel_id = await self._slack.channel_id(job.channel.address)
        found = channel_id and await self._slack.find_card(
            channel_id, job.card_id, oldest=tried_at - LOOK_BACK
        )
        now = self._clock()
        async with self._database.writing() as tx:
            if found:
                # What exactly it shows is not known, so the next edit is made in any case.
                await claim_ends.record_shown(
                    tx, job, ts=found.ts, version=found.version, digest=None, now=now
                )
            else:
                due_at, unclear = after_not_found(tried_at, now)
                await claim_ends.put_back(
                    tx, job, due_at=due_at, error=None, counted=False, unclear=unclear
                )
                if not unclear:
                    await sweeps.ask(tx, job.card_id, since=now, at=now + SWEEP_AFTER)
            await channels.release(
                tx,
                job.channel.id,
                job.claim.owner,
                taken_at=now if found else None,
                slack_id=channel_id or None,
            )
        log.info("card.looked_for", card=job.card_id, found=bool(found))

    async def _failed(self, job: CardJob, failure: SlackFailure, *, looked: bool) -> None:
        now = self._clock()
        log.warning("card.refused", card=job.card_id, word=failure.word, remedy=failure.remedy)
        what = setback.setback_of(job, failure, looked=looked, now=now, on_unclear=self._on_unclear)
        async with self._database.writing() as tx:
            await setback.record(tx, job, what, word=failure.word, now=now)
            if job.tried_at and failure.remedy is Remedy.POST_ANEW and not what.unclear:
                # It is posted again unseen; somebody may let us look yet.
                await sweeps.ask(tx, job.card_id, since=job.tried_at, at=now + SWEEP_AFTER)
        if what.parked_until:
            self._parked()
