"""Transactions in a thread: the same promises as of the others, and no way to hold a loop up."""

import asyncio
import threading
from functools import partial

import pytest
import sqlalchemy as sa

from bot.errors import StorageUnavailable
from bot.store import alarms, at_once, engine
from bot.store.engine import Database, Reading, Writing
from tests.support.postgres import socket_of, through
from tests.support.proxy import proxy
from tests.support.values import alarm


async def add(number: int, tx: Writing) -> int:
    await alarms.add(tx, [alarm(number)])
    return number


async def known(tx: Reading) -> set[int]:
    return set(await alarms.with_ids(tx, range(1, 100)))


async def test_what_ends_well_is_kept_and_its_result_given(database: Database) -> None:
    assert await database.write_at_once(partial(add, 1)) == 1
    assert await database.read_at_once(known) == {1}
    async with database.reading() as tx:
        assert await known(tx) == {1}


async def test_what_fails_leaves_nothing_and_the_next_goes_on(database: Database) -> None:
    async def add_and_fail(tx: Writing) -> None:
        await add(1, tx)
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        await database.write_at_once(add_and_fail)
    await database.write_at_once(partial(add, 2))
    assert await database.read_at_once(known) == {2}


async def test_a_reading_one_sees_one_state_to_its_end(database: Database) -> None:
    """Somebody else commits between its two looks."""
    looked, go_on = threading.Event(), threading.Event()

    async def look_twice(tx: Reading) -> tuple[set[int], set[int]]:
        first = await known(tx)
        looked.set()
        assert go_on.wait(30)
        return first, await known(tx)

    looking = asyncio.create_task(database.read_at_once(look_twice))
    await asyncio.to_thread(looked.wait, 30)
    async with database.writing() as tx:
        await add(1, tx)
    go_on.set()
    assert await looking == (set(), set())


async def test_the_event_loop_goes_on_meanwhile(database: Database) -> None:
    go_on = threading.Event()

    async def linger(tx: Writing) -> None:
        await add(1, tx)
        assert go_on.wait(30)

    lingering = asyncio.create_task(database.write_at_once(linger))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not lingering.done()
    go_on.set()
    await lingering


async def test_work_that_waits_for_something_else_is_refused(database: Database) -> None:
    async def wait(tx: Writing) -> None:
        await add(1, tx)
        await asyncio.sleep(0)

    with pytest.raises(AssertionError, match="its connection alone"):
        await database.write_at_once(wait)
    assert await database.read_at_once(known) == set()


async def test_who_is_cancelled_waits_for_the_thread_and_keeps_its_turn(
    database: Database,
) -> None:
    """Otherwise the next writer would find SQLite locked by nobody it knows of."""
    begun, go_on = threading.Event(), threading.Event()

    async def linger(tx: Writing) -> None:
        await add(1, tx)
        begun.set()
        assert go_on.wait(30)

    lingering = asyncio.create_task(database.write_at_once(linger))
    await asyncio.to_thread(begun.wait, 30)
    lingering.cancel()
    following = asyncio.create_task(database.write_at_once(partial(add, 2)))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not lingering.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await lingering
    assert await following == 2
    assert await database.read_at_once(known) == {1, 2}  # nobody could stop it any more


async def test_a_closed_database_opens_again_when_asked(database: Database) -> None:
    await database.write_at_once(partial(add, 1))
    await database.close()
    assert await database.read_at_once(known) == {1}


@pytest.mark.slow
async def test_a_server_that_hangs_is_given_up(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_WITHIN_S", 3.0)
    async with proxy(socket_of(postgres_url)) as wire:
        database = Database(through(postgres_url, wire.port))
        assert await database.write_at_once(partial(add, 1)) == 1
        wire.back.timeout = 0  # the connection stays open, and nothing comes back
        with pytest.raises(StorageUnavailable, match="no answer"):
            await database.write_at_once(partial(add, 2))
        wire.heal()
        assert 1 in await database.read_at_once(known)
        await database.close()


@pytest.mark.slow
async def test_who_is_cancelled_waits_not_for_ever_for_a_server_that_hangs(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card's time was over while it was recorded: the thread stayed with the server."""
    monkeypatch.setattr(engine, "ANSWER_WITHIN_S", 1.0)
    async with proxy(socket_of(postgres_url)) as wire:
        database, begun = Database(through(postgres_url, wire.port)), threading.Event()

        async def hang(tx: Writing) -> None:
            wire.back.timeout = 0
            begun.set()
            await add(1, tx)

        hanging = asyncio.create_task(database.write_at_once(hang))
        await asyncio.to_thread(begun.wait, 30)
        hanging.cancel()
        done, _ = await asyncio.wait([hanging], timeout=30)
        wire.heal()
        assert done
        assert await database.read_at_once(known) == set()
        await database.close()


async def test_a_connection_that_was_cut_is_noticed_before_use(postgres_url: str) -> None:
    async with proxy(socket_of(postgres_url)) as wire:
        database = Database(through(postgres_url, wire.port))
        await database.write_at_once(partial(add, 1))
        wire.cut()
        await database.write_at_once(partial(add, 2))
        assert await database.read_at_once(known) == {1, 2}
        await database.close()


@pytest.mark.fault("F39")
async def test_a_server_that_takes_no_more_writes_is_not_read_any_longer(
    postgres_url: str,
) -> None:
    """A primary that was switched over answers readers on, with what it knew: an empty inbox."""
    database = Database(postgres_url)

    async def server(tx: Reading) -> int:
        return await tx.connection.scalar(sa.text("SELECT pg_backend_pid()"))

    async def write_in_vain() -> None:
        async with database.writing() as tx:
            await tx.connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            await add(1, tx)

    before = await database.read_at_once(server)
    assert await database.read_at_once(server) == before
    with pytest.raises(StorageUnavailable, match="read-only"):
        await write_in_vain()
    assert await database.read_at_once(server) != before
    await database.close()


def test_a_thread_without_a_connection_has_nothing_to_cut() -> None:
    at_once.Thread(sa.create_engine("sqlite://"))._cut()
