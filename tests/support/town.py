"""A whole bot beside a local Slack, over real HTTP: what stories and fault tests play in."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from bot.app import Bot
from bot.clock import Clock
from bot.config import Settings
from bot.config_load import load_settings
from bot.demo_samples import Sample
from bot.local_slack import LocalSlack, Message
from bot.local_slack import Settings as LocalSettings
from bot.server import BotServer

Found = TypeVar("Found")

CALLBACK_TOKEN = "callback-token-for-tests"
API_TOKEN = "api-token-for-tests"
LOOK = 0.02  # seconds between looks at something that will come
# Patience costs time only where a test fails; where all is well, a busy machine is no reason to.
PATIENCE = 60.0
CLICK_PATIENCE = 30.0  # Slack's own is three seconds: asserted where something holds the bot up
SLACK_WAITS = 3.0


def environment(slack: LocalSlack, database_url: str, *, socket_mode: bool) -> dict[str, str]:
    """The environment of an ordinary bot whose Slack is the local one."""
    made = {
        "DATABASE_URL": database_url,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.settings.bot_token,
        "TOCSIN_CALLBACK_TOKENS": f"tests={CALLBACK_TOKEN}",
        "TOCSIN_API_TOKENS": f"tests={API_TOKEN}",
        "TOCSIN_CHANNEL": "alarms",
    }
    if socket_mode:
        made["SLACK_APP_TOKEN"] = slack.settings.app_token
    else:
        made["SLACK_SIGNING_SECRET"] = slack.settings.signing_secret
    return made


@dataclass(slots=True)
class Town:
    """A running bot and its Slack."""

    slack: LocalSlack
    bot: Bot
    url: str
    http: aiohttp.ClientSession

    @property
    def callback_url(self) -> str:
        """Where CloudMonitor calls."""
        return f"{self.url}/callbacks/{CALLBACK_TOKEN}"

    async def send(self, sample: Sample) -> str:
        """Send one callback; it must be accepted. Gives its id."""
        headers = {"Content-Type": sample.content_type}
        async with self.http.post(self.callback_url, data=sample.body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.json())["callback_id"]

    async def ask(self, path: str) -> Any:
        """GET from the JSON API."""
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        async with self.http.get(f"{self.url}/api/v1/{path}", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def outcome(self, callback_id: str) -> dict[str, Any]:
        """A callback once it is applied."""

        async def applied() -> dict[str, Any] | None:
            found = await self.ask(f"callbacks/{callback_id}")
            return found if found["outcome"] else None

        return await eventually(applied)

    async def sent_and_applied(self, sample: Sample) -> dict[str, Any]:
        """Send one callback and wait for what becomes of it."""
        return await self.outcome(await self.send(sample))

    async def card(self, channel: str = "alarms") -> Message:
        """The only card of a channel, as soon as it is there."""
        found = await self.slack.until(lambda: self.cards(channel))
        assert len(found) == 1
        return found[0]

    def cards(self, channel: str = "alarms") -> list[Message]:
        """What stands in a channel, replies left out, oldest first."""
        return [message for message in self.slack.messages(channel) if not message.is_reply]

    def notes(self, channel: str = "alarms") -> list[str]:
        """What was said in a channel's threads, oldest first."""
        return [message.text for message in self.slack.messages(channel) if message.is_reply]

    def whispers(self, user: str, channel: str = "alarms") -> list[str]:
        """What one person alone was told."""
        return [message.text for message in self.slack.ephemerals(channel, user)]

    async def incident(self) -> dict[str, Any]:
        """The only incident."""
        found = (await self.ask("incidents"))["items"]
        assert len(found) == 1
        return found[0]

    async def all_true(self) -> None:
        """Wait until no card is behind."""

        async def none_behind() -> bool:
            incidents = (await self.ask("incidents?limit=200"))["items"]
            cards = [card for one in incidents for card in one["cards"]]
            return all(card["posted"] == card["wanted"] for card in cards)

        await eventually(none_behind)

    async def can_store(self) -> bool:
        """Whether the database is there and migrated."""
        return (await self.ready())["checks"]["database"]["ok"]

    async def ready(self) -> dict[str, Any]:
        """What `/readyz` answers, with its status under `code`."""
        async with self.http.get(f"{self.url}/readyz") as answer:
            return {"code": answer.status, **await answer.json()}


async def eventually(
    ask: Callable[[], Awaitable[Found]], *, patience: float = PATIENCE, look: float = LOOK
) -> Found:
    """What `ask` gives as soon as that is something; fails after `patience` seconds.

    `look`: seconds between looks; more of them where a look is much work.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        found = await ask()
        if found:
            return found
        assert loop.time() < until, f"still nothing after {patience} s: {ask.__qualname__}"
        await asyncio.sleep(look)


@asynccontextmanager
async def running_bot(
    settings: Settings, *, clock: Clock | None = None
) -> AsyncGenerator[tuple[Bot, str]]:
    """A bot on a free port, through its real server."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        bot = Bot(settings, clock=clock)
        server = BotServer(bot, host="127.0.0.1", port=0)
        server.last_word_within = 0  # a test's own connections have nothing more to say
        serving = asyncio.create_task(server._serve(sockets=[listening]))
        while not server.started:
            assert not serving.done(), "the bot did not start"
            await asyncio.sleep(LOOK)
        try:
            yield bot, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def town(
    database_url: str,
    *,
    socket_mode: bool = False,
    extra: dict[str, str] | None = None,
    clock: Clock | None = None,
) -> AsyncGenerator[Town]:
    """A bot, a Slack, and a caller."""
    async with LocalSlack(LocalSettings()) as slack, aiohttp.ClientSession() as http:
        given = environment(slack, database_url, socket_mode=socket_mode) | (extra or {})
        async with running_bot(load_settings(given), clock=clock) as (bot, url):
            made = Town(slack, bot, url, http)
            slack.courier.deadline = CLICK_PATIENCE
            slack.point_at(None if socket_mode else url)
            await eventually(made.can_store)
            if socket_mode:
                await slack.until(lambda: slack.hub.connected)
            yield made


OPEN = ["Acknowledge", "Mute…", "History"]  # what a card offers that nobody has
TAKEN = ["Unacknowledge", "Mute…", "History"]


def buttons(message: Message) -> list[str]:
    """The labels of a card's buttons, without the menu behind the dots."""
    return [
        element["text"]["text"]
        for part in (*message.blocks, *_inside(message.attachments))
        if part["type"] == "actions"
        for element in part["elements"]
        if element["type"] == "button"
    ]


def colour(message: Message) -> str:
    """The colour of a card's bar, `#rrggbb`."""
    return "#" + str(message.attachments[0]["color"]).lstrip("#")


def lines(message: Message) -> int:
    """How many blocks a card has."""
    return len([*message.blocks, *_inside(message.attachments)])


def _inside(attachments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for one in attachments for block in one.get("blocks") or ()]
