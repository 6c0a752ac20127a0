"""A mute: what is kept quiet, until when, by whom and why; and how it ends, which is never silent.

Pure. The one check is `mute_for`: every place that asks "is this quiet?" asks it. A muted
incident is recorded in full; only its first post and its notes are held back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.facts import Facts
from bot.rules.incident import Person
from bot.rules.matcher import Matcher, all_hold
from bot.rules.severity import Severity, rank_of

LONGEST = timedelta(days=7)  # from now: nothing may be quiet for ever
SHORTEST = timedelta(minutes=1)
SHORTEST_EXTENSION = timedelta(minutes=15)
MOST_MATCHERS = 30
LONGEST_REASON = 500  # characters
REMIND_BEFORE = timedelta(minutes=15)
REMIND_FROM = timedelta(hours=4)  # shorter mutes are still in everybody's mind


class EndReason(StrEnum):
    """Why a mute is over."""

    TIME = "time"
    RECOVERY = "recovery"
    SEVERITY = "severity"
    IDLE = "idle"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Ending:
    """When and why a mute ended; `by` is set when a person ended it."""

    at: datetime
    because: EndReason
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a mute hid, counted at its end. `worst` is in `unit`, of one metric alone."""

    callbacks: int
    incidents: int
    instances: int
    worst: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """All `matchers` must hold. It is quiet from `starts_at` until `ends_at`.

    `severity` is the worst that fired when it was made: something worse ends it, if
    `wakes_on_worse`; None means that nothing fired, so nothing is worse. `idle` ends it
    after so long without anything to hide. `card_id` is the card it was made from.
    `applied` says that the incidents it matches were told; `reminded_for` is the end that
    people were reminded of. `look_again_at` is when time may change something about it,
    None when it is over and everybody was told.
    """

    id: int
    matchers: tuple[Matcher, ...]
    reason: str
    created_by: Person
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    until_recovered: bool = False
    wakes_on_worse: bool = True
    severity: Severity | None = None
    idle: timedelta | None = None
    card_id: str | None = None
    last_hidden_at: datetime | None = None
    reminded_for: datetime | None = None
    applied: bool = False
    ended: Ending | None = None
    hidden: Hidden | None = None
    look_again_at: datetime | None = None

    @property
    def length(self) -> timedelta:
        """How long it was meant to last."""
        return self.ends_at - self.starts_at

    def is_active(self, now: datetime) -> bool:
        """Whether it keeps something quiet now."""
        return self.ended is None and self.starts_at <= now < self.ends_at

    def matches(self, facts: Facts) -> bool:
        """Whether it speaks of an alarm with these facts."""
        return all_hold(self.matchers, facts)

    def is_outgrown_by(self, severity: Severity | None) -> bool:
        """Whether something fires that is worse than what was muted."""
        if not self.wakes_on_worse or self.severity is None:
            return False
        return rank_of(severity) > rank_of(self.severity)

    def ended_by_time(self, now: datetime) -> EndReason | None:
        """Why the clock ends it, if it does."""
        if now >= self.ends_at:
            return EndReason.TIME
        if self.idle and now >= (self.last_hidden_at or self.starts_at) + self.idle:
            return EndReason.IDLE
        return None

    def over(self, ending: Ending) -> "Mute":
        """Ended; the first ending counts. The tick has to tell everybody: look at once."""
        if self.ended:
            return self
        return replace(self, ended=ending, look_again_at=ending.at)

    def told(self, hidden: Hidden) -> "Mute":
        """Over, and everybody was told: nothing is left to do."""
        return replace(self, hidden=hidden, look_again_at=None)

    def hid(self, at: datetime) -> "Mute":
        """It kept something quiet."""
        return replace(self, last_hidden_at=at).watched()

    def lasting_until(self, ends_at: datetime, now: datetime) -> "Mute":
        """With another end, also after it has ended: then it begins again."""
        ends = min(ends_at, now + LONGEST)
        again = replace(self, ends_at=ends, ended=None, hidden=None, applied=False)
        return again.watched(now)

    def extended(self, until: datetime | None, now: datetime) -> "Mute":
        """Lasting until then, or else longer by its own length; also after it has ended.

        Raises MuteRefused where that would be an earlier end: nobody extends to shorten.
        """
        if until is not None and self.ended is None and until < self.ends_at:
            raise MuteRefused("not_longer")
        length = max(self.length, SHORTEST_EXTENSION)
        return self.lasting_until(until or max(self.ends_at, now) + length, now)

    def wants_reminder(self, now: datetime) -> bool:
        """Whether people should be told now that it ends soon."""
        if self.ended or self.length < REMIND_FROM or self.reminded_for == self.ends_at:
            return False
        return self.ends_at - REMIND_BEFORE <= now < self.ends_at

    def reminded(self) -> "Mute":
        """People know of this end."""
        return replace(self, reminded_for=self.ends_at).watched()

    def watched(self, now: datetime | None = None) -> "Mute":
        """With the next moment at which the clock matters; at once with `now`."""
        moments = [self.ends_at]
        if not self.applied:
            moments.append(max(self.starts_at, now) if now else self.starts_at)
        if self.idle:
            moments.append((self.last_hidden_at or self.starts_at) + self.idle)
        if self.length >= REMIND_FROM and self.reminded_for != self.ends_at:
            moments.append(self.ends_at - REMIND_BEFORE)
        return replace(self, look_again_at=min(moments))


class MuteRefused(ValueError):
    """A mute that may not be; `key` names the sentence, `values` go into it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class NewMute:
    """What a person asks for; without `starts_at` it begins at once."""

    matchers: tuple[Matcher, ...]
    reason: str
    ends_at: datetime
    starts_at: datetime | None = None
    until_recovered: bool = False
    wakes_on_worse: bool = True
    idle: timedelta | None = None
    card_id: str | None = None

    def checked(self, now: datetime) -> "NewMute":
        """Itself, with its beginning. Raises MuteRefused for what would hide too much."""
        starts = max(self.starts_at or now, now)
        if not self.matchers:
            raise MuteRefused("everything")
        if len(self.matchers) > MOST_MATCHERS:
            raise MuteRefused("too_many", most=MOST_MATCHERS)
        if not any(one.narrows for one in self.matchers):
            raise MuteRefused("everything")
        if self.ends_at - starts < SHORTEST:
            raise MuteRefused("ended")
        if self.ends_at - starts > LONGEST or starts - now > LONGEST:
            raise MuteRefused("too_long", days=LONGEST.days)
        return replace(self, starts_at=starts, reason=self.reason.strip()[:LONGEST_REASON])


def mute_for(mutes: Iterable[Mute], facts: Facts, now: datetime) -> Mute | None:
    """The mute that keeps an incident with these facts quiet: the one that does so longest."""
    active = [one for one in mutes if one.is_active(now) and one.matches(facts)]
    return max(active, key=lambda one: (one.ends_at, one.id), default=None)
