"""The history of an alarm: what it says is what somebody finds who reads every row."""

import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.rules.history import History, Period, Point, Span
from bot.rules.record import Kind, Reading, Record, Reported
from bot.rules.severity import Severity
from bot.store.history import BUCKETS
from bot.store.tables import alarms, callbacks, incidents
from bot.work import history
from bot.work.act import Verb
from tests.support.past import LIMIT, card_of, every_row, hear, some_weeks
from tests.support.world import ANN, World


async def look(town: World, number: int = 1, **asked: Any) -> History:
    """The history of an incident's alarm."""
    plain = {"span": Span.WEEK, "whole_rule": False, "before_id": None, "now": town.time.now}
    found = await history.of_incident(town.database, number, **plain | asked)
    assert found is not None
    return found


async def as_read_from_every_row(town: World, number: int, span: Span, *, rule: bool) -> Any:
    """Periods, numbers, counts and extreme values, found the slow way."""
    since = town.time.now - span.length
    all_incidents = await every_row(town, incidents)
    rules = {row["id"]: row["rule_id"] for row in await every_row(town, alarms)}
    mine = next(row["alarm_id"] for row in all_incidents if row["id"] == number)
    watched = {one for one in rules if (rules[one] == rules[mine] if rule else one == mine)}
    fired = [
        row
        for row in all_incidents
        if row["alarm_id"] in watched
        and (row["state"] in ("firing", "no_data") or (row["recovered_at"] or since) > since)
    ]
    heard = [
        row
        for row in await every_row(town, callbacks)
        if row["alarm_id"] in watched and row["at"] >= since
    ]
    told = [row["value"] for row in heard if row["value"] is not None]
    return (
        [Period(row["opened_at"], _end(row), row["worst_severity"]) for row in fired],
        [row["id"] for row in reversed(fired)],
        (len(fired), len(heard), len({row["alarm_id"] for row in heard})),
        (min(told), max(told)) if told else None,
    )


def _end(row: sa.RowMapping) -> Any:
    return None if row["state"] in ("firing", "no_data") else row["recovered_at"]


def told_by(found: History, pages: list[int]) -> Any:
    counts, values = found.counts, [point.value for point in found.points]
    return (
        list(found.periods),
        pages,
        (counts.incidents, counts.callbacks, counts.instances),
        (min(values), max(values)) if values else None,
    )


async def all_pages(town: World, number: int, **asked: Any) -> list[int]:
    numbers: list[int] = []
    cursor = None
    while True:
        page = await look(town, number, before_id=cursor, **asked)
        numbers += [one.number for one in page.past]
        cursor = page.next_cursor
        if cursor is None:
            return numbers


async def test_a_history_is_what_reading_every_row_finds(town: World) -> None:
    dice = random.Random(20261123)  # noqa: S311 - dice, not secrets
    await some_weeks(town, dice)
    seen: set[int] = set()
    for number in dice.sample(range(1, 30), 8):
        for span in Span:
            for rule in (True, False):
                found = await look(town, number, span=span, whole_rule=rule)
                pages = await all_pages(town, number, span=span, whole_rule=rule)
                expected = await as_read_from_every_row(town, number, span, rule=rule)
                assert told_by(found, pages) == expected, (number, span, rule)
                seen.add(found.counts.incidents)
    assert len(seen) > 5  # the dice made different pasts


async def test_each_point_is_a_value_that_a_callback_told(town: World) -> None:
    dice = random.Random(7)  # noqa: S311 - dice, not secrets
    for _ in range(60):
        town.time.pass_by(dice.uniform(60, 600))
        await hear(town, value=dice.choice([50.0, 60.0, dice.uniform(0, 100)]))
    told = {Point(row["at"], row["value"]) for row in await every_row(town, callbacks)}
    found = await look(town, span=Span.QUARTER)
    assert set(found.points) <= told
    assert list(found.points) == sorted(found.points, key=lambda point: point.at)


