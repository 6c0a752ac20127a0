"""The loops of one replica as tasks: launched, missed when one dies, and waited for at the end.

Apart from `app`, which says what loops there are: here a loop is a name and a coroutine.
"""

import asyncio
from collections.abc import Collection, Coroutine
from datetime import timedelta

import structlog

log = structlog.get_logger()

# Platforms kill what has not stopped after some 30 s; connections have the first 15 of them.
END_WITHIN = timedelta(seconds=10)  # a call to Slack takes eight at most, and is then recorded
CANCELLED_WITHIN = timedelta(seconds=2)


class Loops:
    """All loops that run."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def launch(self, name: str, loop: Coroutine[None, None, None]) -> None:
        """Run it beside the others."""
        task = asyncio.create_task(loop, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A loop that died is a bot that only seems to work: say so, and end the process."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.critical("loop.died", loop=task.get_name(), exc_info=error)
            self.on_death()

    def on_death(self) -> None:
        """What to do when a loop has died; `serve` ends the process."""

    async def end(self, *, by_themselves: Collection[str]) -> None:
        """Wait for those of these names, which were told to end, and cancel the others."""
        told = [task for task in self._tasks if task.get_name() in by_themselves]
        await _wait_for(told, END_WITHIN)
        for task in self._tasks:
            task.cancel()
        await _wait_for(self._tasks, CANCELLED_WITHIN)


async def _wait_for(tasks: Collection[asyncio.Task[None]], within: timedelta) -> None:
    """What does not end is left: all of its work is in rows, and a lease runs out."""
    if not tasks:
        return
    _, left = await asyncio.wait(tuple(tasks), timeout=within.total_seconds())
    for task in left:
        log.warning("loop.did_not_end", loop=task.get_name())
