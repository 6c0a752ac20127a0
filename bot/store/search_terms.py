"""A search's terms as conditions of SQL, the same on both engines.

Facts of alarms were folded when they were stored, and patterns when they were read: LIKE
compares them letter by letter on either engine. A condition on something that an incident
does not have is NULL, and neither it nor its contrary may stay so: see `_held`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any  # columns of whatever type

import sqlalchemy as sa

from bot.rules.query_terms import (
    Bound,
    Condition,
    Counted,
    Fact,
    Lasted,
    Measured,
    OneOf,
    Pattern,
    Range,
    Taken,
    Term,
    Text,
    Timed,
    Wild,
)
from bot.store.columns import OPEN_STATES
from bot.store.dialects import microseconds_between
from bot.store.engine import Reading
from bot.store.tables import alarm_facts, cards, incidents, storms

_group_card = cards.alias("group_card")

Sql = sa.ColumnElement[bool]
Person = tuple[str, str]

MICROSECOND = timedelta(microseconds=1)
ESCAPE = "\\"
_WILDCARDS = {Wild.MANY: "%", Wild.ONE: "_"}

COUNTED = {
    "id": incidents.c.id,
    "alarm_id": incidents.c.alarm_id,
    "mute": incidents.c.mute_id,
    "parent": incidents.c.parent_id,
    "callbacks": incidents.c.callbacks,
    "firings": incidents.c.firings,
    "notes": incidents.c.remarks,
}
MEASURED = {
    "value": incidents.c.last_value,
    "worst": incidents.c.worst_value,
    "first": incidents.c.first_value,
}
TIMED = {
    "opened": incidents.c.opened_at,
    "heard": incidents.c.heard_at,
    "recovered": incidents.c.recovered_at,
    "closed": incidents.c.closed_at,
}
ONE_OF: dict[str, Callable[[str], Sql]] = {
    "state": lambda option: incidents.c.state == option,
    "severity": lambda option: _or_none(incidents.c.severity, option, option.upper()),
    "is": lambda option: incidents.c.sort == option,
    "muted": lambda option: _is_there(incidents.c.mute_id, option),
    "feedback": lambda option: _or_none(incidents.c.feedback, option, option),
}


def _or_none(column: sa.ColumnElement[Any], option: str, text: str) -> Sql:
    return column.is_(None) if option == "none" else column == text


def _is_there(column: sa.ColumnElement[Any], option: str) -> Sql:
    return column.is_not(None) if option == "yes" else column.is_(None)


def of_alarm(term: Term, alarm_id: sa.ColumnElement[int]) -> Sql:
    """A term on what an alarm says, as a condition on the column that has its number."""
    match term.condition:
        case Fact(field, patterns):
            fits = sa.and_(alarm_facts.c.name == field, sa.or_(*map(_fits, patterns)))
        case Text(pattern):
            fits = _fits(pattern, before="%", behind="%")
        case _:
            raise TypeError(f"not of an alarm: {term.condition}")
    mine = sa.select(alarm_facts.c.alarm_id).where(fits)
    return alarm_id.not_in(mine) if term.negated else alarm_id.in_(mine)


def _fits(pattern: Pattern, before: str = "", behind: str = "") -> Sql:
    text = alarm_facts.c.text
    if not before and not any(isinstance(piece, Wild) for piece in pattern.pieces):
        return text == "".join(map(str, pattern.pieces))
    return text.like(before + "".join(map(_like, pattern.pieces)) + behind, escape=ESCAPE)


def _like(piece: str | Wild) -> str:
    if isinstance(piece, Wild):
        return _WILDCARDS[piece]
    for special in (ESCAPE, "%", "_"):
        piece = piece.replace(special, ESCAPE + special)
    return piece


@dataclass(frozen=True, slots=True)
class Terms:
    """Makes conditions on incidents. `people` is everybody who ever acknowledged anything."""

    tx: Reading
    now: datetime
    people: Sequence[Person] = ()

    def of_incident(self, term: Term) -> Sql:
        """A term on what an incident says."""
        return _held(self._condition(term.condition), negated=term.negated)

    def _condition(self, condition: Condition) -> Sql:
        match condition:
            case OneOf(field, options):
                return _any(ONE_OF[field](option) for option in options)
            case Counted(field, ranges):
                return _any(_counted(field, each) for each in ranges)
            case Measured(field, ranges):
                return _any(_in(MEASURED[field], each) for each in ranges)
            case Timed(field, ranges):
                return _any(_in(TIMED[field], each) for each in ranges)
            case Lasted(ranges):
                return _any(_in(self.duration(), _in_microseconds(each)) for each in ranges)
            case Taken():
                return self._taken(condition)
            case Fact() | Text():
                raise TypeError(f"not of an incident: {condition}")

    def duration(self) -> sa.ColumnElement[int]:
        """Microseconds from the opening to the end, or to `now`; NULL for what has no end."""
        open_now = sa.literal(self.now, incidents.c.opened_at.type)
        over = sa.func.coalesce(incidents.c.recovered_at, incidents.c.closed_at)
        end = sa.case((incidents.c.state.in_(OPEN_STATES), open_now), else_=over)
        return microseconds_between(self.tx, incidents.c.opened_at, end)

    def _taken(self, condition: Taken) -> Sql:
        by, name = incidents.c.acknowledged_by_id, incidents.c.acknowledged_by_name
        chosen: list[Sql] = []
        if condition.nobody:
            chosen.append(by.is_(None))
        if condition.anybody:
            chosen.append(by.is_not(None))
        meant = [person for person in self.people if _is_meant(person, condition.people)]
        if meant:
            chosen.append(sa.tuple_(by, name).in_(meant))
        return _any(chosen)


def _counted(field: str, wanted: Range[int]) -> Sql:
    """`storm` and `group_id` are those whose cards count it, in any channel."""
    if field in COUNTED:
        return _in(COUNTED[field], wanted)
    is_group = storms.c.key.is_not(None)
    counted = (
        sa.select(cards.c.incident_id)
        .outerjoin(storms, storms.c.id == cards.c.in_storm)
        .where(_in(cards.c.in_storm, wanted), is_group if field == "group_id" else ~is_group)
        .where(cards.c.incident_id.is_not(None))
    )
    if field == "group_id":
        return incidents.c.id.in_(counted)
    grouped = (  # what is in a group that is in the storm
        sa.select(cards.c.incident_id)
        .join(_group_card, _group_card.c.storm_id == cards.c.in_storm)
        .where(_in(_group_card.c.in_storm, wanted), cards.c.incident_id.is_not(None))
    )
    return sa.or_(incidents.c.id.in_(counted), incidents.c.id.in_(grouped))


def _is_meant(person: Person, patterns: Iterable[Pattern]) -> bool:
    return any(pattern.fits(text) for pattern in patterns for text in person)


def _any(chosen: Iterable[Sql]) -> Sql:
    return sa.or_(sa.false(), *chosen)


def _held(condition: Sql, *, negated: bool) -> Sql:
    """NULL is "no": the incident says nothing of it."""
    return condition.is_not(sa.true()) if negated else condition


def _in(column: sa.ColumnElement[Any], wanted: Range[Bound]) -> Sql:
    held: list[Sql] = [column.is_not(None)]
    if wanted.low is not None:
        low = _large(wanted.low)
        held.append(column > low if wanted.low_open else column >= low)
    if wanted.high is not None:
        high = _large(wanted.high)
        held.append(column < high if wanted.high_open else column <= high)
    return sa.and_(*held)


def _large(bound: Bound) -> Bound | sa.ColumnElement[int]:
    """PostgreSQL would be told that a number has the column's size, and refuse a larger one."""
    return sa.literal(bound, sa.BigInteger) if isinstance(bound, int) else bound


def _in_microseconds(wanted: Range[timedelta]) -> Range[int]:
    low, high = (None if end is None else end // MICROSECOND for end in (wanted.low, wanted.high))
    return Range(low, high, wanted.low_open, wanted.high_open)
