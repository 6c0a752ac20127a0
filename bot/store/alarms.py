"""Alarms: one row for each thing that a rule watches. Written by the apply loop alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any  # columns of whatever type

import sqlalchemy as sa

from bot.ids import uuid_or_none
from bot.rules.alarm import Alarm
from bot.rules.query_facts import searchable
from bot.store.among import among
from bot.store.append import Row
from bot.store.bulk import Bulk
from bot.store.engine import Reading, Writing
from bot.store.tables import alarm_facts, alarms, cards, incidents
from bot.store.updates import update

_WITH_KEYS = sa.select(alarms).where(among(alarms.c.key, "keys"))
_WITH_IDS = sa.select(alarms).where(among(alarms.c.id, "numbers"))
_LAST = sa.select(sa.func.max(alarms.c.id))
_CHANGING = tuple(name for name in Alarm.__dataclass_fields__ if name not in ("id", "key"))


_FIELDS = tuple(Alarm.__dataclass_fields__)
_values = attrgetter(*_FIELDS)
_ADD = Bulk(*(alarms.c[name] for name in _FIELDS))
_ADD_FACTS = Bulk(*alarm_facts.columns)


def from_row(row: sa.RowMapping) -> Alarm:
    """The alarm in a row of the table."""
    return Alarm(**{name: row[name] for name in _FIELDS})


async def with_keys(tx: Reading, keys: Collection[str]) -> list[Alarm]:
    """The alarms among these identities that are known."""
    found = await tx.connection.execute(_WITH_KEYS, {"keys": list(keys)})
    return [from_row(row) for row in found.mappings()]


async def with_ids(tx: Reading, ids: Collection[int]) -> dict[int, Alarm]:
    """Alarms by number."""
    found = await tx.connection.execute(_WITH_IDS, {"numbers": list(ids)})
    return {row["id"]: from_row(row) for row in found.mappings()}


async def everything(tx: Reading) -> list[Alarm]:
    """Every alarm: thousands, not millions."""
    found = await tx.connection.execute(sa.select(alarms))
    return [from_row(row) for row in found.mappings()]


async def next_id(tx: Reading) -> int:
    """The number of the next alarm. Only the apply loop adds any, one at a time."""
    return (await tx.connection.scalar(_LAST) or 0) + 1


async def add(tx: Writing, new: Sequence[Alarm]) -> None:
    """Store alarms not known before."""
    if new:
        await _ADD.insert(tx, [_values(alarm) for alarm in new])
        await _add_facts(tx, new)


async def save(
    tx: Writing, changed: Sequence[Alarm], *, before: Mapping[int, Alarm] | None = None
) -> None:
    """Store what changed of known alarms. `before` is how they were, by number.

    Most callbacks say nothing new of their alarm: then what a search looks in stays as it
    is, and with `before` that is known without asking the database.
    """
    known = before or {}
    differences = {one.id: _difference(known.get(one.id), one) for one in changed}
    described = [one for one in changed if differences[one.id].keys() - {"heard_until"}]
    await _replace_facts(tx, [one for one in described if not _same_facts(known.get(one.id), one)])
    await update(tx, alarms, differences.items())


def _difference(before: Alarm | None, after: Alarm) -> dict[str, Any]:
    """The columns that have changed; all but the identity where nobody knows."""
    was, now = vars(before) if before else {}, vars(after)
    return {name: now[name] for name in _CHANGING if name not in was or now[name] != was[name]}


def _same_facts(before: Alarm | None, after: Alarm) -> bool:
    return before is not None and searchable(before) == searchable(after)


async def _replace_facts(tx: Writing, changed: Sequence[Alarm]) -> None:
    if changed:
        mine = alarm_facts.c.alarm_id.in_([alarm.id for alarm in changed])
        await tx.connection.execute(sa.delete(alarm_facts).where(mine))
        await _add_facts(tx, changed)


async def _add_facts(tx: Writing, told: Sequence[Alarm]) -> None:
    await _ADD_FACTS.insert(tx, [row for alarm in told for row in _fact_rows(alarm)])


def _fact_rows(alarm: Alarm) -> Iterator[Row]:
    for place, (name, text) in enumerate(searchable(alarm)):
        yield (alarm.id, name, place, text)


async def page(tx: Reading, *, limit: int, before_id: int | None) -> list[Alarm]:
    """Newest first; `before_id` continues a list where it ended."""
    query = sa.select(alarms).order_by(alarms.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(alarms.c.id < before_id)
    found = await tx.connection.execute(query)
    return [from_row(row) for row in found.mappings()]


async def find(tx: Reading, number: int) -> Alarm | None:
    """One alarm."""
    row = (await tx.connection.execute(sa.select(alarms).where(alarms.c.id == number))).mappings()
    found = row.first()
    return from_row(found) if found else None


async def of_card(tx: Reading, card_id: str) -> Alarm | None:
    """The alarm whose incident a card shows; None for what is no card's id."""
    number = uuid_or_none(card_id)
    if number is None:
        return None
    query = (
        sa.select(alarms)
        .join(incidents, incidents.c.alarm_id == alarms.c.id)
        .join(cards, cards.c.incident_id == incidents.c.id)
        .where(cards.c.id == number)
    )
    found = (await tx.connection.execute(query)).mappings().first()
    return from_row(found) if found else None
