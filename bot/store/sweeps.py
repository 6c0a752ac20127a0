"""Sweeps: a card that was posted again is looked for once more, a while later.

The first try may have arrived after all, later than any answer of Slack's; then the same card
stands there twice.
"""

from datetime import datetime

import sqlalchemy as sa

from bot.rules.job import Channel, Claim, SweepJob
from bot.store.channels import lease
from bot.store.columns import UtcTime
from bot.store.engine import Writing
from bot.store.tables import cards, channels

_both = sa.select(
    cards.c.id, cards.c.ts, cards.c.sweep_from, cards.c.channel_id,
    channels.c.name, channels.c.slack_id,
).join(channels, channels.c.id == cards.c.channel_id)  # fmt: skip
_waits = sa.and_(cards.c.sweep_at.is_not(None), cards.c.ts.is_not(None))
_now = sa.bindparam("now", type_=UtcTime)
_NEXT = (
    _both.where(_waits, cards.c.sweep_at <= _now, channels.c.lease_until <= _now)
    .order_by(cards.c.sweep_at)
    .limit(1)
    .with_for_update(of=cards, skip_locked=True)
)
_later = channels.c.lease_until > cards.c.sweep_at
SOONEST = (
    sa.select(sa.func.min(sa.case((_later, channels.c.lease_until), else_=cards.c.sweep_at)))
    .join(channels, channels.c.id == cards.c.channel_id)
    .where(_waits)
)


async def ask(tx: Writing, card_id: str, *, since: datetime, at: datetime) -> None:
    """Look at `at` for another message of this card that came after `since`."""
    earliest = sa.func.coalesce(cards.c.sweep_from, since)
    await tx.connection.execute(
        sa.update(cards).where(cards.c.id == card_id).values(sweep_from=earliest, sweep_at=at)
    )


async def next_job(tx: Writing, claim: Claim) -> SweepJob | None:
    """Claim the next look that is due, or None. Its channel belongs to us then."""
    row = (await tx.connection.execute(_NEXT, {"now": claim.at})).mappings().first()
    if row is None or not await lease(tx, row["channel_id"], claim):
        return None
    channel = Channel(row["channel_id"], row["name"], row["slack_id"])
    return SweepJob(claim, row["id"], channel, row["ts"], row["sweep_from"])


async def put_off(tx: Writing, card_id: str, *, until: datetime) -> None:
    """Look again then."""
    await tx.connection.execute(
        sa.update(cards).where(cards.c.id == card_id).values(sweep_at=until)
    )


async def done(tx: Writing, card_id: str) -> None:
    """There is no twin, or none any more."""
    await tx.connection.execute(
        sa.update(cards).where(cards.c.id == card_id).values(sweep_at=None, sweep_from=None)
    )
