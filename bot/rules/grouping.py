"""Grouping: alarms of a route that belong together are shown on one card instead of one each.

Pure. What begins to fire is a member of the group that is equal in the fields named, for as
long as that group lasts; the group lasts until no member is open. People hear of it `wait`
after its first member, so that what fires together is shown together, then once an
`interval`, and of CRITICAL members at once.

One alarm alone has its own card, with all its values, links and buttons, and keeps it; the
group's card comes with the second member. A list of one would tell less than the card that
everybody knows, and a card that changed its nature under a reader's finger would be worse.

For the storm's gate a group is one new card, whatever is in it: a channel that may have no
more gets the group in its storm card, and the group's card when the storm calms.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from bot.rules.alarm import Alarm
from bot.rules.facts import Facts
from bot.rules.incident import Incident, Sort
from bot.rules.severity import Severity
from bot.rules.storm import Group

WAIT, INTERVAL = timedelta(seconds=30), timedelta(minutes=5)
MEMBERS_SHOWN = 10
KEY_BYTES = 16

Common = tuple[tuple[str, str], ...]
"""What all members have in common: fields with the text of each, in the order of the rule."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a route says: fields that make alarms one group, and how soon and often people hear."""

    by: tuple[str, ...]
    wait: timedelta = WAIT
    interval: timedelta = INTERVAL

    def key_of(self, route: str, facts: Facts) -> str:
        """Equal for what belongs together. Who lacks a field is equal to others that lack it."""
        values = [(field, facts.get(field, ("",))[0]) for field in self.by]
        text = json.dumps([route, *values], ensure_ascii=False)
        return blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()

    def common_of(self, alarm: Alarm, facts: Facts) -> Common:
        """The fields as people name them; what the alarm does not have is left out."""
        told = ((field, _text_of(field, alarm, facts)) for field in self.by)
        return tuple((field, text) for field, text in told if text)


def _text_of(field: str, alarm: Alarm, facts: Facts) -> str:
    """As the sender spells it, which facts do not: they are in lower case."""
    named = {
        "alarm": alarm.name,
        "rule": alarm.name or alarm.rule_id,
        "project": alarm.project,
        "metric": alarm.metric_label or alarm.metric,
        "group": alarm.group_name or alarm.group_id,
        "region": alarm.region_id or alarm.region_name,
        "instance": alarm.instance_name or alarm.dimensions.get("instanceId"),
    }
    if field in named:
        return named[field] or ""
    folded = next(iter(facts.get(field, ())), "")
    spelt = (*alarm.dimensions.values(), *alarm.labels.values())
    return next((text for text in spelt if text.lower() == folded), folded)


def begins(before: Incident | None, after: Incident) -> bool:
    """Whether it begins to fire by this step, for the first time or again; it may be over already.

    An event never does: it is one piece of news and has no end to wait for.
    """
    if after.sort is Sort.EVENT:
        return False
    if before is None:
        return after.is_open or _was_seen_firing(after)
    return after.firings > before.firings or (after.is_open and not before.is_open)


def _was_seen_firing(incident: Incident) -> bool:
    """A recovery of something never heard of has its quiet card, and belongs to nothing."""
    return incident.recovered_at is not None and incident.recovered_at > incident.opened_at


def is_heard_again(before: Incident | None, after: Incident) -> bool:
    """Whether a mute or a parent lets go of it by this step, and it still fires."""
    return after.is_open and before is not None and before.is_held and not after.is_held


def is_news(before: Incident | None, after: Incident) -> bool:
    """Whether somebody must hear of this step: it begins, or becomes CRITICAL, and is no flap."""
    if after.is_held or after.flaps or not after.is_open or after.sort is Sort.EVENT:
        return False
    return begins(before, after) or _becomes_critical(before, after)


def is_urgent(before: Incident | None, after: Incident) -> bool:
    """Whether they must hear of it at once."""
    if is_heard_again(before, after):
        return True
    return after.severity is Severity.CRITICAL and is_news(before, after)


def _becomes_critical(before: Incident | None, after: Incident) -> bool:
    was = before.severity if before else None
    return after.severity is Severity.CRITICAL and was is not Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Tally:
    """A group as it is now: what fires by severity, and where the rest is.

    `heard` are all that neither a mute nor a parent keeps quiet, `muted` and `behind` what is
    open and kept quiet. `was` is how bad the worst of it has ever been, `began` the first
    opening, `lasted` the time from there to the last end.
    """

    critical: int = 0
    warn: int = 0
    other: int = 0
    over: int = 0
    acknowledged: int = 0
    muted: int = 0
    behind: int = 0
    heard: int = 0
    open: int = 0
    was: Severity | None = None
    began: datetime | None = None
    lasted: timedelta = timedelta()

    @property
    def firing(self) -> int:
        """How many fire and are heard of."""
        return self.critical + self.warn + self.other

    @property
    def worst(self) -> Severity | None:
        """The worst severity that fires; None when nothing does, or without one."""
        if self.critical:
            return Severity.CRITICAL
        return Severity.WARN if self.warn else None


class Showing(StrEnum):
    """What people see of a group."""

    NOTHING = "nothing"  # all of it is kept quiet
    ALONE = "alone"  # its only member's own card
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class AlarmGroup:
    """From its first member until no member is open.

    `opened_at` is when the first member began, as far as is known. `look_again_at` is when the
    tick looks at it; None while nothing has changed since the last look. `admitted`: the storm's
    gate has let it pass; `in_storm`: a storm's card stands for it meanwhile. `is_shown`: its own
    card stands in the channel. `members` and `lasted` are told when it is over: members that
    fire again later belong to later groups.
    """

    id: int
    channel_id: int
    key: str
    common: Common
    wait: timedelta
    interval: timedelta
    opened_at: datetime
    look_again_at: datetime | None
    looked_at: datetime | None = None
    ended_at: datetime | None = None
    admitted: bool = False
    is_shown: bool = False
    in_storm: bool = False
    members: int = 0
    lasted: timedelta = timedelta()

    def changed(self, now: datetime) -> "AlarmGroup":
        """Something about it is new: it is looked at when people may hear of it again."""
        if self.ended_at is not None or self.look_again_at is not None:
            return self
        if not self.is_shown or self.looked_at is None:
            return replace(self, look_again_at=now + self.wait)
        seen = min(self.looked_at, now)  # a clock that was ahead puts nothing off
        return replace(self, look_again_at=max(now, seen + self.interval))

    def showing(self, tally: Tally) -> Showing:
        """What is to be seen of it. A card that is there stays, though one member be left."""
        if self.is_shown or tally.heard > 1:
            return Showing.TOGETHER
        return Showing.ALONE if tally.heard else Showing.NOTHING

    def looked(self, now: datetime, tally: Tally) -> "AlarmGroup":
        """After a look; over when no member is open."""
        began = min(tally.began or self.opened_at, self.opened_at)
        seen = replace(self, opened_at=began, looked_at=now, look_again_at=None)
        if tally.open:
            return seen
        return replace(seen, ended_at=now, members=tally.heard, lasted=tally.lasted)


@dataclass(frozen=True, slots=True)
class View:
    """A group as its card tells it: the worst members first, and of what rules they all are."""

    group: AlarmGroup
    tally: Tally = Tally()
    members: tuple[tuple[Incident, Alarm], ...] = ()
    rules: tuple[Group, ...] = ()
