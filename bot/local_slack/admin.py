"""What a test or a demo arranges and looks at: faults, limits, people, channels, and the record.

It must never call the app by itself, except for the events that an arrangement causes.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.local_slack.faults import read_fault
from bot.local_slack.journal import Entry
from bot.local_slack.model import Channel, Message, View
from bot.local_slack.parts import Parts
from bot.local_slack.seed import furnish
from bot.local_slack.tokens import Token

Found = TypeVar("Found")


class Admin(Parts):
    """Arranging and looking."""

    def messages(self, channel: str, *, deleted: bool = False) -> list[Message]:
        """All messages of a channel, replies included, oldest first; edits in `.revisions`."""
        return [m for m in self.space.channel(channel).messages if deleted or not m.deleted]

    def replies(self, message: Message) -> list[Message]:
        return self.space.thread_of(message)

    def ephemerals(self, channel: str, user: str | None = None) -> list[Message]:
        """Messages that only one person sees, oldest first."""
        wanted = self.space.user(user).id if user else None
        shelf = self.space.channel(channel).ephemerals
        return [m for m in shelf if not m.deleted and wanted in (None, m.visible_to)]

    def modals(self, user: str) -> list[View]:
        """A person's stack of modals, the one in front last."""
        return list(self.screens.stack(self.space.user(user).id))

    def home(self, user: str) -> View | None:
        return self.screens.homes.get(self.space.user(user).id)

    def calls(self, method: str | None = None) -> list[Entry]:
        """The app's calls of the Web API, oldest first."""
        return [
            e for e in self.journal.entries if e.direction == "in" and method in (None, e.method)
        ]

    def deliveries(self, kind: str | None = None) -> list[Entry]:
        """What was sent to the app, by payload type, event type or command."""
        return [
            e for e in self.journal.entries if e.direction == "out" and kind in (None, e.method)
        ]

    async def until(self, holds: Callable[[], Found], seconds: float = 60) -> Found:
        """Wait until something is true of the stand-in; looks again at each change.

        Raises `TimeoutError`. No polling: every change is told on the bus.
        """
        news = self.bus.listen()
        try:
            async with asyncio.timeout(seconds):
                while not (found := holds()):
                    if await news.get() is None:  # fell behind a storm: listen anew
                        news = self.bus.listen()
            return found
        finally:
            self.bus.leave(news)

    def fault(
        self,
        method: str,
        spelling: str,
        *,
        times: int | None = 1,
        chance: float = 1,
        channel: str | None = None,
    ) -> None:
        """Plan a fault: `fault("chat.postMessage", "drop-after-post")`; `*` is every method.

        With `channel` it strikes only calls that name this channel.
        """
        fault = read_fault(method, spelling, times=times, chance=chance)
        if channel is not None:
            found = self.space.channel(channel)
            fault.channels = frozenset({found.id, found.name})
        self.faults.add(fault)

    def clear_faults(self, method: str | None = None) -> None:
        self.faults.clear(method)

    def revoke(self, token: str | None = None, word: str = "token_revoked") -> None:
        self.tokens.revoke(token or self.settings.bot_token, word)

    def restore_token(self, *, scopes: frozenset[str] | None = None) -> None:
        """The bot token as new, with all scopes or the ones given."""
        fresh = type(self.tokens)(self.settings.bot_token, self.settings.app_token)
        token = fresh.admit("auth.test", self.settings.bot_token)
        allowed = scopes if scopes is not None or token is None else token.scopes
        self.tokens.add(Token(self.settings.bot_token, allowed or frozenset()))

    def create_channel(self, name: str, *, private: bool = False, with_bot: bool = True) -> Channel:
        """A new channel with every person in it."""
        prefix = "G" if private else "C"
        channel = Channel(self.space.ids.new(prefix), name, is_private=private)
        channel.members = {u.id for u in self.space.users.values() if u.bot_id is None}
        if with_bot:
            channel.members.add(self.space.bot.id)
        return self.space.add_channel(channel)

    def archive(self, channel: str, *, archived: bool = True) -> None:
        found = self.space.channel(channel)
        found.archived = archived
        self.space.tell_channel(found)

    async def invite(self, channel: str) -> None:
        """Put the bot into a channel."""
        found = self.space.channel(channel)
        found.members.add(self.space.bot.id)
        self.space.tell_channel(found)
        bot = self.space.bot.id
        await self._subscribed_event(
            {"type": "member_joined_channel", "user": bot, "channel": found.id}
        )

    async def kick(self, channel: str) -> None:
        """Take the bot out of a channel."""
        found = self.space.channel(channel)
        found.members.discard(self.space.bot.id)
        self.space.tell_channel(found)
        kind = "group_left" if found.is_private else "channel_left"
        await self._subscribed_event({"type": kind, "channel": found.id})

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete any message, as an administrator of the workspace can."""
        found = self.space.find(self.space.channel(channel), ts)
        if found is not None:
            self.space.delete(found)

    async def settle(self) -> None:
        """Until no retry of an event is left."""
        await self.courier.settle()

    async def sample(self, name: str) -> None:
        """Run a sample that the host program registered."""
        for known, _title, run in self.settings.samples:
            if known == name:
                await run()

    def reset(self) -> None:
        """As new: people and channels of the start, no messages, no faults, an empty log."""
        for shelf in (self.space.users, self.space.channels, self.space.groups, self.space.files):
            shelf.clear()
        self.space.users[self.space.bot.id] = self.space.bot
        furnish(self.space)
        self.screens.stacks.clear()
        self.screens.homes.clear()
        self.faults.clear()
        self.limits.forget()
        self.journal.clear()
        self.notices.clear()
        self.restore_token()
        self.bus.tell("reset", {})
