"""A few lines of Slack for the tests of calls: it answers what a test tells it to, for real."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Heard:
    """One request: method of the API, arguments of whatever shape, headers."""

    method: str
    arguments: dict[str, Any]
    authorization: str | None
    verb: str


@dataclass
class StandIn:
    """Replies by method of the API, in order; the last one stays."""

    replies: dict[str, list[Reply]] = field(default_factory=dict[str, list[Reply]])
    heard: list[Heard] = field(default_factory=list[Heard])
    base_url: str = ""

    def on(self, method: str, *replies: Reply) -> None:
        """What a method answers from now on."""
        self.replies[method] = list(replies)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Note the request and give the next reply."""
        method = request.match_info["method"]
        body = await request.text()
        arguments = dict(request.query)
        if request.content_type == "application/json" and body:
            arguments = json.loads(body)
        authorization = request.headers.get("Authorization")
        self.heard.append(Heard(method, arguments, authorization, request.method))
        waiting = self.replies[method]
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return await reply(request)


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in that listens on a free port of this machine."""
    slack = StandIn()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    async with TestServer(app) as server:
        slack.base_url = str(server.make_url("/api/"))
        yield slack


def says(status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Reply:
    """A JSON object."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=headers)

    return reply


def ok(headers: dict[str, str] | None = None, **body: Any) -> Reply:
    """Success."""
    return says(200, headers, ok=True, **body)


def no(error: str, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Reply:
    """Slack's no."""
    return says(status, headers, ok=False, error=error, **body)


def raw(body: bytes, content_type: str, status: int = 200) -> Reply:
    """Whatever bytes."""

    async def reply(_: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": content_type}
        return web.Response(body=body, status=status, headers=headers)

    return reply


async def dropped(request: web.Request) -> web.StreamResponse:
    """Accepts the request and drops the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def half(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(b'{"ok": true')
    assert request.transport is not None
    request.transport.abort()
    return response


async def silent(_: web.Request) -> web.StreamResponse:
    """Never answers."""
    await asyncio.Event().wait()
    return web.Response()
