"""Modals and their inputs: what a person fills in. Beside `blocks`, the only place of such JSON.

An input keeps what was typed over an update as long as its `block_id` and `action_id` stay,
so neither may hold anything that changes.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from slack_sdk.models.basic_objects import JsonObject as Model
from slack_sdk.models.blocks import (
    CheckboxesElement,
    DateTimePickerElement,
    InputBlock,
    InteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
    UserSelectElement,
)

from bot.rules.record import Json
from bot.slack.blocks import BUTTON, CHOICES, ID, PLACEHOLDER
from bot.slack.message import JsonObject
from bot.slack.text import NOTHING, clean, cut

VIEW_TITLE = 24  # also its buttons
LABEL = 2_000
BOXES = 10  # check boxes, or radio buttons
TYPED = 3_000  # characters of a text input
VIEW_BLOCKS = 100

Choices = Sequence[tuple[str, str]]  # what people read, and an id


def modal(
    title: str,
    body: Sequence[JsonObject],
    *,
    callback_id: str,
    close: str,
    submit: str | None = None,
    ids: Mapping[str, str | int | None] | None = None,
) -> JsonObject:
    """A view for `views.open`, `push` and `update`; `ids` come back with all it sends."""
    view: JsonObject = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _view_text(title),
        "close": _view_text(close),
        "blocks": list(body[:VIEW_BLOCKS]),
        "private_metadata": json.dumps(
            {name: value for name, value in (ids or {}).items() if value is not None}
        ),
    }
    if submit is not None:
        view["submit"] = _view_text(submit)
    return view


def typed(
    label: str,
    *,
    name: str,
    initial: str = "",
    placeholder: str | None = None,
    multiline: bool = False,
    optional: bool = False,
    longest: int = TYPED,
    asks: bool = False,
) -> JsonObject:
    """A field for text. `asks`: the bot is told when the person leaves it with Enter."""
    element = PlainTextInputElement(
        action_id=name,
        initial_value=initial[:longest] or None,
        placeholder=_plain(placeholder, PLACEHOLDER) if placeholder else None,
        multiline=multiline,
        max_length=longest,
        min_length=None if optional else 1,
    )
    return _input(label, element, name=name, optional=optional, asks=asks)


def chosen(label: str, choices: Choices, *, name: str, initial: str, asks: bool) -> JsonObject:
    """A menu with one choice made already."""
    options = _options(choices[:CHOICES])
    element = StaticSelectElement(
        action_id=name, options=options, initial_option=_with_value(options, initial)
    )
    return _input(label, element, name=name, asks=asks)


def radio(
    label: str, choices: Choices, *, name: str, initial: str | None, asks: bool
) -> JsonObject:
    """One of a few, all of them in sight."""
    options = _options(choices[:BOXES])
    element = RadioButtonsElement(
        action_id=name,
        options=options,
        initial_option=_with_value(options, initial) if initial else None,
    )
    return _input(label, element, name=name, asks=asks)


def boxes(
    label: str, choices: Choices, *, name: str, initial: Sequence[str], asks: bool
) -> JsonObject:
    """Any of a few; none is allowed as well."""
    options = _options(choices[:BOXES])
    ticked = [one for one in options if one.value in initial]
    element = CheckboxesElement(action_id=name, options=options, initial_options=ticked or None)
    return _input(label, element, name=name, optional=True, asks=asks)


def moment_picker(label: str, *, name: str, initial: datetime, asks: bool) -> JsonObject:
    """A day and a time, in the person's own zone."""
    element = DateTimePickerElement(action_id=name, initial_date_time=int(initial.timestamp()))
    return _input(label, element, name=name, asks=asks)


def person_picker(label: str, *, name: str, initial: str | None = None) -> JsonObject:
    """Somebody of the workspace."""
    element = UserSelectElement(action_id=name, initial_user=initial)
    return _input(label, element, name=name, asks=False)


def _input(
    label: str,
    element: InteractiveElement | Model,
    *,
    name: str,
    asks: bool,
    optional: bool = False,
) -> JsonObject:
    block = InputBlock(
        block_id=name[:ID],
        label=_plain(label, LABEL),
        element=element,  # pyright: ignore[reportArgumentType] - the library names fewer than it takes
        optional=optional,
        dispatch_action=asks,
    )
    return cast("JsonObject", block.to_dict())  # pyright: ignore[reportUnknownMemberType]


def _options(choices: Choices) -> list[Option]:
    return [Option(text=_plain(text, BUTTON), value=value) for text, value in choices]


def _with_value(options: Sequence[Option], value: str) -> Option | None:
    return next((one for one in options if one.value == value), None)


def _plain(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=cut(clean(text), limit) or NOTHING, emoji=False)


def _view_text(text: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": cut(clean(text), VIEW_TITLE) or NOTHING}
