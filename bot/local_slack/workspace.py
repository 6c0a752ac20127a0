"""The workspace: its people, channels and messages, and the only code that changes them.

Every change is told to the bus, which the page listens to. It must never know who asks: who
may do what is decided by the API methods and by the people's acts.
"""

from bot.local_slack import render
from bot.local_slack.bus import Bus
from bot.local_slack.clock import Clock
from bot.local_slack.errors import NotPossibleError
from bot.local_slack.ids import Ids
from bot.local_slack.model import BOT_ID, BOT_USER, Channel, File, Group, Message, Revision, User


class Workspace:
    """One team. Looks people and channels up by id or by name, keeps every message."""

    def __init__(self, clock: Clock, bus: Bus, *, name: str, bot_name: str) -> None:
        self.clock, self.bus, self.ids = clock, bus, Ids()
        self.name = name
        self.domain = "".join(c for c in name.lower() if c.isalnum()) or "local"
        self.bot = User(BOT_USER, bot_name.lower(), bot_name, color="3f6f5f", bot_id=BOT_ID)
        self.users: dict[str, User] = {BOT_USER: self.bot}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.files: dict[str, File] = {}
        self._last_ts = 0.0

    def ts(self) -> str:
        """A message timestamp: unique and growing, even when the clock stands still."""
        now = max(round(self.clock.now(), 6), round(self._last_ts + 0.000001, 6))
        self._last_ts = now
        return f"{now:.6f}"

    def user(self, who: str) -> User:
        """A person by id, handle (`ann`, `@ann`) or e-mail address."""
        wanted = who.removeprefix("@")
        for user in self.users.values():
            if wanted in (user.id, user.name, user.email):
                return user
        raise NotPossibleError(f"There is no user {who!r}.")

    def channel(self, which: str) -> Channel:
        """A channel by id or name (with or without #)."""
        found = self.channels.get(which) or self.channel_named(which)
        if found is None:
            raise NotPossibleError(f"There is no channel {which!r}.")
        return found

    def channel_named(self, name: str) -> Channel | None:
        wanted = name.removeprefix("#")
        return next(
            (c for c in self.channels.values() if c.im_with is None and c.name == wanted), None
        )

    def direct_message(self, user: User) -> Channel:
        """The app's direct message with a person, opened when there is none yet."""
        for channel in self.channels.values():
            if channel.im_with == user.id:
                return channel
        channel = Channel(self.ids.new("D"), user.name, is_private=True, im_with=user.id)
        channel.members = {user.id, self.bot.id}
        return self.add_channel(channel)

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.tell_channel(channel)
        return channel

    def tell_channel(self, channel: Channel) -> None:
        self.bus.tell("channel", render.channel_row(channel))

    def post(self, message: Message) -> Message:
        """Put a message into its channel; an ephemeral one is kept apart from the history."""
        channel = self.channels[message.channel]
        self.ids.name_blocks(message.blocks, message.attachments)
        channel.put(message)
        self.tell_message(message)
        return message

    def find(self, channel: Channel, ts: str, *, ephemeral: bool = False) -> Message | None:
        """A message by its timestamp; deleted ones are not found."""
        found = channel.by_ts.get(ts)
        if found is None or found.deleted or ephemeral != (found.visible_to is not None):
            return None
        return found

    def thread_of(self, message: Message) -> list[Message]:
        """The replies to a message, oldest first."""
        replies = self.channels[message.channel].replies.get(message.ts, [])
        return [reply for reply in replies if not reply.deleted]

    def keep_revision(self, message: Message) -> None:
        """Remember how the message looked; called before every edit."""
        revision = Revision(
            self.clock.now(), message.text, list(message.blocks), list(message.attachments)
        )
        message.revisions.append(revision)

    def edited(self, message: Message) -> None:
        """Finish an edit: ids for new blocks, news for the page."""
        self.ids.name_blocks(message.blocks, message.attachments)
        self.tell_message(message)

    def delete(self, message: Message) -> None:
        """Delete a message; one with replies stays as a tombstone, as in Slack."""
        self.keep_revision(message)
        if message.visible_to is None and self.thread_of(message):
            message.subtype, message.text = "tombstone", "This message was deleted."
            message.blocks, message.attachments, message.metadata = [], [], None
        else:
            message.deleted = True
        self.tell_message(message)

    def tell_message(self, message: Message) -> None:
        if not self.bus.heard:
            return  # nobody looks: a storm need not be rendered
        self.bus.tell("message", render.message_row(self, message))
        if message.is_reply:
            self._tell_parent(message)

    def _tell_parent(self, reply: Message) -> None:
        channel = self.channels[reply.channel]
        parent = self.find(channel, reply.thread_ts or "")
        if parent is not None:
            self.bus.tell("message", render.message_row(self, parent))
