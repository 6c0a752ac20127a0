"""The slackblocks corpus (its licence lies beside it): valid JSON, and violations of its limits.

The corpus names each violation and the constraint it breaks but holds no JSON for it: here
each is made from a valid sample by putting one bad value at one place.
"""

import copy
import json
from dataclasses import dataclass
from pathlib import Path

from bot.rules.record import Json
from bot.slack.block_limits import SURFACES, Surface
from bot.slack.message import JsonObject

SPEC = Path(__file__).parent / "data" / "slackblocks" / "spec"


def sample(name: str) -> JsonObject:
    """A valid sample by its path without `.json`."""
    text = (SPEC / "fixtures" / "valid" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)


def violation_ids() -> list[str]:
    """Names of all violations that the corpus demands to be found."""
    manifest = json.loads((SPEC / "fixtures" / "invalid" / "manifest.json").read_text())
    return [case["id"] for case in manifest["cases"]]


def put(value: JsonObject, path: str, bad: Json) -> JsonObject:
    """A copy with `bad` at a path such as `elements/0/text`; `-` removes instead."""
    changed = copy.deepcopy(value)
    *way, last = path.split("/")
    place: Json = changed
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]  # type: ignore[index]
    key = int(last) if isinstance(place, list) else last
    if bad == REMOVED:
        del place[key]  # type: ignore[union-attr,arg-type]
    else:
        place[key] = bad  # type: ignore[index,call-overload]
    return changed


REMOVED = "\0removed"


def surface_of(block: JsonObject) -> Surface:
    """A surface on which the block may stand."""
    return sorted(SURFACES.get(str(block["type"]), {Surface.MESSAGE}))[-1]


def holding(name: str, value: JsonObject) -> tuple[JsonObject, Surface]:
    """A payload around a sample of the corpus, and its surface."""
    folder = name.split("/", maxsplit=1)[0]
    if folder == "views":
        return value, Surface(str(value["type"]))
    if folder == "rich_text" and value["type"] != "rich_text":
        return holding("blocks/", {"type": "rich_text", "elements": [value]})
    if folder == "messages":
        return {**value, "text": "text"}, Surface.MESSAGE
    if folder == "attachments":
        return {"text": "text", "attachments": [value]}, Surface.MESSAGE
    block = value if folder in ("blocks", "rich_text") else around(folder, value)
    surface = surface_of(block)
    if surface is Surface.MESSAGE:
        return {"text": "text", "blocks": [block]}, surface
    title: JsonObject = {"type": "plain_text", "text": "title"}
    view: JsonObject = {"type": surface.value, "blocks": [block]}
    return (view | {"title": title, "submit": title} if surface is Surface.MODAL else view), surface


def around(folder: str, value: JsonObject) -> JsonObject:
    """A block around an element or a text object."""
    if folder == "objects":
        return _around_object(value)
    kind = str(value["type"])
    label: JsonObject = {"type": "plain_text", "text": "label"}
    if kind == "image":
        return {"type": "context", "elements": [value]}
    if kind.endswith("_input"):
        return {"type": "input", "label": label, "element": value}
    return {"type": "actions", "elements": [value]}


def _around_object(value: JsonObject) -> JsonObject:
    text: JsonObject = {"type": "plain_text", "text": "text"}
    if "type" in value:
        return {"type": "section", "text": value}
    if "confirm" in value:
        return around("elements", {"type": "button", "text": text, "confirm": value})
    name = "option_groups" if "options" in value else "options"
    return around("elements", {"type": "static_select", name: [value]})


@dataclass(frozen=True)
class Violation:
    """One bad value at one place of one sample."""

    name: str
    path: str
    bad: Json

    def payload(self) -> tuple[JsonObject, Surface]:
        """The sample with the bad value in it."""
        return holding(self.name, put(sample(self.name), self.path, self.bad))


def plain(length: int) -> JsonObject:
    """A text object so long."""
    return {"type": "plain_text", "text": "x" * length}


def options(count: int) -> list[Json]:
    """So many options."""
    return [{"text": plain(1), "value": str(number)} for number in range(count)]


def points(count: int) -> list[Json]:
    """So many points of a chart."""
    return [{"label": str(number), "value": number} for number in range(count)]


def rows(count: int, columns: int) -> list[Json]:
    """So many rows of a table."""
    return [[{"type": "raw_text", "text": "x"}] * columns for _ in range(count)]


BUTTON: JsonObject = {"type": "button", "text": {"type": "plain_text", "text": "x"}}
SECTION: JsonObject = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
CARD: JsonObject = {"type": "card", "title": {"type": "mrkdwn", "text": "x"}}
ICON: JsonObject = {**BUTTON, "type": "icon_button", "icon": "trash"}
GROUP: JsonObject = {"label": plain(1), "options": options(1)}

