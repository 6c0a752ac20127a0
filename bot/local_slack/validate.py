"""The stand-in's own validator of messages and views: what Slack would refuse, it refuses.

Written from Slack's pages, not from any builder's code, so that a bot's own checks can be
held against it. It must never change what it checks.
"""

from bot.local_slack.blockkit.blocks import SURFACES
from bot.local_slack.blockkit.checks import (
    Check,
    Complaints,
    anything,
    boolean,
    by_type,
    many,
    shape,
    string,
)
from bot.local_slack.blockkit.objects import plain
from bot.local_slack.jsons import Json, as_list, as_object, as_objects, is_list

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
COUNTED = frozenset({"text", "alt_text", "title", "caption", "value", "label", "url", "image_url"})
ONE_PER_MESSAGE = ("table", "data_table")
MOST_CHARTS = 2


def check_blocks(blocks: list[object], surface: str, place: str = "/blocks") -> list[str]:
    """Complaints about the blocks of a message, modal or home; empty when Slack takes them."""
    found = Complaints()
    many(by_type(SURFACES[surface]), most=MOST_BLOCKS[surface])(blocks, place, found)
    _check_unique_ids(as_objects(blocks), place, found)
    _check_rare_blocks(as_objects(blocks), place, found)
    return found.found


def _check_unique_ids(blocks: list[Json], place: str, found: Complaints) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str) and name in seen:
            found.add(f"`block_id` {name!r} already exists", f"{place}/{index}/block_id")
        seen.add(str(name))


def _check_rare_blocks(blocks: list[Json], place: str, found: Complaints) -> None:
    kinds = [block.get("type") for block in blocks]
    for kind in ONE_PER_MESSAGE:
        if kinds.count(kind) > 1:
            found.add(f"only one {kind} block is allowed", place)
    if kinds.count("data_visualization") > MOST_CHARTS:
        found.add(f"only {MOST_CHARTS} data_visualization blocks are allowed", place)


def _message_blocks(value: object, place: str, found: Complaints) -> None:
    found.found.extend(check_blocks(as_list(value), "message", place))


FIELD = shape({"title": string(), "value": string()}, {"short": boolean})
_WORDS = (
    "fallback", "callback_id", "pretext", "author_name", "author_link", "author_icon",
    "author_subname", "title", "title_link", "text", "image_url", "thumb_url", "footer",
    "footer_icon", "color", "attachment_type", "from_url", "original_url", "service_name",
)  # fmt: skip
ATTACHMENT: Check = shape(
    None,
    {
        **{name: string() for name in _WORDS},
        "blocks": _message_blocks,
        "fields": many(FIELD),
        "mrkdwn_in": many(string()),
        "actions": many(anything),
        "ts": anything,
        "id": anything,
    },
)


def check_attachments(attachments: list[object]) -> list[str]:
    """Complaints about legacy attachments and the blocks in them."""
    found = Complaints()
    many(ATTACHMENT)(attachments, "/attachments", found)
    return found.found


def _view_blocks(surface: str) -> Check:
    def check(value: object, place: str, found: Complaints) -> None:
        if not as_list(value):
            found.add("no less than 1 items allowed", place)
        found.found.extend(check_blocks(as_list(value), surface, place))

    return check


_COMMON: dict[str, Check] = {
    "private_metadata": string(most=3000),
    "callback_id": string(most=255),
    "external_id": string(most=255),
}
_VIEWS: dict[str, Check] = {
    "home": shape({"type": string(), "blocks": _view_blocks("home")}, _COMMON),
    "modal": shape(
        {"type": string(), "title": plain(24), "blocks": _view_blocks("modal")},
        {
            **_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
}


def check_view(view: Json, kind: str) -> list[str]:
    """Complaints about a view that must be of a kind, `modal` or `home`."""
    found = Complaints()
    by_type({kind: _VIEWS[kind]}, missing=f"must be {kind}, not")(view, "/view", found)
    has_inputs = any(block.get("type") == "input" for block in as_objects(view.get("blocks")))
    if kind == "modal" and has_inputs and not view.get("submit"):
        found.add("`submit` is required when an `input` block is used", "/view/submit")
    return found.found


def text_length(blocks: list[Json] | None, attachments: list[Json] | None) -> int:
    """All characters of a card that count towards Slack's undocumented cumulative cap."""
    inner = [block for part in attachments or [] for block in as_objects(part.get("blocks"))]
    return _length([*(blocks or []), *inner])


def _length(value: object) -> int:
    if is_list(value):
        return sum(_length(item) for item in as_list(value))
    total = 0
    for name, part in as_object(value).items():
        if isinstance(part, str):
            total += len(part) if name in COUNTED else 0
        else:
            total += _length(part)
    return total
