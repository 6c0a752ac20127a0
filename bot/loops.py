"""The loops of one replica as tasks: launched, missed when one dies, and waited for at the end.

Apart from `app`, which says what loops there are: here a loop is a name and a coroutine.
"""

import asyncio
from collections.abc import Collection, Coroutine, Iterable
from datetime import timedelta

import structlog

log = structlog.get_logger()

STOP_WITHIN = timedelta(seconds=20)  # platforms kill what has not stopped after some 30 s


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
        await self._wait_for(task for task in self._tasks if task.get_name() in by_themselves)
        for task in self._tasks:
            task.cancel()
        await self._wait_for(self._tasks)

    async def _wait_for(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        if waiting := tuple(tasks):
            await asyncio.wait(waiting, timeout=STOP_WITHIN.total_seconds())
