"""What Slack would refuse in a payload of ours, found before Slack finds it.

The library's models check the lengths that they know of when they are serialised; this looks
at the finished JSON, all of it. It never changes a payload, and knows nothing of cards.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain

from bot.rules.record import Json
from bot.slack.block_limits import BLOCKS, EVERYWHERE, SURFACES, Surface
from bot.slack.element_limits import ANY, FLAG, ID, plain
from bot.slack.shapes import Anything, Items, Problem, Problems, Shape, Text

__all__ = ["Problem", "Surface", "check_payload"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TOP_TEXT = 4_000  # chat.update refuses more; chat.postMessage only cuts beyond 40,000
ALL_TEXT = 8_000  # ours: Slack's own cap is not published and was met between 11,000 and 13,000
VIEW_BYTES = 250_000
NO_TEXTS = ("type", "block_id", "action_id", "value")  # nobody reads them

_ATTACHMENT = Shape(
    {
        "color": Text(16),
        "fallback": Text(TOP_TEXT),
        "blocks": Items(BLOCKS, MESSAGE_BLOCKS, least=0),
    }
)
_SENDING = ("channel", "ts", "thread_ts", "parse", "response_type", "user")
_FLAGS = ("mrkdwn", "reply_broadcast", "unfurl_links", "unfurl_media", "replace_original")
_MESSAGE = Shape(
    {
        **dict.fromkeys(_SENDING, ANY),
        **dict.fromkeys(_FLAGS, FLAG),
        "delete_original": FLAG,
        "text": Text(TOP_TEXT),
        "blocks": Items(BLOCKS, MESSAGE_BLOCKS, least=0),
        "attachments": Items(_ATTACHMENT, 100, least=0),
        "metadata": Anything(),
    },
    frozenset({"text"}),
)
_HOME = Shape(
    {
        "type": ANY,
        "blocks": Items(BLOCKS, VIEW_BLOCKS),
        "private_metadata": Text(3_000, least=0),
        "callback_id": ID,
        "external_id": ID,
    },
    frozenset({"type", "blocks"}),
)
_MODAL = Shape(
    {
        **_HOME.members,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": FLAG,
        "notify_on_close": FLAG,
        "submit_disabled": FLAG,
    },
    frozenset({"type", "blocks", "title"}),
)
_SHAPES = {Surface.MESSAGE: _MESSAGE, Surface.MODAL: _MODAL, Surface.HOME: _HOME}


def check_payload(payload: Mapping[str, Json], surface: Surface) -> tuple[Problem, ...]:
    """Everything wrong with a message's arguments or a view; empty when Slack would take it.

    `payload` is the body of a call (`text`, `blocks`, `attachments`, …) or a view.
    """
    body = dict(payload)
    found = chain(_SHAPES[surface].problems(body, ""), _between_blocks(body, surface))
    if surface is Surface.MESSAGE:
        return tuple(chain(found, _too_much_text(body), _metadata(body.get("metadata"))))
    return tuple(chain(found, _view(body)))


def _between_blocks(body: dict[str, Json], surface: Surface) -> Problems:
    yield from _list_of_blocks(body.get("blocks"), "/blocks", surface)
    for number, attachment in enumerate(_objects(body.get("attachments"))):
        yield from _list_of_blocks(
            attachment.get("blocks"), f"/attachments/{number}/blocks", surface
        )


def _list_of_blocks(blocks: Json, path: str, surface: Surface) -> Problems:
    listed = _objects(blocks)
    yield from _twice([each.get("block_id") for each in listed], "block_id", path)
    for number, each in enumerate(listed):
        kind = each.get("type")
        if surface not in SURFACES.get(str(kind), EVERYWHERE):
            yield Problem(f"{path}/{number}", f"must not have type {kind!r} in a {surface.value}")
        actions = [element.get("action_id") for element in _objects(each.get("elements"))]
        yield from _twice(actions, "action_id", f"{path}/{number}/elements")


def _twice(ids: list[Json], name: str, path: str) -> Problems:
    for number, each in enumerate(ids):
        if each is not None and each in ids[:number]:
            yield Problem(f"{path}/{number}/{name}", "is there twice")


def _view(body: dict[str, Json]) -> Problems:
    kinds = [each.get("type") for each in _objects(body.get("blocks"))]
    if body.get("type") == Surface.MODAL.value and "input" in kinds and "submit" not in body:
        yield Problem("/submit", "is missing, and there is an input")
    if len(json.dumps(body).encode()) > VIEW_BYTES:
        yield Problem("", f"is larger than {VIEW_BYTES} bytes")


def _too_much_text(body: dict[str, Json]) -> Problems:
    shown = sum(map(len, _texts([body.get(name) for name in ("text", "blocks", "attachments")])))
    if shown > ALL_TEXT:
        yield Problem("", f"has {shown} characters of text, more than {ALL_TEXT}")


def _texts(value: Json) -> Iterator[str]:
    """Every string in it that is no id: URLs count as well, which errs on the safe side."""
    match value:
        case str():
            yield value
        case list():
            yield from chain.from_iterable(map(_texts, value))
        case dict():
            said = (each for name, each in value.items() if name not in NO_TEXTS)
            yield from chain.from_iterable(map(_texts, said))
        case _:
            return


def _metadata(metadata: Json) -> Problems:
    """An event's name and a flat payload; one level of objects is the most Slack takes."""
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        yield Problem("/metadata/event_type", "must be text")
        return
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict):
        yield Problem("/metadata/event_payload", "must be an object")
        return
    for name, value in payload.items():
        inner = list(value.values()) if isinstance(value, dict) else [value]
        if any(isinstance(each, dict | list) for each in inner):
            yield Problem(f"/metadata/event_payload/{name}", "must be plain values")


def _objects(value: Json) -> list[dict[str, Json]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
