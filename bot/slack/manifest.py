"""The Slack app: what it is called, may do and is told, from one source for both modes.

Scopes follow from the methods that are called; a test compares both with Slack's method
pages, so that nobody grants more than the bot uses.
"""

from typing import Final, Literal

Mode = Literal["http", "socket"]

# Method -> the scopes it needs here. Reading a channel's history takes one scope a kind of
# channel; the bot posts to public and private ones.
SCOPES_OF: Final[dict[str, tuple[str, ...]]] = {
    "auth.test": (),
    "chat.postMessage": ("chat:write", "chat:write.public"),  # .public: without an invitation
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),  # a card that came twice
    "chat.postEphemeral": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.open": ("im:write",),
    "conversations.list": ("channels:read", "groups:read"),
    "files.getUploadURLExternal": ("files:write",),  # pictures of a history, lists as CSV
    "files.completeUploadExternal": ("files:write",),
    "files.info": ("files:read",),  # whether a picture can be shown yet
    "users.info": ("users:read",),  # the language and time zone of private answers
    "usergroups.users.list": ("usergroups:read",),  # permissions by user group
    "views.open": (),
    "views.push": (),
    "views.update": (),
    "views.publish": (),
}
OF_FEATURES: Final = ("commands",)  # the slash command and the shortcut
SCOPES: Final = tuple(
    sorted({scope for scopes in SCOPES_OF.values() for scope in scopes} | set(OF_FEATURES))
)
COMMAND: Final = "/alarms"
ADD_NOTE: Final = "add_note"

EVENTS_PATH: Final = "/slack/events"  # everything of Slack comes in here in HTTP mode

_DESCRIPTION = "Alibaba CloudMonitor alarms as cards that a team can act on"
_LONG_DESCRIPTION = (
    "Tocsin shows each alarm of Alibaba Cloud CloudMonitor as one card in a channel and keeps "
    "the card true: how bad it is, for how long, who takes care of it, and when it is over. "
    "It is self-hosted; alarms and messages stay on your own server and in your workspace."
)


def manifest(mode: Mode, url: str | None) -> dict[str, object]:
    """The app manifest (schema version 1). `url` is the bot's public address, for HTTP."""
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Tocsin",
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#7a1f1f",
        },
        "features": _features(mode, url),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": _interactivity(mode, url),
            "event_subscriptions": _events(mode, url),
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _features(mode: Mode, url: str | None) -> dict[str, object]:
    command: dict[str, object] = {
        "command": COMMAND,
        "description": "Alarms: what fires, search, history, acknowledge, mute",
        "usage_hint": "[help | list | search severity:critical | ack 42 | mute 42 for 4h]",
        "should_escape": False,
    }
    if mode == "http":
        command["url"] = _address(url)
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,  # receipts of mutes and files come there
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Tocsin", "always_online": True},
        "shortcuts": [
            {
                "name": "Add note to alarm",
                "type": "message",
                "callback_id": ADD_NOTE,
                "description": "Keep what this message tells with its alarm",
            }
        ],
        "slash_commands": [command],
    }


def _events(mode: Mode, url: str | None) -> dict[str, object]:
    events: dict[str, object] = {"bot_events": ["app_home_opened"]}
    return events if mode == "socket" else {"request_url": _address(url), **events}


def _interactivity(mode: Mode, url: str | None) -> dict[str, object]:
    if mode == "socket":
        return {"is_enabled": True}
    return {"is_enabled": True, "request_url": _address(url)}


def _address(url: str | None) -> str:
    if url is None:
        raise ValueError("HTTP mode needs the bot's public address")
    return f"{url}{EVENTS_PATH}"
