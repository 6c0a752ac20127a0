"""What a workspace is made of: people, channels, messages, views, files.

Plain records that the workspace alone changes. They must never know HTTP or tokens.
"""

from dataclasses import dataclass, field

from bot.local_slack.jsons import Json

TEAM_ID = "T0LOCAL001"
APP_ID = "A0LOCAL001"
BOT_USER = "U0TOCSIN01"
BOT_ID = "B0TOCSIN01"


@dataclass
class User:
    """A person, or the app's bot user (`bot_id` set)."""

    id: str
    name: str
    real_name: str
    email: str = ""
    color: str = "4a6ee0"
    tz: str = "Asia/Shanghai"
    locale: str = "en-US"
    bot_id: str | None = None


@dataclass
class Revision:
    """What a message looked like before an edit, and until when."""

    until: float
    text: str
    blocks: list[Json]
    attachments: list[Json]


@dataclass
class Message:
    """One message. `hidden` = deleted and gone; `visible_to` set = ephemeral, for that user."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    metadata: Json | None = None
    bot_id: str | None = None
    username: str | None = None
    icon_emoji: str | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    visible_to: str | None = None
    subtype: str | None = None
    edited: str | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: list[str] = field(default_factory=list[str])
    state: Json = field(default_factory=dict[str, object])
    revisions: list[Revision] = field(default_factory=list[Revision])

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """A channel, private channel or direct message (`im_with` = the other user's id)."""

    id: str
    name: str
    is_private: bool = False
    im_with: str | None = None
    topic: str = ""
    archived: bool = False
    members: set[str] = field(default_factory=set[str])
    messages: list[Message] = field(default_factory=list[Message])
    ephemerals: list[Message] = field(default_factory=list[Message])
    by_ts: dict[str, Message] = field(default_factory=dict[str, Message])
    replies: dict[str, list[Message]] = field(default_factory=dict[str, list[Message]])

    def put(self, message: Message) -> None:
        """Keep a new message, findable by its `ts` and by its thread."""
        shelf = self.messages if message.visible_to is None else self.ephemerals
        shelf.append(message)
        self.by_ts[message.ts] = message
        if message.is_reply and message.visible_to is None:
            self.replies.setdefault(message.thread_ts or "", []).append(message)


@dataclass
class View:
    """A modal or an App Home as published: the app's JSON plus what Slack adds to it."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict[str, object])
    errors: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id") or "")

    @property
    def blocks(self) -> list[Json]:
        return list(self.body.get("blocks") or [])


@dataclass
class File:
    """A file of the external upload flow; `content` is None until the bytes came."""

    id: str
    name: str
    length: int
    owner: str
    title: str = ""
    content: bytes | None = None
    complete: bool = False
    channels: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Command:
    """A slash command that the app's manifest declares."""

    name: str
    usage: str = ""
    description: str = ""


@dataclass
class Shortcut:
    """A message shortcut that the app's manifest declares."""

    callback_id: str
    name: str


@dataclass
class Group:
    """A user group, such as the on-call people."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list[str])
