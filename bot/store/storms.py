"""Storms: opened by the apply loop and the tick, ended by the tick; their cards count rows.

A storm counts cards, and groups whose cards the channel may not have: their members with them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.severity import Severity
from bot.rules.storm import Storm
from bot.store import groups
from bot.store.among import among
from bot.store.columns import OPEN_STATES, UtcTime
from bot.store.engine import Reading, Writing
from bot.store.group_cards import HELD as IN_GROUP
from bot.store.tables import cards, incidents, storms
from bot.store.wants import once_more

HELD = "storm"  # why a card is held

_goes_on = storms.c.look_again_at.is_not(None)
_is_open = incidents.c.state.in_(OPEN_STATES)
_columns = [storms.c[name] for name in Storm.__dataclass_fields__]
_group_card = cards.alias("group_card")
_COUNTING = (
    sa.select(cards.c.incident_id, storms.c.id, storms.c.key, _group_card.c.in_storm)
    .join(storms, storms.c.id == cards.c.in_storm)
    .outerjoin(_group_card, _group_card.c.storm_id == storms.c.id)
    .where(among(cards.c.incident_id, "numbers"))
    .where(cards.c.in_storm.is_not(None))
)
SOONEST = sa.select(sa.func.min(storms.c.look_again_at)).where(_goes_on)
_numbers = sa.bindparam("numbers", expanding=True, type_=sa.BigInteger)
_at = sa.bindparam("at", type_=UtcTime)
_ended = sa.select(storms.c.id).where(storms.c.ended_at.is_not(None))
_HEARD_AGAIN = (
    sa.update(cards)
    .where(cards.c.incident_id.in_(_numbers), cards.c.held.in_((HELD, IN_GROUP)))
    .where(cards.c.in_storm.in_(_ended))
    .values(held=None, behind_since=_at, due_at=_at)
)
_WANT = (
    sa.update(cards)
    .where(cards.c.storm_id.in_(_numbers))
    .values(
        **once_more(_at),
        urgency=sa.case((cards.c.ts.is_(None), int(Urgency.STORM)), else_=int(Urgency.STORM_EDIT)),
    )
)


def _storm(row: sa.RowMapping) -> Storm:
    return Storm(**row)


async def going_on(tx: Reading, channel_ids: Collection[int]) -> dict[int, Storm]:
    """The storms of these channels, by channel."""
    query = sa.select(*_columns).where(_goes_on, storms.c.channel_id.in_(channel_ids))
    found = await tx.connection.execute(query)
    return {row["channel_id"]: _storm(row) for row in found.mappings()}


async def with_id(tx: Reading, number: int) -> Storm:
    """One storm."""
    found = await tx.connection.execute(sa.select(*_columns).where(storms.c.id == number))
    return _storm(found.mappings().one())


async def add(tx: Writing, channel_id: int, *, now: datetime, look_again_at: datetime) -> Storm:
    """A new storm."""
    row = {"channel_id": channel_id, "opened_at": now, "look_again_at": look_again_at}
    statement = sa.insert(storms).values(row).returning(storms.c.id)
    number = (await tx.connection.execute(statement)).scalar_one()
    return Storm(number, channel_id, now, None, look_again_at)


async def save(tx: Writing, storm: Storm) -> None:
    """Store a storm."""
    await tx.connection.execute(
        sa.update(storms)
        .where(storms.c.id == storm.id)
        .values(ended_at=storm.ended_at, look_again_at=storm.look_again_at)
    )


async def next_due(tx: Writing, now: datetime) -> Storm | None:
    """A storm that may have calmed, locked; no other replica gets it."""
    query = (
        sa.select(*_columns)
        .where(_goes_on, storms.c.look_again_at <= now)
        .order_by(storms.c.look_again_at, storms.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.connection.execute(query)).mappings().first()
    return _storm(row) if row else None


async def hold(tx: Writing, storm_id: int, channel_id: int, incident_ids: Collection[int]) -> None:
    """Keep cards from being posted: the storm card stands for them."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.incident_id.in_(incident_ids), cards.c.channel_id == channel_id)
        .values(held=HELD, in_storm=storm_id)
    )


