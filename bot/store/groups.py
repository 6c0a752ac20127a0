"""Groups of alarms that belong together: rows of `storms` that have a key, with cards like storms.

Whoever changes a group has it locked, and takes that lock before those of any cards: clicks and
the tick must not wait for each other. What is seen of a group stands on cards: `group_cards`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.rules.grouping import AlarmGroup, Common, Grouping
from bot.store.engine import Reading, Writing
from bot.store.group_cards import HELD
from bot.store.tables import cards, storms

_goes_on = sa.and_(storms.c.key.is_not(None), storms.c.ended_at.is_(None))
_card = cards.alias("group_card")
_found = sa.select(storms, _card.c.held.label("card_held")).join(
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
    """Store a group. What is seen of it stands on its card: see `group_cards`."""
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


async def take_out_of_storm(tx: Writing, numbers: Collection[int], *, now: datetime) -> None:
    """The channel has room for them: the tick shows what there is to see."""
    await tx.connection.execute(
        sa.update(storms).where(storms.c.id.in_(numbers)).values(admitted=True, due_at=now)
    )
    await tx.connection.execute(
        sa.update(cards).where(cards.c.storm_id.in_(numbers)).values(held=HELD)
    )
