"""A gap: a time in which no callback could be accepted, and the sender gave up.

Pure. CloudMonitor tries three times within some 20 seconds; what changed in a longer gap may
never be heard of, and people must know that nobody watched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

SENDER_TRIES_FOR = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Gap:
    """From the last moment that any replica could accept callbacks to the first again."""

    start: datetime
    end: datetime


def may_be_gap(last: datetime | None, now: datetime, *, silent: timedelta | None) -> bool:
    """Whether there may have been a gap until now.

    `last` is the last beat of any replica; None: there was none ever, so this is the first
    start. `silent` is how long this process itself has not beaten, by a clock that nobody sets
    (None: not yet): a wall clock that jumps ahead is no gap.
    """
    if last is None or now - last <= SENDER_TRIES_FOR:
        return False
    return silent is None or silent > SENDER_TRIES_FOR


def longest_gap(last: datetime, accepted: Iterable[datetime], now: datetime) -> Gap | None:
    """The longest time without a proof. A process that was killed again and again may have had no
    time to beat, but what it `accepted` meanwhile proves as much.
    """
    proofs = sorted({last, now, *(at for at in accepted if last < at < now)})
    start, end = max(pairwise(proofs), key=lambda pair: pair[1] - pair[0])
    return Gap(start, end) if end - start > SENDER_TRIES_FOR else None
