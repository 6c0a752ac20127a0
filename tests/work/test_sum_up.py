"""Sums of the past: statistics from them are those from the rows, whatever happens to the rows."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.sheet import SIZES, Piece, Sheet, Spells, hour_of
from bot.store import sheets
from bot.store.engine import Database
from bot.store.tables import callbacks, incidents, summed
from bot.work.act import Click, Verb, act
from bot.work.prune import Keep, prune_once
from bot.work.sum_up import SumUp
from tests.support.counted import agree, restless_hours, some_are_taken
from tests.support.past import every_row, hear, some_weeks
from tests.support.world import LI, World


def summing(town: World) -> SumUp:
    return SumUp(town.database, owner="tests", clock=town.time, pause=0)


async def pieces(town: World) -> set[Piece]:
    """What is summed."""
    async with town.database.reading() as tx:
        rows = await tx.connection.execute(sa.select(summed).where(summed.c.mark.is_(None)))
        return {Piece(row.start, row.size) for row in rows}


async def agree_everywhere(town: World, dice: random.Random) -> int:
    """Compare over some times; how many alarms flapped in all."""
    flapped = 0
    for days in (0.3, 2, 7, 19, 41, 60):
        until = town.time.now - timedelta(hours=dice.choice([0, 0, 5.5, 50]))
        made = await agree(town, until - timedelta(days=days), until)
        flapped += len(made.flapping)
    return flapped


@pytest.mark.slow
async def test_statistics_from_sums_are_what_counting_every_row_gives(town: World) -> None:
    dice = random.Random(20261130)  # noqa: S311 - dice, not secrets
    flapped = 0
    for _ in range(3):
        await some_weeks(town, dice, callbacks=25)
        await restless_hours(town, dice)
        assert await summing(town).once() > 0
        flapped += await agree_everywhere(town, dice)
        await some_are_taken(town, dice)  # these change what is summed already
        flapped += await agree_everywhere(town, dice)
    assert flapped
    assert {piece.size for piece in await pieces(town)} == set(SIZES)


async def test_a_flapping_alarm_is_counted_from_any_moment_on(town: World) -> None:
    """What began before the time has no part, though a sum may know of it."""
    dice = random.Random(5)  # noqa: S311 - dice, not secrets
    began = town.time.now
    await restless_hours(town, dice)
    town.time.pass_by(3 * 86_400)
    await summing(town).once()
    for minutes in range(0, 1_200, 20):
        await agree(town, began + timedelta(minutes=minutes), town.time.now)
        await agree(town, began, began + timedelta(minutes=minutes + 10))


async def test_pruning_leaves_sums_of_what_is_left(town: World) -> None:
    dice = random.Random(6)  # noqa: S311 - dice, not secrets
    await some_weeks(town, dice, callbacks=40)
    await town.go_on(seconds=30)
    await summing(town).once()
    gone = await prune_once(town.database, Keep(most=5), now=town.time.now)
    assert gone.incidents
    await agree_everywhere(town, dice)
    await summing(town).once()
    await agree_everywhere(town, dice)


async def summed_hour(town: World) -> Piece:
    """One incident, and the sum of its hour."""
    await hear(town)
    hour = hour_of(town.time.now)
    town.time.pass_by(3 * 3_600)
    await summing(town).once()
    assert Piece(hour, 1) in await pieces(town)
    return Piece(hour, 1)


async def test_summing_twice_does_nothing(town: World) -> None:
    await summed_hour(town)
    assert await summing(town).once() == 0


async def test_nothing_heard_is_nothing_to_sum(town: World) -> None:
    assert await summing(town).once() == 0


async def test_the_hour_that_is_not_over_is_not_summed(town: World) -> None:
    await hear(town)
    await summing(town).once()
    assert all(piece.until <= town.time.now for piece in await pieces(town))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM callbacks",
        "UPDATE incidents SET worst_severity = 'INFO'",
        "UPDATE incidents SET first_acknowledged_at = opened_at",
        "UPDATE incidents SET recovered_at = heard_at, state = 'recovered'",
        "UPDATE incidents SET firings = firings + 1",
        "UPDATE callbacks SET outcome = 'stale'",
    ],
)
async def test_who_changes_a_row_makes_its_sum_void_without_knowing_of_it(
    town: World, statement: str
) -> None:
    """As the last release does in a rolling restart."""
    hour = await summed_hour(town)
    async with town.database.writing() as tx:
        await tx.connection.execute(sa.text(statement))
    assert await pieces(town) & {hour, Piece(hour.start // 6 * 6, 6)} == set()


async def test_what_changes_no_sum_leaves_it(town: World) -> None:
    hour = await summed_hour(town)
    async with town.database.writing() as tx:
        await tx.connection.execute(sa.text("UPDATE incidents SET last_value = 1, remarks = 3"))
    assert hour in await pieces(town)


async def test_a_callback_that_is_late_makes_the_sum_of_its_hour_void(town: World) -> None:
    hour = await summed_hour(town)
    row = dict((await every_row(town, callbacks))[0])
    async with town.database.writing() as tx:
        await tx.connection.execute(sa.insert(callbacks), [row | {"id": new_id()}])
    assert hour not in await pieces(town)


async def test_a_click_makes_the_sum_void_in_which_the_incident_opened(town: World) -> None:
    hour = await summed_hour(town)
    click = Click(Verb.ACKNOWLEDGE, None, LI, "tests", incident_id=1)
    await act(town.database, click, now=town.time.now, poke=lambda: None)
    assert hour not in await pieces(town)


async def test_a_sum_of_rows_that_changed_meanwhile_is_not_kept(town: World) -> None:
    hour = await summed_hour(town)
    async with town.database.writing() as tx:
        mark = await sheets.mark(tx, hour)
    assert mark is not None
    async with town.database.writing() as tx:
        await tx.connection.execute(sa.update(incidents).values(firings=9))
    async with town.database.writing() as tx:
        assert not await sheets.save(tx, hour, Sheet(), mark=mark)
    assert hour not in await pieces(town)


async def test_a_sum_that_another_replica_began_anew_is_not_kept(town: World) -> None:
    hour = await summed_hour(town)
    async with town.database.writing() as tx:
        mine = await sheets.mark(tx, hour)
        other = await sheets.mark(tx, hour)
    assert mine is not None
    assert other is not None
    async with town.database.writing() as tx:
        assert not await sheets.save(tx, hour, Sheet(), mark=mine)
        assert await sheets.save(tx, hour, Sheet(), mark=other)


async def test_on_postgresql_no_sum_begins_while_somebody_changes_its_rows(
    postgres_url: str,
) -> None:
    """Not committed yet, the change is in no sum that is read now."""
    one, two = Database(postgres_url), Database(postgres_url)
    hour = Piece(498_000, 1)
    forget = sa.text("SELECT summed_forget(to_timestamp(498000 * 3600.0 + 5))")
    async with one.writing() as changing:
        await changing.connection.execute(forget)
        async with two.writing() as tx:
            assert await sheets.mark(tx, hour) is None
            assert await sheets.mark(tx, replace(hour, start=498_001)) is not None
    async with two.writing() as tx:
        assert await sheets.mark(tx, hour) is not None
    await one.close()
    await two.close()


async def test_one_replica_sums_at_a_time(town: World) -> None:
    one = SumUp(town.database, owner="one", clock=town.time)
    two = SumUp(town.database, owner="two", clock=town.time)
    assert await one._is_my_turn()
    assert not await two._is_my_turn()


def test_a_sheet_is_the_same_after_it_was_stored() -> None:
    sheet = Sheet(
        noise={7: (3 << 32) + 40, 2: 5},
        severities=[1, 2, 0, 9],
        events=4,
        never=3,
        shown=[1, 2, 13],
        taken=Spells.of(range(200)),
        over=Spells.of([5, 1]),
        flaps={7: 12},
    )
    found = sheets.unpacked(sheets.packed(sheet))
    found.taken.values, found.over.values = sheet.taken.values, sheet.over.values
    assert found == sheet


def test_a_sheet_of_an_unknown_version_is_told_as_such() -> None:
    with pytest.raises(ValueError, match="version 9"):
        sheets.unpacked(b"\x09" + sheets.packed(Sheet())[1:])
