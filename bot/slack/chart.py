"""Pictures that Slack draws itself: the `data_visualization` block, in messages only.

Slack refuses it in modals, and some workspaces do not have it yet (`invalid_blocks`), so
whoever sends one has the same message ready without it. Twenty pieces, twenty characters a
label, no gaps in a line: what is here is made to fit.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.rules.history import History
from bot.rules.record import Json
from bot.rules.stats import Bucket, Stats
from bot.slack.blocks import ID
from bot.slack.message import JsonObject
from bot.slack.plot import columns
from bot.slack.text import NOTHING, clean, cut
from bot.slack.words import Words

TITLE = 50
LABEL = 20  # of a piece of time, or a line
AXIS = 50
PIECES = 20
DAY = timedelta(days=1)


def stats_chart(stats: Stats, words: Words, zone: ZoneInfo, *, block_id: str) -> JsonObject | None:
    """Incidents by time and severity, as bars; None where there were none."""
    shown: list[tuple[str, Callable[[Bucket], int]]] = [
        (words.say("stats.critical"), lambda one: one.critical),
        (words.say("stats.warn"), lambda one: one.warn),
        (words.say("stats.other"), lambda one: one.other),
    ]
    buckets = stats.buckets[:PIECES]
    labels = _labels([one.start for one in buckets], _clock(stats.step), zone)
    series = [
        _series(name, labels, [number(one) for one in buckets])
        for name, number in shown
        if any(map(number, buckets))
    ]
    if not series:
        return None
    note = words.say("stats.per", lasted=words.lasting(stats.step))
    return _visual("bar", words.say("stats.chart"), series, labels, note=note, block_id=block_id)


def history_chart(
    history: History, words: Words, zone: ZoneInfo, *, block_id: str
) -> JsonObject | None:
    """The worst value of each piece of the time, with the limit; None without any value.

    Pieces in which nothing was heard are left out: a line of Slack's has no gaps.
    """
    whole = history.until - history.since
    told = [
        (history.since + whole * n / PIECES, value)
        for n, value in enumerate(columns(history, PIECES))
        if value is not None
    ]
    if not told:
        return None
    labels = _labels([at for at, _ in told], _clock(whole / PIECES), zone)
    metric = clean(history.names.metric or "") or words.say("value.nameless")
    series = [_series(metric, labels, [value for _, value in told])]
    limit = history.threshold.limit if history.threshold else math.nan
    if math.isfinite(limit):
        series.append(_series(words.say("history.threshold"), labels, [limit] * len(labels)))
    note = words.say("history.zone", zone=zone.key)
    return _visual("line", metric, series, labels, note=note, block_id=block_id)


def _visual(
    kind: str,
    title: str,
    series: list[Json],
    labels: Sequence[str],
    *,
    note: str,
    block_id: str,
) -> JsonObject:
    axis: JsonObject = {"categories": list(labels), "x_label": cut(clean(note), AXIS)}
    return {
        "type": "data_visualization",
        "block_id": block_id[:ID],
        "title": _plain(title, TITLE),
        "chart": {"type": kind, "series": series, "axis_config": axis},
    }


def _series(name: str, labels: Sequence[str], values: Iterable[float]) -> Json:
    points: list[Json] = [
        {"label": label, "value": value} for label, value in zip(labels, values, strict=True)
    ]
    return {"name": _plain(name, LABEL), "data": points}


def _clock(step: timedelta) -> str:
    return "%m-%d" if step >= DAY else "%m-%d %H:%M"


def _labels(moments: Sequence[datetime], clock: str, zone: ZoneInfo) -> list[str]:
    """Each its own, even in the night when the clocks are set back."""
    labels: list[str] = []
    for at in moments:
        label = f"{at.astimezone(zone):{clock}}"
        while label in labels:
            label += "′"
        labels.append(label[:LABEL])
    return labels


def _plain(text: str, limit: int) -> str:
    return cut(clean(text), limit) or NOTHING
