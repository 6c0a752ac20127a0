"""Tables and charts: `table`, `data_table`, `data_visualization`."""

from bot.local_slack.blockkit.checks import (
    Check,
    Complaints,
    boolean,
    by_type,
    many,
    number,
    rule,
    shape,
    string,
)
from bot.local_slack.blockkit.objects import block_fields, typed
from bot.local_slack.blockkit.richtext import RICH_TEXT
from bot.local_slack.jsons import Json, as_list, as_object, as_objects

LONGEST_DATA_TABLE = 20_000
# Slack said 6 in 2026-06 and 12 since; the lower number may still be in force somewhere.
MOST_SERIES = 12

CELL = by_type(
    {
        "raw_text": typed({"text": string(least=1)}),
        "raw_number": typed({"value": number()}, {"text": string(least=1)}),
        "rich_text": RICH_TEXT,
    }
)
COLUMN = shape(None, {"align": string(of=("left", "center", "right")), "is_wrapped": boolean})


def _widths(block: Json) -> list[int]:
    return [len(as_list(row)) for row in as_list(block.get("rows"))]


def _even_rows(block: Json) -> bool:
    return len(set(_widths(block))) <= 1


def _columns_match(block: Json) -> bool:
    widths, settings = _widths(block), as_list(block.get("column_settings"))
    return not settings or not widths or len(settings) == widths[0]


def _cell_text(block: Json) -> int:
    rows = as_list(block.get("rows"))
    cells = [cell for row in rows for cell in as_objects(row)]
    return sum(len(str(cell.get("text") or "")) for cell in cells)


TABLE = typed(
    {"rows": many(many(CELL, least=1, most=20), least=1, most=100)},
    {**block_fields(), "column_settings": many(COLUMN, most=20)},
    rule(_even_rows, "all rows must have the same number of columns"),
    rule(_columns_match, "`column_settings` must match the number of columns"),
)
DATA_TABLE = typed(
    {"rows": many(many(CELL, least=1, most=20), least=2, most=201), "caption": string(least=1)},
    {
        **block_fields(),
        "page_size": number(least=1, most=100),
        "row_header_column_index": number(least=0, most=19),
    },
    rule(_even_rows, "all rows must have the same number of columns"),
    rule(lambda b: _cell_text(b) <= LONGEST_DATA_TABLE, "must be less than 20001 characters"),
)

LABEL = string(least=1, most=20)
POINT = shape({"label": LABEL, "value": number()})
SERIES = shape({"name": LABEL, "data": many(POINT, least=1, most=20)})
AXIS = shape(
    {"categories": many(LABEL, least=1, most=20)},
    {"x_label": string(most=50), "y_label": string(most=50)},
)
SEGMENT = shape({"label": LABEL, "value": number(above=0)})


def _one_point_per_category(value: object, place: str, found: Complaints) -> None:
    chart = as_object(value)
    wanted = [str(name) for name in as_list(as_object(chart.get("axis_config")).get("categories"))]
    for index, series in enumerate(as_objects(chart.get("series"))):
        labels = [str(point.get("label")) for point in as_objects(series.get("data"))]
        if sorted(labels) != sorted(wanted):
            found.add("must have one point for each category", f"{place}/series/{index}/data")


AXIS_CHART = typed(
    {"series": many(SERIES, least=1, most=MOST_SERIES), "axis_config": AXIS},
    None,
    _one_point_per_category,
)
PIE = typed({"segments": many(SEGMENT, least=1, most=MOST_SERIES)})
CHARTS: dict[str, Check] = {"line": AXIS_CHART, "bar": AXIS_CHART, "area": AXIS_CHART, "pie": PIE}
DATA_VISUALIZATION = typed(
    {"title": string(least=1, most=50), "chart": by_type(CHARTS)}, block_fields()
)
