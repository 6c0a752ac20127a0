"""Groups of alarms that belong together: rows of `storms` that have a key, with cards like storms.

A member's card names its group in `in_storm` and is held while the group's card stands for it;
`is_news` says that people have not heard of it yet. Whoever changes a group has it locked, and
takes that lock before those of any cards: clicks and the tick must not wait for each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.grouping import AlarmGroup, Common, Grouping
from bot.store.among import among
from bot.store.columns import UtcTime
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, cards_old, storms
from bot.store.wants import once_more

HELD = "group"  # why a card is held

_goes_on = sa.and_(storms.c.key.is_not(None), storms.c.ended_at.is_(None))
_card = cards.alias("group_card")
_found = sa.select(storms, _card.c.held.label("card_held"), _card.c.id.label("card_id")).join(
    _card, _card.c.storm_id == storms.c.id
)
SOONEST = sa.select(sa.func.min(storms.c.due_at)).where(storms.c.due_at.is_not(None))


def _group(row: sa.RowMapping) -> AlarmGroup:
    return AlarmGroup(
        id=row["id"],
        channel_id=row["channel_id"],
        key=row["key"],
        common=tuple((field, text) for field, text in row["common"]),
        wait=timedelta(seconds=row["wait_seconds"]),
        interval=timedelta(seconds=row["interval_seconds"]),
        opened_at=row["opened_at"],
        look_again_at=row["due_at"],
        looked_at=row["looked_at"],
        ended_at=row["ended_at"],
        admitted=row["admitted"],
        is_shown=row["card_held"] is None,
        in_storm=row["card_held"] not in (None, HELD),
        members=row["members"] or 0,
        lasted=timedelta(seconds=row["lasted_seconds"] or 0),
    )


async def _locked(tx: Writing, *where: sa.ColumnElement[bool]) -> list[AlarmGroup]:
    query = _found.where(_goes_on, *where).order_by(storms.c.id).with_for_update(of=storms)
    return [_group(row) for row in (await tx.connection.execute(query)).mappings()]


async def find(tx: Reading, number: int) -> AlarmGroup | None:
    """One group; None for what is a storm."""
    query = _found.where(storms.c.id == number, storms.c.key.is_not(None))
    row = (await tx.connection.execute(query)).mappings().first()
    return _group(row) if row else None


async def with_ids(tx: Writing, numbers: Collection[int]) -> list[AlarmGroup]:
    """Groups that go on, locked."""
    return await _locked(tx, storms.c.id.in_(numbers)) if numbers else []


async def lock(tx: Writing, incident_ids: Collection[int]) -> None:
    """Lock the groups of incidents that are about to change one after the other.

    Each change locks the card of a storm as well, which the tick wants while it has a group.
    """
    query = (
        sa.select(storms.c.id)
        .join(cards, cards.c.in_storm == storms.c.id)
        .where(_goes_on, cards.c.incident_id.in_(incident_ids))
        .order_by(storms.c.id)
        .with_for_update(of=storms)
    )
    await tx.connection.execute(query)


async def going_on(
    tx: Writing, places: Collection[tuple[int, str]]
) -> dict[tuple[int, str], AlarmGroup]:
    """The groups that go on in these channels with these keys, locked."""
    if not places:
        return {}
    channels, keys = {one[0] for one in places}, {one[1] for one in places}
    found = await _locked(tx, storms.c.channel_id.in_(channels), storms.c.key.in_(keys))
    return {(one.channel_id, one.key): one for one in found}


async def due(tx: Writing, now: datetime, *, most: int) -> list[AlarmGroup]:
    """Groups that have changed and that people may hear of, locked; no other replica gets them."""
    query = (
        _found.where(storms.c.due_at.is_not(None), storms.c.due_at <= now)
        .order_by(storms.c.due_at, storms.c.id)
        .limit(most)
        .with_for_update(of=storms, skip_locked=True)
    )
    return [_group(row) for row in (await tx.connection.execute(query)).mappings()]


async def add(
    tx: Writing, channel_id: int, key: str, grouping: Grouping, common: Common, *, now: datetime
) -> AlarmGroup:
    """A new group; its card is the caller's to make, held."""
    row = {
        "channel_id": channel_id,
        "opened_at": now,
        "key": key,
        "common": [list(pair) for pair in common],
        "wait_seconds": int(grouping.wait.total_seconds()),
        "interval_seconds": int(grouping.interval.total_seconds()),
        "due_at": now + grouping.wait,
        "admitted": False,
    }
    statement = sa.insert(storms).values(row).returning(storms.c.id)
    number = (await tx.connection.execute(statement)).scalar_one()
    wait, interval = grouping.wait, grouping.interval
    return AlarmGroup(number, channel_id, key, common, wait, interval, now, now + wait)


async def save(tx: Writing, group: AlarmGroup) -> None:
    """Store a group. What is seen of it stands on its card: see `show` and `put_in_storm`."""
    await tx.connection.execute(
        sa.update(storms)
        .where(storms.c.id == group.id)
        .values(
            opened_at=group.opened_at,
            looked_at=group.looked_at,
            due_at=group.look_again_at,
            ended_at=group.ended_at,
            admitted=group.admitted,
            members=group.members,
            lasted_seconds=group.lasted.total_seconds(),
        )
    )


async def touch(tx: Writing, numbers: Collection[int], *, now: datetime) -> None:
    """Members have changed."""
    for group in await with_ids(tx, numbers):
        after = group.changed(now)
        if after != group:
            await save(tx, after)


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


async def want(
    tx: Writing, numbers: Collection[int], urgency: Urgency = Urgency.REST, *, now: datetime
) -> None:
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


async def take_out_of_storm(tx: Writing, numbers: Collection[int], *, now: datetime) -> None:
    """The channel has room for them: the tick shows what there is to see."""
    await tx.connection.execute(
        sa.update(storms).where(storms.c.id.in_(numbers)).values(admitted=True, due_at=now)
    )
    await tx.connection.execute(
        sa.update(cards).where(cards.c.storm_id.in_(numbers)).values(held=HELD)
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
