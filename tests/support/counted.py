"""Statistics as somebody counts them who reads every row, and pasts that are worth counting."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa

from bot.rules.record import Reported
from bot.rules.stats import Stats
from bot.store.tables import alarms, callbacks, incidents
from bot.work import stats
from bot.work.act import Verb
from tests.support.past import every_row, hear
from tests.support.world import LI, World

Rows = Sequence[sa.RowMapping]


async def by_hand(town: World, since: datetime, until: datetime, step: timedelta) -> dict[str, Any]:
    """The same numbers, counted without a thought for speed."""
    watched = {row["id"]: row for row in await every_row(town, alarms)}
    every_incident = await every_row(town, incidents)
    every_callback = await every_row(town, callbacks)
    opened = [
        row
        for row in every_incident
        if since <= row["opened_at"] < until
        and (row["recovered_at"] is None or row["recovered_at"] > row["opened_at"])
    ]
    heard = [row for row in every_callback if row["alarm_id"] and since <= row["at"] < until]
    ours = [row for row in opened if row["sort"] == "alarm"]
    waits = _seconds(ours, "first_acknowledged_at")
    lasts = _seconds(ours, "recovered_at")
    return {
        "callbacks": len(heard),
        "incidents": len(ours),
        "events": len(opened) - len(ours),
        "firing": sum(row["state"] in ("firing", "no_data") for row in every_incident),
        "severities": Counter(row["worst_severity"] for row in ours),
        "acknowledged": (len(waits), _middle(waits), _average(waits)),
        "recovered": (len(lasts), _middle(lasts), _average(lasts)),
        "never": sum(row["first_acknowledged_at"] is None for row in ours),
        "rules": _noise(watched, opened, heard, "rule_id"),
        "instances": _noise(watched, opened, heard, "dimensions"),
        "flapping": _flapping(opened, every_callback),
        "pieces": [
            _shown(row for row in opened if begin <= row["opened_at"] < begin + step)
            for begin in (since + step * number for number in range(ceil((until - since) / step)))
        ],
    }


def _shown(rows: Iterable[sa.RowMapping]) -> tuple[int, int, int]:
    counted = Counter(row["worst_severity"] for row in rows)
    others = sum(counted.values()) - counted["CRITICAL"] - counted["WARN"]
    return counted["CRITICAL"], counted["WARN"], others


def _seconds(rows: Rows, column: str) -> list[float]:
    return sorted(
        max((row[column] - row["opened_at"]).total_seconds(), 0.0) for row in rows if row[column]
    )


def _middle(ordered: list[float]) -> float | None:
    half, odd = divmod(len(ordered), 2)
    if not ordered:
        return None
    middle = ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
    return round(middle, 3)


def _average(numbers: list[float]) -> float | None:
    return round(sum(numbers) / len(numbers), 3) if numbers else None


def _noise(watched: Mapping[int, Any], opened: Rows, heard: Rows, column: str) -> Any:
    def group(row: sa.RowMapping) -> str:
        return str(watched[row["alarm_id"]][column])

    fired, told = Counter(map(group, opened)), Counter(map(group, heard))
    return sorted(((fired[one], told[one]) for one in fired | told), reverse=True)[:5]


def _flapping(opened: Rows, heard: Rows) -> dict[int, int]:
    most: dict[int, int] = {}
    for number in {row["alarm_id"] for row in opened}:
        mine = {row["id"] for row in opened if row["alarm_id"] == number}
        changes = [
            row["at"]
            for row in heard
            if row["incident_id"] in mine
            and row["outcome"] in ("opened", "reopened", "recovered")
            and row["kind"] == "threshold"
        ]
        hours = [
            sum(one <= other < one + timedelta(hours=1) for other in changes) for one in changes
        ]
        if max(hours, default=0) >= 4:
            most[number] = max(hours)
    return most


def as_counted(made: Stats) -> dict[str, Any]:
    def took(of: Any) -> Any:
        both = (of.median, of.mean)
        return (of.count, *(one and round(one.total_seconds(), 3) for one in both))

    return {
        "callbacks": made.callbacks,
        "incidents": made.incidents,
        "events": made.events,
        "firing": made.firing,
        "severities": Counter(dict(made.severities)),
        "acknowledged": took(made.acknowledged),
        "recovered": took(made.recovered),
        "never": made.never_acknowledged,
        "rules": [(one.incidents, one.callbacks) for one in made.rules],
        "instances": [(one.incidents, one.callbacks) for one in made.instances],
        "flapping": {one.alarm_id: one.changes for one in made.flapping},
        "pieces": [(one.critical, one.warn, one.other) for one in made.buckets],
    }


async def restless_hours(town: World, dice: random.Random) -> None:
    """An alarm that fires and recovers again and again, inside and outside the reopen window."""
    for _ in range(12):
        await hear(town, "i-flap", rule="rule-3")
        town.time.pass_by(dice.uniform(30, 300))
        await hear(town, "i-flap", Reported.OK, rule="rule-3")
        town.time.pass_by(dice.choice([120.0, 120.0, 900.0, 7_200.0]))


async def some_are_taken(town: World, dice: random.Random) -> None:
    for row in dice.sample(await town.cards(), 12):
        await town.click(Verb.ACKNOWLEDGE, row["id"], LI)


async def agree(town: World, since: datetime, until: datetime) -> Stats:
    """The statistics of a time, which must be what counting every row gives."""
    made = await stats.of(town.database, since=since, until=until)
    assert as_counted(made) == await by_hand(town, since, until, made.step), (since, until)
    return made
