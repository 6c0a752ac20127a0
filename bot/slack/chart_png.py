"""A history as a PNG, drawn in a process of its own, where `tocsin[charts]` is installed.

The drawing library holds the interpreter's lock while it works, half a second of it: on a
thread it would stop callbacks and clicks alike. The child gets a description of the picture
and nothing else, and is ended when it takes too long.

No words stand in the picture: fonts for all of them cannot be relied on. Lines are lettered
A, B, C; what the letters mean is told beside it.
"""

import asyncio
import importlib
import importlib.util
import json
import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from bot.rules.history import History, Period, Span
from bot.rules.record import Json
from bot.rules.severity import Severity
from bot.rules.until import zone_of

LIBRARY = "vl_convert"
PATIENCE = timedelta(seconds=10)  # ten times what a picture takes on a slow machine
WIDTH, HEIGHT, SCALE = 460, 210, 2.5  # a modal is about 500 wide; more dots for sharp screens
LETTERS = "ABCDEF"
COLOURS = ["#1d4ed8", "#c2410c", "#0f766e", "#7e22ce", "#a16207", "#475569"]
LIMIT_COLOUR = "#a30200"
_SHADES = {Severity.CRITICAL: "#a30200", Severity.WARN: "#e8912d", Severity.INFO: "#1d7fd1"}
_UNKNOWN_SHADE = "#b59a5b"
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}
CJK = "\u2e80"  # from here on a machine may have no font

Spec = dict[str, Json]


class _Library(Protocol):
    def vegalite_to_png(self, vl_spec: str, *, scale: float) -> bytes: ...


def is_available() -> bool:
    """Whether pictures can be drawn here."""
    return importlib.util.find_spec(LIBRARY) is not None


class Painter:
    """Draws one picture after the other: each takes a whole core."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def draw(self, history: History, *, tz: str) -> bytes | None:
        """The picture with times in a zone; None where there is none to be had."""
        if not history.series or not is_available():
            return None
        described = json.dumps(spec(history, zone_of(tz)))
        async with self._turn:
            try:
                return await _drawn(described.encode())
            except OSError:  # no memory, no more processes
                return None


async def _drawn(described: bytes) -> bytes | None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            drawn, _ = await child.communicate(described)
    except TimeoutError:
        return None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return drawn if child.returncode == 0 and drawn else None


def spec(history: History, zone: ZoneInfo) -> Spec:
    """The picture as the library takes it (Vega-Lite)."""
    layers: list[Json] = [*_firing(history, zone), *_limit(history), *_lines(history, zone)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "white",
        "padding": 12,
        "layer": layers,
        "config": {
            "font": "sans-serif",
            "axis": {"labelFontSize": 12, "labelColor": "#555", "gridColor": "#eee"},
            "view": {"stroke": "#ddd"},
        },
    }


def _firing(history: History, zone: ZoneInfo) -> Iterator[Spec]:
    rows: list[Json] = [_band(one, history, zone) for one in history.periods]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "rect", "fillOpacity": 0.22},
            "encoding": {
                "x": _time(history, zone),
                "x2": {"field": "end"},
                "color": {"field": "shade", "type": "nominal", "scale": None},
            },
        }


def _band(period: Period, history: History, zone: ZoneInfo) -> Spec:
    """From its firing to its end; never thinner than a few dots, or nobody would see it."""
    start = max(period.opened, history.since)
    thinnest = (history.until - history.since) / WIDTH * 3
    end = max(min(period.ended or history.until, history.until), start + thinnest)
    shade = _SHADES.get(period.severity, _UNKNOWN_SHADE) if period.severity else _UNKNOWN_SHADE
    return {"at": _clock(start, zone), "end": _clock(end, zone), "shade": shade}


def _limit(history: History) -> Iterator[Spec]:
    threshold = history.threshold
    if threshold is None or not math.isfinite(threshold.limit):
        return
    shown = history.names.limit or f"{threshold.limit:g}"
    if any(character >= CJK for character in shown):
        shown = f"{threshold.limit:g}"
    text = f"{_SIGNS.get(threshold.comparison, threshold.comparison)} {shown}"
    data: Spec = {"values": [{"value": threshold.limit, "text": text}]}
    yield {
        "data": data,
        "mark": {"type": "rule", "color": LIMIT_COLOUR, "strokeDash": [6, 4], "size": 1.5},
        "encoding": {"y": _value()},
    }
    yield {
        "data": data,
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "bottom",
            "x": 4,
            "dy": -3,
            "color": LIMIT_COLOUR,
            "fontSize": 12,
        },
        "encoding": {"y": _value(), "text": {"field": "text"}},
    }


def _lines(history: History, zone: ZoneInfo) -> Iterator[Spec]:
    named = list(zip(LETTERS, COLOURS, history.series, strict=False))
    rows: list[Json] = [
        {"at": _clock(point.at, zone), "value": point.value, "line": letter}
        for letter, _, series in named
        for point in series.points
        if math.isfinite(point.value)
    ]
    letters: list[Json] = [letter for letter, _, _ in named]
    colours: list[Json] = [colour for _, colour, _ in named]
    legend: Json = (
        {"title": None, "orient": "top", "labelFontSize": 13, "symbolOpacity": 1}
        if letters[1:]
        else None
    )
    colour: Spec = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": letters, "range": colours},
        "legend": legend,
    }
    encoding: Spec = {"x": _time(history, zone), "y": _value(), "color": colour}
    data: Spec = {"values": rows}
    # In steps: a value holds until the next callback. A slope would tell of a slow rise that
    # nobody has seen.
    yield {
        "data": data,
        "mark": {"type": "line", "interpolate": "step-after", "size": 1.2, "strokeOpacity": 0.6},
        "encoding": encoding,
    }
    yield {
        "data": data,
        "mark": {"type": "point", "filled": True, "size": 26, "opacity": 1},
        "encoding": encoding,
    }


def _time(history: History, zone: ZoneInfo) -> Spec:
    """Clocks of the person's zone, handed over as if they were UTC: the library knows no zones."""
    newest = max([history.until, *(one.points[-1].at for one in history.series)])
    first, last = _clock(history.since, zone), _clock(newest, zone)
    clock = "%H:%M" if history.span is Span.DAY else "%m-%d"
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [first, last]},
        "axis": {"title": None, "labelOverlap": True, "tickCount": 7, "format": clock},
    }


def _value() -> Spec:
    axis: Spec = {"title": None, "format": "~s", "tickCount": 6}
    return {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": axis}


def _clock(at: datetime, zone: ZoneInfo) -> float:
    """Milliseconds of the clock on the wall."""
    return at.astimezone(zone).replace(tzinfo=UTC).timestamp() * 1_000


def main() -> None:
    """The child: a description comes in, a picture goes out."""
    library = cast("_Library", importlib.import_module(LIBRARY))
    drawn = library.vegalite_to_png(sys.stdin.buffer.read().decode(), scale=SCALE)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
