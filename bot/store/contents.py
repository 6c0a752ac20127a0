"""What a storm or a group holds: how much of what, and what of it nobody has."""

import sqlalchemy as sa

from bot.rules.storm import Count, Group, Overview, worst_first
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.group_cards import HELD as IN_GROUP
from bot.store.storms import HELD
from bot.store.tables import alarms, cards, incidents

_muted = sa.case((cards.c.held == "muted", 1))
_behind = sa.case((cards.c.held == "behind", 1))


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


_all_of = sa.bindparam("all_of", expanding=True, type_=sa.BigInteger)
_waiting = sa.bindparam("waiting", expanding=True, type_=sa.BigInteger)
_in_group = cards.c.held == IN_GROUP
_waits = sa.or_(cards.c.held == HELD, sa.and_(_in_group, cards.c.in_storm.in_(_waiting)))
_elsewhere = sa.and_(_in_group, cards.c.in_storm.not_in(_waiting))
_is_open = incidents.c.state.in_(OPEN_STATES)
_by = (alarms.c.name, alarms.c.project, alarms.c.region_id)
_OVERVIEW = (
    sa.select(
        *_by,
        sa.func.min(alarms.c.id).label("alarm_id"),
        _number(sa.and_(_is_open, incidents.c.severity == "CRITICAL")).label("critical"),
        _number(sa.and_(_is_open, incidents.c.severity == "WARN")).label("warn"),
        _number(sa.and_(_is_open, sa.func.coalesce(incidents.c.severity, "INFO") == "INFO")).label(
            "other"
        ),
        _number(sa.not_(_is_open)).label("over"),
        _number(sa.and_(_is_open, incidents.c.acknowledged_at.is_not(None))).label("acknowledged"),
        _number(sa.or_(cards.c.held.is_(None), _elsewhere)).label("own"),
        _number(_waits).label("in_storm"),
        sa.func.count(_muted).label("muted"),
        sa.func.count(_behind).label("behind"),
    )
    .join(incidents, incidents.c.id == cards.c.incident_id)
    .join(alarms, alarms.c.id == incidents.c.alarm_id)
    .where(cards.c.in_storm.in_(_all_of))
    .group_by(*_by)
)
_WITHIN = sa.select(cards.c.storm_id, cards.c.held).where(
    cards.c.in_storm == sa.bindparam("storm"), cards.c.storm_id.is_not(None)
)


async def overview(tx: Reading, storm_id: int) -> Overview:
    """The storm as its card tells it; or a group, of which only the rules are told."""
    all_of, waiting = await _within(tx, storm_id)
    asked = {"all_of": all_of, "waiting": waiting}
    rows = (await tx.connection.execute(_OVERVIEW, asked)).mappings().all()
    groups = [Group(**{name: row[name] for name in Group.__dataclass_fields__}) for row in rows]
    count = Count(
        *(sum(row[name] for row in rows) for name in ("own", "in_storm", "muted", "behind"))
    )
    return Overview(worst_first(groups), count)


async def _within(tx: Reading, storm_id: int) -> tuple[list[int], list[int]]:
    """What members' cards name: the storm and the groups in it; and those of them that wait."""
    rows = (await tx.connection.execute(_WITHIN, {"storm": storm_id})).all()
    waiting = [row.storm_id for row in rows if row.held == HELD]
    return [storm_id, *(row.storm_id for row in rows)], waiting


async def newest_in(tx: Reading, storm_id: int) -> int:
    """The number of the newest incident in a storm; 0 without any."""
    all_of, _ = await _within(tx, storm_id)
    query = sa.select(sa.func.max(cards.c.incident_id)).where(cards.c.in_storm.in_(all_of))
    return await tx.connection.scalar(query) or 0


async def untaken_in(tx: Writing, storm_id: int, *, after: int, until: int, most: int) -> list[int]:
    """Incidents of a storm or a group that fire and that nobody has, by number, locked.

    All of them before any is changed: whoever changes one locks the storm's or group's card next.
    """
    all_of, _ = await _within(tx, storm_id)
    query = (
        sa.select(incidents.c.id)
        .join(cards, cards.c.incident_id == incidents.c.id)
        .where(cards.c.in_storm.in_(all_of), incidents.c.state.in_(OPEN_STATES))
        .where(incidents.c.acknowledged_at.is_(None))
        .where(incidents.c.id > after, incidents.c.id <= until)
        .order_by(incidents.c.id)
        .limit(most)
        .with_for_update(of=incidents)
    )
    return list((await tx.connection.execute(query)).scalars())
