"""chat.*: post, edit, delete, whisper, link.

These must never change a message that is not the bot's own.
"""

import json

from bot.local_slack import render
from bot.local_slack.errors import SlackError
from bot.local_slack.jsons import Json, as_list, as_object, is_object
from bot.local_slack.methods.content import Content, content_of
from bot.local_slack.methods.context import Call, Method, channel_by_id
from bot.local_slack.model import TEAM_ID, Channel, Message
from bot.local_slack.tokens import POST_ANYWHERE

LONGEST_POST = 40_000  # chat.postMessage cuts here
LONGEST_UPDATE = 4_000  # chat.update refuses above
LARGEST_METADATA = 8_000  # the real figure is unpublished


async def post_message(call: Call) -> Json:
    channel = _where_to_post(call)
    content = content_of(call.args)
    content.check_there_is_something()
    thread_ts = _thread(call, channel)
    _keep_pace(call, channel)
    message = _message(call, channel, content)
    message.thread_ts = thread_ts
    message.broadcast = thread_ts is not None and call.args.flag("reply_broadcast")
    call.space.post(message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": render.message_json(call.space, message, metadata=True),
    }


def _where_to_post(call: Call) -> Channel:
    """A channel by id or name, or a person's direct message by the person's id."""
    wanted = call.args.need("channel")
    space = call.space
    if wanted in space.users and wanted != call.bot.id:
        return space.direct_message(space.users[wanted])
    channel = space.channels.get(wanted) or space.channel_named(wanted)
    if channel is None:
        raise SlackError("channel_not_found")
    _check_may_post(call, channel)
    return channel


def _check_may_post(call: Call, channel: Channel) -> None:
    member = call.bot.id in channel.members
    if channel.is_private and not member:
        raise SlackError("channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    anywhere = call.token is not None and POST_ANYWHERE in call.token.scopes
    if not member and not anywhere:
        raise SlackError("not_in_channel")


def _thread(call: Call, channel: Channel) -> str | None:
    wanted = call.args.text("thread_ts")
    if not wanted:
        return None
    parent = call.space.find(channel, wanted)
    if parent is None:
        raise SlackError("cannot_reply_to_message")
    return parent.thread_ts if parent.is_reply else parent.ts


def _keep_pace(call: Call, channel: Channel) -> None:
    wait = call.desk.limits.wait_for_post(channel.id, call.space.clock.now())
    if wait:
        raise SlackError("ratelimited", retry_after=wait)


def _message(call: Call, channel: Channel, content: Content) -> Message:
    return Message(
        call.space.ts(),
        channel.id,
        call.bot.id,
        content.text[:LONGEST_POST],
        content.blocks or [],
        content.attachments or [],
        _metadata(call),
        bot_id=call.bot.bot_id,
        username=call.args.text("username") or None,
        icon_emoji=call.args.text("icon_emoji") or None,
    )


def _metadata(call: Call) -> Json | None:
    given = call.args.json("metadata")
    if not given:
        return None
    found = as_object(given)
    payload = found.get("event_payload")
    if not isinstance(found.get("event_type"), str) or not is_object(payload):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(found)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return {"event_type": found["event_type"], "event_payload": as_object(payload)}


async def update(call: Call) -> Json:
    channel = channel_by_id(call)
    message = call.space.find(channel, call.args.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != call.bot.id or message.subtype == "tombstone":
        raise SlackError("cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    content = content_of(call.args)
    content.check_there_is_something()
    if len(content.text) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    _rewrite(call, message, content)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": render.message_json(call.space, message, metadata=True),
    }


def _rewrite(call: Call, message: Message, content: Content) -> None:
    metadata = _metadata(call)
    call.space.keep_revision(message)
    if content.text_given or content.blocks is not None:
        # Text without blocks removes the blocks; attachments stay unless they are given.
        message.text, message.blocks = content.text, content.blocks or []
    if content.attachments is not None:
        message.attachments = content.attachments
    if call.args.has("metadata"):
        message.metadata = metadata
    if not message.blocks:
        message.edited = call.space.ts()  # with blocks Slack shows no "edited" mark
    call.space.edited(message)


async def delete(call: Call) -> Json:
    channel = channel_by_id(call)
    message = call.space.find(channel, call.args.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != call.bot.id:
        raise SlackError("cant_delete_message")
    call.space.delete(message)
    return {"channel": channel.id, "ts": message.ts}


async def post_ephemeral(call: Call) -> Json:
    channel = _where_to_post(call)
    user = call.args.need("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = content_of(call.args)
    content.check_there_is_something()
    if any(as_list(part.get("blocks")) for part in content.attachments or []):
        raise SlackError("invalid_attachments")
    message = _message(call, channel, content)
    message.visible_to, message.thread_ts = user, _thread(call, channel)
    call.space.post(message)
    return {"message_ts": message.ts}


async def get_permalink(call: Call) -> Json:
    channel = channel_by_id(call)
    message = call.space.find(channel, call.args.need("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.desk.base}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link, "team_id": TEAM_ID}


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
}
