"""Say one claimed note in the thread of its card, once."""

from datetime import datetime

import structlog

from bot.clock import Clock
from bot.rules.delivery import OnUnclear
from bot.rules.job import NoteJob
from bot.slack.calls import SlackCalls
from bot.slack.failures import Remedy, SlackFailure
from bot.slack.marks import note_mark
from bot.slack.message import Message
from bot.slack.note import render_note
from bot.store import channels, notes
from bot.store.engine import Database, Lane, Writing
from bot.work import setback
from bot.work.faces import note_name, note_value
from bot.work.send_card import Parked
from bot.work.timing import LOOK_BACK, after_not_found, too_late_to_call

log = structlog.get_logger()


class NoteSender:
    """Works off note jobs. Every path ends in one transaction that records what is known."""

    def __init__(
        self,
        database: Database,
        slack: SlackCalls,
        *,
        clock: Clock,
        on_unclear: OnUnclear,
        parked: Parked,
    ) -> None:
        self._database = database
        self._slack = slack
        self._clock = clock
        self._on_unclear = on_unclear
        self._parked = parked

    async def send(self, job: NoteJob) -> None:
        """Say it, or look for it when an earlier try had no clear outcome."""
        if too_late_to_call(job, self._clock()):
            return
        try:
            if job.tried_at is not None:
                await self._look(job, job.tried_at)
            else:
                await self._say(job)
        except SlackFailure as failure:
            await self._failed(job, failure)

    async def _say(self, job: NoteJob) -> None:
        message = render_note(job.note, note_name(job), note_value(job), job.language)
        try:
            ts = await self._post(job, message, thread_ts=job.card_ts)
        except SlackFailure as failure:
            ts = await self._post_otherwise(job, message, failure)
        now = self._clock()

        async def record(tx: Writing) -> None:
            await notes.record_said(tx, job, ts=ts)
            await channels.release(tx, job.channel.id, job.claim.owner, posted_at=now)

        await self._database.write_at_once(record, Lane.DELIVER)
        log.info("note.said", card=job.card_id, note=job.note.key)

    async def _post_otherwise(self, job: NoteJob, message: Message, failure: SlackFailure) -> str:
        """What Slack will not take as it is may still be said in plain words, or in the channel."""
        match failure.remedy:
            case Remedy.SEND_PLAINLY:
                return await self._post(job, message.plainly(), thread_ts=job.card_ts)
            case Remedy.UNTHREAD:
                return await self._post(job, message, thread_ts=None)
            case _:
                raise failure

    async def _post(self, job: NoteJob, message: Message, *, thread_ts: str | None) -> str:
        posted = await self._slack.post(
            job.channel.address,
            message,
            mark=note_mark(job.note.key),
            thread_ts=thread_ts,
            broadcast=job.note.broadcast and thread_ts is not None,
        )
        return posted.ts

    async def _look(self, job: NoteJob, tried_at: datetime) -> None:
        channel_id = await self._slack.channel_id(job.channel.address)
        found = channel_id and await self._slack.find_note(
            channel_id, job.card_ts, job.note.key, oldest=tried_at - LOOK_BACK
        )
        now = self._clock()
        async with self._database.writing() as tx:
            if found:
                await notes.record_said(tx, job, ts=found.ts)
            else:
                due_at, unclear = after_not_found(tried_at, now)
                await notes.put_back(
                    tx, job, due_at=due_at, error=None, counted=False, unclear=unclear
                )
            await channels.release(tx, job.channel.id, job.claim.owner)

    async def _failed(self, job: NoteJob, failure: SlackFailure) -> None:
        now = self._clock()
        log.warning("note.refused", card=job.card_id, word=failure.word, remedy=failure.remedy)
        looked = job.tried_at is not None
        what = setback.setback_of(job, failure, looked=looked, now=now, on_unclear=self._on_unclear)
        async with self._database.writing() as tx:
            await setback.record(tx, job, what, word=failure.word, now=now)
        if what.parked_until:
            self._parked()
