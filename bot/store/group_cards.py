"""What people see of groups: the card of a group, and the cards of members that it stands for.

Apart from `groups`, whose rows say when people hear of one: here only cards change. A member's
card names its group in `in_storm` and is held while the group's card stands for it; `is_news`
says that people have not heard of it yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.store.among import among
from bot.store.columns import UtcTime
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, cards_old
from bot.store.wants import once_more

HELD = "group"  # why a card is held


@dataclass(frozen=True, slots=True)
class Joining:
    """A card's step towards a group.

    `is_taken`: the group's card stands for it, unless it was shown before. `is_news`: people
    are to hear of it, if the group's card stands for it.
    """

    incident_id: int
    channel_id: int
    group_id: int
    is_taken: bool
    is_news: bool


async def join(tx: Writing, joining: Sequence[Joining]) -> None:
    """Make cards members of groups. One that was posted, or may have been, stays as it is."""
    taken = sa.bindparam("join_taken", type_=sa.Boolean)
    never_shown = sa.and_(cards.c.held.is_(None), cards.c.ts.is_(None), cards.c.tried_at.is_(None))
    becomes_held = sa.and_(taken, never_shown)
    stands_for = sa.or_(becomes_held, cards.c.held == HELD)
    news = sa.and_(sa.bindparam("join_news", type_=sa.Boolean), stands_for)
    statement = (
        sa.update(cards)
        .where(cards.c.incident_id == sa.bindparam("join_incident", type_=sa.BigInteger))
        .where(cards.c.channel_id == sa.bindparam("join_channel", type_=sa.BigInteger))
        .values(
            in_storm=sa.bindparam("join_group", type_=sa.BigInteger),
            held=sa.case((becomes_held, HELD), else_=cards.c.held),
            is_news=sa.case((news, sa.true()), else_=cards.c.is_news),
        )
    )
    rows = [
        {
            "join_incident": one.incident_id,
            "join_channel": one.channel_id,
            "join_group": one.group_id,
            "join_taken": one.is_taken,
            "join_news": one.is_news,
        }
        for one in joining
    ]
    if rows:
        await tx.connection.execute(statement, rows)


async def show_alone(tx: Writing, group_id: int, *, now: datetime) -> None:
    """Its member has a card of its own. How late that comes counts from now."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.in_storm == group_id, cards.c.held == HELD)
        .values(held=None, is_news=False, behind_since=now, due_at=now)
    )


async def show(tx: Writing, group_id: int, urgency: Urgency, *, now: datetime) -> None:
    """Its card is posted."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.storm_id == group_id)
        .values(
            held=None,
            wanted=cards.c.wanted + 1,
            behind_since=now,
            due_at=now,
            urgency=int(urgency),
        )
    )


_at = sa.bindparam("at", type_=UtcTime)
_change = sa.bindparam("change", type_=sa.Integer)
_sooner = sa.or_(cards.c.ts.is_(None), sa.and_(cards_old, cards.c.urgency < _change))
_WANT = (
    sa.update(cards)
    .where(among(cards.c.storm_id, "numbers"))
    .values(
        **once_more(_at),
        urgency=sa.case((_sooner, cards.c.urgency), else_=_change),
    )
)


async def want(tx: Writing, numbers: Collection[int], urgency: Urgency, *, now: datetime) -> None:
    """Cards that are there are to say what is true now."""
    if not numbers:
        return
    wish = {"numbers": list(numbers), "change": int(urgency), "at": now}
    await tx.connection.execute(_WANT, wish)


async def put_in_storm(tx: Writing, group_id: int, storm_id: int, why: str | None) -> None:
    """A storm counts it; `why` its card is held there, or None if it is not."""
    held = {"held": why} if why else {}
    await tx.connection.execute(
        sa.update(cards).where(cards.c.storm_id == group_id).values(in_storm=storm_id, **held)
    )


async def storms_of(tx: Reading, group_id: int) -> list[int]:
    """The storm that counts a group, if one does."""
    query = sa.select(cards.c.in_storm).where(
        cards.c.storm_id == group_id, cards.c.in_storm.is_not(None)
    )
    return [number for number in await tx.connection.scalars(query) if number is not None]


async def card_of(tx: Reading, group_id: int) -> tuple[str, str]:
    """The group's card and the language spoken on it."""
    query = sa.select(cards.c.id, cards.c.language).where(cards.c.storm_id == group_id)
    row = (await tx.connection.execute(query)).one()
    return row.id, row.language
