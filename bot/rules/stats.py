"""Statistics of a time: how much fired, how soon people took it and it ended, what is noisy.

Pure. Counted are the incidents that opened within the time, and the callbacks about alarms
that the senders date within it. An event happens and is over: it has no part in how long
things take, nor in what nobody acknowledged.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, median

from bot.rules.severity import Severity

MOST_BUCKETS = 20  # what Slack draws in one chart
MOST_NAMED = 5
FLAPPING = 4  # changes within an hour: fires, recovers, fires, recovers
HOUR = timedelta(hours=1)
_STEPS = tuple(
    timedelta(minutes=number)
    for number in (5, 15, 60, 120, 360, 1_440, 2_880, 10_080, 20_160, 43_200, 129_600, 525_600)
)
SEVERITIES: tuple[Severity | None, ...] = (*Severity, None)


@dataclass(frozen=True, slots=True)
class Brief:
    """What statistics want to know of one incident.

    `recovered_at` is None for what still fires or was closed by hand, `ended_at` only for the
    first. `firings` counts how often it fired.
    """

    id: int
    alarm_id: int
    is_event: bool
    opened_at: datetime
    recovered_at: datetime | None
    ended_at: datetime | None
    first_acknowledged_at: datetime | None
    severity: Severity | None
    firings: int

    @property
    def never_fired(self) -> bool:
        """A recovery whose start nobody heard of: nobody was told, so it counts nowhere."""
        return self.recovered_at is not None and self.recovered_at <= self.opened_at


@dataclass(frozen=True, slots=True)
class Watched:
    """What an alarm is called: its own name, its rule's identity, and what it watches."""

    id: int
    name: str
    rule: str
    instance: str


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, of `count` incidents; None without any."""

    count: int = 0
    mean: timedelta | None = None
    median: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Noisy:
    """A rule or an instance, and what it made us hear."""

    name: str
    incidents: int
    callbacks: int


@dataclass(frozen=True, slots=True)
class Flapping:
    """An alarm that fires and recovers again and again; the most changes within one hour."""

    alarm_id: int
    name: str
    instance: str
    changes: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many incidents opened in one piece of the time."""

    start: datetime
    critical: int = 0
    warn: int = 0
    other: int = 0

    @property
    def all(self) -> int:
        """Of any severity."""
        return self.critical + self.warn + self.other


@dataclass(frozen=True, slots=True)
class Stats:
    """From `since` to `until`; `firing` is now, whatever the time asked for.

    `severities` holds alarms' incidents by how bad they were at worst, the worst first;
    those of severities without any are left out.
    """

    since: datetime
    until: datetime
    callbacks: int
    incidents: int
    events: int
    firing: int
    severities: tuple[tuple[Severity | None, int], ...]
    acknowledged: Took
    recovered: Took
    never_acknowledged: int
    rules: tuple[Noisy, ...]
    instances: tuple[Noisy, ...]
    flapping: tuple[Flapping, ...]
    step: timedelta
    buckets: tuple[Bucket, ...]

    @property
    def share_never_acknowledged(self) -> float | None:
        """0 to 1; None without incidents."""
        return self.never_acknowledged / self.incidents if self.incidents else None


@dataclass(frozen=True, slots=True)
class Told:
    """What the store tells of a time.

    `heard` counts callbacks by alarm; `changes` holds when the incidents of alarms that may
    flap fired and recovered, by alarm.
    """

    briefs: Sequence[Brief]
    heard: Mapping[int, int]
    watched: Mapping[int, Watched]
    changes: Mapping[int, Sequence[datetime]]
    firing: int


def summed(told: Told, *, since: datetime, until: datetime) -> Stats:
    """The statistics of a time."""
    told = replace(told, briefs=[one for one in told.briefs if not one.never_fired])
    alarms = [one for one in told.briefs if not one.is_event]
    by_severity = Counter(one.severity for one in alarms)
    step = step_of(until - since)
    return Stats(
        since=since,
        until=until,
        callbacks=sum(told.heard.values()),
        incidents=len(alarms),
        events=len(told.briefs) - len(alarms),
        firing=told.firing,
        severities=tuple((one, by_severity[one]) for one in SEVERITIES if by_severity[one]),
        acknowledged=_took([took for one in alarms if (took := _until_taken(one)) is not None]),
        recovered=_took([took for one in alarms if (took := _until_over(one)) is not None]),
        never_acknowledged=sum(one.first_acknowledged_at is None for one in alarms),
        rules=_noisiest(told, lambda alarm: alarm.rule, lambda alarm: alarm.name),
        instances=_noisiest(told, lambda alarm: alarm.instance, lambda alarm: alarm.instance),
        flapping=_flapping(told),
        step=step,
        buckets=_buckets(told.briefs, since, until, step),
    )


