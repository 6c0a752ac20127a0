"""Mutes: what is kept quiet. Written by people's acts, by the apply loop and by the tick."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any  # rows and JSON columns: whatever the tables say

import sqlalchemy as sa

from bot.rules.incident import Person
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import Ending, EndReason, Hidden, Mute
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.tables import incidents, leases, mutes
from bot.store.values import severity_or_none

_PLAIN = (
    "reason", "created_at", "starts_at", "ends_at", "until_recovered", "wakes_on_worse",
    "severity", "card_id", "last_hidden_at", "reminded_for", "applied", "look_again_at",
)  # fmt: skip

_matters = mutes.c.look_again_at.is_not(None)
SOONEST = sa.select(sa.func.min(mutes.c.look_again_at)).where(_matters)
_LIVING = sa.select(mutes).where(_matters).order_by(mutes.c.id)


async def wait_for_apply(tx: Writing) -> None:
    """Stand in line with the apply loop: it either sees this change of mutes or comes before it.

    Without it, PostgreSQL would let a batch that is being applied open an incident that
    neither the batch's mutes nor the mute's incidents know of.
    """
    await tx.connection.execute(
        sa.select(leases.c.name).where(leases.c.name == "apply").with_for_update()
    )


async def add(tx: Writing, mute: Mute) -> Mute:
    """Store a new mute; its number is given here."""
    statement = sa.insert(mutes).values(_columns(mute)).returning(mutes.c.id)
    number = (await tx.connection.execute(statement)).scalar_one()
    return _mute({**_columns(mute), "id": number})


async def save(tx: Writing, mute: Mute) -> None:
    """Store a mute that was read with a lock in this transaction."""
    await tx.connection.execute(
        sa.update(mutes).where(mutes.c.id == mute.id).values(_columns(mute))
    )


async def note_hidden(tx: Writing, at_of: dict[int, datetime]) -> None:
    """Mutes hid something: that is what one without work is measured by."""
    for number, at in sorted(at_of.items()):
        await tx.connection.execute(
            sa.update(mutes).where(mutes.c.id == number).values(last_hidden_at=at)
        )


async def end(tx: Writing, number: int, ending: Ending) -> None:
    """End a mute unless it has ended; the tick tells everybody."""
    await tx.connection.execute(
        sa.update(mutes)
        .where(mutes.c.id == number, mutes.c.ended_at.is_(None))
        .values(
            ended_at=ending.at,
            ended_because=ending.because.value,
            ended_by_id=ending.by.id if ending.by else None,
            ended_by_name=ending.by.name if ending.by else None,
            look_again_at=ending.at,
        )
    )


async def find(tx: Reading, number: int) -> Mute | None:
    """One mute."""
    return (await with_ids(tx, [number])).get(number)


async def with_ids(tx: Reading, numbers: Collection[int]) -> dict[int, Mute]:
    """Mutes by number."""
    found = await tx.connection.execute(sa.select(mutes).where(mutes.c.id.in_(numbers)))
    return {row["id"]: _mute(row) for row in found.mappings()}


async def locked(tx: Writing, number: int) -> Mute | None:
    """One mute, locked until the transaction ends."""
    found = await tx.connection.execute(
        sa.select(mutes).where(mutes.c.id == number).with_for_update()
    )
    row = found.mappings().first()
    return _mute(row) if row else None


async def living(tx: Reading) -> list[Mute]:
    """Every mute that keeps something quiet or will, and those that ended a moment ago."""
    found = await tx.connection.execute(_LIVING)
    return [_mute(row) for row in found.mappings()]


async def next_due(tx: Writing, now: datetime) -> Mute | None:
    """A mute that the clock has something to say about, locked; no other replica gets it."""
    query = (
        sa.select(mutes)
        .where(_matters, mutes.c.look_again_at <= now)
        .order_by(mutes.c.look_again_at, mutes.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.connection.execute(query)).mappings().first()
    return _mute(row) if row else None


async def page(tx: Reading, *, ended: bool, limit: int, before_id: int | None) -> list[Mute]:
    """Mutes that are over, or those that are not; newest first."""
    over = mutes.c.ended_at.is_not(None) if ended else mutes.c.ended_at.is_(None)
    query = sa.select(mutes).where(over).order_by(mutes.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(mutes.c.id < before_id)
    return [_mute(row) for row in (await tx.connection.execute(query)).mappings()]


async def count_held(tx: Reading, number: int) -> int:
    """How many open incidents a mute keeps quiet now."""
    query = sa.select(sa.func.count(incidents.c.id)).where(
        incidents.c.mute_id == number, incidents.c.state.in_(OPEN_STATES)
    )
    return await tx.connection.scalar(query) or 0


async def count_active(tx: Reading, now: datetime) -> int:
    """How many mutes keep something quiet now."""
    active = sa.and_(_matters, mutes.c.ended_at.is_(None), mutes.c.starts_at <= now)
    return await tx.connection.scalar(sa.select(sa.func.count(mutes.c.id)).where(active)) or 0


def _columns(mute: Mute) -> dict[str, object]:
    ended = mute.ended
    plain: dict[str, object] = {name: getattr(mute, name) for name in _PLAIN}
    return plain | {
        "matchers": matchers_to_json(mute.matchers),
        "created_by_id": mute.created_by.id,
        "created_by_name": mute.created_by.name,
        "idle_seconds": int(mute.idle.total_seconds()) if mute.idle else None,
        "ended_at": ended.at if ended else None,
        "ended_because": ended.because.value if ended else None,
        "ended_by_id": ended.by.id if ended and ended.by else None,
        "ended_by_name": ended.by.name if ended and ended.by else None,
        "hidden": asdict(mute.hidden) if mute.hidden else None,
    }


def matchers_to_json(matchers: Sequence[Matcher]) -> list[dict[str, str]]:
    """As the column holds them."""
    return [{"field": m.field, "operator": m.operator.value, "text": m.text} for m in matchers]


def _mute(row: Any) -> Mute:  # a row, or the columns of one
    plain = {name: row[name] for name in _PLAIN if name != "severity"}
    idle = row["idle_seconds"]
    return Mute(
        id=row["id"],
        **plain,
        matchers=tuple(
            Matcher(one["field"], Operator(one["operator"]), one["text"]) for one in row["matchers"]
        ),
        created_by=Person(row["created_by_id"], row["created_by_name"]),
        severity=severity_or_none(row["severity"]),
        idle=timedelta(seconds=idle) if idle is not None else None,
        ended=_ending(row),
        hidden=Hidden(**row["hidden"]) if row["hidden"] else None,
    )


def _ending(row: Any) -> Ending | None:
    if row["ended_at"] is None:
        return None
    person = Person(row["ended_by_id"], row["ended_by_name"]) if row["ended_by_id"] else None
    return Ending(row["ended_at"], EndReason(row["ended_because"]), person)
