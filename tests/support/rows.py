"""Rows for tests: an incident with its card in a channel, and the walk of a claim."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.card import Language, Note, NoteKind
from bot.rules.delivery import Urgency
from bot.rules.incident import Incident
from bot.rules.job import CardJob, Claim, Job, NoteJob
from bot.rules.notice import Notice, NoticeKind
from bot.store import (
    alarms,
    cards,
    channels,
    claim_ends,
    claims,
    gates,
    incidents,
    moments,
    notes,
    notices,
)
from bot.store.cards import NewCard
from bot.store.engine import Database, Reading
from bot.store.incidents import Change
from bot.store.notices import NoticeChange
from bot.store.tables import cards as cards_table
from bot.store.tables import channels as channels_table
from bot.store.tables import notes as notes_table
from tests.support.values import NOON, alarm, incident, second

LEASE = timedelta(seconds=30)


async def keep(database: Database, *told: Incident, watched: Alarm | None = None) -> None:
    """Incidents of one alarm (or of an alarm each), stored as new."""
    async with database.writing() as tx:
        known = await alarms.with_ids(tx, {one.alarm_id for one in told})
        missing = {one.alarm_id for one in told} - set(known)
        await alarms.add(tx, [watched or alarm(number) for number in sorted(missing)])
        await incidents.save(tx, [Change(None, one) for one in told], now=NOON)


async def change(
    database: Database,
    before: Incident,
    after: Incident,
    *,
    now: datetime = NOON,
    urgency: Urgency = Urgency.REST,
) -> None:
    """Save one change of a known incident."""
    async with database.writing() as tx:
        await incidents.save(tx, [Change(before, after, urgency)], now=now)


async def progress(
    database: Database,
    told: Incident,
    *,
    now: datetime = NOON,
    urgency: Urgency = Urgency.REST,
) -> Incident:
    """Save the next change of an incident: one more callback."""
    after = replace(told, callbacks=told.callbacks + 1)
    await change(database, told, after, now=now, urgency=urgency)
    return after


async def card(
    database: Database,
    number: int = 1,
    channel: str = "ops",
    *,
    urgency: Urgency = Urgency.FIRST_WARN,
    now: datetime = NOON,
) -> str:
    """A new card of a stored incident; its id."""
    async with database.writing() as tx:
        place = (await channels.numbers(tx, {channel}))[channel]
        new = NewCard(place, Language.ENGLISH, urgency, incident_id=number)
        await cards.add(tx, [new], now=now)
        mine = (cards_table.c.incident_id == number) & (cards_table.c.channel_id == place)
        return await tx.connection.scalar(sa.select(cards_table.c.id).where(mine))


async def incident_card(
    database: Database,
    number: int = 1,
    channel: str = "ops",
    *,
    urgency: Urgency = Urgency.FIRST_WARN,
    now: datetime = NOON,
    **said: object,
) -> str:
    """A new incident with a card that nobody has seen; the card's id."""
    await keep(database, incident(number, **said))
    return await card(database, number, channel, urgency=urgency, now=now)


async def notice_card(
    database: Database, number: int = 1, channel: str = "ops", *, now: datetime = NOON
) -> str:
    """A notice with a card that nobody has seen; the card's id."""
    callback = "0192f0c0-0000-7000-8000-000000000000"
    notice = Notice(number, NoticeKind.UNREADABLE, now, now, callback)
    async with database.writing() as tx:
        await notices.save(tx, [NoticeChange(None, notice)], now=now)
        place = (await channels.numbers(tx, {channel}))[channel]
        new = NewCard(place, Language.CHINESE, Urgency.FIRST_WARN, notice_id=number)
        await cards.add(tx, [new], now=now)
        return await tx.connection.scalar(
            sa.select(cards_table.c.id).where(cards_table.c.notice_id == number)
        )


async def claim(
    database: Database, owner: str = "a", *, now: datetime = NOON, lease: timedelta = LEASE
) -> Job | None:
    """Claim the next piece of work."""
    async with database.writing() as tx:
        mine = Claim(owner, now, now + lease)
        return await claims.next_job(tx, mine, await gates.edits(tx))


