"""Send one claimed card: post it, edit it, or look for a post whose outcome was unclear."""

from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.rules.delivery import backoff
from bot.rules.job import CardJob
from bot.slack.calls import CALL_TIMEOUT, SlackCalls
from bot.slack.card import render_card
from bot.slack.failures import Remedy, SlackFailure
from bot.slack.message import Message
from bot.store import cards, gates, notes
from bot.store.engine import Database, Writing
from bot.work.faces import face_of

log = structlog.get_logger()

SETTLE = CALL_TIMEOUT + timedelta(seconds=5)  # a late post arrives within this after its try
LOOK_BACK = timedelta(seconds=60)  # our clock and Slack's may differ by this much
ATTEMPTS = 20  # of one version: with the backoff, about a quarter of an hour
PARKED = timedelta(minutes=1)  # how soon a channel that was refused is worth another try
TOKEN_PROBE = timedelta(minutes=1)


class CardSender:
    """Works off card jobs. Every path ends in one transaction that records what is known."""

    def __init__(self, database: Database, slack: SlackCalls, *, clock: Clock) -> None:
        self._database = database
        self._slack = slack
        self._clock = clock

    async def send(self, job: CardJob) -> None:
        """Do what the job needs; afterwards the row says what Slack is known to show."""
        message = render_card(face_of(job), job.language)
        try:
            if job.ts is None and job.tried_at is not None:
                await self._look(job, job.tried_at)
            elif job.ts is None:
                await self._post(job, message)
            elif message.digest == job.digest:
                await self._shown(job, job.ts, message.digest)
            else:
                await self._edit(job, job.ts, message)
        except SlackFailure as failure:
            await self._failed(job, message, failure)

    async def _post(self, job: CardJob, message: Message) -> None:
        if self._too_late_to_call(job):
            return
        posted = await self._slack.post(
            job.channel.address, message, card_id=job.card_id, version=job.version
        )
        now = self._clock()
        async with self._database.writing() as tx:
            await cards.record_shown(
                tx, job, ts=posted.ts, version=job.version, digest=message.digest, now=now
            )
            await notes.told_by_card(tx, job.card_id, up_to=job.claim.at)
            await self._release(tx, job, posted_at=now, slack_id=posted.channel_id)
        log.info("card.posted", card=job.card_id, version=job.version)

    async def _edit(self, job: CardJob, ts: str, message: Message) -> None:
        if self._too_late_to_call(job):
            return
        await self._slack.edit(job.channel.address, ts, message)
        await self._shown(job, ts, message.digest, called=True)
        log.info("card.edited", card=job.card_id, version=job.version)

    async def _shown(
        self, job: CardJob, ts: str, digest: str | None, *, called: bool = False
    ) -> None:
        now = self._clock()
        async with self._database.writing() as tx:
            held = await cards.record_shown(
                tx, job, ts=ts, version=job.version, digest=digest, now=now
            )
            if called and not held:
                await cards.record_unknown(tx, job, now=now)
            await self._release(tx, job)

    async def _look(self, job: CardJob, tried_at: datetime) -> None:
        """Law 7: is the message of an unclear try there? Adopt it; else post again, later."""
        found = await self._slack.find_card(
            job.channel.address, job.card_id, oldest=tried_at - LOOK_BACK
        )
        now = self._clock()
        async with self._database.writing() as tx:
            if found:
                # What exactly it shows is not known, so the next edit is made in any case.
                await cards.record_shown(
                    tx, job, ts=found.ts, version=found.version, digest=None, now=now
                )
                await notes.told_by_card(tx, job.card_id, up_to=tried_at)
            else:
                settled = tried_at + SETTLE
                await cards.put_back(
                    tx,
                    job,
                    due_at=max(settled, now),
                    error=None,
                    counted=False,
                    unclear=now < settled,
                )
            await self._release(tx, job)
        log.info("card.looked_for", card=job.card_id, found=found is not None)

    def _too_late_to_call(self, job: CardJob) -> bool:
        """A process that was frozen may not act on a lease that is nearly over.

        Nothing is recorded: the row is leased to somebody else by now, or soon will be.
        """
        late = job.claim.until - self._clock() < CALL_TIMEOUT
        if late:
            log.warning("delivery.lease_nearly_over", card=job.card_id)
        return late

    async def _release(
        self,
        tx: Writing,
        job: CardJob,
        *,
        posted_at: datetime | None = None,
        slack_id: str | None = None,
        wait_until: datetime | None = None,
    ) -> None:
        await cards.release_channel(
            tx,
            job.channel.id,
            job.claim.owner,
            posted_at=posted_at,
            slack_id=slack_id,
            wait_until=wait_until,
        )

    async def _failed(self, job: CardJob, message: Message, failure: SlackFailure) -> None:
        """Law 9: the table says what a failure means; here it becomes columns."""
        log.warning(
            "card.refused", card=job.card_id, word=failure.word, remedy=failure.remedy.value
        )
        now = self._clock()
        match failure.remedy:
            case Remedy.WAIT:
                await self._wait(job, failure, now)
            case Remedy.SEND_PLAINLY if not message.is_plain:
                await self._send_plainly(job, message, failure)
            case Remedy.POST_ANEW if job.ts is not None:
                await self._post_anew(job, now)
            case Remedy.STOP_CHANNEL:
                await self._park(job, failure, now)
            case Remedy.STOP_ALL:
                await self._stop_all(job, failure, now)
            case Remedy.RECONCILE if job.ts is None:
                await self._unclear(job, failure, now)
            case _:
                await self._try_again(job, failure, now)

    async def _wait(self, job: CardJob, failure: SlackFailure, now: datetime) -> None:
        until = now + timedelta(seconds=failure.retry_after or 1)
        unclear = job.ts is None and job.tried_at is not None  # the look-up was refused
        async with self._database.writing() as tx:
            await cards.put_back(
                tx, job, due_at=until, error=failure.word, counted=False, unclear=unclear
            )
            if job.ts is not None:
                gate = (await gates.edits(tx)).shut(until)
                await gates.shut(tx, gates.EDITS, gate.due, failure.word)
                await self._release(tx, job)
            else:
                await self._release(tx, job, wait_until=until)

    async def _send_plainly(self, job: CardJob, message: Message, failure: SlackFailure) -> None:
        """Slack refuses our blocks: an alarm in plain words is better than none."""
        log.error("card.blocks_refused", card=job.card_id, word=failure.word, at=failure.detail)
        plain = message.plainly()
        try:
            if job.ts is None:
                await self._post(job, plain)
            else:
                await self._edit(job, job.ts, plain)
        except SlackFailure as second:
            await self._failed(job, plain, second)

    async def _post_anew(self, job: CardJob, now: datetime) -> None:
        async with self._database.writing() as tx:
            await cards.forget_message(tx, job, now=now)
            await self._release(tx, job)

    async def _park(self, job: CardJob, failure: SlackFailure, now: datetime) -> None:
        async with self._database.writing() as tx:
            await cards.put_back(
                tx, job, due_at=now, error=failure.word, counted=False, unclear=False
            )
            await cards.park_channel(
                tx, job.channel.id, job.claim.owner, until=now + PARKED, reason=failure.word
            )

    async def _stop_all(self, job: CardJob, failure: SlackFailure, now: datetime) -> None:
        unclear = job.ts is None and job.tried_at is not None
        async with self._database.writing() as tx:
            await cards.put_back(
                tx, job, due_at=now, error=failure.word, counted=False, unclear=unclear
            )
            await gates.shut(tx, gates.SLACK, now + TOKEN_PROBE, failure.word)
            await self._release(tx, job)

    async def _unclear(self, job: CardJob, failure: SlackFailure, now: datetime) -> None:
        async with self._database.writing() as tx:
            await cards.put_back(
                tx, job, due_at=now, error=failure.word, counted=False, unclear=True
            )
            await self._release(tx, job, posted_at=now)

    async def _try_again(self, job: CardJob, failure: SlackFailure, now: datetime) -> None:
        unclear = job.ts is None and job.tried_at is not None  # only the look-up failed
        async with self._database.writing() as tx:
            if job.attempts + 1 >= ATTEMPTS:
                await cards.give_up(tx, job, error=failure.word, now=now)
            else:
                await cards.put_back(
                    tx,
                    job,
                    due_at=now + backoff(job.attempts),
                    error=failure.word,
                    counted=True,
                    unclear=unclear,
                )
            await self._release(tx, job)
