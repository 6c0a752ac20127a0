"""News for the page: what changed, told to everyone who listens.

A listener that falls behind is dropped rather than waited for, so that an open browser tab
can never slow the stand-in down; the page then loads the whole state anew.
"""

import asyncio

from bot.local_slack.jsons import Json

BACKLOG = 2000  # several storms of edits; a tab further behind than this reloads


class Bus:
    """Fan-out of `(kind, data)` to queues, one queue a listener; None ends a listener."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json | None]] = set()

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def tell(self, kind: str, data: Json) -> None:
        for queue in list(self._listeners):
            if queue.full():
                self._drop(queue)
            else:
                queue.put_nowait({"kind": kind, "data": data})

    def listen(self) -> "asyncio.Queue[Json | None]":
        queue: asyncio.Queue[Json | None] = asyncio.Queue(BACKLOG)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: "asyncio.Queue[Json | None]") -> None:
        self._listeners.discard(queue)

    def close(self) -> None:
        for queue in list(self._listeners):
            self._drop(queue)

    def _drop(self, queue: "asyncio.Queue[Json | None]") -> None:
        self._listeners.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
