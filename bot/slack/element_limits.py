"""Slack's limits on text objects and on the elements within blocks, as tables.

Sources: docs.slack.dev/reference/block-kit; where its pages and Slack's own type packages
differ, the smaller number. `ANY` marks members that exist and that we never send.
"""

from collections.abc import Mapping

from bot.rules.record import Json
from bot.slack.shapes import (
    Also,
    Anything,
    Choice,
    Flag,
    Items,
    Number,
    OneOf,
    Problem,
    Problems,
    Rule,
    Shape,
    Text,
)

ANY = Anything()
FLAG = Flag()
ID = Text(255)
URL = Text(3_000)
STYLE = Choice(frozenset({"primary", "danger"}))
MANY = 1_000  # where Slack names no number


def exactly_one(*names: str) -> Also:
    """Of these members, one and only one."""

    def problems(value: Mapping[str, Json], path: str) -> Problems:
        if sum(name in value for name in names) != 1:
            yield Problem(path, f"must have exactly one of {', '.join(names)}")

    return problems


def at_least_one(*names: str) -> Also:
    """Of these members, one or more."""

    def problems(value: Mapping[str, Json], path: str) -> Problems:
        if not any(name in value for name in names):
            yield Problem(path, f"must have one of {', '.join(names)}")

    return problems


def ordered(low: str, high: str) -> Also:
    """The one must not exceed the other."""

    def problems(value: Mapping[str, Json], path: str) -> Problems:
        try:
            if float(str(value.get(low, "-inf"))) > float(str(value.get(high, "inf"))):
                yield Problem(path, f"{low} is more than {high}")
        except ValueError:
            yield Problem(path, f"{low} and {high} must be numbers")

    return problems


def shape(required: str, *also: Also, **members: Rule) -> Shape:
    """A shape with a `type`; `required` names members, blank-separated."""
    return Shape({"type": ANY, **members}, frozenset(required.split()), also)


def plain(most: int) -> OneOf:
    """A plain_text object of at most so many characters."""
    return OneOf({"plain_text": shape("text", text=Text(most), emoji=FLAG)})


def words(most: int) -> OneOf:
    """A text object of either kind."""
    mrkdwn = shape("text", text=Text(most), verbatim=FLAG)
    return OneOf({**plain(most).shapes, "mrkdwn": mrkdwn})


CONFIRM = Shape(
    {
        "title": plain(100),
        "text": words(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": STYLE,
    },
    frozenset({"title", "text", "confirm", "deny"}),
)
OPTION = Shape(
    {"text": words(75), "value": Text(150), "description": words(75), "url": URL},
    frozenset({"text", "value"}),
)
OPTIONS = Items(OPTION, 100)
GROUP = Shape({"label": plain(75), "options": OPTIONS}, frozenset({"label", "options"}))
GROUPS = Items(GROUP, 100)

_COMMON: Mapping[str, Rule] = {
    "action_id": ID,
    "confirm": CONFIRM,
    "focus_on_load": FLAG,
    "placeholder": plain(150),
}


def element(required: str, *also: Also, **members: Rule) -> Shape:
    """An interactive element."""
    return shape(required, *also, **_COMMON, **members)


IMAGE = shape(
    "alt_text",
    exactly_one("image_url", "slack_file"),
    image_url=URL,
    slack_file=ANY,
    alt_text=Text(2_000),
)
BUTTON = shape(
    "text",
    action_id=ID,
    text=plain(75),
    value=Text(2_000),
    url=URL,
    style=STYLE,
    confirm=CONFIRM,
    accessibility_label=Text(75),
    visible_to_user_ids=ANY,
)
_CHOSEN = exactly_one("options", "option_groups")
_TYPED: Mapping[str, Rule] = {"initial_value": ANY, "dispatch_action_config": ANY}

MENUS: Mapping[str, Rule] = {
    "static_select": element(
        "", _CHOSEN, options=OPTIONS, option_groups=GROUPS, initial_option=OPTION
    ),
    "multi_static_select": element(
        "",
        _CHOSEN,
        options=OPTIONS,
        option_groups=GROUPS,
        initial_options=OPTIONS,
        max_selected_items=Number(1),
    ),
    "external_select": element("", initial_option=OPTION, min_query_length=Number(0)),
    "multi_external_select": element(
        "", initial_options=OPTIONS, min_query_length=Number(0), max_selected_items=Number(1)
    ),
    "users_select": element("", initial_user=ANY),
    "multi_users_select": element("", initial_users=ANY, max_selected_items=Number(1)),
    "conversations_select": element(
        "",
        initial_conversation=ANY,
        default_to_current_conversation=FLAG,
        filter=ANY,
        response_url_enabled=FLAG,
    ),
    "multi_conversations_select": element(
        "",
        initial_conversations=ANY,
        default_to_current_conversation=FLAG,
        filter=ANY,
        max_selected_items=Number(1),
    ),
    "channels_select": element("", initial_channel=ANY, response_url_enabled=FLAG),
    "multi_channels_select": element("", initial_channels=ANY, max_selected_items=Number(1)),
}
CHOICES: Mapping[str, Rule] = {
    "checkboxes": element("options", options=Items(OPTION, 10), initial_options=Items(OPTION, 10)),
    "radio_buttons": element("options", options=Items(OPTION, 10), initial_option=OPTION),
    "datepicker": element("", initial_date=ANY),
    "timepicker": element("", initial_time=ANY, timezone=ANY),
    "datetimepicker": element("", initial_date_time=ANY),
}
INPUTS: Mapping[str, Rule] = {
    **MENUS,
    **CHOICES,
    "plain_text_input": element(
        "",
        ordered("min_length", "max_length"),
        multiline=FLAG,
        min_length=Number(0, 3_000),
        max_length=Number(1, 3_000),
        **_TYPED,
    ),
    "rich_text_input": element("", **_TYPED),
    "email_text_input": element("", **_TYPED),
    "url_text_input": element("", **_TYPED),
    "number_input": element(
        "is_decimal_allowed",
        ordered("min_value", "max_value"),
        is_decimal_allowed=FLAG,
        min_value=ANY,
        max_value=ANY,
        **_TYPED,
    ),
    "file_input": element("", filetypes=ANY, max_files=Number(1, 10)),
}
ACTIONS: Mapping[str, Rule] = {
    **MENUS,
    **CHOICES,
    "button": BUTTON,
    "overflow": element("options", options=Items(OPTION, 5)),
    "workflow_button": shape(
        "text workflow",
        text=plain(75),
        workflow=ANY,
        action_id=ID,
        style=STYLE,
        accessibility_label=Text(75),
    ),
}
ACCESSORIES: Mapping[str, Rule] = {**ACTIONS, "image": IMAGE}
FEEDBACK = Shape(
    {"text": plain(75), "value": Text(2_000), "accessibility_label": Text(75)},
    frozenset({"text", "value"}),
)
FOOTERS: Mapping[str, Rule] = {
    "feedback_buttons": shape(
        "positive_button negative_button",
        action_id=ID,
        positive_button=FEEDBACK,
        negative_button=FEEDBACK,
    ),
    "icon_button": shape(
        "icon text",
        action_id=ID,
        icon=ANY,
        text=plain(75),
        value=Text(2_000),
        confirm=CONFIRM,
        accessibility_label=Text(75),
        visible_to_user_ids=Items(ANY, 10),
    ),
}
