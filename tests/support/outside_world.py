"""What stands outside for tests of the watch: a receiver of webhooks, a mail server, and a way in
from the public address that can be blocked.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

LOCAL = "127.0.0.1"


@dataclass(slots=True)
class Told:
    """One request to the receiver."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """Answers every request with `status`, and `location` if that is a redirect."""

    url: str = ""
    status: int = 204
    location: str = ""
    told: list[Told] = field(default_factory=list[Told])

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): text for name, text in request.headers.items()}
        self.told.append(Told(request.path, headers, await request.read()))
        more = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, headers=more)


@asynccontextmanager
async def serving(handler: web.RequestHandler | object) -> AsyncGenerator[str]:
    """A server on a free port that gives every request to a handler; its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, LOCAL, 0)
    await site.start()
    try:
        yield f"http://{LOCAL}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def receiver() -> AsyncGenerator[Receiver]:
    """A receiver of webhooks."""
    made = Receiver()
    async with serving(made.answer) as url:
        made.url = f"{url}/hook"
        yield made


@dataclass(slots=True)
class WayIn:
    """The public address: a proxy before the bot at `to`. `status` answers instead of it."""

    url: str = ""
    to: str = ""
    status: int | None = None
    passed: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        self.passed.append(request.path)
        if self.status is not None:
            return web.Response(status=self.status)
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.to + request.path, data=await request.read()) as told,
        ):
            return web.Response(status=told.status, body=await told.read())


@asynccontextmanager
async def way_in() -> AsyncGenerator[WayIn]:
    """A public address."""
    made = WayIn()
    async with serving(made.answer) as url:
        made.url = url
        yield made


@dataclass(slots=True)
class Post:
    """A mail server that takes everything."""

    port: int = 0
    mails: list[str] = field(default_factory=list[str])

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 post")
        while line := (await reader.readline()).decode().strip():
            match line.split()[0].upper():
                case "DATA":
                    say("354 go on")
                    self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                    say("250 taken")
                case "QUIT":
                    say("221 bye")
                    break
                case _:
                    say("250 well")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def post_office() -> AsyncGenerator[Post]:
    """A mail server on a free port."""
    made = Post()
    server = await asyncio.start_server(made.talk, LOCAL, 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