async def count_in(
    tx: Writing, storm_id: int, channel_id: int, incident_ids: Collection[int]
) -> None:
    """Count cards of their own, and muted ones, among the storm's."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.incident_id.in_(incident_ids), cards.c.channel_id == channel_id)
        .values(in_storm=storm_id)
    )


async def count_in_all(tx: Writing, storm_id: int, channel_id: int, *, since: datetime) -> None:
    """Count what the channel was told of since a moment, but for what others count."""
    recent = sa.select(incidents.c.id).where(incidents.c.opened_at >= since)
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.incident_id.in_(recent), cards.c.channel_id == channel_id)
        .where(cards.c.in_storm.is_(None))
        .values(in_storm=storm_id)
    )


async def let_go(tx: Writing, storm_id: int, *, most: int, now: datetime) -> int:
    """Take groups and the worst that still fire out of the storm's hold; how many.

    The groups are locked in their order first: who acknowledges all of them wants several too.
    """
    locked = _groups_held(storm_id).limit(most).with_for_update(of=storms)
    grouped = list(await tx.connection.scalars(locked))
    await groups.take_out_of_storm(tx, grouped, now=now)
    return len(grouped) + await _let_cards_go(tx, storm_id, most=most - len(grouped))


def _groups_held(storm_id: int) -> sa.Select[int]:
    """Groups that go on and whose cards the channel may not have yet, oldest first."""
    return (
        sa.select(storms.c.id)
        .join(cards, cards.c.storm_id == storms.c.id)
        .where(cards.c.in_storm == storm_id, cards.c.held == HELD, storms.c.ended_at.is_(None))
        .order_by(storms.c.id)
    )


async def _let_cards_go(tx: Writing, storm_id: int, *, most: int) -> int:
    rank = sa.case(
        (incidents.c.severity == Severity.CRITICAL.value, 0),
        (incidents.c.severity == Severity.WARN.value, 1),
        else_=2,
    )
    query = (
        sa.select(cards.c.id)
        .join(incidents, incidents.c.id == cards.c.incident_id)
        .where(cards.c.in_storm == storm_id, cards.c.held == HELD, _is_open)
        .order_by(rank, incidents.c.id)
        .limit(most)
    )
    ids = list(await tx.connection.scalars(query))
    if ids:  # how late each is shown counts from when it was wanted
        await tx.connection.execute(sa.update(cards).where(cards.c.id.in_(ids)).values(held=None))
    return len(ids)


async def is_needed(tx: Reading, storm_id: int) -> bool:
    """Whether something fires that has no card of its own."""
    query = (
        sa.select(cards.c.id)
        .join(incidents, incidents.c.id == cards.c.incident_id)
        .where(cards.c.in_storm == storm_id, cards.c.held == HELD, _is_open)
    )
    either = sa.or_(query.exists(), _groups_held(storm_id).exists())
    return bool(await tx.connection.scalar(sa.select(either)))


async def want(tx: Writing, storm_ids: Collection[int], *, now: datetime) -> None:
    """Their cards are to say what is true now. People look at them: soon."""
    if not storm_ids:
        return
    await tx.connection.execute(_WANT, {"numbers": list(storm_ids), "at": now})


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts some incidents: storms, and groups by the incident."""

    storms: frozenset[int]
    groups: frozenset[tuple[int, int]]


async def counting(tx: Reading, incident_ids: Sequence[int]) -> Counting:
    """The storms and groups that these incidents are counted in, and the storms of the groups."""
    rows = (await tx.connection.execute(_COUNTING, {"numbers": incident_ids})).all()
    above = {row.in_storm for row in rows if row.in_storm is not None}
    return Counting(
        frozenset(above | {row.id for row in rows if row.key is None}),
        frozenset((row.incident_id, row.id) for row in rows if row.key is not None),
    )


async def heard_again(tx: Writing, incident_ids: Collection[int], *, now: datetime) -> None:
    """What fires anew after its storm or group has ended gets its own card: that tells no more."""
    if not incident_ids:
        return
    await tx.connection.execute(_HEARD_AGAIN, {"numbers": list(incident_ids), "at": now})
