"""Socket Mode: the connections that the app opened, and envelopes until they are acknowledged.

An envelope goes to any one connection. If that connection ends before the ack, the same
envelope goes to another: it must never be lost silently within its deadline.
"""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.local_slack.bus import Bus
from bot.local_slack.jsons import Json, as_object, decoded
from bot.local_slack.model import APP_ID
from bot.local_slack.tickets import Tickets

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """One open socket and the envelopes it was given and has not acknowledged."""

    socket: web.WebSocketResponse
    closed: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """All connections of the app."""

    def __init__(self, tickets: Tickets, bus: Bus) -> None:
        self._tickets, self._bus = tickets, bus
        self._acks: dict[str, asyncio.Future[object]] = {}
        self._turn = 0
        self._arrived = asyncio.Event()
        self.connections: list[Connection] = []

    @property
    def connected(self) -> bool:
        return bool(self.connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket door; a ticket of apps.connections.open is good for one connection."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets.sockets or len(self.connections) >= MOST_CONNECTIONS:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.sockets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._serve(Connection(socket))
        return socket

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        try:
            await connection.socket.send_json(self._hello())
            self._arrived.set()
            self._tell()
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self.connections.remove(connection)
            connection.closed.set()
            self._tell()

    def _tell(self) -> None:
        self._bus.tell("sockets", {"count": len(self.connections)})

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "local-slack", "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    def _acknowledge(self, data: str) -> None:
        answer = as_object(decoded(data))
        waiting = self._acks.get(str(answer.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))

    async def wait_connected(self, seconds: float) -> bool:
        """Until a connection is there; False when none came in time."""
        self._arrived.clear()
        if self.connected:
            return True
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def deliver(self, envelope: Json, seconds: float) -> object:
        """Send an envelope until it is acknowledged; returns the ack's payload.

        Raises `TimeoutError` when nobody acknowledged in time.
        """
        number = str(uuid.uuid4())
        ack: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._acks[number] = ack
        try:
            return await self._until_acked({"envelope_id": number, **envelope}, ack, seconds)
        finally:
            del self._acks[number]

    async def _until_acked(
        self, envelope: Json, ack: "asyncio.Future[object]", seconds: float
    ) -> object:
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0 or not await self.wait_connected(left):
                raise TimeoutError
            connection = self._next()
            try:
                await connection.socket.send_str(json.dumps(envelope))
            except ConnectionError:
                connection.closed.set()
            await _first(ack, connection.closed, end - time.monotonic())
            if ack.done():
                return ack.result()
            await asyncio.sleep(0)  # lets a closing connection leave the list

    def _next(self) -> Connection:
        self._turn += 1
        return self.connections[self._turn % len(self.connections)]

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell every connection to go; `warning` is said without closing, as Slack does."""
        for connection in list(self.connections):
            frame: Json = {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
            await connection.socket.send_json(frame)
            if close and reason != "warning":
                await connection.socket.close()

    async def cut(self) -> None:
        """End every connection without a word, as a broken network does."""
        for connection in list(self.connections):
            connection.closed.set()
            await connection.socket.close()


async def _first(ack: "asyncio.Future[object]", closed: asyncio.Event, seconds: float) -> None:
    gone = asyncio.ensure_future(closed.wait())
    try:
        await asyncio.wait({ack, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
