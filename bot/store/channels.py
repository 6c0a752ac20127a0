"""Channels: the names that settings and routes give, and what Slack said of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import POST_GAP
from bot.rules.job import Claim
from bot.store import stand_ins
from bot.store.among import among
from bot.store.columns import NEVER, UtcTime
from bot.store.dialects import insert_unless_there
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, cards_behind, channels, notes

_NAMED = sa.select(channels.c.name, channels.c.id).where(among(channels.c.name, "names"))
_numbered = channels.c.id == sa.bindparam("channel")
_LEASE = (
    sa.update(channels)
    .where(_numbered, channels.c.lease_until <= sa.bindparam("at", type_=UtcTime))
    .values(lease_owner=sa.bindparam("owner"), lease_until=sa.bindparam("until"))
)
_MENDED = (
    sa.update(channels)
    .where(_numbered, channels.c.parked_reason.is_not(None))
    .values(parked_reason=None)
)
_note_waits = (
    sa.exists()
    .where(notes.c.card_id == cards.c.id, notes.c.outcome.is_(None))
    .where(cards.c.channel_id == channels.c.id, cards.c.ts.is_not(None))
)
_PARKED = sa.select(channels.c.name, channels.c.parked_reason).where(
    channels.c.parked_reason.is_not(None),
    sa.or_(sa.exists().where(cards.c.channel_id == channels.c.id, cards_behind), _note_waits),
)


@dataclass(frozen=True, slots=True)
class ParkedChannel:
    """A channel that Slack refuses, with Slack's word for why."""

    name: str
    reason: str


async def numbers(tx: Writing, names: Collection[str]) -> dict[str, int]:
    """The number of each channel; unknown names get one."""
    if not names:
        return {}
    known = await _known(tx, names)
    if len(known) == len(set(names)):
        return known
    for name in sorted(set(names) - set(known)):
        row = {"name": name, "posts_open_at": NEVER, "lease_until": NEVER}
        await tx.connection.execute(insert_unless_there(tx, channels).values(row))
    return await _known(tx, names)


async def _known(tx: Reading, names: Collection[str]) -> dict[str, int]:
    found = await tx.connection.execute(_NAMED, {"names": list(names)})
    return {row.name: row.id for row in found}


async def parked(tx: Reading) -> list[ParkedChannel]:
    """Channels in which something waits for somebody to mend them.

    Where nothing does (a mute hides what was to be shown), nobody tries, and nobody would ever
    learn that a channel is mended: that must not keep the bot from being ready.
    """
    return [
        ParkedChannel(row.name, row.parked_reason) for row in await tx.connection.execute(_PARKED)
    ]


async def lease(tx: Writing, channel_id: int, claim: Claim) -> bool:
    """Make a channel ours for a time; False if it is somebody else's."""
    asked = {"channel": channel_id, "at": claim.at, "owner": claim.owner, "until": claim.until}
    return (await tx.connection.execute(_LEASE, asked)).rowcount == 1


async def release(
    tx: Writing,
    channel_id: int,
    owner: str,
    *,
    posted_at: datetime | None = None,
    taken_at: datetime | None = None,
    slack_id: str | None = None,
    wait_until: datetime | None = None,
) -> None:
    """Let others work on a channel, which has taken a post or anything else where a time says so.

    After a post the next may go a second later, counted from the answer: then two posts
    arrive at Slack at least that far apart, however long each was on its way. `slack_id` is what
    Slack calls the channel, where that was not known.
    """
    values: dict[str, object] = {"lease_owner": None, "lease_until": NEVER}
    opens = wait_until or (posted_at + POST_GAP if posted_at else None)
    if opens:  # never earlier than a 429 has said
        later = sa.literal(opens, UtcTime)
        closed = channels.c.posts_open_at > later
        values["posts_open_at"] = sa.case((closed, channels.c.posts_open_at), else_=later)
    if at := posted_at or taken_at:
        await _mended(tx, channel_id, now=at)
    if slack_id:
        await _known_as(tx, channel_id, slack_id)
    await tx.connection.execute(
        sa.update(channels)
        .where(channels.c.id == channel_id, channels.c.lease_owner == owner)
        .values(values)
    )


async def _known_as(tx: Writing, channel_id: int, slack_id: str) -> None:
    """Slack's id of a channel stays true whoever holds the lease; edits work with nothing else."""
    await tx.connection.execute(
        sa.update(channels).where(channels.c.id == channel_id).values(slack_id=slack_id)
    )


async def _mended(tx: Writing, channel_id: int, *, now: datetime) -> None:
    """A channel that takes a message is no longer one that waits for somebody to mend it."""
    result = await tx.connection.execute(_MENDED, {"channel": channel_id})
    if result.rowcount:
        await stand_ins.want(tx, [channel_id], now=now)


async def park(
    tx: Writing, channel_id: int, owner: str, *, until: datetime, reason: str, now: datetime
) -> None:
    """Stop work on a channel that Slack refuses, until it is worth another try."""
    query = sa.select(channels.c.parked_reason).where(channels.c.id == channel_id)
    before = await tx.connection.scalar(query)
    result = await tx.connection.execute(
        sa.update(channels)
        .where(channels.c.id == channel_id, channels.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=until, parked_reason=reason)
    )
    if result.rowcount and before != reason:
        await stand_ins.want(tx, [channel_id], now=now)
