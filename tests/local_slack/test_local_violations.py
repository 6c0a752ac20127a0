"""The validator against the corpus' 106 violations: one broken payload for each, and good twins."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.local_slack.validate import check_blocks, check_view

Json = dict[str, Any]
CORPUS = Path(__file__).parent / "data" / "slackblocks"
VALID: dict[str, Any] = json.loads((CORPUS / "valid.json").read_text())
VIOLATIONS = [case["id"] for case in json.loads((CORPUS / "violations.json").read_text())["cases"]]


def x(length: int) -> str:
    return "x" * length


def plain(length: int = 1) -> Json:
    return {"type": "plain_text", "text": x(length)}


def option(**more: Any) -> Json:
    return {"text": plain(), "value": "v", **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def confirm(**more: Any) -> Json:
    whole = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}
    return acts(button(confirm=whole))


def acts(*inside: Json) -> Json:
    return {"type": "actions", "elements": list(inside)}


def select(**more: Any) -> Json:
    return acts({"type": "static_select", "action_id": "a", **more})


def group(**more: Any) -> Json:
    return select(option_groups=[{"label": plain(), "options": [option()], **more}])


def menu(kind: str, count: int) -> Json:
    return acts({"type": kind, "action_id": "a", "options": [option()] * count})


def source(url: str) -> Json:
    task = {"task_id": "1", "title": "t", "sources": [{"type": "url", "url": url, "text": "t"}]}
    return {"type": "task_card", **task}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


CELL = {"type": "raw_text", "text": "c"}


def enter(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


TEXT_INPUT = {"type": "plain_text_input", "action_id": "a"}


def typed(kind: str, **more: Any) -> Json:
    return enter({"type": kind, "action_id": "a", **more})


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://e.com/i.png", "alt_text": "i", **more}


def section(**more: Any) -> Json:
    return {"type": "section", **more}


def video(**more: Any) -> Json:
    return {**VALID["blocks/video_block_full"], **more}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}], **more}


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain(), **more}


def box(**more: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], **more}


def feedback(**more: Any) -> Json:
    one = {"text": plain(), "value": "v"}
    pair = {"positive_button": {**one, **more}, "negative_button": one}
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": "a", **pair}],
    }


def trash(**more: Any) -> Json:
    one = {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "a", **more}
    return {"type": "context_actions", "elements": [one]}


def data_table(rows: int = 2, columns: int = 1, **more: Any) -> Json:
    found = [[CELL] * columns for _ in range(rows)]
    return {"type": "data_table", "caption": "c", "rows": found, **more}


def chart(title: str = "t", **more: Any) -> Json:
    return {"type": "data_visualization", "title": title, "chart": more}


def pie(*segments: Json) -> Json:
    return chart(type="pie", segments=list(segments))


def segment(**more: Any) -> Json:
    return {"label": "l", "value": 1, **more}


def line(
    points: list[str] | None = None,
    *,
    names: list[str] | None = None,
    categories: list[str] | None = None,
    **axis: Any,
) -> Json:
    labels = ["a"] if points is None else points
    data = [{"label": label, "value": 1} for label in labels]
    series = [{"name": name, "data": data} for name in (["s"] if names is None else names)]
    config = {"categories": labels if categories is None else categories, **axis}
    return chart(type="line", series=series, axis_config=config)


FULL_CELL = {"type": "raw_text", "text": x(2_001)}

# Each violation of the corpus as a payload; a view where the rule is about views.
BROKEN: dict[str, Callable[[], Json]] = {
    "text-empty": lambda: section(text=plain(0)),
    "text-too-long": lambda: section(text=plain(3_001)),
    "button-action-id-too-long": lambda: acts(button(action_id=x(256))),
    "button-text-too-long": lambda: acts(button(text=plain(76))),
    "button-url-too-long": lambda: acts(button(url=x(3_001))),
    "button-value-too-long": lambda: acts(button(value=x(2_001))),
    "button-accessibility-label-too-long": lambda: acts(button(accessibility_label=x(76))),
    "confirmation-title-too-long": lambda: confirm(title=plain(101)),
    "confirmation-text-too-long": lambda: confirm(text=plain(301)),
    "confirmation-confirm-too-long": lambda: confirm(confirm=plain(31)),
    "confirmation-deny-too-long": lambda: confirm(deny=plain(31)),
    "option-text-too-long": lambda: select(options=[option(text=plain(76))]),
    "option-value-too-long": lambda: select(options=[option(value=x(151))]),
    "option-url-too-long": lambda: acts({
        "type": "overflow", "action_id": "a", "options": [option(url="😀" * 3_001)],
    }),
    "option-description-too-long": lambda: select(options=[option(description=plain(76))]),
    "option-group-label-too-long": lambda: group(label=plain(76)),
    "option-group-empty": lambda: group(options=[]),
    "option-group-too-many-options": lambda: group(options=[option()] * 101),
    "select-placeholder-too-long": lambda: select(options=[option()], placeholder=plain(151)),
    "select-too-many-options": lambda: select(options=[option()] * 101),
    "select-too-many-option-groups": lambda: select(
        option_groups=[{"label": plain(), "options": [option()]}] * 101
    ),
    "overflow-empty": lambda: menu("overflow", 0),
    "overflow-too-many-options": lambda: menu("overflow", 6),
    "checkboxes-empty": lambda: menu("checkboxes", 0),
    "checkboxes-too-many-options": lambda: menu("checkboxes", 11),
    "radio-buttons-empty": lambda: menu("radio_buttons", 0),
    "radio-buttons-too-many-options": lambda: menu("radio_buttons", 11),
    "url-source-url-empty": lambda: source(""),
    "url-source-url-too-long": lambda: source(x(3_001)),
    "table-too-many-rows": lambda: table([[CELL]] * 101),
    "table-ragged-rows": lambda: table([[CELL], [CELL, CELL]]),
    "table-column-settings-mismatch": lambda: table([[CELL]], column_settings=[{}, {}]),
    "file-input-max-files-too-small": lambda: typed("file_input", max_files=0),
    "file-input-max-files-too-large": lambda: typed("file_input", max_files=11),
    "plain-text-input-max-length-too-large": lambda: typed("plain_text_input", max_length=3_001),
    "actions-too-many-elements": lambda: acts(
        *(button(action_id=str(number)) for number in range(26))
    ),
    "context-too-many-elements": lambda: {"type": "context", "elements": [plain()] * 11},
    "header-text-too-long": lambda: {"type": "header", "text": plain(151)},
    "image-url-too-long": lambda: image(image_url=x(3_001)),
    "image-alt-text-too-long": lambda: image(alt_text=x(2_001)),
    "input-label-too-long": lambda: enter(TEXT_INPUT, label=plain(2_001)),
    "input-hint-too-long": lambda: enter(TEXT_INPUT, hint=plain(2_001)),
    "markdown-empty": lambda: {"type": "markdown", "text": ""},
    "markdown-too-long": lambda: {"type": "markdown", "text": x(12_001)},
    "section-text-too-long": lambda: section(text=plain(3_001)),
    "section-too-many-fields": lambda: section(fields=[plain()] * 11),
    "section-field-too-long": lambda: section(fields=[plain(2_001)]),
    "video-alt-text-empty": lambda: video(alt_text=""),
    "video-alt-text-too-long": lambda: video(alt_text=x(201)),
    "video-title-too-long": lambda: video(title=plain(201)),
    "video-author-name-too-long": lambda: video(author_name=x(51)),
    "video-description-too-long": lambda: video(description=plain(201)),
    "video-provider-name-too-long": lambda: video(provider_name=x(51)),
    "view-missing-blocks": lambda: modal(blocks=[]),
    "view-too-many-blocks": lambda: modal(blocks=[{"type": "divider"}] * 101),
    "view-private-metadata-too-long": lambda: modal(private_metadata=x(3_001)),
    "view-callback-id-too-long": lambda: modal(callback_id=x(256)),
    "view-title-too-long": lambda: modal(title=plain(25)),
    "view-close-too-long": lambda: modal(close=plain(25)),
    "view-submit-too-long": lambda: modal(submit=plain(25)),
    "section-missing-content": section,
    "static-select-options-and-groups": lambda: select(
        options=[option()], option_groups=[{"label": plain(), "options": [option()]}]
    ),
    "image-url-and-slack-file": lambda: image(slack_file={"id": "F0123456"}),
    "number-input-inverted-range": lambda: typed(
        "number_input", is_decimal_allowed=False, min_value="10", max_value="9"
    ),
    "context-invalid-element": lambda: {"type": "context", "elements": [button()]},
    "input-invalid-element": lambda: enter(button()),
    "block-id-too-long": lambda: {"type": "divider", "block_id": x(256)},
    "alert-text-too-long": lambda: modal(blocks=[{"type": "alert", "text": plain(201)}]),
    "card-title-too-long": lambda: card(title=plain(151)),
    "card-subtitle-too-long": lambda: card(subtitle=plain(151)),
    "card-body-too-long": lambda: card(body=plain(201)),
    "card-too-many-actions": lambda: card(actions=[button(action_id=c) for c in "abcd"]),
    "card-subtext-too-long": lambda: card(subtext=plain(201)),
    "carousel-empty": lambda: {"type": "carousel", "elements": []},
    "carousel-too-many-cards": lambda: {"type": "carousel", "elements": [card()] * 11},
    "container-title-too-long": lambda: box(title=plain(151)),
    "container-subtitle-too-long": lambda: box(subtitle=plain(151)),
    "container-too-many-child-blocks": lambda: box(child_blocks=[{"type": "divider"}] * 11),
    "context-actions-too-many-elements": lambda: {
        "type": "context_actions",
        "elements": [trash(action_id=c)["elements"][0] for c in "abcdef"],
    },
    "feedback-button-text-too-long": lambda: feedback(text=plain(76)),
    "feedback-button-value-too-long": lambda: feedback(value=x(2_001)),
    "feedback-button-accessibility-label-too-long": lambda: feedback(accessibility_label=x(76)),
    "icon-button-too-many-visible-users": lambda: trash(visible_to_user_ids=["U1"] * 11),
    "data-table-too-few-rows": lambda: data_table(rows=1),
    "data-table-too-many-rows": lambda: data_table(rows=202),
    "data-table-too-few-columns": lambda: data_table(columns=0),
    "data-table-too-many-columns": lambda: data_table(columns=21),
    "data-table-page-size-too-small": lambda: data_table(page_size=0),
    "data-table-page-size-too-large": lambda: data_table(page_size=101),
    "data-table-cell-text-empty": lambda: data_table() | {
        "rows": [[CELL], [{"type": "raw_text", "text": ""}]],
    },
    "data-table-content-too-long": lambda: data_table() | {"rows": [[FULL_CELL] * 5] * 2},
    "data-visualization-title-too-long": lambda: chart(
        x(51), type="pie", segments=[segment()]
    ),
    "pie-chart-empty": pie,
    "pie-chart-too-many-segments": lambda: pie(*[segment()] * 13),
    "chart-segment-label-too-long": lambda: pie(segment(label=x(21))),
    "chart-segment-value-not-positive": lambda: pie(segment(value=0)),
    "chart-series-empty": lambda: line(names=[]),
    "chart-too-many-series": lambda: line(names=[str(number) for number in range(13)]),
    "data-series-name-too-long": lambda: line(names=[x(21)]),
    "data-series-empty": lambda: line([], categories=["a"]),
    "data-series-too-many-points": lambda: line(
        [str(number) for number in range(21)], categories=["a"]
    ),
    "data-point-label-too-long": lambda: line([x(21)], categories=["a"]),
    "axis-categories-empty": lambda: line(categories=[]),
    "axis-too-many-categories": lambda: line(categories=[str(n) for n in range(21)]),
    "axis-category-label-too-long": lambda: line(categories=[x(21)]),
    "axis-label-too-long": lambda: line(y_label=x(51)),
}  # fmt: skip


def test_every_violation_of_the_corpus_is_tried():
    assert sorted(BROKEN) == sorted(VIOLATIONS)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_what_slack_refuses_is_refused(name: str):
    payload = BROKEN[name]()
    found = (
        check_view(payload, "modal")
        if payload["type"] == "modal"
        else check_blocks([payload], "message")
    )
    assert found
    assert all("[json-pointer:/" in complaint for complaint in found)


GOOD_TWINS = {
    "button": lambda: acts(button()),
    "confirm": confirm,
    "select": lambda: select(options=[option()]),
    "group": group,
    "overflow": lambda: menu("overflow", 5),
    "table": lambda: table([[CELL]], column_settings=[{}]),
    "input": lambda: enter(TEXT_INPUT),
    "number": lambda: typed("number_input", is_decimal_allowed=False, min_value="1"),
    "image": image,
    "video": video,
    "card": card,
    "container": box,
    "feedback": feedback,
    "trash": trash,
    "data_table": data_table,
    "pie": lambda: pie(segment()),
    "line": line,
    "source": lambda: source("https://e.com"),
    "markdown": lambda: {"type": "markdown", "text": "x"},
}


@pytest.mark.parametrize("name", GOOD_TWINS)
def test_the_payloads_that_are_broken_above_are_good_before(name: str):
    assert check_blocks([GOOD_TWINS[name]()], "message") == []
