"""The smallest load balancer: each connection goes to the next replica.

It tries another only when a connection is refused, which is before a byte was sent; whatever
else goes wrong the caller sees.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def front(urls: Sequence[str]) -> AsyncGenerator[str]:
    """The URL behind which all of these are."""
    turns = itertools.cycle(range(len(urls)))
    replicas = [urlsplit(url) for url in urls]
    tasks: set[asyncio.Task[None]] = set()

    async def connected() -> Pair | None:
        first = next(turns)
        for number in range(len(replicas)):
            one = replicas[(first + number) % len(replicas)]
            with suppress(ConnectionRefusedError):
                return await asyncio.open_connection(one.hostname, one.port)
        return None

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pair = await connected()
        if pair:
            both = [_pump(reader, pair[1]), _pump(pair[0], writer)]
            await asyncio.gather(*both)
        writer.close()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(accept(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
