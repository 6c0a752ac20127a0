"""Blocks, and on which surface each may stand: message, modal or home."""

from bot.local_slack.blockkit.charts import DATA_TABLE, DATA_VISUALIZATION, TABLE
from bot.local_slack.blockkit.checks import (
    Check,
    Complaints,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    many,
    shape,
    string,
)
from bot.local_slack.blockkit.elements import (
    AS_ACCESSORY,
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    URL_SOURCE,
)
from bot.local_slack.blockkit.objects import (
    SLACK_FILE,
    URL,
    block_fields,
    mrkdwn,
    plain,
    text,
    typed,
)
from bot.local_slack.blockkit.richtext import RICH_TEXT
from bot.local_slack.ids import elements_of
from bot.local_slack.jsons import as_object

TEXTS: dict[str, Check] = {"plain_text": text(), "mrkdwn": text()}


def _block(must: dict[str, Check], may: dict[str, Check] | None = None, *also: Check) -> Check:
    return typed(must, {**block_fields(), **(may or {})}, *also, _unique_actions)


def _unique_actions(value: object, place: str, found: Complaints) -> None:
    seen: set[str] = set()
    for element in elements_of(as_object(value)):
        name = element.get("action_id")
        if isinstance(name, str) and name in seen:
            found.add(f"`action_id` {name!r} already exists for another element", place)
        seen.add(str(name))


SECTION = _block(
    {},
    {
        "text": text(3000),
        "fields": many(text(2000), least=1, most=10),
        "accessory": by_type(AS_ACCESSORY),
        "expand": boolean,
    },
    at_least_one("text", "fields"),
)
IMAGE_BLOCK = _block(
    {"alt_text": string(least=1, most=2000)},
    {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
    exactly_one("image_url", "slack_file"),
)
INPUT = _block(
    {"label": plain(2000), "element": by_type(IN_INPUT)},
    {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
)
VIDEO = _block(
    {
        "alt_text": string(least=1, most=200),
        "title": plain(200),
        "thumbnail_url": URL,
        "video_url": URL,
    },
    {
        "author_name": string(most=50),
        "description": plain(200),
        "provider_icon_url": URL,
        "provider_name": string(most=50),
        "title_url": URL,
    },
)
CARD = _block(
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": typed({"name": string(least=1)}),
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "actions": many(BUTTON, most=3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
TASK: dict[str, Check] = {
    "task_id": string(least=1),
    "title": string(least=1),
}
TASK_MORE: dict[str, Check] = {
    "status": string(of=("pending", "in_progress", "complete", "error")),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": many(URL_SOURCE),
}

EVERYWHERE: dict[str, Check] = {
    "actions": _block({"elements": many(by_type(IN_ACTIONS), least=1, most=25)}),
    "context": _block({"elements": many(by_type({"image": IMAGE, **TEXTS}), least=1, most=10)}),
    "divider": _block({}),
    "header": _block({"text": plain(150)}),
    "image": IMAGE_BLOCK,
    "input": INPUT,
    "rich_text": RICH_TEXT,
    "section": SECTION,
    "video": VIDEO,
    "card": CARD,
}
ON_MESSAGE_AND_HOME: dict[str, Check] = {
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "carousel": _block({"elements": many(by_type({"card": CARD}), least=1, most=10)}),
}


def _child(value: object, place: str, found: Complaints) -> None:
    by_type({**EVERYWHERE, **ON_MESSAGE_AND_HOME})(value, place, found)


CONTAINER = _block(
    {"title": plain(150), "child_blocks": many(_child, least=1, most=10)},
    {
        "subtitle": text(150),
        "icon": IMAGE,
        "width": string(of=("narrow", "standard", "wide", "full")),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
)
ON_MESSAGE: dict[str, Check] = {
    "context_actions": _block({"elements": many(by_type(CONTEXT_ACTIONS), least=1, most=5)}),
    "file": _block({"external_id": string(least=1), "source": string(of=("remote",))}),
    "markdown": _block({"text": string(least=1, most=12_000)}),
    "plan": _block(
        {"title": string(least=1)},
        {
            "tasks": many(
                shape(TASK, {**TASK_MORE, "type": string(of=("task_card",)), **block_fields()}),
                least=1,
            )
        },
    ),
    "task_card": _block(TASK, TASK_MORE),
}
ALERT = _block(
    {"text": text(200)},
    {"level": string(of=("default", "info", "warning", "error", "success"))},
)

SURFACES: dict[str, dict[str, Check]] = {
    "message": {**EVERYWHERE, **ON_MESSAGE_AND_HOME, "container": CONTAINER, **ON_MESSAGE},
    "home": {**EVERYWHERE, **ON_MESSAGE_AND_HOME, "container": CONTAINER},
    "modal": {**EVERYWHERE, "alert": ALERT},
}
