"""Storms: opened by the apply loop and the tick, ended by the tick; their cards count rows."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.severity import Severity
from bot.rules.storm import Count, Group, Overview, Storm, worst_first
from bot.store.engine import Reading, Writing
from bot.store.tables import alarms, cards, cards_old, incidents, storms

HELD = "storm"  # why a card is held
OPEN = ("firing", "no_data")

_goes_on = storms.c.look_again_at.is_not(None)
_own = sa.case((cards.c.held.is_(None), 1))
_muted = sa.case((cards.c.held == "muted", 1))
_behind = sa.case((cards.c.held == "behind", 1))
_in_storm = sa.case((cards.c.held == HELD, 1))


def _storm(row: sa.RowMapping) -> Storm:
    return Storm(**row)


async def going_on(tx: Reading, channel_ids: Collection[int]) -> dict[int, Storm]:
    """The storms of these channels, by channel."""
    query = sa.select(storms).where(_goes_on, storms.c.channel_id.in_(channel_ids))
    found = await tx.connection.execute(query)
    return {row["channel_id"]: _storm(row) for row in found.mappings()}


async def with_id(tx: Reading, number: int) -> Storm:
    """One storm."""
    found = await tx.connection.execute(sa.select(storms).where(storms.c.id == number))
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
        sa.select(storms)
        .where(_goes_on, storms.c.look_again_at <= now)
        .order_by(storms.c.look_again_at, storms.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.connection.execute(query)).mappings().first()
    return _storm(row) if row else None


async def soonest(tx: Reading) -> datetime | None:
    """When the clock has something to say next."""
    query = sa.select(sa.func.min(storms.c.look_again_at)).where(_goes_on)
    return await tx.connection.scalar(query)


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


async def let_go(tx: Writing, storm_id: int, *, most: int) -> int:
    """Take the worst that still fire out of the storm's hold; how many."""
    rank = sa.case(
        (incidents.c.severity == Severity.CRITICAL.value, 0),
        (incidents.c.severity == Severity.WARN.value, 1),
        else_=2,
    )
    query = (
        sa.select(cards.c.id)
        .join(incidents, incidents.c.id == cards.c.incident_id)
        .where(cards.c.in_storm == storm_id, cards.c.held == HELD, incidents.c.state.in_(OPEN))
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
        .where(cards.c.in_storm == storm_id, cards.c.held == HELD, incidents.c.state.in_(OPEN))
    )
    return bool(await tx.connection.scalar(sa.select(query.exists())))


async def want(tx: Writing, storm_ids: Collection[int], *, now: datetime) -> None:
    """Their cards are to say what is true now. People look at them: soon."""
    if not storm_ids:
        return
    behind = cards_old
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.storm_id.in_(storm_ids))
        .values(
            wanted=cards.c.wanted + 1,
            behind_since=sa.case((behind, cards.c.behind_since), else_=now),
            due_at=sa.case((behind, cards.c.due_at), else_=now),
            urgency=sa.case(
                (cards.c.ts.is_(None), int(Urgency.STORM)), else_=int(Urgency.STORM_EDIT)
            ),
        )
    )


async def storms_of(tx: Reading, incident_ids: Sequence[int]) -> set[int]:
    """The storms that these incidents are counted in."""
    query = (
        sa.select(cards.c.in_storm)
        .where(cards.c.incident_id.in_(incident_ids), cards.c.in_storm.is_not(None))
        .distinct()
    )
    return {number for number in await tx.connection.scalars(query) if number is not None}


async def heard_again(tx: Writing, incident_ids: Collection[int], *, now: datetime) -> None:
    """What fires anew after its storm has ended gets its own card: the storm's tells no more."""
    ended = sa.select(storms.c.id).where(storms.c.ended_at.is_not(None))
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.incident_id.in_(incident_ids), cards.c.held == HELD)
        .where(cards.c.in_storm.in_(ended))
        .values(held=None, behind_since=now, due_at=now)
    )


async def overview(tx: Reading, storm_id: int) -> Overview:
    """The storm as its card tells it."""
    is_open = incidents.c.state.in_(OPEN)
    by = (alarms.c.name, alarms.c.project, alarms.c.region_id)
    query = (
        sa.select(
            *by,
            sa.func.min(alarms.c.id).label("alarm_id"),
            _number(sa.and_(is_open, incidents.c.severity == "CRITICAL")).label("critical"),
            _number(sa.and_(is_open, incidents.c.severity == "WARN")).label("warn"),
            _number(
                sa.and_(is_open, sa.func.coalesce(incidents.c.severity, "INFO") == "INFO")
            ).label("other"),
            _number(sa.not_(is_open)).label("over"),
            _number(sa.and_(is_open, incidents.c.acknowledged_at.is_not(None))).label(
                "acknowledged"
            ),
            sa.func.count(_own).label("own"),
            sa.func.count(_in_storm).label("in_storm"),
            sa.func.count(_muted).label("muted"),
            sa.func.count(_behind).label("behind"),
        )
        .join(incidents, incidents.c.id == cards.c.incident_id)
        .join(alarms, alarms.c.id == incidents.c.alarm_id)
        .where(cards.c.in_storm == storm_id)
        .group_by(*by)
    )
    rows = (await tx.connection.execute(query)).mappings().all()
    groups = [Group(**{name: row[name] for name in Group.__dataclass_fields__}) for row in rows]
    count = Count(
        *(sum(row[name] for row in rows) for name in ("own", "in_storm", "muted", "behind"))
    )
    return Overview(worst_first(groups), count)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


async def newest_in(tx: Reading, storm_id: int) -> int:
    """The number of the newest incident in a storm; 0 without any."""
    query = sa.select(sa.func.max(cards.c.incident_id)).where(cards.c.in_storm == storm_id)
    return await tx.connection.scalar(query) or 0


async def untaken_in(tx: Reading, storm_id: int, *, after: int, until: int, most: int) -> list[int]:
    """Incidents of a storm that fire and that nobody has, by number."""
    query = (
        sa.select(incidents.c.id)
        .join(cards, cards.c.incident_id == incidents.c.id)
        .where(cards.c.in_storm == storm_id, incidents.c.state.in_(OPEN))
        .where(incidents.c.acknowledged_at.is_(None))
        .where(incidents.c.id > after, incidents.c.id <= until)
        .order_by(incidents.c.id)
        .limit(most)
    )
    return list((await tx.connection.execute(query)).scalars())
