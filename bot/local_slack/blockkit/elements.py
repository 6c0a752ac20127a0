"""Block elements: buttons, menus, inputs, images. Limits are those of Slack's reference pages."""

from bot.local_slack.blockkit.checks import (
    Check,
    boolean,
    exactly_one,
    is_number,
    many,
    number,
    rule,
    shape,
    string,
)
from bot.local_slack.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    LINK_OPTION,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    SLACK_FILE,
    URL,
    WORKFLOW,
    plain,
    typed,
)
from bot.local_slack.jsons import Json

ID = string(least=1)
INTERACTIVE: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM}
FOCUS: dict[str, Check] = {**INTERACTIVE, "focus_on_load": boolean}
MENU: dict[str, Check] = {**FOCUS, "placeholder": plain(150)}
STYLE = string(of=("primary", "danger"))

IMAGE = typed(
    {"alt_text": string(least=1, most=2000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)
BUTTON = typed(
    {"text": plain(75)},
    {
        **INTERACTIVE,
        "value": string(most=2000),
        "url": URL,
        "style": STYLE,
        "accessibility_label": string(most=75),
    },
)
WORKFLOW_BUTTON = typed(
    {"text": plain(75), "workflow": WORKFLOW},
    {"action_id": ACTION_ID, "style": STYLE, "accessibility_label": string(most=75)},
)
OVERFLOW = typed({"options": many(LINK_OPTION, least=1, most=5)}, INTERACTIVE)


def _picks(**more: Check) -> dict[str, Check]:
    return {**MENU, **more}


OPTIONS: dict[str, Check] = {
    "options": many(OPTION, least=1, most=100),
    "option_groups": many(OPTION_GROUP, least=1, most=100),
}
ONE_SOURCE = exactly_one("options", "option_groups")
MOST_ITEMS = number(least=1)


def _conversation_fields() -> dict[str, Check]:
    return {"default_to_current_conversation": boolean, "filter": FILTER}


SELECTS: dict[str, Check] = {
    "static_select": typed({}, _picks(**OPTIONS, initial_option=OPTION), ONE_SOURCE),
    "external_select": typed({}, _picks(min_query_length=number(least=0), initial_option=OPTION)),
    "users_select": typed({}, _picks(initial_user=ID)),
    "channels_select": typed({}, _picks(initial_channel=ID, response_url_enabled=boolean)),
    "conversations_select": typed(
        {},
        _picks(initial_conversation=ID, response_url_enabled=boolean, **_conversation_fields()),
    ),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": typed(
        {},
        _picks(**OPTIONS, initial_options=many(OPTION, least=1), max_selected_items=MOST_ITEMS),
        ONE_SOURCE,
    ),
    "multi_external_select": typed(
        {},
        _picks(
            min_query_length=number(least=0),
            initial_options=many(OPTION, least=1),
            max_selected_items=MOST_ITEMS,
        ),
    ),
    "multi_users_select": typed({}, _picks(initial_users=many(ID), max_selected_items=MOST_ITEMS)),
    "multi_channels_select": typed(
        {}, _picks(initial_channels=many(ID), max_selected_items=MOST_ITEMS)
    ),
    "multi_conversations_select": typed(
        {},
        _picks(
            initial_conversations=many(ID),
            max_selected_items=MOST_ITEMS,
            **_conversation_fields(),
        ),
    ),
}
CHOICES: dict[str, Check] = {
    "checkboxes": typed(
        {"options": many(RICH_OPTION, least=1, most=10)},
        {**FOCUS, "initial_options": many(RICH_OPTION, least=1, most=10)},
    ),
    "radio_buttons": typed(
        {"options": many(RICH_OPTION, least=1, most=10)}, {**FOCUS, "initial_option": RICH_OPTION}
    ),
}
DATES: dict[str, Check] = {
    "datepicker": typed({}, _picks(initial_date=string(least=10, most=10))),
    "timepicker": typed({}, _picks(initial_time=string(least=5, most=5), timezone=string())),
    "datetimepicker": typed(
        {}, {**FOCUS, "initial_date_time": number(least=1_000_000_000, most=9_999_999_999)}
    ),
}


def _ordered(element: Json) -> bool:
    low, high = _float(element.get("min_value")), _float(element.get("max_value"))
    return low is None or high is None or low <= high


def _float(value: object) -> float | None:
    try:
        return float(str(value)) if value is not None or is_number(value) else None
    except ValueError:
        return None


TYPED_IN: dict[str, Check] = {**MENU, "dispatch_action_config": DISPATCH}
INPUTS: dict[str, Check] = {
    "plain_text_input": typed(
        {},
        {
            **TYPED_IN,
            "initial_value": string(most=3000),
            "multiline": boolean,
            "min_length": number(least=0, most=3000),
            "max_length": number(least=1, most=3000),
        },
    ),
    "email_text_input": typed({}, {**TYPED_IN, "initial_value": string()}),
    "url_text_input": typed({}, {**TYPED_IN, "initial_value": string()}),
    "number_input": typed(
        {"is_decimal_allowed": boolean},
        {
            **TYPED_IN,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
        },
        rule(_ordered, "`min_value` must not be greater than `max_value`"),
    ),
    "rich_text_input": typed(
        {},
        {
            **TYPED_IN,
            "initial_value": shape(
                None,
                {
                    "type": string(),
                    "text": string(),
                    "elements": many(lambda _v, _p, _f: None),
                },
            ),
        },
    ),
    "file_input": typed(
        {},
        {
            "action_id": ACTION_ID,
            "filetypes": many(string(least=1), least=1),
            "max_files": number(least=1, most=10),
        },
    ),
}
FEEDBACK_BUTTON = shape(
    {"text": plain(75), "value": string(most=2000)}, {"accessibility_label": string(most=75)}
)
CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": typed(
        {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
        {"action_id": ACTION_ID},
    ),
    "icon_button": typed(
        {"icon": string(of=("trash",)), "text": plain()},
        {
            **INTERACTIVE,
            "value": string(most=2000),
            "accessibility_label": string(most=75),
            "visible_to_user_ids": many(ID, most=10),
        },
    ),
}
URL_SOURCE = typed({"url": URL, "text": string(least=1)})

MENUS: dict[str, Check] = {**SELECTS, **MULTI_SELECTS}
IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": WORKFLOW_BUTTON,
    "overflow": OVERFLOW,
    **MENUS,
    **CHOICES,
    **DATES,
    **{k: INPUTS[k] for k in ("plain_text_input", "email_text_input", "url_text_input")},
    "number_input": INPUTS["number_input"],
    "rich_text_input": INPUTS["rich_text_input"],
}
AS_ACCESSORY: dict[str, Check] = {
    "image": IMAGE,
    "button": BUTTON,
    "workflow_button": WORKFLOW_BUTTON,
    "overflow": OVERFLOW,
    **MENUS,
    **CHOICES,
    **DATES,
}
IN_INPUT: dict[str, Check] = {**MENUS, **CHOICES, **DATES, **INPUTS}
