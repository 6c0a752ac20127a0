"""A trouble: something of our own that is not well, and when people are told of it.

Pure. One message when it has lasted for a minute, one an hour while it goes on, one when it is
over; nothing of what mended itself before anybody was told.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(minutes=1)  # restarts and hiccups are no news
AGAIN = timedelta(hours=1)


class Telling(StrEnum):
    """What a message says of a trouble."""

    BEGAN = "began"
    GOES_ON = "goes_on"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A check that is not well since `since`; `told_at` is when people last heard of it."""

    name: str
    since: datetime
    detail: str
    told_at: datetime | None = None
    notice_id: int | None = None

    def telling(self, now: datetime) -> Telling | None:
        """What is to be said of it now, if anything."""
        if self.told_at is None:
            return Telling.BEGAN if now - self.since >= GRACE else None
        return Telling.GOES_ON if now - self.told_at >= AGAIN else None


@dataclass(frozen=True, slots=True)
class Step:
    """A trouble before and after one look, and what is to be said; `after` None: it is over."""

    before: Trouble | None
    after: Trouble | None
    telling: Telling | None

    @property
    def trouble(self) -> Trouble | None:
        """What the message is about."""
        return self.after or self.before


def look_at(before: Trouble | None, name: str, wrong: str | None, now: datetime) -> Step:
    """One look at a check: `wrong` is what is not well, None while all is."""
    if wrong is None:
        told = before is not None and before.told_at is not None
        return Step(before, None, Telling.OVER if told else None)
    trouble = replace(before, detail=wrong) if before else Trouble(name, now, wrong)
    telling = trouble.telling(now)
    return Step(before, replace(trouble, told_at=now) if telling else trouble, telling)
