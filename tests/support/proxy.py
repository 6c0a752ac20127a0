"""A TCP proxy that treats what passes through it badly: the eight classic toxics, and one more.

It stands before Slack, PostgreSQL or the bot. The one more: `watch` calls a function at the
very moment that given bytes are on the wire, before they are handed on, so that a test can
kill a process exactly there.
"""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

Address = tuple[str, int] | Path  # a Path is a Unix socket, such as a local PostgreSQL's
CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset


@dataclass(slots=True)
class Toxics:
    """What one direction suffers; all off at first. Times are in seconds."""

    latency: float = 0.0
    jitter: float = 0.0
    bandwidth: int | None = None  # bytes a second
    slow_close: float = 0.0  # how long an end is held back
    timeout: float | None = None  # nothing passes, and so much later it is closed; 0: never
    reset_peer: float | None = None  # so much after the first bytes both ends are reset
    slicer: int | None = None  # bytes of a piece; each is sent alone
    limit_data: int | None = None  # bytes of a connection, after which it is closed


@dataclass(slots=True)
class Watched:
    """Bytes that are waited for, and what happens when they pass. `stop`: they do not pass."""

    needle: bytes
    seen: Callable[[], object]
    back: bool
    stop: bool
    done: bool = False


class Cut(Exception):
    """The connection ends here."""


@dataclass(slots=True)
class Proxy:
    """Listens on `port` of the loopback; `toward` and `back` are the toxics of each direction."""

    target: Address
    toward: Toxics = field(default_factory=Toxics)
    back: Toxics = field(default_factory=Toxics)
    down: bool = False
    port: int = 0
    connections: int = 0
    _watched: list[Watched] = field(default_factory=list[Watched])
    _open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def watch(
        self, needle: bytes, seen: Callable[[], object], *, back: bool = False, stop: bool = False
    ) -> None:
        """Call `seen` once, when the bytes are read and before they are handed on.

        `back`: from the server to its client. `stop`: they are never handed on.
        """
        self._watched.append(Watched(needle, seen, back, stop))

    def cut(self) -> None:
        """Reset every connection that is open now."""
        for writer in tuple(self._open):
            _reset(writer)

    def heal(self) -> None:
        """All toxics off."""
        self.toward, self.back, self.down = Toxics(), Toxics(), False

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        self.connections += 1
        try:
            if self.down:
                raise Cut
            far_reader, far_writer = await self._connect()
        except (OSError, Cut):
            _reset(writer)
            return
        self._open |= {writer, far_writer}
        both = [
            asyncio.create_task(self._pump(reader, far_writer, writer, back=False)),
            asyncio.create_task(self._pump(far_reader, writer, far_writer, back=True)),
        ]
        self._tasks.update(both)
        try:
            await asyncio.wait(both)
        finally:
            self._open -= {writer, far_writer}
            self._tasks.difference_update(both)
            for one in (writer, far_writer):
                one.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        other: asyncio.StreamWriter,
        *,
        back: bool,
    ) -> None:
        passed, last = 0, b""
        try:
            while data := await reader.read(CHUNK):
                self._look_at(last + data, back=back)
                last = data[-200:]  # what is watched for may come in two pieces
                toxics = self.back if back else self.toward
                await _suffer(toxics, writer, data, passed)
                passed += len(data)
            await asyncio.sleep((self.back if back else self.toward).slow_close)
            writer.write_eof()
        except (OSError, RuntimeError, Cut):  # RuntimeError: it is closed already
            _reset(writer)
            _reset(other)

    def _look_at(self, data: bytes, *, back: bool) -> None:
        for one in self._watched:
            if not one.done and one.back is back and one.needle in data:
                one.done = True
                one.seen()
                if one.stop:
                    raise Cut


async def _suffer(toxics: Toxics, writer: asyncio.StreamWriter, data: bytes, passed: int) -> None:
    if toxics.timeout is not None:
        await asyncio.sleep(toxics.timeout or 3_600)
        raise Cut
    if toxics.reset_peer is not None:
        await asyncio.sleep(toxics.reset_peer)
        raise Cut
    if toxics.latency or toxics.jitter:
        await asyncio.sleep(toxics.latency + random.uniform(0, toxics.jitter))  # noqa: S311
    if toxics.limit_data is not None and passed + len(data) > toxics.limit_data:
        writer.write(data[: max(toxics.limit_data - passed, 0)])
        await writer.drain()
        writer.close()
        raise Cut
    size = toxics.slicer or len(data)
    for start in range(0, len(data), size):
        piece = data[start : start + size]
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(len(piece) / toxics.bandwidth if toxics.bandwidth else 0)


def _reset(writer: asyncio.StreamWriter) -> None:
    wire: socket.socket | None = writer.get_extra_info("socket")
    if wire is not None and wire.family != socket.AF_UNIX:
        with suppress(OSError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


@asynccontextmanager
async def proxy(target: Address | str) -> AsyncGenerator[Proxy]:
    """A proxy before an address, or before the host and port of a URL."""
    if isinstance(target, str):
        parts = urlsplit(target)
        assert parts.hostname
        assert parts.port
        target = (parts.hostname, parts.port)
    made = Proxy(target)
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.cut()
        for task in tuple(made._tasks):
            task.cancel()
        await asyncio.gather(*made._tasks, return_exceptions=True)
