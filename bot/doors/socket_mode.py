"""Socket Mode: the same listeners over a socket that we open, with a watchdog.

The library reconnects by itself, but has been seen to sit on a dead connection in silence,
or to fail in a loop after a reconnect. The watchdog builds a new one then; what Slack sends
twice because of it is the same click twice, which changes nothing.
"""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = structlog.get_logger()

LOOK = timedelta(seconds=5)
SILENT = timedelta(seconds=60)  # six pings without an answer
PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MOST = timedelta(seconds=60)  # apps.connections.open may be limited to one a minute


class SocketDoor:
    """Keeps one socket to Slack open until cancelled."""

    def __init__(self, bolt: AsyncApp, app_token: str) -> None:
        self._bolt = bolt
        self._app_token = app_token

    async def run(self) -> None:
        """Connect, watch, and connect anew when the connection is dead."""
        pause = PAUSE_FIRST
        while True:
            started = time.monotonic()
            await self._one_connection()
            lived = timedelta(seconds=time.monotonic() - started)
            pause = PAUSE_FIRST if lived > SILENT else min(pause * 2, PAUSE_MOST)
            await asyncio.sleep(pause.total_seconds())

    async def _one_connection(self) -> None:
        handler = AsyncSocketModeHandler(self._bolt, self._app_token)
        try:
            await handler.connect_async()
            log.info("socket.connected")
            await self._until_dead(handler)
            log.warning("socket.dead")
        except Exception as error:  # noqa: BLE001 - whatever it was, the next try may do better
            # The class only: the library's errors can hold the socket's secret address.
            log.warning("socket.failed", error=type(error).__name__)
        finally:
            with suppress(Exception):  # a dead connection may not even close
                await handler.close_async()

    async def _until_dead(self, handler: AsyncSocketModeHandler) -> None:
        last_alive = time.monotonic()
        while time.monotonic() - last_alive < SILENT.total_seconds():
            await asyncio.sleep(LOOK.total_seconds())
            if await is_alive(handler):
                last_alive = time.monotonic()


async def is_alive(handler: AsyncSocketModeHandler) -> bool:
    """Connected, and answering pings."""
    client = handler.client
    answered = client.last_ping_pong_time
    fresh = answered is None or time.time() - answered < SILENT.total_seconds()
    return await client.is_connected() and fresh
