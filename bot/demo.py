"""`tocsin demo`: the whole bot with SQLite, a local Slack in place of Slack, and sample alarms.

The bot is the real one: it differs from production in its settings alone. This file only
sets the two up next to each other and plays CloudMonitor.
"""

import asyncio
import secrets
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import aiohttp

from bot.app import Bot
from bot.clock import utc_now
from bot.config import Settings
from bot.config_load import load_settings
from bot.demo_samples import CONSOLE_TEST, TIMELINE, TITLES, samples
from bot.local_slack import Command, LocalSlack, Shortcut
from bot.local_slack import Settings as LocalSettings
from bot.logs import set_up_logs
from bot.server import BotServer, no_port
from bot.slack.manifest import manifest

CHANNEL = "alarms"

WELCOME = """
  Tocsin is running with a local Slack. Nothing leaves this machine.

  Watch the channel     {page}
  The bot               {bot}/healthz
  Send a callback       {tocsin} send FILE.http --url {bot}/callbacks/{callback_token}
  Ask the API           curl -H 'Authorization: Bearer {api_token}' {bot}/api/v1/incidents

  A first alarm is on its way. Click Acknowledge, Mute… and History on it, type /alarms help,
  open the app's Home, then press "web-prod-01 recovers" under Send a sample.
  Ctrl-C ends it.
"""


class Sender:
    """Plays CloudMonitor: sends samples to the callback address over HTTP."""

    def __init__(self) -> None:
        self.url = ""

    async def send(self, name: str) -> None:
        """Send one sample, as happening now."""
        async with aiohttp.ClientSession() as session:
            if name == CONSOLE_TEST:
                await session.get(self.url)
            for sample in samples(name, utc_now()):
                headers = {"Content-Type": sample.content_type}
                await session.post(self.url, data=sample.body, headers=headers)

    def buttons(self) -> tuple[tuple[str, str, Callable[[], Awaitable[None]]], ...]:
        """Every sample with its title, for the page."""
        return tuple((name, title, partial(self.send, name)) for name, title in TITLES.items())

    async def play(self) -> None:
        """The little story that the demo tells by itself."""
        for pause, name in TIMELINE:
            await asyncio.sleep(pause)
            await self.send(name)


def _installed(sender: Sender) -> LocalSettings:
    """The local Slack with the app in it, as its manifest declares it."""
    features = cast("dict[str, list[dict[str, str]]]", manifest("socket", None)["features"])
    return LocalSettings(
        samples=sender.buttons(),
        commands=[
            Command(one["command"], one["usage_hint"], one["description"])
            for one in features["slash_commands"]
        ],
        shortcuts=[Shortcut(one["callback_id"], one["name"]) for one in features["shortcuts"]],
    )


def settings_for(slack: LocalSlack, *, folder: Path, public_url: str) -> Settings:
    """The settings of an ordinary bot whose Slack happens to be on this machine."""
    return load_settings(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'tocsin.db'}",
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.settings.bot_token,
            "SLACK_SIGNING_SECRET": slack.settings.signing_secret,
            "TOCSIN_CALLBACK_TOKENS": f"demo={secrets.token_hex(24)}",
            "TOCSIN_API_TOKENS": f"demo={secrets.token_hex(24)}",
            "TOCSIN_CHANNEL": CHANNEL,
            "TOCSIN_PUBLIC_URL": public_url,
            "LOG_LEVEL": "warning",
        }
    )


async def _run(*, port: int, host: str) -> None:
    sender = Sender()
    slack = LocalSlack(_installed(sender))
    try:
        await slack.start(port, host)
    except (OSError, UnicodeError) as error:
        await slack.stop()
        raise no_port(host, port, error) from None
    with (
        socket.create_server((host, 0)) as listening,
        tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder,
    ):
        seen_as = urlsplit(slack.url).hostname
        address = f"http://{seen_as}:{listening.getsockname()[1]}"
        settings = settings_for(slack, folder=Path(folder), public_url=address)
        set_up_logs(form=settings.log, level=settings.log_level, secrets=settings.secrets)
        slack.point_at(address)
        token = settings.callback_tokens[0].secret.get_secret_value()
        sender.url = f"{address}/callbacks/{token}"
        print(  # noqa: T201 - what the newcomer is waiting for
            WELCOME.format(
                page=slack.url,
                tocsin=_command(),
                bot=address,
                callback_token=token,
                api_token=settings.api_tokens[0].secret.get_secret_value(),
            ),
            flush=True,
        )
        server = BotServer(Bot(settings), host=host, port=0)
        story = asyncio.create_task(sender.play())
        try:
            await server.serve(sockets=[listening])
        finally:
            story.cancel()
            await slack.stop()


def _command() -> str:
    """How this program was called, so that the hint can be copied."""
    return "python -m bot" if sys.argv[0].endswith(".py") else sys.argv[0]


def run(*, port: int, host: str) -> None:
    """Run the demo until Ctrl-C. Port 0 takes a free one."""
    try:
        asyncio.run(_run(port=port, host=host))
    except KeyboardInterrupt:
        return
