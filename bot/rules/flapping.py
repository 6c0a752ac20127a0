"""Flapping: an alarm that changes its state again and again is marked, and pings no more.

Pure. Counted are changes of state of one alarm by the sender's time, over several incidents.
From the change that is one too many until nothing has changed for the whole span, the alarm
flaps. The times are kept with the incident, so a restart forgets nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Flap:
    """The newest changes of an alarm, oldest first.

    While it flaps, `since` is the first change that was counted for it, `count` how many
    there were since, and `calm_at` when it will be calm if nothing changes until then.
    """

    turns: tuple[datetime, ...] = ()
    since: datetime | None = None
    count: int = 0
    calm_at: datetime | None = None

    def lasts_at(self, at: datetime) -> bool:
        """Whether a change at this time is one more of the same flapping."""
        return self.calm_at is not None and at < self.calm_at


@dataclass(frozen=True, slots=True)
class Flapping:
    """The rule: so many changes `within` a span are flapping."""

    changes: int
    within: timedelta

    def turned(self, last: Flap | None, at: datetime, received_at: datetime) -> Flap:
        """After one more change. A sender whose clock is behind does not seem calm by that."""
        calm_at = max(at, received_at) + self.within
        if last and last.lasts_at(at):
            return replace(last, count=last.count + 1, calm_at=calm_at)
        turns = (*(last.turns if last else ()), at)
        recent = tuple(one for one in turns if at - one <= self.within)[-self.changes :]
        if len(recent) < self.changes:
            return Flap(recent)
        return Flap(recent, since=recent[0], count=len(recent), calm_at=calm_at)
