"""Who holds whom back: the relations between open incidents, and what cards say of them."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.dependency import ALONE, Family, Relative
from bot.rules.incident import Incident
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.quiet import Open, open_incidents, open_now
from bot.store.tables import alarms, cards, cards_old, incidents
from bot.store.wants import once_more

SHOWN = 5  # children that a card names
ONES = 100  # incidents that one transaction lets go

_open = incidents.c.state.in_(OPEN_STATES)
_held_back = incidents.c.parent_id.is_not(None)
_parent = incidents.alias("parent")
_parent_lives = (
    sa.select(_parent.c.id)
    .where(_parent.c.id == incidents.c.parent_id, _parent.c.state.in_(OPEN_STATES))
    .exists()
)
HAS_ORPHANS = sa.select(sa.select(incidents.c.id).where(_open, _held_back, ~_parent_lives).exists())


async def leaders(tx: Reading) -> list[Open]:
    """What fires and may hold others back."""
    return await open_now(tx, incidents.c.leads.is_(True))


async def orphans(tx: Writing) -> list[Open]:
    """Some of what fires and is held back by something that has ended, locked."""
    return await open_incidents(tx, _held_back, ~_parent_lives, most=ONES)


_number = sa.bindparam("number", type_=sa.BigInteger)
_names = (
    sa.select(incidents.c.id, alarms.c.name)
    .join(alarms, alarms.c.id == incidents.c.alarm_id)
    .order_by(incidents.c.id)
    .limit(SHOWN)
)
_children = sa.and_(_held_back, _open, incidents.c.parent_id == _number)
_NAMED = _names.where(incidents.c.id == _number)
_CHILDREN = _names.where(_children)
_CHILDREN_COUNT = sa.select(sa.func.count()).select_from(incidents).where(_children)


async def of_incident(tx: Reading, incident: Incident) -> Family:
    """What its card says: nothing of what is over."""
    if not incident.is_open:
        return ALONE
    first = await _relatives(tx, _CHILDREN, incident.id)
    count = len(first)
    if count == SHOWN:
        count = await tx.connection.scalar(_CHILDREN_COUNT, {"number": incident.id}) or 0
    parent = None
    if incident.parent_id is not None:
        parent = next(iter(await _relatives(tx, _NAMED, incident.parent_id)), None)
    return Family(parent, first, count)


async def _relatives(tx: Reading, query: sa.Select[int, str], number: int) -> tuple[Relative, ...]:
    found = await tx.connection.execute(query, {"number": number})
    return tuple(Relative(*row) for row in found)


async def want(tx: Writing, parent_ids: Collection[int], *, now: datetime) -> None:
    """The cards of parents name their children: they are to say what is true now."""
    if not parent_ids:
        return
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.incident_id.in_(parent_ids))
        .values(
            **once_more(now),
            urgency=sa.case((cards_old, cards.c.urgency), else_=int(Urgency.REST)),
        )
    )
