"""Stand-ins: cards in the fallback channel for those whose own channel Slack refuses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.thread import Aloud, Manner, Thread
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.group_cards import HELD as IN_GROUP
from bot.store.storms import HELD as IN_STORM
from bot.store.tables import cards, cards_old, channels, incidents
from bot.store.wants import once_more

MOST = 500  # a transaction

_there = cards.alias("there")
_columns = (
    cards.c.incident_id, cards.c.notice_id, cards.c.channel_id,
    cards.c.thread, cards.c.aloud, cards.c.behind_since,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unseen:
    """A card that nobody can see where it belongs: what it shows, where, how, since when."""

    incident_id: int | None
    notice_id: int | None
    channel_id: int
    manner: Manner
    since: datetime


_refused = sa.select(channels.c.id).where(
    channels.c.parked_reason.is_not(None), channels.c.name != sa.bindparam("fallback")
)
ARE_NEEDED = sa.select(_refused.exists())


def _is_there(channel_id: int) -> sa.Exists:
    same = (_there.c.incident_id == cards.c.incident_id, _there.c.notice_id == cards.c.notice_id)
    return sa.exists().where(_there.c.channel_id == channel_id, sa.or_(*same))


async def unseen(tx: Reading, fallback_id: int) -> list[Unseen]:
    """Cards behind in refused channels whose subject has no card in the fallback channel yet.

    Of an incident that is over, only if nobody ever saw it. What a mute holds waits for its
    end; what a storm or a group of the refused channel stands for does not: nobody sees those.
    """
    fires = sa.and_(
        incidents.c.state.in_(OPEN_STATES),
        sa.or_(cards.c.held.is_(None), cards.c.held.in_((IN_STORM, IN_GROUP))),
    )
    never_seen = sa.and_(cards.c.held.is_(None), cards.c.ts.is_(None))
    query = (
        sa.select(*_columns)
        .join(channels, channels.c.id == cards.c.channel_id)
        .outerjoin(incidents, incidents.c.id == cards.c.incident_id)
        .where(channels.c.parked_reason.is_not(None), channels.c.id != fallback_id, cards_old)
        .where(sa.or_(fires, never_seen), ~_is_there(fallback_id))
        .where(sa.or_(cards.c.incident_id.is_not(None), cards.c.notice_id.is_not(None)))
        .order_by(cards.c.urgency, cards.c.behind_since, cards.c.id)
        .limit(MOST)
    )
    found = [_unseen(row) for row in (await tx.connection.execute(query)).mappings()]
    once = {(one.incident_id, one.notice_id): one for one in reversed(found)}
    return list(reversed(once.values()))  # of two refused channels the first


def _unseen(row: sa.RowMapping) -> Unseen:
    return Unseen(
        row["incident_id"],
        row["notice_id"],
        row["channel_id"],
        Manner(Thread(row["thread"]), Aloud(row["aloud"])),
        row["behind_since"],
    )


async def want(tx: Writing, channel_ids: Collection[int], *, now: datetime) -> None:
    """Why these channels are refused has changed: open incidents' stand-ins say so."""
    still_open = sa.select(incidents.c.id).where(incidents.c.state.in_(OPEN_STATES))
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.stands_in_for.in_(channel_ids), cards.c.incident_id.in_(still_open))
        .values(
            **once_more(now),
            urgency=sa.case((cards_old, cards.c.urgency), else_=int(Urgency.REST)),
        )
    )
