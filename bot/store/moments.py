"""When the loops have something to do next, each in one statement.

They ask after every change, while what has changed waits to be shown: most of the time that a
question takes is its way there and back, and Python's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any  # rows of a SELECT

import sqlalchemy as sa

from bot.rules.delivery import Gate
from bot.store import family, groups, incidents, mutes, stand_ins, storms, sweeps
from bot.store.claims import NEXT_OF_ITS_THREAD
from bot.store.columns import NEVER, UtcTime
from bot.store.engine import Reading
from bot.store.tables import cards, cards_behind, channels, notes


async def of_delivery(tx: Reading, now: datetime, edits: Gate) -> datetime | None:
    """When the next piece of work may be done; None when nothing is behind.

    What is sooner than `now` is `now`: then `claims.next_job` finds something, unless another
    worker was faster. A loop that waits for this moment neither spins nor sleeps too long.
    """
    found = await tx.connection.execute(_OF_DELIVERY, {"edits_open": edits.opens_at})
    times = [max(due, lease_until, opens) for due, lease_until, opens in found if due]
    return max(now, min(times)) if times else None


def _times(table: sa.Table, opens: sa.Case[datetime]) -> sa.Select[datetime, Any, datetime]:
    """The earliest row that is due and free, for each moment that its channel and gate allow."""
    due, leased = table.c.due_at, table.c.lease_until
    free = sa.func.min(sa.case((leased > due, leased), else_=due))
    return sa.select(free.label("due"), channels.c.lease_until, opens.label("opens")).group_by(
        channels.c.lease_until, "opens"
    )


# As in `next_job`: an edit passes its gate, a post waits its turn, a look-up does not.
_at_once = sa.literal(NEVER, UtcTime)
_times_of_cards = (
    _times(
        cards,
        sa.case(
            (cards.c.ts.is_not(None), sa.bindparam("edits_open", type_=UtcTime)),
            (cards.c.tried_at.is_(None), channels.c.posts_open_at),
            else_=_at_once,
        ),
    )
    .join(channels, channels.c.id == cards.c.channel_id)
    .where(cards_behind)
)
_times_of_notes = (
    _times(notes, sa.case((notes.c.tried_at.is_(None), channels.c.posts_open_at), else_=_at_once))
    .join(cards, cards.c.id == notes.c.card_id)
    .join(channels, channels.c.id == cards.c.channel_id)
    .where(notes.c.outcome.is_(None), cards.c.ts.is_not(None), NEXT_OF_ITS_THREAD)
)
_of_sweeps = sa.select(sweeps.SOONEST.scalar_subquery(), _at_once, _at_once)
_OF_DELIVERY = sa.union_all(_times_of_cards, _times_of_notes, _of_sweeps)


@dataclass(frozen=True, slots=True)
class Moments:
    """When the clock has something to say of mutes, groups, storms and what flaps; None: never.

    `orphans`: something waits for a parent that has ended. `refused`: Slack refuses a channel
    other than the fallback's.
    """

    mutes: datetime | None
    groups: datetime | None
    storms: datetime | None
    flapping: datetime | None
    orphans: bool
    refused: bool


_OF_TICK = sa.select(
    mutes.SOONEST.scalar_subquery(),
    groups.SOONEST.scalar_subquery(),
    storms.SOONEST.scalar_subquery(),
    incidents.SOONEST_CALM.scalar_subquery(),
    family.HAS_ORPHANS.scalar_subquery(),
    stand_ins.ARE_NEEDED.scalar_subquery(),
)


async def of_tick(tx: Reading, *, fallback: str) -> Moments:
    """All that the tick looks at; `fallback` is the channel that others fall back to."""
    return Moments(*(await tx.connection.execute(_OF_TICK, {"fallback": fallback})).one())
