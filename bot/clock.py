"""The only place that asks what time it is. Everybody else is given `now`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now: aware, UTC, whole milliseconds (what the wire and both databases can hold)."""
    return _milliseconds(datetime.now(UTC))


class SteadyClock:
    """UTC that runs evenly, whatever happens to this machine's own clock, until it is set.

    Leases, gates and mutes are times in the database: a clock that jumps, or that differs from
    another replica's, would let two work on one card, or none for an hour.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` counts seconds, evenly."""
        self._ticks = ticks
        self._zero = utc_now() - timedelta(seconds=ticks())

    def __call__(self) -> datetime:
        return _milliseconds(self._zero + timedelta(seconds=self._ticks()))

    def set_by(self, step: timedelta) -> None:
        """Go forward, or back."""
        self._zero += step


def _milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
