"""A gap: a time in which no callback could be accepted, and the sender gave up.

Pure. CloudMonitor tries three times within some 20 seconds; what changed in a longer gap may
never be heard of, and people must know that nobody watched.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SENDER_TRIES_FOR = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Gap:
    """From the last moment that any replica could accept callbacks to the first again."""

    start: datetime
    end: datetime


def gap_between(last: datetime | None, now: datetime, *, silent: timedelta | None) -> Gap | None:
    """The gap that ends now, if there was one.

    `last` is the last beat of any replica; None: there was none ever, so this is the first
    start. `silent` is how long this process itself has not beaten, by a clock that nobody sets
    (None: not yet): a wall clock that jumps ahead is no gap.
    """
    if last is None or now - last <= SENDER_TRIES_FOR:
        return None
    if silent is not None and silent <= SENDER_TRIES_FOR:
        return None
    return Gap(last, now)
