"""A mute as a person puts it together from a card: which dimensions, how broad, how long.

Pure. All boxes ticked and this rule only is exactly the alarm of the card.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.rules.alarm import Alarm
from bot.rules.facts import FIELDS
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import LONGEST, NewMute
from bot.rules.until import Until, tomorrow

MOST_CHOICES = 10  # a group of check boxes has no more
NOT_OFFERED = ("userid",)  # the account, which has a name of its own


class Scope(StrEnum):
    """What of the ticked dimensions is quiet."""

    RULE = "rule"
    METRIC = "metric"
    ANYTHING = "anything"


class Length(StrEnum):
    """How long; the values stand in buttons of old messages, so they stay."""

    QUARTER = "15m"
    HOUR = "1h"
    FOUR_HOURS = "4h"
    DAY = "24h"
    TOMORROW = "tomorrow"
    RECOVERED = "recovered"
    CUSTOM = "custom"


LENGTHS = {
    Length.QUARTER: timedelta(minutes=15),
    Length.HOUR: timedelta(hours=1),
    Length.FOUR_HOURS: timedelta(hours=4),
    Length.DAY: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be ticked: `field` as matchers know it, `name` as the sender does."""

    field: str
    name: str
    text: str


def choices(alarm: Alarm) -> tuple[Choice, ...]:
    """Its dimensions, then its region and its account; ten at most."""
    dimensions = [
        Choice(_field(name), name, text)
        for name, text in sorted(alarm.dimensions.items())
        if name.lower() not in NOT_OFFERED and text
    ]
    places = (("region", alarm.region_id), ("account", alarm.account))
    named = [Choice(name, name, text) for name, text in places if text]
    taken = {choice.field for choice in dimensions}
    rest = [choice for choice in named if choice.field not in taken]
    return (*dimensions[: MOST_CHOICES - len(rest)], *rest)


def _field(dimension: str) -> str:
    """The one name that reaches a dimension for certain."""
    name = dimension.lower()
    return f"dimension.{name}" if name in FIELDS else name


def scopes(alarm: Alarm) -> tuple[Scope, ...]:
    """An event has no metric."""
    return tuple(one for one in Scope if one is not Scope.METRIC or alarm.metric)


@dataclass(frozen=True, slots=True)
class MuteForm:
    """What is filled in. `ticked` holds places in `choices(alarm)`."""

    alarm: Alarm
    ticked: frozenset[int]
    scope: Scope = Scope.RULE
    length: Length = Length.HOUR
    custom: datetime | None = None
    reason: str = ""
    wakes_on_worse: bool = True

    @staticmethod
    def of(alarm: Alarm) -> "MuteForm":
        """As it opens: exactly this alarm, for an hour."""
        return MuteForm(alarm, frozenset(range(len(choices(alarm)))))

    @staticmethod
    def of_group(alarm: Alarm) -> "MuteForm":
        """As it opens for all that this alarm stands for: its rule in its region, for an hour.

        The region alone is ticked: the group was chosen with its number of alarms, and
        an instance ticked beside it would leave all but one of them loud.
        """
        offered = enumerate(choices(alarm))
        return MuteForm(alarm, frozenset(n for n, one in offered if one.field == "region"))

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The conditions; none when nothing is ticked and anything is meant."""
        ticked = [one for n, one in enumerate(choices(self.alarm)) if n in self.ticked]
        return (*(Matcher(o.field, Operator.EQUAL, o.text) for o in ticked), *self._scoped())

    def _scoped(self) -> tuple[Matcher, ...]:
        alarm = self.alarm
        match self.scope:
            case Scope.RULE:
                return (Matcher("rule", Operator.EQUAL, alarm.rule_id or alarm.name),)
            case Scope.METRIC:
                named = (("project", alarm.project), ("metric", alarm.metric))
                return tuple(Matcher(name, Operator.EQUAL, text) for name, text in named if text)
            case Scope.ANYTHING:
                return ()

    def until(self, *, now: datetime, zone: ZoneInfo) -> Until:
        """When it ends."""
        match self.length:
            case Length.TOMORROW:
                return Until(tomorrow(now, zone))
            case Length.RECOVERED:
                return Until(now + LONGEST, recovered=True)
            case Length.CUSTOM:
                return Until(self.custom or now)
            case length:
                return Until(now + LENGTHS[length])

    def asked(self, *, now: datetime, zone: ZoneInfo, card_id: str | None) -> NewMute:
        """The mute that is asked for, not checked yet."""
        until = self.until(now=now, zone=zone)
        return NewMute(
            self.matchers,
            self.reason,
            until.at,
            until_recovered=until.recovered,
            wakes_on_worse=self.wakes_on_worse,
            card_id=card_id,
        )
