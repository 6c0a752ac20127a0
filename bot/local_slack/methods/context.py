"""What every Web API method works with, and the questions several of them ask."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.local_slack.errors import SlackError
from bot.local_slack.jsons import Json
from bot.local_slack.limits import Limits
from bot.local_slack.model import Channel, User
from bot.local_slack.screens import Screens
from bot.local_slack.tickets import Tickets
from bot.local_slack.tokens import Token
from bot.local_slack.wire import Args
from bot.local_slack.workspace import Workspace

Item = TypeVar("Item")


@dataclass
class Desk:
    """The parts of the stand-in that methods use. `base` is the server's own URL."""

    space: Workspace
    screens: Screens
    tickets: Tickets
    limits: Limits
    bot_token: str
    base: str = ""


@dataclass(frozen=True)
class Call:
    """One call of a method."""

    desk: Desk
    args: Args
    token: Token | None

    @property
    def space(self) -> Workspace:
        return self.desk.space

    @property
    def bot(self) -> User:
        return self.desk.space.bot


Method = Callable[[Call], Awaitable[Json]]


def channel_by_id(call: Call, name: str = "channel") -> Channel:
    """The channel that an id names and that the bot may see; names are not accepted."""
    channel = call.space.channels.get(call.args.need(name))
    if channel is None or (channel.is_private and call.bot.id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def page(call: Call, items: Sequence[Item], *, default: int, most: int) -> tuple[list[Item], str]:
    """The items after the cursor, and the next cursor ("" at the end)."""
    limit = call.args.number("limit", default) or default
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    start = _start(call.args.text("cursor"))
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), cursor


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
