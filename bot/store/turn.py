"""Whose turn it is to write where only one can: SQLite.

Waiting in line is fairer than polling the database's lock. Who appends callbacks goes before
all others, because a sender waits; but not for ever, or a burst would stop everything else.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

OVERTAKEN = 10  # times in a row; some 15 ms of appends

_Line = deque[asyncio.Future[None]]


class Turn:
    """One writes at a time."""

    def __init__(self) -> None:
        self._taken = False
        self._first: _Line = deque()
        self._others: _Line = deque()
        self._overtaken = 0

    @asynccontextmanager
    async def taken(self, *, first: bool = False) -> AsyncGenerator[None]:
        """Wait for a turn and have it; `first` waits only for who has it now."""
        await self._take(self._first if first else self._others)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, line: _Line) -> None:
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        line.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.cancelled():
                with suppress(ValueError):  # whoever passed the turn on has dropped it already
                    line.remove(mine)
            else:  # it had just become ours
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        following = self._following()
        if following is None:
            self._taken = False
        else:
            following.set_result(None)

    def _following(self) -> asyncio.Future[None] | None:
        overtakes = bool(self._first) and (not self._others or self._overtaken < OVERTAKEN)
        line = self._first if overtakes else self._others
        while line:
            one = line.popleft()
            if not one.done():
                self._overtaken = self._overtaken + 1 if overtakes and self._others else 0
                return one
        return self._following() if self._first or self._others else None
