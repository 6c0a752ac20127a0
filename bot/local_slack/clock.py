"""The stand-in's clock: real time by default, and settable so that a test moves time itself.

Everything that expires here (rate limits, triggers, response URLs) and every message's `ts`
reads this clock. It must never make anybody wait: the deadlines of real connections are real.
"""

import time


class Clock:
    """Seconds since 1970; runs until it is frozen, and jumps when told to."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        if self._frozen is not None:
            return self._frozen
        return time.time() + self._ahead

    def freeze(self, at: float | None = None) -> None:
        """Stand still, at this moment or at the one given."""
        self._frozen = self.now() if at is None else at

    def advance(self, seconds: float) -> None:
        """Jump ahead; a frozen clock stays frozen, later."""
        if self._frozen is not None:
            self._frozen += seconds
        else:
            self._ahead += seconds

    def run(self) -> None:
        """Back to real time."""
        self._frozen, self._ahead = None, 0.0
