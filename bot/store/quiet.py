"""What mutes are about: open incidents with their alarms, and the history behind a preview.

The back-test counts in the database, by alarm: a mute's conditions are on alarms, of which
there are thousands, while callbacks are counted in millions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.hearing import worse_value
from bot.rules.incident import Incident
from bot.rules.query_facts import DIMENSION, LONGEST_NAME, LONGEST_TEXT
from bot.rules.query_terms import folded
from bot.rules.severity import Severity
from bot.store import alarms
from bot.store.columns import OPEN_STATES
from bot.store.engine import Reading, Writing
from bot.store.tables import alarm_facts, callbacks, incidents
from bot.store.tables import alarms as alarms_
from bot.store.values import incident_from_columns

CHUNK = 5_000  # numbers in one condition; both engines take more, neither should have to

Open = tuple[Incident, Alarm]


Where = sa.ColumnElement[bool]


async def open_incidents(tx: Writing, *where: Where, most: int | None = None) -> list[Open]:
    """What fires or lost its data, locked, with its alarm."""
    query = (
        sa.select(incidents)
        .where(incidents.c.state.in_(OPEN_STATES), *where)
        .order_by(incidents.c.id)
        .limit(most)
        .with_for_update()
    )
    found = (await tx.connection.execute(query)).mappings().all()
    return await _with_alarms(tx, [incident_from_columns(row) for row in found])


async def of_mute(tx: Writing, mute_id: int) -> list[Open]:
    """What one mute holds of it."""
    return await open_incidents(tx, incidents.c.mute_id == mute_id)


async def open_now(tx: Reading, *where: Where) -> list[Open]:
    """The same for those who only look."""
    query = sa.select(incidents).where(incidents.c.state.in_(OPEN_STATES), *where)
    found = (await tx.connection.execute(query)).mappings().all()
    return await _with_alarms(tx, [incident_from_columns(row) for row in found])


async def _with_alarms(tx: Reading, found: Sequence[Incident]) -> list[Open]:
    watched: dict[int, Alarm] = {}
    for chunk in _chunks(sorted({one.alarm_id for one in found})):
        watched |= await alarms.with_ids(tx, chunk)
    return [(one, watched[one.alarm_id]) for one in found]


async def watched_with(tx: Reading, facts: Sequence[tuple[str, str]]) -> list[Alarm]:
    """Alarms that may have all these facts (a matcher's field and text); without any, all.

    Facts are stored in another form than a matcher compares them in, so a few too many may come.
    """
    having = [alarms_.c.id.in_(_having(*fact)) for fact in facts if _is_stored(fact[0])]
    found = await tx.connection.execute(sa.select(alarms_).where(*having))
    return [alarms.from_row(row) for row in found.mappings()]


def _having(field: str, text: str) -> sa.Select[int]:
    """A dimension is reached by its name as well, and stored under one name only."""
    return sa.select(alarm_facts.c.alarm_id).where(
        alarm_facts.c.name.in_([folded(field), folded(DIMENSION + field)]),
        alarm_facts.c.text == folded(text.lower())[:LONGEST_TEXT],
    )


def _is_stored(field: str) -> bool:
    return len(folded(DIMENSION + field)) <= LONGEST_NAME


@dataclass(frozen=True, slots=True)
class Past:
    """What one alarm's incidents were like within a time."""

    alarm_id: int
    incidents: int
    callbacks: int
    acknowledged: int
    critical: int


async def past_of(
    tx: Reading, alarm_ids: Sequence[int], severities: Sequence[Severity | None], *, since: datetime
) -> list[Past]:
    """Incidents of these alarms and severities that had callbacks since then, by alarm."""
    found: list[Past] = []
    for chunk in _chunks(alarm_ids):
        query = _past(chunk, severities, since)
        found += [Past(**row) for row in (await tx.connection.execute(query)).mappings()]
    return found


def _past(
    alarm_ids: Sequence[int], severities: Sequence[Severity | None], since: datetime
) -> sa.Select[int, int, int, int, int]:
    heard = (
        sa.select(callbacks.c.incident_id.label("incident_id"), sa.func.count().label("callbacks"))
        .where(callbacks.c.alarm_id.in_(alarm_ids), callbacks.c.at >= since)
        .where(callbacks.c.incident_id.is_not(None))
        .group_by(callbacks.c.incident_id)
        .subquery()
    )
    named = [one.value for one in severities if one is not None]
    right = incidents.c.severity.in_(named)
    if None in severities:
        right = sa.or_(right, incidents.c.severity.is_(None))
    return (
        sa.select(
            incidents.c.alarm_id,
            sa.func.count().label("incidents"),
            sa.cast(sa.func.sum(heard.c.callbacks), sa.BigInteger).label("callbacks"),
            _number_of(incidents.c.first_acknowledged_at.is_not(None)).label("acknowledged"),
            _number_of(incidents.c.worst_severity == Severity.CRITICAL.value).label("critical"),
        )
        .join(heard, heard.c.incident_id == incidents.c.id)
        .where(incidents.c.alarm_id.in_(alarm_ids))  # or PostgreSQL reads the whole table
        .where(right)
        .group_by(incidents.c.alarm_id)
    )


def _number_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """What a mute hid of one incident: how many callbacks, and their extreme values."""

    alarm: Alarm
    incident: Incident
    callbacks: int
    lowest: float | None
    highest: float | None

    @property
    def worst(self) -> float | None:
        """The value furthest into the breach."""
        return worse_value(self.lowest, self.highest, self.incident.threshold)


async def hidden_by(tx: Reading, mute_id: int) -> list[HiddenRow]:
    """What one mute hid, by incident."""
    value = callbacks.c.value
    query = (
        sa.select(callbacks.c.incident_id, sa.func.count(), sa.func.min(value), sa.func.max(value))
        .where(callbacks.c.mute_id == mute_id)
        .group_by(callbacks.c.incident_id)
    )
    counted = {
        number: (count, lowest, highest)
        for number, count, lowest, highest in await tx.connection.execute(query)
    }
    found: list[Incident] = []
    for chunk in _chunks(sorted(counted)):
        rows = await tx.connection.execute(sa.select(incidents).where(incidents.c.id.in_(chunk)))
        found += [incident_from_columns(row) for row in rows.mappings()]
    return [
        HiddenRow(alarm, incident, *counted[incident.id])
        for incident, alarm in await _with_alarms(tx, found)
    ]


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]
