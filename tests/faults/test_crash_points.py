"""kill -9 at each named point of a callback's and a click's way, on both engines.

Nothing in the product knows of these points: a proxy or the local Slack sees the moment on the
wire and kills the bot's process there. The bot is started again, the sender goes on as senders
do, and the checker judges.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.local_slack import LocalSlack
from tests.support.checker import Scene, check
from tests.support.outage import busy
from tests.support.process import BotProcess, bot_process
from tests.support.proxy import Proxy, proxy
from tests.support.sender import Said, Sender, stories

pytestmark = [pytest.mark.fault("F41"), pytest.mark.slow]

POST = "chat.postMessage"
ANSWERED = b"HTTP/1.1 200"


@dataclass(slots=True)
class Stage:
    """A bot with a proxy before its door and one before its Slack."""

    slack: LocalSlack
    bot: BotProcess
    door: Proxy
    wire: Proxy
    database_url: str
    sender: Sender
    scene: Scene
    said: Said

    def send(self) -> asyncio.Task[bool]:
        """CloudMonitor begins to send its callback."""
        return asyncio.create_task(self.sender.send(self.said))

    async def struck(self) -> None:
        """Kill it now, and see it dead."""
        self.bot.strike()
        await self.bot.died()


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncGenerator[Stage]:
    """On each engine in turn; the bot runs already."""
    async with LocalSlack() as slack, proxy(slack.url) as wire:
        extra = {"SLACK_API_URL": f"http://127.0.0.1:{wire.port}/api/"}
        async with bot_process(slack, database_url, tmp_path, extra=extra) as bot:
            await bot.start()
            async with proxy(bot.url) as door:
                url = bot.callback_url.replace(bot.url, f"http://127.0.0.1:{door.port}")
                sender = Sender(url, tries=40)
                said = stories(alarms=1, steps=1)[0]
                scene = Scene(slack, [bot], [sender])
                yield Stage(slack, bot, door, wire, database_url, sender, scene, said)


# Each point: what happens up to the bot's death. The sender's task, if it still tries.

Point = Callable[[Stage], Awaitable[asyncio.Task[bool]]]


async def body_read(stage: Stage) -> asyncio.Task[bool]:
    """All of the request is there, and nothing is stored."""
    passed = asyncio.Event()
    stage.door.watch(b"timestamp=", passed.set)
    async with busy(stage.database_url):
        sending = stage.send()
        await passed.wait()
        await stage.bot.has_read()
        await stage.struck()
    return sending


async def stored_and_unanswered(stage: Stage) -> asyncio.Task[bool]:
    """After the COMMIT; the 200 is on the wire and never arrives."""
    stage.door.watch(ANSWERED, stage.bot.strike, back=True, stop=True)
    sending = stage.send()
    await stage.bot.died()
    return sending


async def claimed(stage: Stage) -> asyncio.Task[bool]:
    """The claim is committed; its request has not reached Slack."""
    stage.wire.watch(POST.encode(), stage.bot.strike, stop=True)
    sending = stage.send()
    await stage.bot.died()
    return sending


async def request_sent(stage: Stage) -> asyncio.Task[bool]:
    """Slack has the request and posts it later."""
    stage.slack.fault(POST, "slow(2)")
    sending = stage.send()
    await stage.slack.until(lambda: stage.slack.calls(POST))
    await stage.struck()
    return sending


async def posted_and_unanswered(stage: Stage) -> asyncio.Task[bool]:
    """The message stands there; Slack has not said so."""
    stage.slack.fault(POST, "hang-after-post(3)")
    sending = stage.send()
    await stage.slack.until(stage.scene.cards)
    await stage.struck()
    return sending


async def answered_and_unrecorded(stage: Stage) -> asyncio.Task[bool]:
    """The bot knows that it is posted; the rows do not."""
    stage.slack.fault(POST, "slow(1)")
    sending = stage.send()
    await stage.slack.until(lambda: stage.slack.calls(POST))
    async with busy(stage.database_url):
        await stage.slack.until(stage.scene.cards)
        await stage.bot.has_read()
        await stage.struck()
    return sending


async def recorded(stage: Stage) -> asyncio.Task[bool]:
    """All is done."""
    sending = stage.send()
    await sending
    await stage.scene.settled()
    await stage.struck()
    return sending


async def clicked(stage: Stage) -> asyncio.Task[bool]:
    """A click is committed; its ack is on the wire and never arrives."""
    sending = stage.send()
    await sending
    await stage.slack.until(stage.scene.cards)
    await stage.scene.settled()
    stage.slack.point_at(f"http://127.0.0.1:{stage.door.port}")
    stage.door.watch(ANSWERED, stage.bot.strike, back=True, stop=True)
    await stage.slack.click("Acknowledge")
    await stage.bot.died()
    stage.scene.clicks = 1
    return sending


async def looking(stage: Stage) -> asyncio.Task[bool]:
    """While a post whose answer was lost is looked for."""
    stage.slack.fault(POST, "drop-after-post")
    stage.wire.watch(b"conversations.history", stage.bot.strike, stop=True)
    sending = stage.send()
    await stage.bot.died()
    return sending


POINTS: tuple[Point, ...] = (
    body_read,
    stored_and_unanswered,
    claimed,
    request_sent,
    posted_and_unanswered,
    answered_and_unrecorded,
    recorded,
    clicked,
    looking,
)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.__name__)
async def test_killed_at_this_point_nothing_is_lost_or_doubled(stage: Stage, point: Point) -> None:
    sending = await point(stage)
    await stage.bot.start()
    assert await sending
    await check(stage.scene)
    assert len(stage.scene.cards()) == 1
    if stage.scene.clicks:
        assert (await stage.bot.ask("incidents"))["items"][0]["acknowledged_by"]
