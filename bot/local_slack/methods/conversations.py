"""conversations.*: channels, their members and their history.

Private channels without the bot must never be seen here.
"""

from bot.local_slack import render
from bot.local_slack.errors import SlackError
from bot.local_slack.jsons import Json
from bot.local_slack.methods.context import Call, Method, channel_by_id, page
from bot.local_slack.model import Channel, Message

LARGEST_PAGE = 999
TYPES = frozenset({"public_channel", "private_channel", "im", "mpim"})


async def list_(call: Call) -> Json:
    types = set((call.args.text("types") or "public_channel").replace(" ", "").split(","))
    if not types <= TYPES:
        raise SlackError("invalid_types")
    without_archived = call.args.flag("exclude_archived")
    found = [
        channel
        for channel in call.space.channels.values()
        if _kind(channel) in types
        and _visible(call, channel)
        and not (without_archived and channel.archived)
    ]
    channels, cursor = page(call, found, default=100, most=LARGEST_PAGE)
    return {
        "channels": [render.channel_json(channel, call.bot) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def _kind(channel: Channel) -> str:
    if channel.im_with is not None:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _visible(call: Call, channel: Channel) -> bool:
    return not channel.is_private or call.bot.id in channel.members


async def info(call: Call) -> Json:
    return {"channel": render.channel_json(channel_by_id(call), call.bot)}


async def join(call: Call) -> Json:
    channel = channel_by_id(call)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    already = call.bot.id in channel.members
    channel.members.add(call.bot.id)
    call.space.tell_channel(channel)
    body: Json = {"channel": render.channel_json(channel, call.bot)}
    return body | ({"warning": "already_in_channel"} if already else {})


async def open_(call: Call) -> Json:
    if call.args.text("channel"):
        return {"channel": {"id": channel_by_id(call).id}}
    users = [user for user in call.args.text("users").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    if users[0] not in call.space.users:
        raise SlackError("user_not_found")
    return {"channel": {"id": call.space.direct_message(call.space.users[users[0]]).id}}


async def members(call: Call) -> Json:
    found, cursor = page(call, sorted(channel_by_id(call).members), default=100, most=LARGEST_PAGE)
    return {"members": found, "response_metadata": {"next_cursor": cursor}}


async def history(call: Call) -> Json:
    """The newest first; replies are left out unless they were broadcast."""
    channel = _readable(call)
    found = [
        message
        for message in reversed(channel.messages)
        if not message.deleted and (message.broadcast or not message.is_reply)
    ]
    return _messages(call, [m for m in found if _within(call, m)], default=100)


async def replies(call: Call) -> Json:
    """The parent, then the replies, oldest first."""
    channel = _readable(call)
    parent = call.space.find(channel, call.args.need("ts"))
    if parent is not None and parent.is_reply:
        parent = call.space.find(channel, parent.thread_ts or "")
    if parent is None:
        raise SlackError("thread_not_found")
    found = [reply for reply in call.space.thread_of(parent) if _within(call, reply)]
    return _messages(call, [parent, *found], default=LARGEST_PAGE)


def _readable(call: Call) -> Channel:
    channel = channel_by_id(call)
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _within(call: Call, message: Message) -> bool:
    ts, inclusive = float(message.ts), call.args.flag("inclusive")
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    if oldest is not None and (ts < oldest or (ts == oldest and not inclusive)):
        return False
    return latest is None or ts < latest or (ts == latest and inclusive)


def _bound(call: Call, name: str) -> float | None:
    value = call.args.text(name)
    if not value or value == "now":
        return None
    try:
        return float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _messages(call: Call, found: list[Message], *, default: int) -> Json:
    messages, cursor = page(call, found, default=default, most=LARGEST_PAGE)
    metadata = call.args.flag("include_all_metadata")
    body: Json = {
        "messages": [render.message_json(call.space, m, metadata=metadata) for m in messages],
        "has_more": bool(cursor),
        "pin_count": 0,
    }
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


METHODS: dict[str, Method] = {
    "conversations.list": list_,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.open": open_,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
}