def step_of(length: timedelta) -> timedelta:
    """The shortest round piece of time of which a chart has room for the whole."""
    fits = (step for step in _STEPS if ceil(length / step) <= MOST_BUCKETS)
    return next(fits, length / MOST_BUCKETS)


def most_within_an_hour(moments: Sequence[datetime]) -> int:
    """The largest number of moments that any hour holds."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= HOUR:
            first += 1
        most = max(most, last - first + 1)
    return most


def may_flap(briefs: Sequence[Brief]) -> Iterator[list[Brief]]:
    """Incidents of one alarm that follow each other within the hour and change often enough.

    What they leave out cannot flap, so nobody needs to look at its callbacks.
    """
    near: list[Brief] = []
    for one in sorted(briefs, key=lambda brief: brief.opened_at):
        if near and one.opened_at - (near[-1].ended_at or one.opened_at) >= HOUR:
            yield from _if_often(near)
            near = []
        near.append(one)
    yield from _if_often(near)


def _if_often(near: list[Brief]) -> Iterator[list[Brief]]:
    if sum(2 * one.firings for one in near) >= FLAPPING:
        yield near


def _until_taken(brief: Brief) -> float | None:
    """In seconds. The two clocks differ, so never less than 0."""
    if brief.first_acknowledged_at is None:
        return None
    return max((brief.first_acknowledged_at - brief.opened_at).total_seconds(), 0)


def _until_over(brief: Brief) -> float | None:
    """In seconds; None while it fires."""
    if brief.ended_at is None:
        return None
    return max((brief.ended_at - brief.opened_at).total_seconds(), 0)


def _took(seconds: Sequence[float]) -> Took:
    if not seconds:
        return Took()
    return Took(len(seconds), timedelta(seconds=fmean(seconds)), timedelta(seconds=median(seconds)))


def _noisiest(
    told: Told, key: Callable[[Watched], str], name: Callable[[Watched], str]
) -> tuple[Noisy, ...]:
    """Most incidents first, then most callbacks; the name of a group is its oldest alarm's."""
    fired = Counter(one.alarm_id for one in told.briefs)
    names: dict[str, str] = {}
    incidents, callbacks = Counter[str](), Counter[str]()
    for number in sorted(fired.keys() | told.heard.keys()):
        alarm = told.watched[number]
        names.setdefault(key(alarm), name(alarm))
        incidents[key(alarm)] += fired[number]
        callbacks[key(alarm)] += told.heard.get(number, 0)
    found = [Noisy(names[one], incidents[one], callbacks[one]) for one in names]
    return tuple(
        sorted(found, key=lambda one: (-one.incidents, -one.callbacks, one.name))[:MOST_NAMED]
    )


def _flapping(told: Told) -> tuple[Flapping, ...]:
    counted = {number: most_within_an_hour(moments) for number, moments in told.changes.items()}
    found = [
        Flapping(number, told.watched[number].name, told.watched[number].instance, changes)
        for number, changes in counted.items()
        if changes >= FLAPPING
    ]
    return tuple(sorted(found, key=lambda one: (-one.changes, one.alarm_id))[:MOST_NAMED])


def _buckets(
    briefs: Sequence[Brief], since: datetime, until: datetime, step: timedelta
) -> tuple[Bucket, ...]:
    counted = Counter(((one.opened_at - since) // step, one.severity) for one in briefs)
    known = (Severity.CRITICAL, Severity.WARN)
    return tuple(
        Bucket(
            since + number * step,
            critical=counted[number, Severity.CRITICAL],
            warn=counted[number, Severity.WARN],
            other=sum(counted[number, one] for one in SEVERITIES if one not in known),
        )
        for number in range(ceil((until - since) / step))
    )
