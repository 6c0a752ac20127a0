"""A storm: more new incidents in one channel than people can read; one live card takes over.

Pure. The first `limit` incidents within a minute have their own cards; from then on only
CRITICAL ones do, and the storm card counts them all. When it calms, what still fires gets
its own card after all, as many a minute as the channel is ready for, worst first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.delivery import Gate
from bot.rules.severity import Severity

MINUTE = timedelta(minutes=1)
GROUPS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Storm:
    """From the first incident without its own card until the last that still fires has one.

    `look_again_at` is when it may have calmed; None when it is over.
    """

    id: int
    channel_id: int
    opened_at: datetime
    ended_at: datetime | None = None
    look_again_at: datetime | None = None

    def over(self, now: datetime) -> "Storm":
        """Nothing fires that has no card of its own."""
        return replace(self, ended_at=now, look_again_at=None)


def pace(limit: int, due: datetime) -> Gate:
    """How many new cards a minute a channel takes: `limit` at once, then at an even pace."""
    return Gate(due, MINUTE / limit, limit)


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which of some new incidents have their own cards, in their order, and the gate after it.

    `stormy`: at least one has none, or a storm goes on.
    """

    own: tuple[bool, ...]
    gate: Gate
    stormy: bool


def sort_out(
    gate: Gate, severities: Sequence[Severity | None], *, stormy: bool, now: datetime
) -> Sorting:
    """Decide on new incidents of one channel. A storm that goes on takes all but the worst."""
    own: list[bool] = []
    for severity in severities:
        fits = gate.opens_at <= now
        gate = replace(gate, due=min(gate.passed(now).due, now + MINUTE))
        stormy = stormy or not fits
        own.append(not stormy or severity is Severity.CRITICAL)
    return Sorting(tuple(own), gate, stormy)


def is_calm(gate: Gate, now: datetime) -> bool:
    """Whether new incidents have come slowly enough for a minute."""
    return gate.due <= now


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents of a storm that are alike: one rule on one product in one region.

    `alarm_id` is one of its alarms, which stands for the group where an id is wanted.
    """

    name: str
    project: str | None
    region_id: str | None
    alarm_id: int
    critical: int = 0
    warn: int = 0
    other: int = 0
    over: int = 0
    acknowledged: int = 0

    @property
    def firing(self) -> int:
        """How many still fire."""
        return self.critical + self.warn + self.other

    @property
    def badness(self) -> tuple[int, int, int, int]:
        """Larger is worse."""
        return (self.critical, self.warn, self.other, self.over)


@dataclass(frozen=True, slots=True)
class Count:
    """Where the incidents of a storm are shown: together they are all of it.

    `behind` are held back by their parents.
    """

    own: int = 0
    in_storm: int = 0
    muted: int = 0
    behind: int = 0

    @property
    def all(self) -> int:
        """Every incident that the channel was told of in the storm."""
        return self.own + self.in_storm + self.muted + self.behind


@dataclass(frozen=True, slots=True)
class Overview:
    """A storm as it is now: all its groups, worst first, and where its incidents are shown."""

    groups: tuple[Group, ...]
    count: Count

    def firing(self) -> int:
        """How many incidents still fire."""
        return sum(one.firing for one in self.groups)

    def over(self) -> int:
        """How many have recovered, or were closed."""
        return sum(one.over for one in self.groups)

    def acknowledged(self) -> int:
        """How many that fire are taken."""
        return sum(one.acknowledged for one in self.groups)


def worst_first(groups: Sequence[Group]) -> tuple[Group, ...]:
    """By how much fires, worst first; equal ones by age, so that the card does not dance."""
    return tuple(
        sorted(groups, key=lambda one: ([-n for n in one.badness], one.name, one.alarm_id))
    )
