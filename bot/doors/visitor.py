"""Who comes through a Slack door, from where, and how to speak to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast  # Slack's payloads: whatever came over the wire

from bot.rules.card import Language
from bot.rules.incident import Person
from bot.slack.filled import seen
from bot.slack.text import storable
from bot.work.people import People

LONGEST_ID = 64
LONGEST_NAME = 80
Payload = Mapping[str, Any]


class Nonsense(Exception):
    """A payload that Slack would not send."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """`key` makes the request unique: Slack, or somebody else, may send it twice.

    `trigger_id` opens one modal within three seconds; `response_url` takes private answers.
    """

    person: Person
    language: Language
    tz: str
    channel_id: str | None
    team_id: str | None
    key: str | None
    response_url: str | None
    trigger_id: str | None
    via: str = "slack"


async def visitor_of(body: Payload, people: People) -> Visitor:
    """The person behind a payload of Bolt: action, view, shortcut, command. Raises Nonsense."""
    user = _object(body.get("user"))
    user_id = _text(user.get("id") or body.get("user_id"))
    if not user_id or len(user_id) > LONGEST_ID:
        raise Nonsense
    name = _text(user.get("username") or user.get("name") or body.get("user_name")) or user_id
    profile = await people.of(user_id, name[:LONGEST_NAME])
    channel = _object(body.get("channel"))
    return Visitor(
        person=Person(user_id, name[:LONGEST_NAME]),
        language=profile.language,
        tz=profile.tz,
        channel_id=_text(channel.get("id") or body.get("channel_id")) or _of_view(body),
        team_id=team_of(body),
        key=_key(body),
        response_url=response_url_of(body),
        trigger_id=_text(body.get("trigger_id")) or None,
        via="command" if "command" in body else "slack",
    )


def _of_view(body: Payload) -> str | None:
    """A modal has no channel of its own; ours know the one that they were opened in."""
    view = body.get("view")
    return seen(view).text("channel") if view else None


def team_of(body: Payload) -> str | None:
    """The person's workspace; null in payloads of organisation-wide installations."""
    team, user = _object(body.get("team")), _object(body.get("user"))
    found = team.get("id") or user.get("team_id") or body.get("team_id")
    return _text(found) or None


def response_url_of(body: Payload) -> str | None:
    """Where a private answer goes."""
    return _text(body.get("response_url")) or None


def _key(body: Payload) -> str | None:
    """A click by its own moment, a submission by the state of the view it submits."""
    view = _object(body.get("view"))
    if body.get("type") == "view_submission" and view.get("id"):
        return f"{view.get('id')}/{view.get('hash')}/{_text(body.get('trigger_id'))}"
    trigger = _text(body.get("trigger_id"))
    return trigger or None


def _object(value: object) -> Payload:
    return cast("Payload", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""
