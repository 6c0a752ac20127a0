"""Records as JSON: as the Web API answers them, and as the page wants them.

Values in, JSON out; it must never change a record.
"""

from typing import Protocol

from bot.local_slack.jsons import Json
from bot.local_slack.model import (
    APP_ID,
    BOT_ID,
    TEAM_ID,
    Channel,
    File,
    Group,
    Message,
    User,
    View,
)


class Shelf(Protocol):
    """Where a message's thread and files are found."""

    files: dict[str, File]

    def thread_of(self, message: Message) -> list[Message]: ...


def user_json(user: User, *, with_locale: bool = False) -> Json:
    """A user object of users.info and users.list."""
    more: Json = {"locale": user.locale} if with_locale else {}
    profile: Json = {
        "real_name": user.real_name,
        "display_name": user.name,
        "email": user.email or None,
        "image_72": "",
    }
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "color": user.color,
        "tz": user.tz,
        "deleted": False,
        "is_bot": user.bot_id is not None,
        "is_app_user": False,
        "profile": {key: value for key, value in profile.items() if value is not None},
        **more,
    }


def channel_json(channel: Channel, bot: User) -> Json:
    """A conversation object, as the bot sees it."""
    common: Json = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.archived,
        "is_im": channel.im_with is not None,
        "is_mpim": False,
        "is_private": channel.is_private,
        "context_team_id": TEAM_ID,
    }
    if channel.im_with is not None:
        return {**common, "user": channel.im_with, "is_open": True}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": bot.id in channel.members,
        "is_shared": False,
        "creator": bot.id,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def channel_row(channel: Channel) -> Json:
    """A channel for the page's left rail."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "im_with": channel.im_with,
        "archived": channel.archived,
        "topic": channel.topic,
        "members": sorted(channel.members),
    }


def message_json(shelf: Shelf, message: Message, *, metadata: bool = False) -> Json:
    """A message object as in history and in interaction payloads."""
    found: Json = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    found["team"] = TEAM_ID
    if message.bot_id is not None:
        found |= {"bot_id": message.bot_id, "app_id": APP_ID}
    found |= _optional_parts(shelf, message)
    if metadata and message.metadata is not None:
        found["metadata"] = message.metadata
    if not message.is_reply:
        found |= _thread_summary(shelf, message)
    return found


def _optional_parts(shelf: Shelf, message: Message) -> Json:
    parts: Json = {
        "subtype": message.subtype or ("thread_broadcast" if message.broadcast else None),
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "username": message.username,
        "icons": {"emoji": message.icon_emoji} if message.icon_emoji else None,
        "edited": {"user": message.user, "ts": message.edited} if message.edited else None,
        "reactions": [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ],
        "files": [file_json(shelf.files[file]) for file in message.files if file in shelf.files],
        "is_ephemeral": message.visible_to is not None,
    }
    return {key: value for key, value in parts.items() if value}


def _thread_summary(shelf: Shelf, message: Message) -> Json:
    replies = shelf.thread_of(message) if message.visible_to is None else []
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": people,
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def message_row(shelf: Shelf, message: Message) -> Json:
    """A message for the page: the API's object, plus what only the page shows."""
    return {
        **message_json(shelf, message, metadata=True),
        "channel": message.channel,
        "visible_to": message.visible_to,
        "deleted": message.deleted,
        "is_reply": message.is_reply,
        "broadcast": message.broadcast,
        "edits": len(message.revisions),
        "state": message.state,
    }


def view_json(view: View) -> Json:
    """A view object: the app's JSON and what Slack adds."""
    body = view.body
    return {
        **body,
        "id": view.id,
        "team_id": TEAM_ID,
        "state": {"values": view.state},
        "hash": view.hash,
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "external_id": body.get("external_id") or "",
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "title": body.get("title"),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }


def file_json(file: File) -> Json:
    """A file object; Slack fills `mimetype` only once the file is processed."""
    kind = file.name.rsplit(".", 1)[-1].lower()
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "size": file.length,
        "user": file.owner,
        "filetype": kind,
        "mimetype": _mimetype(kind) if file.complete else "",
        "channels": file.channels,
    }


def _mimetype(kind: str) -> str:
    images = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
    return images.get(kind, "text/plain" if kind in ("txt", "csv", "log") else "application/octet")


def group_json(group: Group) -> Json:
    """A user group object."""
    return {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "users": group.users,
        "user_count": len(group.users),
        "date_delete": 0,
    }
