"""What comes through the Slack doors, typed: presses, submissions, shortcuts, commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast  # Slack's payloads: whatever came over the wire

from bot.doors.visitor import Nonsense, Payload, Visitor
from bot.slack.filled import Seen, seen
from bot.slack.message import JsonObject, Message
from bot.slack.tell import Said
from bot.slack.text import storable

LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, or a choice in a menu; `value` is an id. `view` is the modal it stands in."""

    visitor: Visitor
    action_id: str
    value: str
    view: Seen | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A modal that was filled in."""

    visitor: Visitor
    view: Seen


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut; `card_id` is set where the message is one of our cards.

    `thread_ts` is the message whose thread it stands in, itself if in none.
    """

    visitor: Visitor
    callback_id: str
    card_id: str | None
    channel_id: str
    thread_ts: str


@dataclass(frozen=True, slots=True)
class Called:
    """A slash command with its words."""

    visitor: Visitor
    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What keeps a modal open: a sentence for each block that is filled in wrongly."""

    blocks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer with a picture, and the same without one: not every workspace takes pictures."""

    best: Message
    plain: Message


@dataclass(frozen=True, slots=True)
class Public:
    """An answer that the whole channel may read."""

    said: Said | Drawn


@dataclass(frozen=True, slots=True)
class Instead:
    """An answer that takes the place of the one whose button was pressed."""

    said: Said | Drawn


Answer = Said | Drawn | Public | Instead | None
Outcome = Answer | Wrong | JsonObject  # of a submission: a view takes the place of this one


def pressed(body: Payload, visitor: Visitor) -> Pressed:
    """Parse a `block_actions` payload. Raises Nonsense."""
    actions = body.get("actions")
    first = cast("list[Any]", actions)[0] if isinstance(actions, list) and actions else None
    action = _object(first)
    action_id = action.get("action_id")
    if not isinstance(action_id, str) or not action_id:
        raise Nonsense
    chosen = _object(action.get("selected_option")).get("value")
    value = chosen if isinstance(chosen, str) else action.get("value")
    if value is not None and not isinstance(value, str):
        raise Nonsense
    view = body.get("view")
    kept = storable(value or "")[:LONGEST_VALUE]
    return Pressed(visitor, action_id, kept, seen(view) if view else None)


def submitted(body: Payload, visitor: Visitor) -> Submitted:
    """Parse a `view_submission` payload."""
    return Submitted(visitor, seen(body.get("view")))


def shortcut(body: Payload, visitor: Visitor) -> Shortcut:
    """Parse a `message_action` payload. Raises Nonsense."""
    message, channel = _object(body.get("message")), _object(body.get("channel"))
    ts = message.get("thread_ts") or message.get("ts") or body.get("message_ts")
    callback_id, channel_id = body.get("callback_id"), channel.get("id")
    if not (isinstance(ts, str) and isinstance(callback_id, str) and isinstance(channel_id, str)):
        raise Nonsense
    metadata = _object(_object(message.get("metadata")).get("event_payload"))
    card_id = metadata.get("card_id")
    return Shortcut(
        visitor, callback_id, card_id if isinstance(card_id, str) else None, channel_id, ts
    )


def called(body: Payload, visitor: Visitor) -> Called:
    """Parse a slash command."""
    text = body.get("text")
    return Called(visitor, storable(text) if isinstance(text, str) else "")


def _object(value: object) -> Payload:
    return cast("Payload", value) if isinstance(value, dict) else {}
