"""Slack's limits on blocks, and on which surface each may stand. Nothing but tables.

Sources: docs.slack.dev/reference/block-kit/blocks; where Slack's sources differ, the smaller
number and the fewer surfaces.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from bot.rules.record import Json
from bot.slack.element_limits import (
    ACCESSORIES,
    ACTIONS,
    ANY,
    BUTTON,
    FLAG,
    FOOTERS,
    ID,
    IMAGE,
    INPUTS,
    URL,
    at_least_one,
    exactly_one,
    plain,
    shape,
    words,
)
from bot.slack.shapes import (
    Also,
    Choice,
    Items,
    Number,
    OneOf,
    Problem,
    Problems,
    Rule,
    Shape,
    Text,
)


class Surface(StrEnum):
    """Where blocks stand."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


MESSAGE, MODAL, HOME = Surface.MESSAGE, Surface.MODAL, Surface.HOME
EVERYWHERE = frozenset(Surface)

# Blocks not named here may stand everywhere.
SURFACES: Mapping[str, frozenset[Surface]] = {
    "alert": frozenset({MODAL}),  # looks right for an alarm card, and Slack refuses it there
    "card": EVERYWHERE,
    "carousel": frozenset({MESSAGE, HOME}),
    "container": frozenset({MESSAGE, HOME}),
    "context_actions": frozenset({MESSAGE}),
    "data_table": frozenset({MESSAGE, HOME}),
    "data_visualization": frozenset({MESSAGE}),
    "file": frozenset({MESSAGE}),
    "markdown": frozenset({MESSAGE}),
    "plan": frozenset({MESSAGE}),
    "table": frozenset({MESSAGE, HOME}),
    "task_card": frozenset({MESSAGE}),
}


def block(required: str, *also: Also, **members: Rule) -> Shape:
    """A block: every one may have an id."""
    return shape(required, *also, block_id=ID, **members)


def _rows(value: Mapping[str, Json]) -> Iterator[list[Json]]:
    rows = value.get("rows")
    yield from (row for row in rows if isinstance(row, list)) if isinstance(rows, list) else ()


def _even_rows(value: Mapping[str, Json], path: str) -> Problems:
    widths = {len(row) for row in _rows(value)}
    if len(widths) > 1:
        yield Problem(f"{path}/rows", "must all have the same number of columns")
    settings = value.get("column_settings")
    if isinstance(settings, list) and len(settings) > max(widths, default=0):
        yield Problem(f"{path}/column_settings", "has more columns than the rows")


def _short_table(value: Mapping[str, Json], path: str) -> Problems:
    cells = (cell.get("text") for row in _rows(value) for cell in row if isinstance(cell, dict))
    if sum(len(text) for text in cells if isinstance(text, str)) > TABLE_TEXT:
        yield Problem(f"{path}/rows", f"have more than {TABLE_TEXT} characters")


TABLE_TEXT = 20_000
LABEL = Text(20)

_CELL = OneOf(
    {
        "raw_text": shape("text", text=Text(TABLE_TEXT)),
        "raw_number": shape("value", value=Number(), text=Text(TABLE_TEXT)),
        "rich_text": shape("elements", elements=ANY, block_id=ID),
    }
)
_POINT = Shape({"label": LABEL, "value": Number()}, frozenset({"label", "value"}))
_SERIES = Shape({"name": LABEL, "data": Items(_POINT, 20)}, frozenset({"name", "data"}))
_AXES = Shape(
    {"categories": Items(LABEL, 20), "x_label": Text(50), "y_label": Text(50)},
    frozenset({"categories"}),
)
_LINES = shape("series axis_config", series=Items(_SERIES, 6), axis_config=_AXES)
_SEGMENT = Shape({"label": LABEL, "value": Number(above=0)}, frozenset({"label", "value"}))
_CHART = OneOf(
    {
        "pie": shape("segments", segments=Items(_SEGMENT, 6)),
        "line": _LINES,
        "bar": _LINES,
        "area": _LINES,
    }
)
_CARD = block(
    "",
    at_least_one("hero_image", "title", "body", "actions"),
    hero_image=IMAGE,
    icon=IMAGE,
    slack_icon=ANY,
    title=words(150),
    subtitle=words(150),
    body=words(200),
    subtext=words(200),
    actions=Items(OneOf({"button": BUTTON}), 3),
)
_TASK: Mapping[str, Rule] = {
    "task_id": ID,
    "title": Text(3_000),
    "status": Choice(frozenset({"pending", "in_progress", "complete", "error"})),
    "output": ANY,
    "details": ANY,
    "sources": ANY,
}
_LEVELS = frozenset({"default", "info", "warning", "error", "success"})

_SIMPLE: Mapping[str, Rule] = {
    "actions": block("elements", elements=Items(OneOf(ACTIONS), 25)),
    "alert": block("text", text=words(200), level=Choice(_LEVELS)),
    "card": _CARD,
    "carousel": block("elements", elements=Items(OneOf({"card": _CARD}), 10)),
    "context": block(
        "elements", elements=Items(OneOf({**words(3_000).shapes, "image": IMAGE}), 10)
    ),
    "context_actions": block("elements", elements=Items(OneOf(FOOTERS), 5)),
    "data_table": block(
        "rows caption",
        _even_rows,
        _short_table,
        rows=Items(Items(_CELL, 20), 101, least=2),
        caption=Text(3_000),
        page_size=Number(1, 100),
        row_header_column_index=Number(0),
    ),
    "data_visualization": block("title chart", title=Text(50), chart=_CHART),
    "divider": block(""),
    "file": block("external_id source", external_id=ANY, source=Choice(frozenset({"remote"}))),
    "header": block("text", text=plain(150)),
    "image": block(
        "alt_text",
        exactly_one("image_url", "slack_file"),
        image_url=URL,
        slack_file=ANY,
        alt_text=Text(2_000),
        title=plain(2_000),
    ),
    "input": block(
        "label element",
        label=plain(2_000),
        element=OneOf(INPUTS),
        hint=plain(2_000),
        optional=FLAG,
        dispatch_action=FLAG,
    ),
    "markdown": block("text", text=Text(12_000)),
    "plan": block("title", title=Text(3_000), tasks=Items(Shape(_TASK, frozenset({"title"})), 50)),
    "rich_text": block("elements", elements=ANY),
    "section": block(
        "",
        at_least_one("text", "fields"),
        text=words(3_000),
        fields=Items(words(2_000), 10),
        accessory=OneOf(ACCESSORIES),
        expand=FLAG,
    ),
    "table": block(
        "rows", _even_rows, rows=Items(Items(_CELL, 20), 100), column_settings=Items(ANY, 20)
    ),
    "task_card": block("title", **_TASK),
    "video": block(
        "alt_text title thumbnail_url video_url",
        alt_text=Text(200),
        title=plain(200),
        title_url=URL,
        thumbnail_url=URL,
        video_url=URL,
        author_name=Text(50),
        description=plain(200),
        provider_name=Text(50),
        provider_icon_url=URL,
    ),
}
BLOCKS = OneOf(
    {
        **_SIMPLE,
        "container": block(
            "title child_blocks",
            title=words(150),
            subtitle=words(150),
            child_blocks=Items(OneOf(_SIMPLE), 10),
            width=ANY,
            is_collapsible=FLAG,
            default_collapsed=FLAG,
            has_header_divider=FLAG,
        ),
    }
)
