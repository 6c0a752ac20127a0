"""Pruning: what is over and old enough goes, a batch a transaction. Open incidents never do.

The audit stays, and the newest incident, because numbers are counted on from it.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.ids import first_id_at
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.tables import (
    callbacks,
    cards,
    cards_behind,
    deliveries,
    incidents,
    notes,
    notices,
    remarks,
    storms,
)

SLICE = 5_000  # delivery keys that one transaction looks through


async def newest(tx: Reading) -> int:
    """The number of the newest incident; 0 without any."""
    return await tx.connection.scalar(sa.select(sa.func.max(incidents.c.id))) or 0


async def number_of_the(tx: Reading, place: int) -> int:
    """The number of the incident at this place, the newest being 1; 0 if there are fewer."""
    query = sa.select(incidents.c.id).order_by(incidents.c.id.desc()).offset(place - 1).limit(1)
    return await tx.connection.scalar(query) or 0


async def old_incidents(
    tx: Reading, *, after: int, before: datetime, up_to: int, below: int, most: int
) -> list[int]:
    """Incidents that are over and were last heard of before a moment, or are numbered up to a
    number; those whose cards are behind wait. By number, from `after`, below `below`."""
    behind = sa.select(cards.c.id).where(cards.c.incident_id == incidents.c.id, cards_behind)
    query = (
        sa.select(incidents.c.id)
        .where(incidents.c.id > after, incidents.c.id < below)
        .where(incidents.c.state.not_in(OPEN_STATES))
        .where(sa.or_(incidents.c.heard_at < before, incidents.c.id <= up_to))
        .where(~behind.exists())
        .order_by(incidents.c.id)
        .limit(most)
    )
    return list(await tx.connection.scalars(query))


async def drop_callbacks_of(tx: Writing, numbers: Sequence[int], *, most: int) -> int:
    """Remove callbacks of incidents; how many went."""
    some = sa.select(callbacks.c.id).where(callbacks.c.incident_id.in_(numbers)).limit(most)
    gone = await tx.connection.execute(sa.delete(callbacks).where(callbacks.c.id.in_(some)))
    return gone.rowcount


async def drop_incidents(tx: Writing, numbers: Sequence[int]) -> None:
    """Remove incidents that have no callbacks any more, with all that belongs to them."""
    shown = sa.select(cards.c.id).where(cards.c.incident_id.in_(numbers))
    await tx.connection.execute(sa.delete(notes).where(notes.c.card_id.in_(shown)))
    await tx.connection.execute(sa.delete(cards).where(cards.c.incident_id.in_(numbers)))
    await tx.connection.execute(sa.delete(remarks).where(remarks.c.incident_id.in_(numbers)))
    await tx.connection.execute(sa.delete(incidents).where(incidents.c.id.in_(numbers)))


async def drop_callbacks_of_none(tx: Writing, *, before: datetime, most: int) -> int:
    """Remove old callbacks that belong to no incident: tests, unreadable and stale ones."""
    old = (
        sa.select(callbacks.c.id)
        .where(callbacks.c.id < first_id_at(before), callbacks.c.incident_id.is_(None))
        .order_by(callbacks.c.id)
        .limit(most)
    )
    gone = await tx.connection.execute(sa.delete(callbacks).where(callbacks.c.id.in_(old)))
    return gone.rowcount


async def drop_notices(tx: Writing, *, before: datetime, most: int) -> int:
    """Remove old notices with their cards. The newest stays: numbers are counted on from it."""
    newest_one = sa.select(sa.func.max(notices.c.id)).scalar_subquery()
    behind = sa.select(cards.c.id).where(cards.c.notice_id == notices.c.id, cards_behind)
    query = (
        sa.select(notices.c.id)
        .where(notices.c.last_at < before, notices.c.id != newest_one, ~behind.exists())
        .order_by(notices.c.id)
        .limit(most)
    )
    numbers = list(await tx.connection.scalars(query))
    shown = sa.select(cards.c.id).where(cards.c.notice_id.in_(numbers))
    await tx.connection.execute(sa.delete(notes).where(notes.c.card_id.in_(shown)))
    await tx.connection.execute(sa.delete(cards).where(cards.c.notice_id.in_(numbers)))
    await tx.connection.execute(sa.delete(notices).where(notices.c.id.in_(numbers)))
    return len(numbers)


async def drop_groups(tx: Writing, *, before: datetime, most: int) -> int:
    """Remove groups that ended long ago and whose members are gone, with their cards."""
    member, shown = cards.alias("member"), cards.alias("shown")
    left = sa.exists().where(member.c.in_storm == storms.c.id)
    behind = sa.select(cards.c.id).where(cards.c.storm_id == storms.c.id, cards_behind)
    query = (
        sa.select(storms.c.id)
        .where(storms.c.key.is_not(None), storms.c.ended_at < before, ~left, ~behind.exists())
        .order_by(storms.c.id)
        .limit(most)
    )
    numbers = list(await tx.connection.scalars(query))
    of_them = sa.select(shown.c.id).where(shown.c.storm_id.in_(numbers))
    await tx.connection.execute(sa.delete(notes).where(notes.c.card_id.in_(of_them)))
    await tx.connection.execute(sa.delete(cards).where(cards.c.storm_id.in_(numbers)))
    await tx.connection.execute(sa.delete(storms).where(storms.c.id.in_(numbers)))
    return len(numbers)


Slice = tuple[str, str | None]  # delivery keys after one and up to another, or to the end


async def next_slice(tx: Reading, after: str) -> Slice:
    """The next delivery keys to look through."""
    query = sa.select(deliveries.c.key).where(deliveries.c.key > after).order_by(deliveries.c.key)
    return after, await tx.connection.scalar(query.offset(SLICE - 1).limit(1))


async def any_deliveries(tx: Reading, keys: Slice, *, before: datetime) -> bool:
    """Whether there are any to forget among them."""
    query = sa.select(deliveries.c.key).where(_old_deliveries(keys, before)).limit(1)
    return await tx.connection.scalar(query) is not None


async def drop_deliveries(tx: Writing, keys: Slice, *, before: datetime) -> None:
    """Forget the deliveries of old callbacks among them; a repeat is stale by now."""
    await tx.connection.execute(sa.delete(deliveries).where(_old_deliveries(keys, before)))


def _old_deliveries(keys: Slice, before: datetime) -> sa.ColumnElement[bool]:
    after, up_to = keys
    within = [deliveries.c.key > after, *([deliveries.c.key <= up_to] if up_to else [])]
    return sa.and_(*within, deliveries.c.callback_id < first_id_at(before))
