"""A history as a picture made of characters: there at once, in any client, in any modal.

Each column is a piece of the time with its worst value; the limit is a dotted line, and a
line below shows when it fired. Only our own characters, numbers and a unit stand in it.
"""

import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.rules.history import History
from bot.rules.record import Threshold
from bot.slack.text import Mrkdwn, clean, cut, escape
from bot.slack.words import Words

COLUMNS = 30  # with the labels about what a phone shows in one line
ROWS = 5
LABEL = 10  # characters
STEPS = " ▁▂▃▄▅▆▇█"
FULL = len(STEPS) - 1
LIMIT, FIRES = "┄", "━"
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}
CLOCK = "%m-%d %H:%M"


def plot(history: History, words: Words, zone: ZoneInfo) -> Mrkdwn | None:
    """The picture in a block of fixed-width characters; None without any value."""
    made = drawing(history, words, zone)
    return Mrkdwn(f"```\n{escape(made)}\n```") if made else None


def drawing(history: History, words: Words, zone: ZoneInfo) -> str | None:
    """The picture as lines of plain text; None without any value."""
    worst = columns(history)
    known = [value for value in worst if value is not None]
    if not known:
        return None
    limit = _limit_of(history.threshold)
    bottom, top = _bounds(known, limit)
    rows = _rows(worst, limit, bottom=bottom, top=top)
    labels = _labels(history, limit, bottom=bottom, top=top)
    lines = [*zip(labels, rows, strict=True), _firing(history, words), _times(history, zone)]
    width = max(_width(label) for label, _ in lines)
    return "\n".join(f"{_right(label, width)} {row}".rstrip() for label, row in lines)


def columns(history: History, number: int = COLUMNS) -> list[float | None]:
    """The worst value of each piece of the time; None where nothing was heard."""
    low_is_bad = history.threshold is not None and history.threshold.low_is_bad
    worse = min if low_is_bad else max
    found: list[float | None] = [None] * number
    for point in history.points:
        if math.isfinite(point.value):
            at = _column(history, point.at, number)
            before = found[at]
            found[at] = point.value if before is None else worse(before, point.value)
    return found


def bars(numbers: Sequence[int]) -> str:
    """One line of blocks, as high as the numbers; a piece without anything is a dot."""
    most = max(numbers, default=0)
    return "".join(STEPS[max(round(n / most * FULL), 1)] if n else "·" for n in numbers)


def _column(history: History, at: datetime, number: int) -> int:
    whole = history.until - history.since
    return min(max(int((at - history.since) / whole * number), 0), number - 1)


def _limit_of(threshold: Threshold | None) -> float | None:
    return threshold.limit if threshold and math.isfinite(threshold.limit) else None


def _bounds(known: Sequence[float], limit: float | None) -> tuple[float, float]:
    """A little below the lowest, so that it has a block as well."""
    values = [*known, *([limit] if limit is not None else [])]
    low, high = min(values), max(values)
    room = high / 8 - low / 8 if high > low else max(abs(high), 1.0)  # nothing overflows
    return max(low - room, -sys.float_info.max), high


def _share(value: float, bottom: float, top: float) -> float:
    """0 at the bottom, 1 at the top; halves first, because the largest numbers overflow."""
    whole = top / 2 - bottom / 2
    return min(max((value / 2 - bottom / 2) / whole, 0.0), 1.0) if whole > 0 else 1.0


def _rows(
    worst: Sequence[float | None], limit: float | None, *, bottom: float, top: float
) -> list[str]:
    """From the top down."""
    heights = [
        0 if value is None else max(round(_share(value, bottom, top) * ROWS * FULL), 1)
        for value in worst
    ]
    line = None if limit is None else _row(limit, bottom, top)
    return [
        "".join(_cell(height - row * FULL, dotted=row == line) for height in heights)
        for row in reversed(range(ROWS))
    ]


def _cell(height: int, *, dotted: bool) -> str:
    if height <= 0:
        return LIMIT if dotted else " "
    return STEPS[min(height, FULL)]


def _row(value: float, bottom: float, top: float) -> int:
    return min(int(_share(value, bottom, top) * ROWS), ROWS - 1)


def _labels(history: History, limit: float | None, *, bottom: float, top: float) -> list[str]:
    """The extreme values, and the limit where it stands; the limit has precedence."""
    told = [""] * ROWS
    names = history.names
    told[0], told[-1] = names.highest or "", names.lowest or ""
    if limit is not None and history.threshold is not None:
        comparison = history.threshold.comparison
        shown = f"{_SIGNS.get(comparison, comparison)} {names.limit or f'{limit:g}'}"
        told[ROWS - 1 - _row(limit, bottom, top)] = shown
    return [_plain(one) for one in told]


def _plain(text: str) -> str:
    """A unit is outside text."""
    return cut(clean(text).replace("`", "ˋ"), LABEL)


def _firing(history: History, words: Words) -> tuple[str, str]:
    fires = [False] * COLUMNS
    for period in history.periods:
        first = _column(history, period.opened, COLUMNS)
        last = max(_column(history, period.ended or history.until, COLUMNS), first)
        fires[first : last + 1] = [True] * (last + 1 - first)
    row = "".join(FIRES if one else " " for one in fires)
    return (words.say("state.firing") if any(fires) else "", row)


def _times(history: History, zone: ZoneInfo) -> tuple[str, str]:
    first, last = (f"{at.astimezone(zone):{CLOCK}}" for at in (history.since, history.until))
    return "", f"{first}{last.rjust(COLUMNS - len(first))}"


def _width(text: str) -> int:
    """Columns of a fixed-width font: East Asian characters take two."""
    return sum(2 if _is_wide(one) else 1 for one in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _right(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text


def lettered(names: Iterable[str]) -> list[str]:
    """`A web-1`: how a picture of several lines tells them apart."""
    return [f"{letter} {clean(name)}" for letter, name in zip("ABCDEF", names, strict=False)]