async def claim_card(database: Database, owner: str = "a", *, now: datetime = NOON) -> CardJob:
    """Claim the next piece of work, which is a card."""
    job = await claim(database, owner, now=now)
    assert isinstance(job, CardJob)
    return job


async def claim_note(database: Database, owner: str = "a", *, now: datetime = NOON) -> NoteJob:
    """Claim the next piece of work, which is a note."""
    job = await claim(database, owner, now=now)
    assert isinstance(job, NoteJob)
    return job


async def record_shown(database: Database, job: CardJob, *, now: datetime, ts: str) -> bool:
    """Note that Slack shows what a job rendered, and let go of its channel."""
    first = job.ts is None
    async with database.writing() as tx:
        held = await claim_ends.record_shown(
            tx, job, ts=ts, version=job.version, digest="d", now=now
        )
        await channels.release(
            tx, job.channel.id, job.claim.owner, posted_at=now if first else None
        )
    return held


async def show(database: Database, *, now: datetime = NOON, ts: str = "100.1") -> CardJob:
    """Claim a card and record that Slack shows it."""
    job = await claim_card(database, now=now)
    assert await record_shown(database, job, now=now, ts=job.ts or ts)
    return job


async def shown_card(
    database: Database, number: int = 1, channel: str = "ops", *, now: datetime = NOON
) -> str:
    """A new incident whose card Slack shows since `now`; the card's id."""
    made = await incident_card(database, number, channel, now=now)
    job = await show(database, now=now, ts=f"100.{number}")
    assert job.card_id == made
    return made


def note(key: str = "n", *, broadcast: bool = False) -> Note:
    """A note, told apart by its key."""
    return Note(key, NoteKind.NO_DATA, at=NOON, broadcast=broadcast)


async def queue(
    database: Database, card_id: str, *keys: str, now: datetime = NOON, broadcast: bool = False
) -> None:
    """Queue notes for the thread of a card."""
    async with database.writing() as tx:
        told = [(card_id, note(key, broadcast=broadcast)) for key in keys]
        await notes.add(tx, told, now=now)


async def soonest(database: Database, *, now: datetime = NOON) -> datetime | None:
    """When the next piece of work may be done."""
    async with database.reading() as tx:
        return await moments.of_delivery(tx, now, await gates.edits(tx))


async def edits_shut(database: Database, *, seconds: float) -> None:
    """Slack wants no edits until so many seconds after noon."""
    async with database.writing() as tx:
        gate = (await gates.edits(tx)).shut(second(seconds))
        await gates.shut(tx, gates.EDITS, gate.due, "ratelimited")


async def row(database: Database, table: sa.Table, key: object) -> Mapping[str, Any]:
    """One row by its primary key."""
    async with database.reading() as tx:
        return await row_in(tx, table, key)


async def rows(database: Database, table: sa.Table) -> list[sa.RowMapping]:
    """All rows of a table, as they are stored."""
    async with database.reading() as tx:
        return list((await tx.connection.execute(sa.select(table))).mappings())


async def row_in(tx: Reading, table: sa.Table, key: object) -> Mapping[str, Any]:
    """One row by its primary key, as this transaction sees it."""
    (column,) = table.primary_key.columns
    found = await tx.connection.execute(sa.select(table).where(column == key))
    return dict(found.mappings().one())


async def card_row(database: Database, card_id: str) -> Mapping[str, Any]:
    """The row of a card."""
    return await row(database, cards_table, card_id)


async def note_row(database: Database, number: int) -> Mapping[str, Any]:
    """The row of a note."""
    return await row(database, notes_table, number)


async def channel_row(database: Database, number: int) -> Mapping[str, Any]:
    """The row of a channel."""
    return await row(database, channels_table, number)


async def until_somebody_waits(database: Database) -> None:
    """Until another transaction waits for a lock of ours. SQLite's wait before they begin."""
    if database.embedded:
        return
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while True:
        async with database.reading() as tx:
            if await tx.connection.scalar(waiting):
                return
