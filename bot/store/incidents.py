"""Incidents. `save` is the only thing that changes one, and the only one that makes cards wanted.

Law 1 of delivery stands here: equal values write nothing and bump nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

import sqlalchemy as sa

from bot.ids import uuid_or_none
from bot.rules.delivery import Urgency, first_urgency
from bot.rules.incident import Incident
from bot.store import family, group_cards, groups, holds, storms
from bot.store.among import among
from bot.store.bulk import Bulk
from bot.store.columns import UtcTime
from bot.store.engine import Reading, Writing
from bot.store.storms import Counting
from bot.store.tables import cards, cards_old, incidents
from bot.store.updates import update
from bot.store.values import (
    Columns,
    changed_columns,
    incident_from_columns,
    incident_to_columns,
)
from bot.store.wants import once_more


@dataclass(frozen=True, slots=True)
class Change:
    """An incident before and after; `before` is None for a new one.

    `urgency` says how soon people wait to see it on the cards.
    """

    before: Incident | None
    after: Incident
    urgency: Urgency = Urgency.REST


SOONEST_CALM = sa.select(sa.func.min(incidents.c.calm_at)).where(incidents.c.calm_at.is_not(None))
_written = [column for column in incidents.columns if column is not incidents.c.version]
_values = itemgetter(*(column.name for column in _written))
_ADD = Bulk(*_written)
_WITH_IDS = sa.select(incidents).where(among(incidents.c.id, "numbers"))
_LAST = sa.select(sa.func.max(incidents.c.id))


async def of_card(tx: Writing, card_id: str) -> Incident | None:
    """The incident that a card shows, locked until the transaction ends.

    None for a card we do not have, and for what is no id at all: PostgreSQL refuses that.
    """
    number = uuid_or_none(card_id)
    if number is None:
        return None
    shown = sa.select(cards.c.incident_id).where(cards.c.id == number).scalar_subquery()
    query = sa.select(incidents).where(incidents.c.id == shown).with_for_update()
    row = (await tx.connection.execute(query)).mappings().first()
    return incident_from_columns(row) if row else None


async def locked(tx: Writing, number: int) -> Incident | None:
    """One incident, locked until the transaction ends."""
    query = sa.select(incidents).where(incidents.c.id == number).with_for_update()
    row = (await tx.connection.execute(query)).mappings().first()
    return incident_from_columns(row) if row else None


async def with_ids(tx: Reading, ids: Collection[int]) -> dict[int, Incident]:
    """Incidents by number."""
    found = await tx.connection.execute(_WITH_IDS, {"numbers": list(ids)})
    return {row["id"]: incident_from_columns(row) for row in found.mappings()}


async def next_calm(tx: Writing, now: datetime) -> Incident | None:
    """One that has stopped flapping, locked; no other replica gets it."""
    query = (
        sa.select(incidents)
        .where(incidents.c.calm_at.is_not(None), incidents.c.calm_at <= now)
        .order_by(incidents.c.calm_at, incidents.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.connection.execute(query)).mappings().first()
    return incident_from_columns(row) if row else None


async def next_id(tx: Reading) -> int:
    """The number of the next incident. Only the apply loop adds any, one at a time."""
    return (await tx.connection.scalar(_LAST) or 0) + 1


async def save(tx: Writing, changes: Sequence[Change], *, now: datetime) -> None:
    """Store changes and make the cards of changed incidents wanted once more."""
    new = [change.after for change in changes if change.before is None]
    changed = [change for change in changes if change.before not in (None, change.after)]
    await _ADD.insert(tx, [_values(incident_to_columns(one)) for one in new])
    if changed:
        await update(tx, incidents, map(_difference, changed))
        counted = await storms.counting(tx, [change.after.id for change in changed])
        await groups.touch(tx, {group for _, group in counted.groups}, now=now)
        await _want(tx, changed, now=now)
        await _hold(tx, changed, now=now)
        await _tell_storms(tx, changed, counted, now=now)
    await _tell_parents(tx, [*changed, *(one for one in changes if one.before is None)], now=now)


async def _tell_storms(
    tx: Writing, changes: Sequence[Change], counted: Counting, *, now: datetime
) -> None:
    """A storm card counts its incidents. One that fires after its storm has a card of its own.

    A group's card is looked at in time by the tick, but what people do shows on it at once.
    """
    again = [
        one.after.id
        for one in changes
        if one.after.is_open and not (one.before and one.before.is_open)
    ]
    await storms.heard_again(tx, again, now=now)
    await storms.want(tx, counted.storms, now=now)
    clicked = {one.after.id for one in changes if one.urgency <= Urgency.CLICK}
    shown = {group for number, group in counted.groups if number in clicked}
    await group_cards.want(tx, shown, Urgency.CLICK, now=now)


async def _hold(tx: Writing, changes: Sequence[Change], *, now: datetime) -> None:
    """Cards are held exactly while a mute hides their incident, or a parent holds it back."""
    by_reason: dict[str | None, list[int]] = {}
    for one in changes:
        why = holds.reason_of(one.after)
        if one.before and holds.reason_of(one.before) != why:
            by_reason.setdefault(why, []).append(one.after.id)
    for why, ids in by_reason.items():
        if why is None:
            await holds.let_go(tx, ids, now=now)
        else:
            await holds.hold(tx, ids, why)


async def _tell_parents(tx: Writing, changes: Sequence[Change], *, now: datetime) -> None:
    """A parent's card names what it holds back."""
    both = [each for one in changes for each in (one.before, one.after) if each]
    await family.want(tx, {one.parent_id for one in both if one.parent_id}, now=now)


def _difference(change: Change) -> tuple[int, Columns]:
    if change.before is None:
        raise LookupError("a new incident is no change of one")
    return change.after.id, changed_columns(change.before, change.after)


_first = sa.bindparam("first", type_=sa.Integer)
_urgency = sa.bindparam("change", type_=sa.Integer)
_over = sa.bindparam("is_over", type_=sa.Boolean)
_at = sa.bindparam("at", type_=UtcTime)
_sooner = sa.and_(cards_old, cards.c.urgency < _urgency)
_WANT = (
    sa.update(cards)
    .where(among(cards.c.incident_id, "numbers"))
    .values(
        **once_more(_at),
        urgency=sa.case(
            (sa.and_(cards.c.ts.is_(None), sa.or_(_over, cards.c.urgency > _first)), _first),
            (_sooner, cards.c.urgency),
            else_=_urgency,
        ),
    )
)


async def _want(tx: Writing, changes: Sequence[Change], *, now: datetime) -> None:
    """Bump `wanted` of every card of these incidents.

    A card that is not behind starts to be behind now. One that is keeps its place and its
    pause between attempts, and goes first if somebody waits for this change. One that was
    given up is tried again: giving up is per version. One not shown yet moves up when its
    incident becomes worse, and lets all others pass when that is over before anybody saw it.
    """
    alike: dict[tuple[int, int, bool], list[int]] = {}
    for one in changes:
        first = int(min(first_urgency(one.after), one.urgency))
        ends = not one.after.is_open
        alike.setdefault((first, int(one.urgency), ends), []).append(one.after.id)
    for (first, urgency, ends), numbers in alike.items():
        wish = {"first": first, "change": urgency, "is_over": ends, "at": now}
        await tx.connection.execute(_WANT, wish | {"numbers": numbers})
