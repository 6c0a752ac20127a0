"""Composition objects: texts, options, confirmations, filters."""

from bot.local_slack.blockkit.checks import (
    Check,
    boolean,
    by_type,
    exactly_one,
    many,
    number,
    shape,
    string,
)
from bot.local_slack.jsons import Json

ACTION_ID = string(least=1, most=255)
BLOCK_ID = string(least=1, most=255)
URL = string(least=1, most=3000)
TYPE = string()


def plain(most: int = 3000) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": _text(most, {"emoji": boolean})})


def text(most: int = 3000) -> Check:
    """A text object of either kind."""
    return by_type(
        {
            "plain_text": _text(most, {"emoji": boolean}),
            "mrkdwn": _text(most, {"verbatim": boolean}),
        }
    )


def mrkdwn(most: int = 3000) -> Check:
    """A text object where Slack wants mrkdwn but takes plain_text as well."""
    return text(most)


def _text(most: int, more: dict[str, Check]) -> Check:
    return shape({"type": TYPE, "text": string(least=1, most=most)}, more)


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": string(of=("primary", "danger"))},
)


def option(texts: Check, *, links: bool = False) -> Check:
    """An option; only those of an overflow menu may have a link."""
    more: dict[str, Check] = {"description": text(75)}
    if links:
        more["url"] = URL
    return shape({"text": texts, "value": string(most=150)}, more)


OPTION = option(plain(75))
RICH_OPTION = option(text(75))  # checkboxes and radio buttons may use mrkdwn
LINK_OPTION = option(plain(75), links=True)
OPTION_GROUP = shape({"label": plain(75), "options": many(OPTION, least=1, most=100)})

FILTER = shape(
    None,
    {
        "include": many(string(of=("im", "mpim", "private", "public")), least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH = shape(
    None,
    {"trigger_actions_on": many(string(of=("on_enter_pressed", "on_character_entered")), least=1)},
)
SLACK_FILE = shape(None, {"id": string(least=1), "url": URL}, exactly_one("id", "url"))
PARAMETER = shape({"name": string(least=1), "value": string()})
WORKFLOW = shape(
    {"trigger": shape({"url": URL}, {"customizable_input_parameters": many(PARAMETER)})}
)
POSITIVE = number(least=0)


def block_fields() -> dict[str, Check]:
    """What every block may carry."""
    return {"block_id": BLOCK_ID}


def typed(must: dict[str, Check], may: dict[str, Check] | None = None, *also: Check) -> Check:
    """An object with a `type` beside these fields."""
    return shape({"type": TYPE, **must}, may, *also)


def holds_any(value: Json, *names: str) -> bool:
    return any(value.get(name) for name in names)
