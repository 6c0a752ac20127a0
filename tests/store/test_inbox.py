"""The inbox keeps every byte, in order, until it is dropped."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from bot.ids import new_id
from bot.rules.record import RawRequest
from bot.store import inbox
from bot.store.engine import Database
from bot.store.inbox import BYTES, COUNTED, Taken
from tests.support.callbacks import append

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def taken(body: bytes) -> Taken:
    request = RawRequest("POST", "a=1", (("Content-Type", "text/plain"), ("X", "é")), body)
    return Taken(new_id(), NOW, "console", request)


async def test_every_byte_comes_back_in_order(database: Database) -> None:
    callbacks = [taken(bytes(range(256))), taken(b""), taken("支付".encode())]
    await append(database, callbacks)
    async with database.reading() as tx:
        assert [one.taken for one in await inbox.oldest(tx, 10)] == callbacks


async def test_dropped_callbacks_wait_no_more(database: Database) -> None:
    callbacks = [taken(b"1"), taken(b"2"), taken(b"3")]
    await append(database, callbacks)
    async with database.writing() as tx:
        await inbox.drop(tx, await inbox.oldest(tx, 2))
    async with database.reading() as tx:
        assert [one.taken.id for one in await inbox.oldest(tx, 10)] == [callbacks[2].id]
        assert await inbox.length(tx) == 1


async def test_what_came_in_the_place_of_others_stays(database: Database) -> None:
    """SQLite numbers from 1 again once its inbox was empty: a replica that was held up, and
    overtaken, must not take away what it has never seen."""
    await append(database, [taken(b"1"), taken(b"2")])
    async with database.reading() as tx:
        seen = await inbox.oldest(tx, 2)
    async with database.writing() as tx:
        assert await inbox.drop(tx, seen)
    await append(database, [taken(b"3"), taken(b"4")])
    async with database.writing() as tx:
        assert not await inbox.drop(tx, seen)


async def test_a_failed_transaction_drops_nothing(database: Database) -> None:
    await append(database, [taken(b"1")])
    with suppress(RuntimeError):
        async with database.writing() as tx:
            await inbox.drop(tx, await inbox.oldest(tx, 1))
            raise RuntimeError
    async with database.reading() as tx:
        assert await inbox.length(tx) == 1


async def test_callbacks_come_in_whole_or_not_at_all(database: Database) -> None:
    broken = Taken(new_id(), NOW.replace(tzinfo=None), "console", taken(b"").request)
    with pytest.raises(ValueError, match="without a zone"):
        await append(database, [taken(b"1"), broken])
    async with database.reading() as tx:
        assert await inbox.length(tx) == 0


async def test_all_are_counted_and_of_many_the_numbers(database: Database) -> None:
    for number in (1, COUNTED - 1, 1):
        await append(database, [taken(b"x")] * number)
    async with database.writing() as tx:
        assert await inbox.length(tx) == COUNTED + 1
        await inbox.drop(tx, (await inbox.oldest(tx, 3))[1:])
        assert await inbox.length(tx) == COUNTED + 1
        await inbox.drop(tx, await inbox.oldest(tx, 1))
        assert await inbox.length(tx) == COUNTED - 2


async def test_a_batch_of_any_size_keeps_its_order(database: Database) -> None:
    bodies = [b"%d" % number for number in range(64 + 16 + 4 + 3)]
    await append(database, [taken(body) for body in bodies])
    async with database.reading() as tx:
        waiting = await inbox.oldest(tx, 100)
    assert [one.taken.request.body for one in waiting] == bodies


@pytest.mark.parametrize(("waiting", "limit", "all_"), [(3, 4, True), (3, 3, False), (4, 3, False)])
async def test_who_reads_fewer_than_asked_for_has_read_all(
    database: Database, waiting: int, limit: int, *, all_: bool
) -> None:
    await append(database, [taken(b"x")] * waiting)
    async with database.reading() as tx:
        assert inbox.are_all(await inbox.oldest(tx, limit), limit) is all_


@pytest.mark.parametrize("sizes", [(BYTES, 1), (BYTES // 2, BYTES // 2, 1), (BYTES - 4, 1, 1)])
async def test_where_large_ones_are_left_for_later_it_was_not_all(
    database: Database, sizes: tuple[int, ...]
) -> None:
    """Each counts with its query, of three letters here."""
    await append(database, [taken(b"x" * size) for size in sizes])
    async with database.reading() as tx:
        waiting = await inbox.oldest(tx, 100)
    assert len(waiting) < len(sizes)
    assert not inbox.are_all(waiting, 100)


CUT_ALL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_a_batch_is_stored_though_its_connection_has_died(postgres_url: str) -> None:
    database = Database(postgres_url)
    await append(database, [taken(b"1")])
    async with database.writing() as tx:
        await tx.connection.exec_driver_sql(CUT_ALL_OTHERS)
    await append(database, [taken(b"2")])
    async with database.reading() as tx:
        assert await inbox.length(tx) == 2
    await database.close()
