"""What people can set: where each kind of element keeps its value, and how a choice is read.

Turns "the option called One hour" into the JSON that Slack would send. It must never accept
a choice that the screen does not offer.
"""

from bot.local_slack.errors import NotPossibleError
from bot.local_slack.ids import elements_of
from bot.local_slack.jsons import Json, as_list, as_object, as_objects
from bot.local_slack.workspace import Workspace

# element type -> (key of its value, key of its initial value)
KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
STATELESS = frozenset({"overflow", "button"})


def options_of(element: Json) -> list[Json]:
    """All options, those of groups included."""
    groups = as_objects(element.get("option_groups"))
    return [
        *as_objects(element.get("options")),
        *(option for group in groups for option in as_objects(group.get("options"))),
    ]


def label_of(option: Json) -> str:
    return str(as_object(option.get("text")).get("text", ""))


def value_of(space: Workspace, element: Json, choice: object) -> Json:
    """The keys that a choice adds to an action or to the state, e.g. `selected_option`."""
    kind = str(element.get("type"))
    if kind not in KEYS:
        return {}
    key = KEYS[kind][0]
    if kind.startswith("multi_") or kind == "checkboxes":
        chosen = as_list(choice) or ([choice] if choice else [])
        return {key: [_one(space, element, each) for each in chosen]}
    return {key: None if choice in (None, "") else _one(space, element, choice)}


def _one(space: Workspace, element: Json, choice: object) -> object:
    kind = str(element.get("type"))
    if "users" in kind:
        return space.user(str(choice)).id
    if "channels" in kind or "conversations" in kind:
        return space.channel(str(choice)).id
    if "external" in kind:
        return choice if as_object(choice) else _plain_option(str(choice))
    if KEYS[kind][0].startswith("selected_option"):
        return _option(element, choice)
    return int(str(choice)) if kind == "datetimepicker" else choice


def _option(element: Json, choice: object) -> Json:
    wanted = as_object(choice).get("value", choice)
    for option in options_of(element):
        if wanted in (option.get("value"), label_of(option)):
            return option
    offered = ", ".join(label_of(option) for option in options_of(element))
    raise NotPossibleError(f"There is no option {wanted!r} here; there are: {offered}.")


def _plain_option(words: str) -> Json:
    return {"text": {"type": "plain_text", "text": words}, "value": words}


def initial_value(element: Json) -> Json:
    """What an element holds before anybody touched it."""
    key, initial = KEYS[str(element.get("type"))]
    default: object = [] if key in ("selected_options", "files") or key.endswith("s") else None
    return {key: element.get(initial) or default}


def state_values(blocks: list[Json], typed: Json) -> Json:
    """`state.values` of a view or message: what people set, else the initial values."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            kind = str(element.get("type"))
            if kind not in KEYS or kind in STATELESS:
                continue
            mine = as_object(typed.get(block["block_id"])).get(element["action_id"])
            held = {"type": kind, **(as_object(mine) or initial_value(element))}
            values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return values


def is_blank(held: Json) -> bool:
    """Nothing is set in this entry of `state.values`."""
    return not any(value for key, value in held.items() if key != "type")
