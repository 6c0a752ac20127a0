"""Statistics of a time: how much fired, how soon people took it and it ended, what is noisy.

Pure. Counted are the incidents that opened within the time, and the callbacks about alarms
that the senders date within it. An event happens and is over: it has no part in how long
things take, nor in what nobody acknowledged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TypeAlias

from bot.rules.severity import Severity
from bot.rules.sheet import CALLBACKS, HOUR, SEVERITIES, SHIFT, Sheet, Spells

MOST_BUCKETS = 20  # what Slack draws in one chart
MOST_NAMED = 5
FLAPPING = 4  # changes within an hour: fires, recovers, fires, recovers
MICROSECOND = timedelta(microseconds=1)
_MINUTES = (5, 15, 60, 120, 360, 1_440, 2_880, 10_080, 20_160, 43_200, 129_600, 525_600)
_STEPS = tuple(timedelta(minutes=number) for number in _MINUTES)

# An alarm's number, name, rule, instance, and what the sender calls that.
Named: TypeAlias = tuple[int, str, str, str, str | None]
Shown: TypeAlias = tuple[int, int, int]  # critical, warning, others


@dataclass(frozen=True, slots=True)
class Brief:
    """What statistics want to know of one incident.

    `recovered_at` is None for what still fires or was closed by hand, `ended_at` only for the
    first. `firings` counts how often it fired; `heard_at` is the newest callback's time.
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
    heard_at: datetime

    @property
    def never_fired(self) -> bool:
        """A recovery whose start nobody heard of: nobody was told, so it counts nowhere."""
        return self.recovered_at is not None and self.recovered_at <= self.opened_at


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, of `count` incidents; None without any."""

    count: int = 0
    mean: timedelta | None = None
    median: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Noisy:
    """A rule or an instance, and what it made us hear.

    `label` is an instance's name with its id, where one is known.
    """

    name: str
    incidents: int
    callbacks: int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Flapping:
    """An alarm that fires and recovers again and again; the most changes within one hour."""

    alarm_id: int
    name: str
    instance: str
    changes: int
    label: str | None = None


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

    `named` are the alarms of the sheet's noise, the oldest first; `middles` the median of how
    long incidents waited and lasted, in microseconds; `flapping` alarms with their changes, most
    first; `shown` the pieces of the chart.
    """

    sheet: Sheet
    named: Sequence[Named]
    middles: tuple[float | None, float | None]
    flapping: Sequence[tuple[int, int]]
    shown: Sequence[Shown]
    firing: int


def summed(told: Told, *, since: datetime, until: datetime) -> Stats:
    """The statistics of a time."""
    sheet, step = told.sheet, step_of(until - since)
    counted = zip(SEVERITIES, sheet.severities, strict=True)
    heard = [sheet.noise[number] for number, *_ in told.named]
    names = [name for _, name, *_ in told.named]
    instances = [instance for _, _, _, instance, _ in told.named]
    flapped = {number for number, _ in told.flapping}
    called = {number: (name, one) for number, name, _, one, _ in told.named if number in flapped}
    return Stats(
        since=since,
        until=until,
        callbacks=sum(one & CALLBACKS for one in sheet.noise.values()),
        incidents=sum(sheet.severities),
        events=sheet.events,
        firing=told.firing,
        severities=tuple((severity, number) for severity, number in counted if number),
        acknowledged=_took(sheet.taken, told.middles[0]),
        recovered=_took(sheet.over, told.middles[1]),
        never_acknowledged=sheet.never,
        rules=_noisiest(heard, [rule for _, _, rule, _, _ in told.named], names),
        instances=_noisiest(heard, instances, instances),
        flapping=tuple(Flapping(one, *called[one], changes) for one, changes in told.flapping),
        step=step,
        buckets=tuple(
            Bucket(since + number * step, critical, warn, other)
            for number, (critical, warn, other) in enumerate(told.shown)
        ),
    )


def edges_of(since: datetime, until: datetime) -> list[datetime]:
    """Where the pieces of a time's chart begin, and where the last one ends."""
    step = step_of(until - since)
    return [since + number * step for number in range(ceil((until - since) / step))] + [until]


def step_of(length: timedelta) -> timedelta:
    """The shortest round piece of time of which a chart has room for the whole."""
    fits = (step for step in _STEPS if ceil(length / step) <= MOST_BUCKETS)
    return next(fits, length / MOST_BUCKETS)


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


def until_taken(brief: Brief) -> int | None:
    """In microseconds. The two clocks differ, so never less than 0."""
    if brief.first_acknowledged_at is None:
        return None
    return max((brief.first_acknowledged_at - brief.opened_at) // MICROSECOND, 0)


def until_over(brief: Brief) -> int | None:
    """In microseconds; None while it fires."""
    if brief.ended_at is None:
        return None
    return max((brief.ended_at - brief.opened_at) // MICROSECOND, 0)


def _took(spells: Spells, middle: float | None) -> Took:
    if not spells.count or middle is None:
        return Took()
    mean = timedelta(microseconds=spells.total / spells.count)
    return Took(spells.count, mean, timedelta(microseconds=middle))


def _noisiest(
    heard: Sequence[int], groups: Sequence[str], names: Sequence[str]
) -> tuple[Noisy, ...]:
    """Most incidents first, then most callbacks; the name of a group is its oldest alarm's.

    All have a place for each alarm: its noise, what groups it, its name.
    """
    sums: dict[str, int] = {}
    get = sums.get
    for group, noise in zip(groups, heard, strict=True):
        sums[group] = get(group, 0) + noise
    least = sorted(sums.values(), reverse=True)[:MOST_NAMED][-1:]
    first = {group for group, noise in sums.items() if noise >= least[0]}
    both = zip(reversed(groups), reversed(names), strict=True)
    called = {group: name for group, name in both if group in first}
    found = [Noisy(called[one], sums[one] >> SHIFT, sums[one] & CALLBACKS) for one in first]
    order = sorted(found, key=lambda one: (-one.incidents, -one.callbacks, one.name))
    return tuple(order[:MOST_NAMED])
