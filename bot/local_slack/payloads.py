"""The payloads that Slack sends: interactions, commands, events. Keys as Slack's own samples have.

Values in, JSON out; it must never deliver anything.
"""

import secrets

from bot.local_slack import render
from bot.local_slack.inputs import state_values
from bot.local_slack.jsons import Json, as_objects
from bot.local_slack.model import APP_ID, TEAM_ID, Channel, Message, User, View
from bot.local_slack.workspace import Workspace

VERIFICATION_TOKEN = "local-slack-verification"  # noqa: S105 - deprecated by Slack, public here


def _frame(space: Workspace, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": space.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def all_blocks(message: Message) -> list[Json]:
    """The blocks of a message, those of its attachments included."""
    inner = [block for part in message.attachments for block in as_objects(part.get("blocks"))]
    return [*message.blocks, *inner]


def message_container(message: Message, attachment: int | None) -> Json:
    """Where a button stood: in the message itself, or in one of its attachments."""
    container: Json = {
        "type": "message" if attachment is None else "message_attachment",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.visible_to is not None,
    }
    if attachment is not None:
        container |= {"attachment_id": attachment, "is_app_unfurl": False}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return container


def message_action(
    space: Workspace, user: User, message: Message, attachment: int | None, action: Json
) -> Json:
    """`block_actions` from a message."""
    channel = space.channels[message.channel]
    payload: Json = {
        **_frame(space, "block_actions", user),
        "container": message_container(message, attachment),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": state_values(all_blocks(message), message.state)},
        "actions": [action],
    }
    if message.visible_to is None:  # Slack leaves an ephemeral message out of the payload
        payload["message"] = render.message_json(space, message)
    return payload


def message_shortcut(space: Workspace, user: User, message: Message, callback_id: str) -> Json:
    """`message_action`: a shortcut from a message's menu. It tells no metadata."""
    channel = space.channels[message.channel]
    shown = {k: v for k, v in render.message_json(space, message).items() if k != "metadata"}
    return {
        **_frame(space, "message_action", user),
        "callback_id": callback_id,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": shown,
        "message_ts": message.ts,
        "action_ts": space.ts(),
        "is_enterprise_install": "false",
    }


def view_action(space: Workspace, user: User, view: View, action: Json) -> Json:
    """`block_actions` from a modal or an App Home."""
    return {
        **_frame(space, "block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "view": full_view(view),
        "actions": [action],
    }


def view_event(space: Workspace, user: User, view: View, kind: str) -> Json:
    """`view_submission` or `view_closed`."""
    return {**_frame(space, kind, user), "view": full_view(view)}


def full_view(view: View) -> Json:
    """A view with all of its `state.values`."""
    return {
        **render.view_json(view),
        "state": {"values": state_values(view.blocks, view.state)},
    }


def suggestion(space: Workspace, user: User, place: Json, block: str, action: str) -> Json:
    """`block_suggestion`: an external select asks the app for options."""
    return {
        **_frame(space, "block_suggestion", user),
        **place,
        "block_id": block,
        "action_id": action,
    }


def command(space: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """The form of a slash command; every value is a string."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": space.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def channel_name(channel: Channel) -> str:
    if channel.im_with is not None:
        return "directmessage"
    return channel.name


def event(space: Workspace, inner: Json) -> Json:
    """The envelope of an event; `event_id` stays the same over its retries."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": inner,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(space.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": space.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-" + secrets.token_hex(12),
    }
