"""Who shows wrong tokens: counted by address, so that nobody can guess for long.

Only wrong tokens are counted and only they are turned away: a sender with the right one comes
in beside a guesser of the same address.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.delivery import Gate

GAP = timedelta(seconds=3)  # 20 a minute
BURST = 20
MOST = 10_000  # addresses that are remembered; beyond, those who have been quiet are forgotten


class Guesses:
    """Wrong tokens of each address, as a gate: see `rules.delivery.Gate`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, datetime] = {}

    def count(self, address: str) -> timedelta:
        """One more wrong token; how long its sender has to wait, zero below the limit."""
        now = self._clock()
        gate = Gate(self._due.get(address, now), GAP, BURST)
        if gate.opens_at > now:
            return gate.opens_at - now
        if len(self._due) >= MOST:
            self._due = {one: due for one, due in self._due.items() if due > now}
        if len(self._due) < MOST or address in self._due:
            self._due[address] = gate.passed(now).due
        return timedelta(0)
