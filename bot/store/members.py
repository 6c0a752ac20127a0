"""The members of a group: counted, the worst of them, and those that people must hear of."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.grouping import MEMBERS_SHOWN, AlarmGroup, Tally, View
from bot.rules.incident import Incident
from bot.rules.severity import Severity
from bot.store import contents, lookups
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.holds import BEHIND, MUTED
from bot.store.tables import cards, incidents

_quiet = sa.func.coalesce(cards.c.held, "").in_((MUTED, BEHIND))
_open = incidents.c.state.in_(OPEN_STATES)
_fires = sa.and_(_open, sa.not_(_quiet))
_worst_first = (
    sa.case(
        {Severity.CRITICAL.value: 0, Severity.WARN.value: 1, Severity.INFO.value: 3},
        value=incidents.c.severity,
        else_=2,
    ),
    incidents.c.id,
)


def _number(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((sa.and_(*conditions), 1)))


async def tally(tx: Reading, group_id: int) -> Tally:
    """How many of it fire, are over and are kept quiet."""
    end = sa.func.coalesce(incidents.c.closed_at, incidents.c.recovered_at, incidents.c.heard_at)
    critical, warn = (
        incidents.c.severity == one.value for one in (Severity.CRITICAL, Severity.WARN)
    )
    query = (
        sa.select(
            _number(_fires, critical).label("critical"),
            _number(_fires, warn).label("warn"),
            _number(_fires).label("firing"),
            _number(sa.not_(_open), sa.not_(_quiet)).label("over"),
            _number(_fires, incidents.c.acknowledged_at.is_not(None)).label("acknowledged"),
            _number(_open, cards.c.held == MUTED).label("muted"),
            _number(_open, cards.c.held == BEHIND).label("behind"),
            _number(sa.not_(_quiet)).label("heard"),
            _number(_open).label("open"),
            *(_number(sa.not_(_quiet), _was(one)).label(f"was_{one.value}") for one in Severity),
            sa.func.min(incidents.c.opened_at).label("began"),
            sa.func.max(end).label("ended"),
        )
        .join(incidents, incidents.c.id == cards.c.incident_id)
        .where(cards.c.in_storm == group_id)
    )
    row = (await tx.connection.execute(query)).mappings().one()
    same = {name: row[name] for name in Tally.__dataclass_fields__ if name in row}
    other = row["firing"] - row["critical"] - row["warn"]
    was = next((one for one in Severity if row[f"was_{one.value}"]), None)  # the worst comes first
    return Tally(**same, other=other, was=was, lasted=_between(row["began"], row["ended"]))


def _was(severity: Severity) -> sa.ColumnElement[bool]:
    return incidents.c.worst_severity == severity.value


def _between(began: datetime | None, ended: datetime | None) -> timedelta:
    return max(ended - began, timedelta()) if began and ended else timedelta()


async def worst(tx: Reading, group_id: int, *, most: int = MEMBERS_SHOWN) -> list[int]:
    """Members that fire, the worst first, of equal ones the oldest."""
    query = _members(group_id).where(_fires).order_by(*_worst_first).limit(most)
    return list(await tx.connection.scalars(query))


def _members(group_id: int) -> sa.Select[int]:
    return (
        sa.select(incidents.c.id)
        .join(cards, cards.c.incident_id == incidents.c.id)
        .where(cards.c.in_storm == group_id)
    )


async def named(tx: Reading, numbers: list[int]) -> tuple[tuple[Incident, Alarm], ...]:
    """Incidents with their alarms, in this order."""
    found = await lookups.with_ids(tx, numbers)
    return tuple((found[one].incident, found[one].alarm) for one in numbers)


async def view(tx: Reading, group: AlarmGroup) -> View:
    """A group as its card tells it. One that is over has told it all."""
    if group.ended_at is not None:
        return View(group)
    counted = await tally(tx, group.id)
    members = await named(tx, await worst(tx, group.id))
    overview = await contents.overview(tx, group.id)
    return View(group, counted, members, overview.groups)


async def news(tx: Writing, group_id: int) -> list[int]:
    """Members that fire and that people have not heard of, the worst first; asked once."""
    query = _members(group_id).where(cards.c.is_news, _fires).order_by(*_worst_first)
    found = list(await tx.connection.scalars(query))
    await tx.connection.execute(
        sa.update(cards).where(cards.c.in_storm == group_id, cards.c.is_news).values(is_news=False)
    )
    return found
