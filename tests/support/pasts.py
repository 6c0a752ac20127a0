"""Histories for tests of what is shown: one instance, a whole rule, low values, nothing at all."""

from dataclasses import replace
from datetime import timedelta
from math import sin

from bot.rules.history import Counts, History, Names, Past, Period, Point, Series, Span
from bot.rules.incident import Person
from bot.rules.record import Threshold
from bot.rules.severity import Severity
from bot.rules.stats import Bucket, Flapping, Noisy, Stats, Took
from tests.slack.faces import ALARM, ANN, NOON

LI = Person("U012LI3456", "李雷")
HOUR = timedelta(hours=1)
SINCE = NOON - Span.WEEK.length


def _wave(number: int, *, base: float = 55, high: float = 97.5) -> tuple[Point, ...]:
    """An hourly value with two peaks above the limit."""
    made = [base + 8 * sin((hour + 9 * number) / 5) for hour in range(0, 168, 2)]
    for peak in (20 + number, 21 + number, 60, 61 + number):
        made[peak] = high - 4 * number - peak % 3
    return tuple(Point(SINCE + HOUR * 2 * n, value) for n, value in enumerate(made))


PERIODS = (
    Period(SINCE + HOUR * 40, SINCE + HOUR * 43, Severity.WARN),
    Period(SINCE + HOUR * 120, SINCE + HOUR * 122, Severity.CRITICAL),
)
PAST = (
    Past(
        number=1042,
        instance="web-prod-01",
        opened_at=SINCE + HOUR * 120,
        ended_at=SINCE + HOUR * 122,
        severity=Severity.CRITICAL,
        worst_value=97.5,
        worst="97.5 %",
        by=LI,
        after=timedelta(minutes=4),
        remarks=2,
        remark="log rotation, see runbook",
    ),
    Past(
        number=1017,
        instance="web-prod-01",
        opened_at=SINCE + HOUR * 40,
        ended_at=SINCE + HOUR * 43,
        severity=Severity.WARN,
        worst_value=96.5,
        worst="96.5 %",
        by=ANN,
        after=timedelta(minutes=12),
    ),
    Past(
        number=998,
        instance="web-prod-01",
        opened_at=SINCE + HOUR * 4,
        ended_at=None,
        severity=Severity.WARN,
        worst="91 %",
    ),
)
WEEK = History(
    alarm=ALARM,
    span=Span.WEEK,
    whole_rule=False,
    since=SINCE,
    until=NOON,
    series=(Series(1, "web-prod-01", _wave(0)),),
    periods=PERIODS,
    threshold=Threshold(">=", 85.0, "Average", 3),
    counts=Counts(incidents=14, callbacks=84, instances=1),
    past=PAST,
    next_cursor=998,
    names=Names("CPU usage", "85 %", "46.3 %", "97.5 %"),
)
RULE = replace(
    WEEK,
    whole_rule=True,
    series=tuple(
        Series(n + 1, name, _wave(n, base=40 + 9 * n))
        for n, name in enumerate(["web-prod-01", "web-prod-02", "支付-网关-3"])
    ),
    counts=Counts(incidents=14, callbacks=840, instances=12),
    before_id=1100,
)
LOW = replace(
    WEEK,
    threshold=Threshold("<=", 10.0, "Minimum", 1),
    series=(
        Series(1, "disk", tuple(Point(SINCE + HOUR * 4 * n, 40 - n * 0.9) for n in range(41))),
    ),
    names=Names("Free space", "10 GiB", "4 GiB", "40 GiB"),
)
EMPTY = replace(
    WEEK,
    span=Span.DAY,
    since=NOON - Span.DAY.length,
    series=(),
    periods=(),
    past=(),
    next_cursor=None,
    counts=Counts(0, 0, 0),
    names=Names("CPU usage", "85 %"),
)
HISTORIES = {"week": WEEK, "rule": RULE, "low": LOW, "empty": EMPTY}

STATS = Stats(
    since=SINCE,
    until=NOON,
    callbacks=1_204,
    incidents=87,
    events=2,
    firing=5,
    severities=((Severity.CRITICAL, 12), (Severity.WARN, 60), (None, 15)),
    acknowledged=Took(70, timedelta(minutes=6, seconds=20), timedelta(minutes=4)),
    recovered=Took(80, timedelta(minutes=51), timedelta(minutes=18)),
    never_acknowledged=17,
    rules=(Noisy("支付集群 CPU 过高", 31, 420), Noisy("disk *full*", 12, 90)),
    instances=(Noisy("web-prod-01", 22, 300), Noisy("i-bp1a2b3c4d5e6f7g8h9i", 9, 64)),
    flapping=(Flapping(1, "支付集群 CPU 过高", "web-prod-01", 9),),
    step=timedelta(days=1),
    buckets=tuple(
        Bucket(SINCE + timedelta(days=n), critical=n % 3, warn=4 + 3 * (n % 4), other=n // 3)
        for n in range(7)
    ),
)
NO_STATS = replace(
    STATS,
    callbacks=0,
    incidents=0,
    events=0,
    firing=0,
    severities=(),
    acknowledged=Took(),
    recovered=Took(),
    never_acknowledged=0,
    rules=(),
    instances=(),
    flapping=(),
    buckets=tuple(Bucket(SINCE + timedelta(days=n)) for n in range(7)),
)
