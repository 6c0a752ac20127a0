"""Leases: one replica at a time, and a killed one is followed within the lease."""

from datetime import datetime

from bot.store import leases
from bot.store.engine import Database
from tests.support.values import NOON, second


async def hold(database: Database, owner: str, *, now: datetime, until: datetime) -> bool:
    async with database.writing() as tx:
        return await leases.hold(tx, leases.APPLY, owner, now=now, until=until)


async def test_a_lease_that_nobody_holds_is_taken(database: Database) -> None:
    assert await hold(database, "a", now=NOON, until=second(10))


async def test_a_lease_that_somebody_holds_is_not_taken(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    assert not await hold(database, "b", now=second(9.999), until=second(20))


async def test_its_holder_renews_a_lease(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    assert await hold(database, "a", now=second(5), until=second(15))
    assert not await hold(database, "b", now=second(12), until=second(22))


async def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    assert await hold(database, "b", now=second(10), until=second(20))


async def test_who_lost_a_lease_does_not_get_it_back(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    await hold(database, "b", now=second(10), until=second(20))
    assert not await hold(database, "a", now=second(11), until=second(21))


async def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    async with database.writing() as tx:
        await leases.release(tx, leases.APPLY, "a")
    assert await hold(database, "b", now=second(1), until=second(11))


async def test_nobody_gives_back_the_lease_of_another(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    async with database.writing() as tx:
        await leases.release(tx, leases.APPLY, "b")
    assert not await hold(database, "b", now=second(1), until=second(11))


async def test_leases_of_two_names_are_two_leases(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    async with database.writing() as tx:
        assert await leases.hold(tx, "prune", "b", now=NOON, until=second(10))


async def test_at_the_start_every_lease_can_be_taken_back(database: Database) -> None:
    await hold(database, "a", now=NOON, until=second(10))
    async with database.writing() as tx:
        await leases.release_all(tx)
    assert await hold(database, "b", now=second(1), until=second(11))
