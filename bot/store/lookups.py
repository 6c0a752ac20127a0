"""Lookups: incidents by what they and their alarms say, newest first, a page at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.ids import uuid_or_none
from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.store.engine import Reading
from bot.store.tables import alarms, cards, channels, incidents
from bot.store.values import incident_from_columns

DIGITS = 18  # any number of so many fits the column

Condition = sa.ColumnElement[bool]

FIELDS: dict[str, Callable[[str], Condition]] = {
    "state": lambda text: incidents.c.state == text.lower(),
    "severity": lambda text: incidents.c.severity == text.upper(),
    "sort": lambda text: incidents.c.sort == text.lower(),
    "acked": lambda text: _acked(yes=text.lower() in ("yes", "true", "1")),
    "alarm": lambda text: alarms.c.name == text,
    "alarm_id": lambda text: incidents.c.alarm_id == _number(text),
    "rule": lambda text: sa.or_(alarms.c.rule_id == text, alarms.c.name == text),
    "project": lambda text: alarms.c.project == text,
    "metric": lambda text: alarms.c.metric == text,
    "account": lambda text: alarms.c.account == text,
    "region": lambda text: alarms.c.region_id == text,
    "group": lambda text: sa.or_(alarms.c.group_name == text, alarms.c.group_id == text),
    "instance": lambda text: alarms.c.instance_name == text,
}
"""What can be asked for by name; any other name is taken for a dimension's."""


def _acked(*, yes: bool) -> Condition:
    taken = incidents.c.acknowledged_at
    return taken.is_not(None) if yes else taken.is_(None)


def _number(text: str) -> int:
    """A number that no row has, for what is no number or too large for the column."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else -1


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident with its alarm."""

    incident: Incident
    alarm: Alarm


def _condition(name: str, text: str) -> Condition:
    if name in FIELDS:
        return FIELDS[name](text)
    return alarms.c.dimensions[name].as_string() == text


_alarm_columns = [column.label(f"alarm_{column.name}") for column in alarms.c]
_both = sa.select(*incidents.c, *[c for c in _alarm_columns if c.name != "alarm_id"]).join(
    alarms, alarms.c.id == incidents.c.alarm_id
)


def _listed(row: sa.RowMapping) -> Listed:
    fields = {name: row[f"alarm_{name}"] for name in Alarm.__dataclass_fields__}
    return Listed(incident_from_columns(row), Alarm(**fields))


async def page(
    tx: Reading, wanted: Mapping[str, str], *, limit: int, before_id: int | None
) -> list[Listed]:
    """Incidents that fit every condition; `before_id` continues a list where it ended."""
    conditions = [_condition(name, text) for name, text in wanted.items()]
    if before_id is not None:
        conditions.append(incidents.c.id < before_id)
    query = _both.where(*conditions).order_by(incidents.c.id.desc()).limit(limit)
    found = await tx.connection.execute(query)
    return [_listed(row) for row in found.mappings()]


async def find(tx: Reading, number: int) -> Listed | None:
    """One incident."""
    found = await tx.connection.execute(_both.where(incidents.c.id == number))
    row = found.mappings().first()
    return _listed(row) if row else None


async def of_card(tx: Reading, card_id: str) -> Listed | None:
    """The incident that a card shows; None for what is no card's id."""
    number = uuid_or_none(card_id)
    if number is None:
        return None
    shown = sa.select(cards.c.incident_id).where(cards.c.id == number).scalar_subquery()
    row = (await tx.connection.execute(_both.where(incidents.c.id == shown))).mappings().first()
    return _listed(row) if row else None


async def card_at(tx: Reading, channel_id: str, ts: str) -> str | None:
    """The card that stands at this place in Slack; by Slack's id of the channel."""
    query = (
        sa.select(cards.c.id)
        .join(channels, channels.c.id == cards.c.channel_id)
        .where(cards.c.ts == ts, channels.c.slack_id == channel_id)
    )
    return await tx.connection.scalar(query)
