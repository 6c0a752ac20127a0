"""The JSON shapes of statistics and histories. Durations are in seconds, shares from 0 to 1."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.doors.shapes import AlarmShape, PersonShape
from bot.rules.history import History, Past
from bot.rules.stats import Stats, Took


class Same(BaseModel):
    """A shape with the very members of a value of the rules."""

    model_config = ConfigDict(from_attributes=True)


class TookShape(BaseModel):
    """How long something took; null without any incident."""

    count: int
    mean: float | None
    median: float | None

    @staticmethod
    def of(took: Took) -> "TookShape":
        """In seconds."""
        return TookShape(count=took.count, mean=_seconds(took.mean), median=_seconds(took.median))


class NoisyShape(Same):
    """A rule or an instance."""

    name: str
    incidents: int
    callbacks: int
    label: str | None = Field(description="an instance's name with its id")


class FlappingShape(Same):
    """An alarm, and the most changes it had within an hour."""

    alarm_id: int
    name: str
    instance: str
    changes: int
    label: str | None = Field(description="the instance's name with its id")


class BucketShape(Same):
    """How many incidents opened in one piece of the time."""

    start: datetime
    critical: int
    warn: int
    other: int


class StatsShape(BaseModel):
    """Statistics from `since` up to `until`; `firing` is now."""

    since: datetime
    until: datetime
    callbacks: int
    incidents: int
    events: int
    firing: int
    severities: dict[str, int] = Field(
        description="by the worst severity; UNKNOWN if none was told"
    )
    time_to_acknowledge: TookShape
    time_to_recover: TookShape
    never_acknowledged: int
    share_never_acknowledged: float | None
    noisiest_rules: list[NoisyShape]
    noisiest_instances: list[NoisyShape]
    flapping: list[FlappingShape]
    step: float
    series: list[BucketShape]

    @staticmethod
    def of(stats: Stats) -> "StatsShape":
        """As programs read it."""
        return StatsShape(
            **{name: getattr(stats, name) for name in _SAME},
            severities={one.value if one else "UNKNOWN": n for one, n in stats.severities},
            time_to_acknowledge=TookShape.of(stats.acknowledged),
            time_to_recover=TookShape.of(stats.recovered),
            share_never_acknowledged=stats.share_never_acknowledged,
            noisiest_rules=[NoisyShape.model_validate(one) for one in stats.rules],
            noisiest_instances=[NoisyShape.model_validate(one) for one in stats.instances],
            flapping=[FlappingShape.model_validate(one) for one in stats.flapping],
            step=stats.step.total_seconds(),
            series=[BucketShape.model_validate(one) for one in stats.buckets],
        )


_SAME = (
    "since", "until", "callbacks", "incidents", "events", "firing", "never_acknowledged",
)  # fmt: skip


class PointShape(Same):
    """A value that a callback told."""

    at: datetime
    value: float


class SeriesShape(Same):
    """One instance: of each piece of the time the lowest and the highest value."""

    alarm_id: int
    instance: str
    points: list[PointShape]


class PeriodShape(Same):
    """A firing; `ended` is null while it goes on."""

    opened: datetime
    ended: datetime | None
    severity: str | None


class PastShape(BaseModel):
    """One past incident."""

    id: int
    instance: str
    opened_at: datetime
    ended_at: datetime | None
    severity: str | None
    worst_value: float | None
    acknowledged_by: PersonShape | None
    acknowledged_after: float | None
    remarks: int
    remark: str | None

    @staticmethod
    def of(past: Past) -> "PastShape":
        """With durations in seconds."""
        return PastShape(
            id=past.number,
            instance=past.instance,
            opened_at=past.opened_at,
            ended_at=past.ended_at,
            severity=past.severity,
            worst_value=past.worst_value,
            acknowledged_by=PersonShape(id=past.by.id, name=past.by.name) if past.by else None,
            acknowledged_after=_seconds(past.after),
            remarks=past.remarks,
            remark=past.remark,
        )


class HistoryShape(BaseModel):
    """What an alarm did; `items` is one page of its incidents, newest first."""

    alarm: AlarmShape
    span: str
    scope: str
    since: datetime
    until: datetime
    incidents: int
    callbacks: int
    instances: int
    threshold: dict[str, object] | None
    series: list[SeriesShape]
    periods: list[PeriodShape]
    items: list[PastShape]
    next_cursor: str | None

    @staticmethod
    def of(history: History) -> "HistoryShape":
        """As programs read it."""
        limit, counts = history.threshold, history.counts
        return HistoryShape(
            alarm=AlarmShape.of(history.alarm),
            span=history.span.value,
            scope="rule" if history.whole_rule else "alarm",
            since=history.since,
            until=history.until,
            incidents=counts.incidents,
            callbacks=counts.callbacks,
            instances=counts.instances,
            threshold={"comparison": limit.comparison, "limit": limit.limit} if limit else None,
            series=[SeriesShape.model_validate(one) for one in history.series],
            periods=[PeriodShape.model_validate(one) for one in history.periods],
            items=[PastShape.of(one) for one in history.past],
            next_cursor=str(history.next_cursor) if history.next_cursor is not None else None,
        )


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
