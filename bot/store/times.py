"""The database's clock, and what a clock that was ahead has left in the rows."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.columns import NEVER
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, channels, gates, leases, notes, storms

LONGEST = timedelta(
    minutes=5
)  # nothing of delivery is put off for longer, and a group may well be looked at early

_PUT_OFF = (
    cards.c.tried_at, cards.c.due_at, notes.c.tried_at, notes.c.due_at,
    channels.c.posts_open_at, gates.c.due, storms.c.look_again_at,
    storms.c.due_at,
)  # fmt: skip
_LEASED = (cards.c.lease_until, notes.c.lease_until, channels.c.lease_until, leases.c.until)


async def database_time(tx: Reading) -> datetime:
    """What PostgreSQL's own clock says now."""
    query = sa.select(sa.cast(sa.func.clock_timestamp(), sa.DateTime(timezone=True)))
    return (await tx.connection.execute(query)).scalar_one()


async def forgive(tx: Writing, *, now: datetime) -> None:
    """Waits that are too long to be meant are over.

    A Retry-After that was longer is forgotten as well; Slack says it again.
    """
    waits = [(column, now) for column in _PUT_OFF] + [(column, NEVER) for column in _LEASED]
    for column, over in waits:
        await tx.connection.execute(
            sa.update(column.table).where(column > now + LONGEST).values({column: over})
        )
