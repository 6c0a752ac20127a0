"""A running local Slack, the real SDK as its client, and a tiny app that checks signatures."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack, Settings

SECRET = "a secret that only the two know"
Answer = Callable[[dict[str, Any]], Awaitable[web.Response]]


@dataclass
class App:
    """An app on HTTP: keeps what was delivered with a good signature, answers as told."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Answer | None = None

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in request.headers}
        if not SignatureVerifier(SECRET).is_valid_request(body, headers):
            return web.Response(status=401)
        self.headers.append({name.lower(): value for name, value in headers.items()})
        payload = read(request.content_type, body)
        self.got.append(payload)
        return web.Response() if self.answer is None else await self.answer(payload)


def read(kind: str, body: bytes) -> dict[str, Any]:
    if kind == "application/json":
        return json.loads(body)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(Settings(signing_secret=SECRET)) as started:
        yield started


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(slack: LocalSlack, http: aiohttp.ClientSession) -> AsyncWebClient:
    """The SDK as the bot uses it: no retries of its own."""
    return AsyncWebClient(
        token=slack.settings.bot_token, base_url=slack.api_url, session=http, retry_handlers=[]
    )


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[App]:
    """An app that the local Slack is pointed at."""
    found = App()
    served = web.Application()
    served.router.add_post("/slack/events", found.handle)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slack.point_at(found.url, SECRET)
    yield found
    await runner.cleanup()


@pytest.fixture
def card() -> list[dict[str, Any]]:
    """A card as bots post it: everything in one coloured attachment."""
    button = {"type": "plain_text", "text": "Acknowledge"}
    menu = [{"text": {"type": "plain_text", "text": words}, "value": words} for words in ("A", "B")]
    return [
        {
            "color": "#cf3341",
            "fallback": "CPU high",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "CPU high"}},
                {
                    "type": "actions",
                    "block_id": "acts",
                    "elements": [
                        {"type": "button", "text": button, "action_id": "ack", "value": "7"},
                        {"type": "overflow", "action_id": "more", "options": menu},
                    ],
                },
            ],
        }
    ]