async def test_many_values_become_few_points_with_the_peak_among_them(town: World) -> None:
    readings = []
    for number in range(500):
        town.time.pass_by(60)
        value = 99.5 if number == 123 else 50.0 + number % 7
        record = Record(
            Kind.THRESHOLD,
            state=Reported.ALERT,
            rule_id="r",
            value=value,
            timestamp=town.time.now,
        )
        readings.append(Reading(record, "one", f"d{number}", LIMIT))
    await town.file(readings)
    found = await look(town, span=Span.DAY)
    assert len(found.points) <= 2 * BUCKETS
    assert max(found.points, key=lambda point: point.value) == Point(
        readings[123].record.timestamp, 99.5
    )


async def test_a_firing_that_began_before_the_span_and_goes_on_is_in_it(town: World) -> None:
    await hear(town)
    town.time.pass_by(3 * 86_400)
    found = await look(town, span=Span.DAY)
    assert [period.ended for period in found.periods] == [None]
    assert [one.number for one in found.past] == [1]
    assert found.series == ()


async def test_what_ended_before_the_span_is_not_in_it(town: World) -> None:
    await hear(town)
    town.time.pass_by(60)
    await hear(town, state=Reported.OK, value=40.0)
    town.time.pass_by(3 * 86_400)
    found = await look(town, span=Span.DAY)
    assert (found.periods, found.past, found.counts.incidents) == ((), (), 0)


async def test_the_past_tells_who_took_it_after_how_long_and_what_they_wrote(town: World) -> None:
    await hear(town, value=99.13, severity=Severity.CRITICAL)
    town.time.pass_by(240)
    await town.click(Verb.ACKNOWLEDGE, await card_of(town, 1), ANN)
    town.time.pass_by(60)
    await hear(town, state=Reported.OK, value=40.0)
    (past,) = (await look(town)).past
    assert past.by == ANN
    assert past.after is not None
    assert round(past.after.total_seconds()) == 240
    assert past.worst == "99.13 %"
    assert past.lasted == timedelta(seconds=300, milliseconds=1)
    assert past.severity is Severity.CRITICAL


async def test_the_whole_rule_shows_the_cards_own_instance_first(town: World) -> None:
    for instance in ("i-a", "i-b", "i-b", "i-c"):
        await hear(town, instance)
        town.time.pass_by(60)
        await hear(town, instance, Reported.OK)
        town.time.pass_by(3_600)
    found = await look(town, 4, whole_rule=True)
    assert [one.instance for one in found.series] == ["i-c", "i-b", "i-a"]
    assert found.counts.instances == 3


async def test_an_alarm_without_a_rule_has_no_other_instances(town: World) -> None:
    await hear(town, "i-a", rule=None)
    await hear(town, "i-b", rule=None)
    found = await look(town, 1, whole_rule=True)
    assert [one.number for one in found.past] == [1]


async def test_a_page_neither_skips_nor_repeats_while_new_incidents_come(town: World) -> None:
    for _ in range(12):
        await hear(town)
        town.time.pass_by(60)
        await hear(town, state=Reported.OK)
        town.time.pass_by(1_200)
    first = await look(town, 1)
    await hear(town)
    second = await look(town, 1, before_id=first.next_cursor)
    numbers = [one.number for one in (*first.past, *second.past)]
    assert numbers == list(range(12, 0, -1))
    assert second.next_cursor is None


@pytest.mark.parametrize("card_id", ["", "no-id", "0196a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"])
async def test_a_card_that_nobody_knows_has_no_history(town: World, card_id: str) -> None:
    asked = {"span": Span.DAY, "whole_rule": False, "before_id": None, "now": town.time.now}
    assert await history.of_card(town.database, card_id, **asked) is None
    assert await history.of_incident(town.database, 99, **asked) is None


async def test_a_card_has_the_history_of_its_alarm(town: World) -> None:
    await hear(town, "i-a")
    await hear(town, "i-b")
    found = await history.of_card(
        town.database,
        await card_of(town, 2),
        span=Span.DAY,
        whole_rule=False,
        before_id=None,
        now=town.time.now,
    )
    assert found is not None
    assert [one.instance for one in found.past] == ["i-b"]
