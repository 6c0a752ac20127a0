"""Slack's blocks: the only place in the program where block JSON is made.

Thin constructors over the library's models. Text is cut at Slack's limits here, with a mark;
`Mrkdwn` arrives escaped, plain `str` goes into plain_text, where Slack interprets nothing.
What a card says is not decided here.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import cast

from slack_sdk.models.basic_objects import JsonObject as Model
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.slack.message import JsonObject
from bot.slack.text import (
    LABEL_LIMIT,
    NOTHING,
    SHORTCODE,
    Mrkdwn,
    bold,
    clean,
    cut,
    cut_mrkdwn,
    safe,
)

# Slack's limits (docs.slack.dev/reference/block-kit), in UTF-16 units to be on the safe side
HEADER = 150
TEXT = 3_000
FIELD = 2_000
FIELDS = 10
ACTIONS = 25
BUTTON = 75  # also an option of a menu
PLACEHOLDER = 150
CHOICES = 100
OVERFLOW = 5
QUESTION_TITLE, QUESTION_TEXT, QUESTION_WORD = 100, 300, 30
ALT = 2_000
ID = 255

_SHORTCODE = re.compile(SHORTCODE)


class Style(StrEnum):
    """How a button stands out; most should not."""

    PRIMARY = "primary"


def header(text: str, *, block_id: str) -> JsonObject:
    """The title: plain text in bold, 150 characters."""
    return _json(HeaderBlock(block_id=_id(block_id), text=_plain(text, HEADER)))


def section(text: Mrkdwn, *, block_id: str, beside: "Control | None" = None) -> JsonObject:
    """A paragraph, with a button or a menu beside it."""
    return _json(SectionBlock(block_id=_id(block_id), text=_mrkdwn(text, TEXT), accessory=beside))


def fields(pairs: Sequence[tuple[str, Mrkdwn]], *, block_id: str) -> JsonObject:
    """Labelled values in two columns, ten at most; what comes later than that is left out."""
    shown = [_field(label, value) for label, value in pairs[:FIELDS]]
    return _json(SectionBlock(block_id=_id(block_id), fields=shown))


def context(text: Mrkdwn, *, block_id: str) -> JsonObject:
    """Small print. One element, because Slack puts nothing visible between several."""
    return _json(ContextBlock(block_id=_id(block_id), elements=[_mrkdwn(text, TEXT)]))


def picture(file_id: str, *, alt: str, block_id: str) -> JsonObject:
    """An image that was brought to Slack; `alt` is what a screen reader reads."""
    shown = cut(clean(alt), ALT) or NOTHING
    return _json(
        ImageBlock(block_id=_id(block_id), slack_file=SlackFile(id=file_id), alt_text=shown)
    )


def divider(*, block_id: str) -> JsonObject:
    """A line between two parts."""
    return _json(DividerBlock(block_id=_id(block_id)))


Control = ButtonElement | StaticSelectElement | OverflowMenuElement


def actions(elements: Sequence[Control], *, block_id: str) -> JsonObject:
    """A row of buttons and menus."""
    return _json(ActionsBlock(block_id=_id(block_id), elements=elements[:ACTIONS]))


def button(
    label: str,
    *,
    action_id: str,
    value: str,
    style: Style | None = None,
    asks: ConfirmObject | None = None,
) -> ButtonElement:
    """A button; `value` is an id and nothing else, so that an old button is safe to press.

    Slack `asks` before it sends the click.
    """
    return ButtonElement(
        text=_plain(label, BUTTON),
        action_id=action_id,
        value=value,
        style=style and style.value,
        confirm=asks,
    )


def question(title: str, text: str, *, yes: str, no: str) -> ConfirmObject:
    """What is asked before something that cannot be undone at once."""
    return ConfirmObject(
        title=_plain(title, QUESTION_TITLE),
        text=_plain(text, QUESTION_TEXT),
        confirm=_plain(yes, QUESTION_WORD),
        deny=_plain(no, QUESTION_WORD),
    )


def select(
    label: str, choices: Sequence[tuple[str, str]], *, action_id: str, chosen: str | None = None
) -> StaticSelectElement:
    """A menu to choose one from; pairs of what people read and an id. `chosen` is such an id."""
    options = [_option(text, value) for text, value in choices[:CHOICES]]
    return StaticSelectElement(
        placeholder=_plain(label, PLACEHOLDER),
        options=options,
        initial_option=next((one for one in options if one.value == chosen), None),
        action_id=action_id,
    )


def overflow(choices: Sequence[tuple[str, str]], *, action_id: str) -> OverflowMenuElement:
    """The menu behind three dots, five choices at most; pairs of what people read and an id."""
    return OverflowMenuElement(
        options=[_option(text, value) for text, value in choices[:OVERFLOW]], action_id=action_id
    )


def _option(text: str, value: str) -> Option:
    return Option(text=_plain(text, BUTTON), value=value)


def attachment(blocks: Sequence[JsonObject], *, colour: str) -> JsonObject:
    """Blocks beside a coloured bar, which only attachments have. `colour` is `#rrggbb`."""
    return {"color": colour, "blocks": list(blocks)}


def _field(label: str, value: Mrkdwn) -> MarkdownTextObject:
    return _mrkdwn(Mrkdwn(f"{bold(safe(label, LABEL_LIMIT))}\n{value or NOTHING}"), FIELD)


def _mrkdwn(text: Mrkdwn, limit: int) -> MarkdownTextObject:
    """`verbatim`, so that `@here` and `#channel` in outside text stay words."""
    return MarkdownTextObject(text=cut_mrkdwn(text, limit) or NOTHING, verbatim=True)


def _plain(text: str, limit: int) -> PlainTextObject:
    """Emoji as Slack draws them, unless the text has colons that would turn into some."""
    shown = cut(clean(text), limit) or NOTHING
    return PlainTextObject(text=shown, emoji=not _SHORTCODE.search(shown))


def _id(block_id: str) -> str:
    return block_id[:ID]


def _json(model: Model) -> JsonObject:
    return cast("JsonObject", model.to_dict())  # pyright: ignore[reportUnknownMemberType]
