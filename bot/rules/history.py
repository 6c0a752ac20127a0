"""What an alarm did in the past: its values, its firing periods, and how people dealt with them.

Pure values, put together by `work.history`. Values are in the metric's unit; texts with a
unit are made where the units are known and carried along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident, Person, Sort
from bot.rules.record import Threshold
from bot.rules.severity import Severity


class Span(StrEnum):
    """How far back a history looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"

    @property
    def length(self) -> timedelta:
        """As a duration."""
        return _LENGTHS[self]


_LENGTHS = {
    Span.DAY: timedelta(hours=24),
    Span.WEEK: timedelta(days=7),
    Span.MONTH: timedelta(days=30),
    Span.QUARTER: timedelta(days=90),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A value as a callback told it, at the sender's time."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one instance, oldest first: of each piece of time the lowest and highest."""

    alarm_id: int
    instance: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From a firing to its end; None while it still fires."""

    opened: datetime
    ended: datetime | None
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Past:
    """One past incident. `worst` is its worst value with its unit.

    `after` is how long it waited for somebody, `by` who that was: None when it fired anew
    since, because an acknowledgement belongs to one firing.
    """

    number: int
    instance: str
    opened_at: datetime
    ended_at: datetime | None
    severity: Severity | None
    worst_value: float | None = None
    worst: str | None = None
    by: Person | None = None
    after: timedelta | None = None
    remarks: int = 0
    remark: str | None = None

    @property
    def lasted(self) -> timedelta | None:
        """None while it still fires."""
        if self.ended_at is None:
            return None
        return max(self.ended_at - self.opened_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Counts:
    """Within the span: incidents that fired in it, callbacks heard, and over how many things."""

    incidents: int
    callbacks: int
    instances: int


@dataclass(frozen=True, slots=True)
class Names:
    """For people: the metric, the limit with its sign's value, the extreme values, the instance."""

    metric: str | None = None
    limit: str | None = None
    lowest: str | None = None
    highest: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What one alarm did from `since` to `until`, or with `whole_rule` all alarms of its rule.

    `series` are the few that matter most; `counts.instances` says how many there are.
    `past` is one page of incidents, newest first: those with numbers below `before_id`, and
    `next_cursor` is the `before_id` of the next page.
    """

    alarm: Alarm
    span: Span
    whole_rule: bool
    since: datetime
    until: datetime
    series: tuple[Series, ...]
    periods: tuple[Period, ...]
    threshold: Threshold | None
    counts: Counts
    past: tuple[Past, ...] = ()
    before_id: int | None = None
    next_cursor: int | None = None
    names: Names = Names()

    @property
    def points(self) -> tuple[Point, ...]:
        """The values of all series together, oldest first."""
        return tuple(sorted((p for one in self.series for p in one.points), key=lambda p: p.at))


def ended_at(incident: Incident) -> datetime | None:
    """When it was over; None while it still asks for somebody. An event is over at once."""
    if incident.is_open:
        return None
    if incident.recovered_at is not None:
        return incident.recovered_at
    if incident.closed is not None:
        return incident.closed.at
    return incident.opened_at if incident.sort is Sort.EVENT else incident.heard_at


def acknowledged_after(incident: Incident) -> timedelta | None:
    """How long it waited for its first acknowledgement; clocks differ, so never less than 0."""
    first = incident.first_acknowledged_at
    return max(first - incident.opened_at, timedelta(0)) if first else None


def period_of(incident: Incident) -> Period:
    """The firing period that an incident was."""
    return Period(incident.opened_at, ended_at(incident), incident.worst_severity)


def extremes(series: Sequence[Series]) -> tuple[float, float] | None:
    """The lowest and the highest value of all."""
    values = [point.value for one in series for point in one.points]
    return (min(values), max(values)) if values else None
