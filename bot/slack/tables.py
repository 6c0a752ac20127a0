"""Tables in messages. A cell is plain text, a link, or a moment in each reader's own zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.rules.record import Json
from bot.slack.message import JsonObject
from bot.slack.text import NOTHING, clean, cut

MOST_ROWS = 100  # the head included
CELL = 80  # characters: twenty rows of eight cells stay below what a message may hold
LINK = 100  # characters: Slack's own links to messages have about 80; a longer one is left out
MOMENT = "{date_short_pretty} {time}"


@dataclass(frozen=True, slots=True)
class Cell:
    """`url` makes it a link, `at` a moment; `bold` stands out."""

    text: str = ""
    url: str | None = None
    at: datetime | None = None
    bold: bool = False


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], *, block_id: str) -> JsonObject:
    """Every row has as many cells as the head."""
    first: list[Json] = [_json(Cell(title, bold=True)) for title in head]
    others: list[Json] = [[_json(cell) for cell in row] for row in rows[: MOST_ROWS - 1]]
    return {"type": "table", "block_id": block_id, "rows": [first, *others]}


def _json(cell: Cell) -> JsonObject:
    text = cut(clean(cell.text), CELL) or NOTHING
    if cell.at is not None:
        return _rich({"type": "date", **_moment(cell.at)})
    if cell.url is not None and len(cell.url) <= LINK:
        return _rich({"type": "link", "url": cell.url, "text": text})
    if cell.bold:
        return _rich({"type": "text", "text": text, "style": {"bold": True}})
    return {"type": "raw_text", "text": text}


def _moment(at: datetime) -> JsonObject:
    utc = at.astimezone(UTC)
    fallback = f"{utc:%Y-%m-%d %H:%M} UTC"
    return {"timestamp": int(utc.timestamp()), "format": MOMENT, "fallback": fallback}


def _rich(element: JsonObject) -> JsonObject:
    section: JsonObject = {"type": "rich_text_section", "elements": [element]}
    return {"type": "rich_text", "elements": [section]}
