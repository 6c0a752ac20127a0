"""Statistics: equal to those of somebody who reads every row and counts by hand."""

import random
from datetime import timedelta

from bot.rules.record import Kind, Reading, Record, Reported
from bot.rules.severity import Severity
from bot.rules.stats import Stats
from bot.work import stats
from bot.work.act import Verb
from tests.support.counted import agree, restless_hours, some_are_taken
from tests.support.past import card_of, hear, some_weeks
from tests.support.world import LI, World


async def of_the_last(town: World, days: float) -> Stats:
    until = town.time.now
    return await stats.of(town.database, since=until - timedelta(days=days), until=until)


async def test_statistics_are_what_counting_every_row_gives(town: World) -> None:
    dice = random.Random(20261123)  # noqa: S311 - dice, not secrets
    for _ in range(2):
        await some_weeks(town, dice, callbacks=60)
        await restless_hours(town, dice)
        await some_are_taken(town, dice)
    until = town.time.now
    flapped = 0
    for days in (2, 7, 19):
        for end in (until, until - timedelta(days=4)):
            made = await agree(town, end - timedelta(days=days), end)
            flapped += len(made.flapping)
    assert flapped


async def test_nothing_happened_is_an_answer_too(town: World) -> None:
    made = await of_the_last(town, 7)
    assert (made.incidents, made.callbacks, made.firing) == (0, 0, 0)
    assert made.share_never_acknowledged is None
    assert made.acknowledged.median is None
    assert [one.all for one in made.buckets] == [0] * 7
    assert (made.rules, made.instances, made.flapping) == ((), (), ())


async def test_an_instance_is_called_as_its_newest_alarm_calls_it(town: World) -> None:
    await hear(town, "i-a", called="old/10.0.0.1")
    await hear(town, "i-a", called="new/10.0.0.1", rule="rule-2")
    await hear(town, "i-a", rule="rule-3")
    await hear(town, "i-b")
    made = await of_the_last(town, 1)
    named = [(one.name, one.label) for one in made.instances]
    assert named == [("i-a", "new (10.0.0.1, i-a)"), ("i-b", None)]


async def test_how_long_people_and_things_took(town: World) -> None:
    for wait, lasts in ((60, 600), (180, 1_200), (600, 6_000)):
        await hear(town)
        town.time.pass_by(wait)
        await town.click(Verb.ACKNOWLEDGE, await card_of(town, len(await town.cards())), LI)
        town.time.pass_by(lasts - wait)
        await hear(town, state=Reported.OK)
        town.time.pass_by(3_600)
    await hear(town)
    made = await of_the_last(town, 1)
    assert made.acknowledged.median is not None
    assert made.recovered.mean is not None
    assert round(made.acknowledged.median.total_seconds()) == 180
    assert round(made.recovered.mean.total_seconds()) == 2_600
    assert (made.never_acknowledged, made.incidents, made.firing) == (1, 4, 1)
    assert made.share_never_acknowledged == 0.25


async def test_the_worst_severity_of_an_incident_counts(town: World) -> None:
    await hear(town, severity=Severity.CRITICAL)
    town.time.pass_by(60)
    await hear(town, severity=Severity.INFO)
    made = await of_the_last(town, 1)
    assert made.severities == ((Severity.CRITICAL, 1),)
    assert (made.buckets[-1].critical, made.buckets[-1].other) == (1, 0)


async def test_an_event_is_counted_and_nobody_is_blamed_for_it(town: World) -> None:
    record = Record(Kind.SYSTEM_EVENT, state=Reported.EVENT, timestamp=town.time.now)
    await town.file([Reading(record, "reboot", "d1")])
    town.time.pass_by(1)
    made = await of_the_last(town, 1)
    assert (made.events, made.incidents, made.never_acknowledged) == (1, 0, 0)


async def test_a_recovery_nobody_heard_the_start_of_is_no_incident(town: World) -> None:
    await hear(town, state=Reported.OK)
    made = await of_the_last(town, 1)
    assert (made.incidents, made.callbacks) == (0, 1)
    assert made.recovered.count == 0
