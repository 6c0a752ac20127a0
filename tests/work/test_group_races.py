"""Clicks, callbacks and the clock at one moment about one group: all of them count, none waits."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.rules.grouping import Grouping
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.store import groups, leases, mutes, storms
from bot.store.engine import Database
from bot.work import storm
from bot.work.act import Verb
from tests.support.rows import until_somebody_waits
from tests.support.world import ANN, LI, World, world

pytestmark = pytest.mark.slow

MEMBERS = 12
ROUTES = (
    Route("all", {}, "alarms", grouping=Grouping(("rule",), timedelta(), timedelta(seconds=1))),
)


async def heard(town: World, state: Reported, *, first: int = 0) -> None:
    """As the applier does it: while nobody else applies."""
    for number in range(first, MEMBERS):
        await town.hear(state, alarm=f"m{number}", rule="all")


async def ticked(town: World) -> None:
    for _ in range(MEMBERS):
        await town.tick()
        town.time.pass_by(1)


async def storm_of_groups(town: World) -> None:
    """A storm in which each rule has a group of two."""
    town.routes, town.storm_limit = ROUTES, 1
    for number in range(MEMBERS):
        for one in "ab":
            await town.hear(alarm=f"{number}{one}", rule=f"r{number}")
    await town.tick()


async def clicked(town: World, verb: Verb) -> None:
    rows = [card["id"] for card in await town.cards() if card["incident_id"]]
    await asyncio.gather(*(town.click(verb, one, LI) for one in reversed(rows)))


async def taken(town: World, number: int = 1) -> int:
    return await storm.acknowledge_all(
        town.database, number, by=ANN, via="t", key=None, now=town.time.now, poke=list
    )


async def test_people_and_the_clock_change_one_group_at_one_moment(postgres_url: str) -> None:
    database = Database(postgres_url)
    async with world(database) as town:
        town.routes = ROUTES
        await heard(town, Reported.ALERT)
        await town.tick()
        for verb in (Verb.ACKNOWLEDGE, Verb.UNACKNOWLEDGE, Verb.RESOLVE, Verb.REOPEN) * 3:
            await asyncio.gather(clicked(town, verb), taken(town), taken(town), ticked(town))
        await clicked(town, Verb.RESOLVE)
        for _ in range(3):
            town.let_pass(2)
            await town.tick()
            await town.deliver(rounds=2)
        (card,) = [m for m in town.top() if "group_show" in str(m.attachments)]
        assert f"{MEMBERS} alarms, all over" in card.text
    await database.close()


async def test_a_whole_storm_is_taken_while_its_groups_are_looked_at(postgres_url: str) -> None:
    """Taking it all locks one group after the other, and each time the storm's card."""
    database = Database(postgres_url)
    async with world(database) as town:
        await storm_of_groups(town)
        async with database.reading() as tx:
            (found,) = (await storms.going_on(tx, [1])).values()
        for _ in range(6):
            for number in range(MEMBERS):
                await town.hear(alarm=f"{number}a", rule=f"r{number}", value=90.0 + number)
            town.time.pass_by(1)
            await asyncio.gather(
                taken(town, found.id), taken(town, found.id), town.tick(), town.tick()
            )
            await clicked(town, Verb.UNACKNOWLEDGE)
        assert await taken(town, found.id) == 2 * (MEMBERS - 1)
    await database.close()


async def test_a_storm_is_taken_whole_at_the_moment_that_it_calms(postgres_url: str) -> None:
    """One wanted the storm's card, the other that of an alarm in it: each had what the other did.

    Here the storm has let go of a card and not yet changed its own when somebody takes it all.
    """
    database = Database(postgres_url)
    async with world(database) as town:
        town.storm_limit = 1
        for number in range(4):
            await town.hear(alarm=f"a{number}")
        now = town.time.now
        async with database.writing() as tx:
            assert await leases.hold(tx, leases.APPLY, "one", now=now, until=now)
            (found,) = (await storms.going_on(tx, [1])).values()
        async with database.writing() as tx:
            await mutes.wait_for_apply(tx)
            assert await storms.let_go(tx, found.id, most=1, now=now) == 1
            taking = asyncio.create_task(taken(town, found.id))
            await until_somebody_waits(database)
            await storms.want(tx, [found.id], now=now)
        assert await taking == 4
    await database.close()


async def test_a_storm_lets_go_of_its_groups_in_the_order_of_their_numbers(
    postgres_url: str,
) -> None:
    """Whoever has the first of them can have the others as well.

    PostgreSQL reads a table that it knows to be small as its rows lie, not by their numbers.
    """
    database = Database(postgres_url)
    async with world(database) as town:
        await storm_of_groups(town)
        async with database.writing() as tx:
            (found,) = (await storms.going_on(tx, [1])).values()
            held = [one.id for one in await groups.with_ids(tx, range(99)) if one.in_storm]
            for one in reversed(await groups.with_ids(tx, held)):
                await groups.save(tx, one)  # by which its row lies behind those that come later
            # and few rows are read as they lie
            await tx.connection.execute(sa.text("ANALYZE storms"))

        async def calm() -> int:
            async with database.writing() as tx:
                return await storms.let_go(tx, found.id, most=99, now=town.time.now)

        async with database.writing() as tx:
            await groups.with_ids(tx, held[:1])
            calming = asyncio.create_task(calm())
            await until_somebody_waits(database)
            assert len(await groups.with_ids(tx, held)) == len(held) > 1
        assert await calming == len(held)
    await database.close()
