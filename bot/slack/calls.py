"""Every call to Slack that the loops and doors make.

Each is tried once and never longer than `CALL_TIMEOUT`; whatever goes wrong is raised as a
`SlackFailure`, and the caller's row decides about another try. Nothing here may repeat what
may have happened: chat.postMessage has no idempotency, a second post is a second card.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.slack.answers import Answer
from bot.slack.failures import Call, Remedy, SlackFailure
from bot.slack.files import Files
from bot.slack.marks import Found, card_in, is_note
from bot.slack.message import JsonObject, Message
from bot.slack.people import PeopleCalls
from bot.slack.views import Views
from bot.slack.wire import CALL_TIMEOUT, Wire

__all__ = ["CALL_TIMEOUT", "ChannelSeen", "Identity", "Posted", "SlackCalls"]

HISTORY_PAGES = 5  # looking back reaches some minutes: a thousand messages are plenty
CHANNEL_PAGES = 100

CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
PERSON_ID = re.compile(r"[UW][A-Z0-9]{7,}")  # posting to it reaches the direct messages


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: Slack's channel id and the message's `ts`."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token this is. `scopes` is empty where Slack names none."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    url: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel that the bot may know of; `name` without `#`."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_private: bool


class SlackCalls:
    """One workspace's Web API with the bot's token."""

    def __init__(self, token: str, *, base_url: str) -> None:
        """`base_url` ends in `/api/`. Nothing is opened before the first call."""
        self._wire = Wire(token, base_url)
        self.views = Views(self._wire)
        self.people = PeopleCalls(self._wire)
        self.files = Files(self._wire)

    async def aclose(self) -> None:
        """Close the shared session; a later call would open another."""
        await self._wire.aclose()

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        mark: JsonObject,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Say something new, a card or a note, with its `mark`; in a thread with `thread_ts`.

        Not idempotent. RECONCILE means `find_card` or `find_note` before another try.
        """
        body: JsonObject = {"channel": channel, **message.payload(), "parse": "none"}
        body |= {"unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            body |= {"thread_ts": thread_ts, "reply_broadcast": broadcast}
        answer = await self._posted({**body, "metadata": mark})
        return Posted(answer.text("channel"), answer.text("ts"))

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """Make a message say this instead; pings nobody.

        All three parts are always sent, empty ones as well: Slack keeps the attachments and
        loses the blocks that it is not told of. `parse` is sent because chat.update would
        link names by default, other than chat.postMessage.
        """
        body: JsonObject = {"channel": channel_id, "ts": ts, **message.payload(), "parse": "none"}
        await self._wire.send(Call.EDIT, "chat.update", body)

    async def find_card(self, channel_id: str, card_id: str, *, oldest: datetime) -> Found | None:
        """The card with this id among the channel's messages since `oldest`."""
        async for found in self._cards(channel_id, card_id, oldest):
            return found
        return None

    async def find_cards(self, channel_id: str, card_id: str, *, oldest: datetime) -> list[Found]:
        """Every message with this card's id since `oldest`: more than one are twins."""
        return [found async for found in self._cards(channel_id, card_id, oldest)]

    async def delete(self, channel_id: str, ts: str) -> None:
        """Take a message of ours away."""
        await self._wire.send(Call.EDIT, "chat.delete", {"channel": channel_id, "ts": ts})

    async def find_note(
        self, channel_id: str, thread_ts: str, key: str, *, oldest: datetime
    ) -> Posted | None:
        """The note with this key in the card's thread since `oldest`; None without a thread."""
        arguments: JsonObject = {"channel": channel_id, "ts": thread_ts, "oldest": _seconds(oldest)}
        try:
            async for message in self._messages("conversations.replies", arguments):
                if is_note(message, key):
                    return Posted(channel_id, message.text("ts"))
        except SlackFailure as failure:
            if failure.remedy is not Remedy.UNTHREAD:
                raise
        return None

    async def whoami(self) -> Identity:
        """Whose token this is (auth.test)."""
        answer = await self._wire.read("auth.test", {}, verb="POST")
        return Identity(
            team_id=answer.text("team_id"),
            team=answer.optional("team"),
            user_id=answer.text("user_id"),
            bot_id=answer.optional("bot_id"),
            url=answer.optional("url"),
            scopes=answer.scopes,
        )

    async def channels(self) -> tuple[ChannelSeen, ...]:
        """All public channels, and the private ones that the bot is in."""
        arguments: JsonObject = {"types": "public_channel,private_channel"}
        pages = self._wire.pages("conversations.list", arguments, most=CHANNEL_PAGES)
        return tuple([_channel(each) async for page in pages for each in page.many("channels")])

    async def channel_id(self, channel: str) -> str | None:
        """The id of a channel given by id, name or person; None if the bot sees none such.

        Posting takes either, reading and editing only the id.
        """
        if CHANNEL_ID.fullmatch(channel):
            return channel
        if PERSON_ID.fullmatch(channel):
            return await self._direct_messages(channel)
        seen = await self.channels()
        return next((one.id for one in seen if one.name == channel), None)

    async def _direct_messages(self, person: str) -> str:
        """The conversation between the bot and one person."""
        answer = await self._wire.read("conversations.open", {"users": person}, verb="POST")
        return answer.one("channel").text("id")

    async def respond(self, response_url: str, body: JsonObject) -> None:
        """Answer an interaction or a command (five times in 30 minutes at most)."""
        await self._wire.respond(response_url, body)

    async def whisper_to(self, channel: str, user: str, message: Message) -> None:
        """Tell one member of a channel something that nobody else sees.

        It takes no attachments that hold blocks.
        """
        body: JsonObject = {"channel": channel, "user": user, "parse": "none"}
        body |= {"text": message.text, "blocks": list(message.blocks)}
        await self._wire.send(Call.WHISPER, "chat.postEphemeral", body)

    async def say_to(self, person_id: str, message: Message) -> None:
        """Tell somebody in their direct messages. For answers only: it may come twice."""
        body: JsonObject = {"channel": person_id, **message.payload(), "parse": "none"}
        await self._wire.send(Call.WHISPER, "chat.postMessage", body)

    async def _posted(self, body: JsonObject) -> Answer:
        """The one second request that is safe: Slack refused the first for its metadata.

        Better a card that cannot be looked for than none. It was refused, so it is not there.
        """
        try:
            return await self._wire.send(Call.POST, "chat.postMessage", body)
        except SlackFailure as failure:
            if "metadata" not in failure.word:
                raise
        bare = {name: value for name, value in body.items() if name != "metadata"}
        return await self._wire.send(Call.POST, "chat.postMessage", bare)

    async def _cards(self, channel_id: str, card_id: str, oldest: datetime) -> AsyncIterator[Found]:
        arguments: JsonObject = {"channel": channel_id, "oldest": _seconds(oldest)}
        async for message in self._messages("conversations.history", arguments):
            if found := card_in(message, card_id):
                yield found

    async def _messages(self, method: str, arguments: JsonObject) -> AsyncIterator[Answer]:
        arguments = {**arguments, "include_all_metadata": True}
        async for page in self._wire.pages(method, arguments, most=HISTORY_PAGES):
            for message in page.many("messages"):
                yield message


def _seconds(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _channel(answer: Answer) -> ChannelSeen:
    return ChannelSeen(
        id=answer.text("id"),
        name=answer.optional("name"),
        is_member=answer.is_set("is_member"),
        is_archived=answer.is_set("is_archived"),
        is_private=answer.is_set("is_private"),
    )
