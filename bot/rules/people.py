"""What people do to an incident, as values: who took it, ended it, wrote and thought what.

Import them from `bot.rules.incident`, which has all of them.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Slack's ids of users begin with U or W (Enterprise Grid); the shortest today have 9 characters.
_USER = re.compile(
    r"<@(?P<mentioned>[UW][A-Z0-9]{7,30})(?:\|[^<>]*)?>|(?P<plain>[UW][A-Z0-9]{7,30})"
)
USER_REMEDY = "must be a Slack user's id, such as U012AB3CD, or a mention, <@U012AB3CD>"


def user_in(text: str) -> str | None:
    """The Slack user whose id or mention a text is; None for any other text.

    Whatever else were taken for one would stand on the card as somebody, and ping nobody.
    """
    one = _USER.fullmatch(text.strip())
    return (one["mentioned"] or one["plain"]) if one else None


class Feedback(StrEnum):
    """What a person thinks of an alarm, for those who tune the rules."""

    FALSE_POSITIVE = "false_positive"
    NOT_ACTIONABLE = "not_actionable"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack: `id` as Slack knows them, `name` as people do."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who took an incident, and when."""

    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """Who ended an incident by hand, when and why."""

    by: Person
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person wrote about an incident."""

    by: Person
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What a new incident recalls of its alarm.

    `times` counts this alarm's incidents within `days`, this one included; the rest is of
    the last one that somebody acknowledged: who, how long after it fired, and what they
    wrote last.
    """

    times: int
    days: int
    last_by: Person | None = None
    last_after: timedelta | None = None
    last_remark: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person did: which verb, who, when."""

    verb: str
    by: Person
    at: datetime