_button = "elements/button_basic"
_select = "elements/select_menu_static"
_table = "blocks/table_block"
_context = "blocks/context_block_text_only"
_actions = "blocks/actions_block_checkboxes"
_option = "objects/option_basic"
_group = "objects/option_group_basic"
_confirm = "objects/confirmation_dialogue_basic"
_feedback = "blocks/context_actions_feedback_buttons"
_pie = "blocks/data_visualization_pie"
_line = "blocks/data_visualization_line"
_data = "blocks/data_table_block"
_video = "blocks/video_block_full"
_modal = "views/modal_with_blocks"
_card = "blocks/card_block"
_box = "blocks/container_block"

VIOLATIONS: dict[str, Violation] = {
    "text-empty": Violation("objects/text_markdown_basic", "text", ""),
    "text-too-long": Violation("objects/text_markdown_basic", "text", "x" * 3_001),
    "button-action-id-too-long": Violation(_button, "action_id", "x" * 256),
    "button-text-too-long": Violation(_button, "text/text", "x" * 76),
    "button-url-too-long": Violation(_button, "url", "x" * 3_001),
    "button-value-too-long": Violation(_button, "value", "x" * 2_001),
    "confirmation-title-too-long": Violation(_confirm, "title/text", "x" * 101),
    "confirmation-text-too-long": Violation(_confirm, "text/text", "x" * 301),
    "confirmation-confirm-too-long": Violation(_confirm, "confirm/text", "x" * 31),
    "confirmation-deny-too-long": Violation(_confirm, "deny/text", "x" * 31),
    "option-text-too-long": Violation(_option, "text/text", "x" * 76),
    "option-value-too-long": Violation(_option, "value", "x" * 151),
    "option-url-too-long": Violation(_option, "url", "😀" * 3_001),
    "option-description-too-long": Violation(_option, "description", plain(76)),
    "option-group-label-too-long": Violation(_group, "label/text", "x" * 76),
    "option-group-empty": Violation(_group, "options", []),
    "option-group-too-many-options": Violation(_group, "options", options(101)),
    "select-placeholder-too-long": Violation(_select, "placeholder", plain(151)),
    "select-too-many-options": Violation(_select, "options", options(101)),
    "select-too-many-option-groups": Violation(
        _actions,
        "elements",
        [{"type": "static_select", "option_groups": [GROUP] * 101}],
    ),
    "overflow-empty": Violation("elements/overflow_menu_basic", "options", []),
    "overflow-too-many-options": Violation("elements/overflow_menu_basic", "options", options(6)),
    "checkboxes-empty": Violation("elements/checkbox_basic", "options", []),
    "checkboxes-too-many-options": Violation("elements/checkbox_basic", "options", options(11)),
    "radio-buttons-empty": Violation("elements/radio_button_group_basic", "options", []),
    "radio-buttons-too-many-options": Violation(
        "elements/radio_button_group_basic", "options", options(11)
    ),
    "table-too-many-rows": Violation(_table, "rows", rows(101, 2)),
    "table-ragged-rows": Violation(_table, "rows", rows(2, 2) + rows(1, 1)),
    "table-column-settings-mismatch": Violation(_table, "column_settings", [{}, {}, {}]),
    "file-input-max-files-too-small": Violation("elements/file_input_basic", "max_files", 0),
    "file-input-max-files-too-large": Violation("elements/file_input_basic", "max_files", 11),
    "plain-text-input-max-length-too-large": Violation(
        "elements/plaintext_input_basic", "max_length", 3_001
    ),
    "actions-too-many-elements": Violation(_actions, "elements", [BUTTON] * 26),
    "context-too-many-elements": Violation(_context, "elements", [plain(1)] * 11),
    "header-text-too-long": Violation("blocks/header_block_only", "text/text", "x" * 151),
    "image-url-too-long": Violation("blocks/image_block_only", "image_url", "x" * 3_001),
    "image-alt-text-too-long": Violation("blocks/image_block_only", "alt_text", "x" * 2_001),
    "input-label-too-long": Violation("blocks/input_block_only", "label/text", "x" * 2_001),
    "input-hint-too-long": Violation("blocks/input_block_only", "hint/text", "x" * 2_001),
    "markdown-empty": Violation("blocks/markdown_block_basic", "text", ""),
    "markdown-too-long": Violation("blocks/markdown_block_basic", "text", "x" * 12_001),
    "section-text-too-long": Violation("blocks/section_block_text_only", "text/text", "x" * 3_001),
    "section-too-many-fields": Violation(
        "blocks/section_block_text_only", "fields", [plain(1)] * 11
    ),
    "section-field-too-long": Violation("blocks/section_block_text_only", "fields", [plain(2_001)]),
    "video-alt-text-empty": Violation(_video, "alt_text", ""),
    "video-alt-text-too-long": Violation(_video, "alt_text", "x" * 201),
    "video-title-too-long": Violation(_video, "title/text", "x" * 201),
    "video-author-name-too-long": Violation(_video, "author_name", "x" * 51),
    "video-description-too-long": Violation(_video, "description/text", "x" * 201),
    "video-provider-name-too-long": Violation(_video, "provider_name", "x" * 51),
    "view-missing-blocks": Violation(_modal, "blocks", []),
    "view-too-many-blocks": Violation(_modal, "blocks", [SECTION] * 101),
    "view-private-metadata-too-long": Violation(_modal, "private_metadata", "x" * 3_001),
    "view-callback-id-too-long": Violation(_modal, "callback_id", "x" * 256),
    "view-title-too-long": Violation(_modal, "title/text", "x" * 25),
    "view-close-too-long": Violation(_modal, "close/text", "x" * 25),
    "view-submit-too-long": Violation(_modal, "submit/text", "x" * 25),
    "section-missing-content": Violation("blocks/section_block_text_only", "text", REMOVED),
    "static-select-options-and-groups": Violation(_select, "option_groups", [GROUP]),
    "image-url-and-slack-file": Violation("blocks/image_block_only", "slack_file", {"id": "F1"}),
    "number-input-inverted-range": Violation(
        "blocks/input_block_only",
        "element",
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "5", "max_value": "4"},
    ),
    "context-invalid-element": Violation(_context, "elements", [BUTTON]),
    "input-invalid-element": Violation("blocks/input_block_only", "element", BUTTON),
    "block-id-too-long": Violation("blocks/divider_block_only", "block_id", "x" * 256),
    "button-accessibility-label-too-long": Violation(_button, "accessibility_label", "x" * 76),
    "alert-text-too-long": Violation("blocks/alert_block", "text/text", "x" * 201),
    "card-title-too-long": Violation(_card, "title/text", "x" * 151),
    "card-subtitle-too-long": Violation(_card, "subtitle/text", "x" * 151),
    "card-body-too-long": Violation(_card, "body/text", "x" * 201),
    "card-too-many-actions": Violation(_card, "actions", [BUTTON] * 4),
    "card-subtext-too-long": Violation(_card, "subtext/text", "x" * 201),
    "carousel-empty": Violation("blocks/carousel_block", "elements", []),
    "carousel-too-many-cards": Violation("blocks/carousel_block", "elements", [CARD] * 11),
    "container-title-too-long": Violation(_box, "title/text", "x" * 151),
    "container-subtitle-too-long": Violation(_box, "subtitle/text", "x" * 151),
    "container-too-many-child-blocks": Violation(_box, "child_blocks", [SECTION] * 11),
    "context-actions-too-many-elements": Violation(_feedback, "elements", [ICON] * 6),
    "feedback-button-text-too-long": Violation(
        _feedback, "elements/0/positive_button/text/text", "x" * 76
    ),
    "feedback-button-value-too-long": Violation(
        _feedback, "elements/0/positive_button/value", "x" * 2_001
    ),
    "feedback-button-accessibility-label-too-long": Violation(
        _feedback, "elements/0/positive_button/accessibility_label", "x" * 76
    ),
    "icon-button-too-many-visible-users": Violation(
        "blocks/context_actions_icon_button", "elements/0/visible_to_user_ids", ["U1"] * 11
    ),
    "data-table-too-few-rows": Violation(_data, "rows", rows(1, 2)),
    "data-table-too-many-rows": Violation(_data, "rows", rows(202, 2)),
    "data-table-too-few-columns": Violation(_data, "rows", rows(2, 0)),
    "data-table-too-many-columns": Violation(_data, "rows", rows(2, 21)),
    "data-table-page-size-too-small": Violation(_data, "page_size", 0),
    "data-table-page-size-too-large": Violation(_data, "page_size", 101),
    "data-table-cell-text-empty": Violation(_data, "rows/0/0/text", ""),
    "data-table-content-too-long": Violation(_data, "rows/0/0/text", "x" * 20_000),
    "data-visualization-title-too-long": Violation(_pie, "title", "x" * 51),
    "pie-chart-empty": Violation(_pie, "chart/segments", []),
    "pie-chart-too-many-segments": Violation(_pie, "chart/segments", points(14)[1:]),
    "chart-segment-label-too-long": Violation(_pie, "chart/segments/0/label", "x" * 21),
    "chart-segment-value-not-positive": Violation(_pie, "chart/segments/0/value", 0),
    "chart-series-empty": Violation(_line, "chart/series", []),
    "chart-too-many-series": Violation(
        _line, "chart/series", [{"name": "x", "data": points(2)}] * 13
    ),
    "data-series-name-too-long": Violation(_line, "chart/series/0/name", "x" * 21),
    "data-series-empty": Violation(_line, "chart/series/0/data", []),
    "data-series-too-many-points": Violation(_line, "chart/series/0/data", points(21)),
    "data-point-label-too-long": Violation(_line, "chart/series/0/data/0/label", "x" * 21),
    "axis-categories-empty": Violation(_line, "chart/axis_config/categories", []),
    "axis-too-many-categories": Violation(_line, "chart/axis_config/categories", ["x"] * 21),
    "axis-category-label-too-long": Violation(_line, "chart/axis_config/categories/0", "x" * 21),
    "axis-label-too-long": Violation(_line, "chart/axis_config/x_label", "x" * 51),
}

# Links in a task card's sources: a member that we never send and do not look into.
NOT_LOOKED_INTO = {"url-source-url-empty", "url-source-url-too-long"}
