"""Acts: what people did, kept for ever. Rows are added, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.incident import Incident, Person
from bot.rules.mute import Mute
from bot.rules.record import Json
from bot.store.engine import Reading, Writing
from bot.store.tables import acts

REQUESTS = UUID("6f0c2f2e-6d2b-5a58-9d2c-6a4f2a1f7c11")  # the namespace of requests' keys

Told = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to which incident or mute, and from where.

    `via` is the door: `slack`, `command`, `api`, `cli`. `before` and `after` hold what the
    act changed, and `before` is empty for something new.
    """

    at: datetime
    verb: str
    actor: Person
    via: str
    before: Told
    after: Told
    incident_id: int | None = None
    mute_id: int | None = None
    id: str = ""


def of_change(before: Incident, after: Incident) -> tuple[Told, Told]:
    """What an act on an incident changed."""
    one, other = _incident(before), _incident(after)
    changed = {name for name in one if one[name] != other[name]}
    return {n: one[n] for n in one if n in changed}, {n: other[n] for n in one if n in changed}


def _incident(incident: Incident) -> dict[str, Json]:
    taken, closed, remark = incident.acknowledged, incident.closed, incident.remark
    return {
        "state": incident.state.value,
        "acknowledged_by": taken.by.id if taken else None,
        "closed_reason": closed.reason if closed else None,
        "feedback": incident.feedback.value if incident.feedback else None,
        "remarks": incident.remarks,
        "remark": remark.text if remark else None,
        "mute_id": incident.mute_id,
    }


def of_mute(mute: Mute | None) -> Told:
    """A mute as the audit keeps it."""
    if mute is None:
        return {}
    return {
        "matchers": [str(one) for one in mute.matchers],
        "reason": mute.reason,
        "starts_at": mute.starts_at.isoformat(),
        "ends_at": mute.ends_at.isoformat(),
        "until_recovered": mute.until_recovered,
        "wakes_on_worse": mute.wakes_on_worse,
        "idle_seconds": int(mute.idle.total_seconds()) if mute.idle else None,
        "ended_because": mute.ended.because.value if mute.ended else None,
    }


def id_of(key: str) -> str:
    """The id of the act that a request with this key leads to."""
    return str(uuid5(REQUESTS, key))


async def is_known(tx: Reading, key: str | None) -> bool:
    """Whether the request with this key was carried out before."""
    if key is None:
        return False
    return bool(await tx.connection.scalar(sa.select(sa.exists().where(acts.c.id == id_of(key)))))


async def mute_of(tx: Reading, key: str) -> int | None:
    """The mute that the request with this key made, if it was carried out before."""
    query = sa.select(acts.c.mute_id).where(acts.c.id == id_of(key))
    return await tx.connection.scalar(query)


async def add(tx: Writing, act: Act, *, key: str | None = None) -> None:
    """Write down one act, in the transaction of the change; once for each request's key."""
    await tx.connection.execute(
        sa.insert(acts).values(
            id=id_of(key) if key else new_id(),
            at=act.at,
            incident_id=act.incident_id,
            mute_id=act.mute_id,
            verb=act.verb,
            actor_id=act.actor.id,
            actor_name=act.actor.name,
            via=act.via,
            before=dict(act.before),
            after=dict(act.after),
        )
    )


def act_of(row: sa.RowMapping) -> Act:
    """A row as a value."""
    same = ("id", "at", "verb", "via", "before", "after", "incident_id", "mute_id")
    actor = Person(row["actor_id"], row["actor_name"])
    return Act(**{name: row[name] for name in same}, actor=actor)


async def of_incident(tx: Reading, incident_id: int) -> list[Act]:
    """All acts on one incident, oldest first."""
    query = sa.select(acts).where(acts.c.incident_id == incident_id).order_by(acts.c.at, acts.c.id)
    return [act_of(row) for row in (await tx.connection.execute(query)).mappings()]


async def page(
    tx: Reading,
    *,
    limit: int,
    incident_id: int | None = None,
    before: tuple[datetime, str] | None = None,
) -> list[Act]:
    """All acts, newest first; `before` is the moment and the id where the page before ended."""
    query = sa.select(acts).order_by(acts.c.at.desc(), acts.c.id.desc()).limit(limit)
    if incident_id is not None:
        query = query.where(acts.c.incident_id == incident_id)
    if before is not None:
        at, number = before
        query = query.where(sa.or_(acts.c.at < at, sa.and_(acts.c.at == at, acts.c.id < number)))
    return [act_of(row) for row in (await tx.connection.execute(query)).mappings()]
