"""The two engines: what is promised of each transaction, and how a database that fails is told."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Collection
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import StorageUnavailable
from bot.store import alarms, leases
from bot.store.embedded import BUSY_TIMEOUT_MS, READERS, sqlite_is_too_old
from bot.store.engine import Database, Writing
from bot.store.tables import alarms as alarms_table
from tests.support.rows import until_somebody_waits
from tests.support.values import NOON, alarm, second

SECRET = "canary-body-4711"
_HEARD = sa.update(alarms_table).values(heard_until=second(1))


@pytest.fixture
async def embedded(sqlite_url: str) -> AsyncGenerator[Database]:
    """The store on SQLite."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def served(postgres_url: str) -> AsyncGenerator[Database]:
    """The store on PostgreSQL."""
    opened = Database(postgres_url)
    yield opened
    await opened.close()


async def known(database: Database) -> set[int]:
    """The alarms that everybody sees."""
    async with database.reading() as tx:
        return set(await alarms.with_ids(tx, range(1, 100)))


async def add(database: Database, number: int) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, [alarm(number)])


# Every database.


async def test_a_transaction_that_ends_well_is_kept(database: Database) -> None:
    await add(database, 1)
    assert await known(database) == {1}


async def test_nobody_sees_a_transaction_before_it_is_committed(database: Database) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, [alarm(1)])
        assert await known(database) == set()


async def test_a_reading_transaction_sees_one_state_to_its_end(database: Database) -> None:
    async with database.reading() as tx:
        before = await alarms.next_id(tx)
        await add(database, 1)
        assert await alarms.next_id(tx) == before


async def test_a_cancelled_transaction_leaves_nothing_and_nobody_waiting(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def write_and_linger() -> None:
        async with database.writing() as tx:
            await alarms.add(tx, [alarm(1)])
            begun.set()
            await asyncio.Event().wait()

    lingering = asyncio.create_task(write_and_linger())
    await begun.wait()
    lingering.cancel()
    await asyncio.wait([lingering])
    await add(database, 2)
    assert await known(database) == {2}


async def test_a_transaction_cancelled_in_a_statement_lets_the_next_one_write(
    database: Database,
) -> None:
    slow = sa.text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000)"
        " SELECT count(*) FROM n"
    )
    begun = asyncio.Event()

    async def write_slowly() -> None:
        async with database.writing() as tx:
            await alarms.add(tx, [alarm(1)])
            begun.set()
            await tx.connection.execute(slow)

    slowly = asyncio.create_task(write_slowly())
    await begun.wait()
    await asyncio.sleep(0)
    slowly.cancel()
    await asyncio.wait([slowly])
    await add(database, 2)
    assert await known(database) == {2}


async def test_writers_of_one_row_come_one_after_the_other(database: Database) -> None:
    async def hold(owner: str) -> bool:
        async with database.writing() as tx:
            return await leases.hold(tx, "x", owner, now=NOON, until=second(10))

    held = await asyncio.gather(*(hold(f"replica {number}") for number in range(8)))
    assert held.count(True) == 1


async def test_a_naive_time_never_reaches_the_store(database: Database) -> None:
    naive = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001
    with pytest.raises(exc.StatementError, match="without a zone"):
        async with database.writing() as tx:
            await leases.hold(tx, "x", "a", now=naive, until=naive)


async def test_our_own_fault_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    await add(database, 1)
    with pytest.raises(exc.IntegrityError):
        await add(database, 1)


async def test_an_error_never_tells_what_was_to_be_stored(database: Database) -> None:
    twice = [alarm(1, name=SECRET), alarm(1, name=SECRET)]
    with pytest.raises(exc.IntegrityError) as told:
        async with database.writing() as tx:
            await alarms.add(tx, twice)
    assert SECRET not in str(told.value)


async def test_a_closed_database_opens_again_when_asked(database: Database) -> None:
    await add(database, 1)
    await database.close()
    assert await known(database) == {1}


# SQLite.


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL: a callback answered 200 outlives a power cut
        ("busy_timeout", BUSY_TIMEOUT_MS),
        ("foreign_keys", 1),
    ],
)
async def test_each_connection_to_sqlite_is_set_up(
    embedded: Database, pragma: str, value: object
) -> None:
    ask = sa.text(f"PRAGMA {pragma}")
    async with embedded.writing() as writing, embedded.reading() as reading:
        told = [await tx.connection.scalar(ask) for tx in (writing, reading)]
    assert told == [value, value]


async def test_sqlite_reads_go_on_while_one_writes(embedded: Database) -> None:
    async with embedded.writing() as tx:
        await alarms.add(tx, [alarm(1)])
        seen = await asyncio.gather(*(known(embedded) for _ in range(2 * READERS)))
    assert seen == [set()] * (2 * READERS)


async def _impatient(database: Database) -> None:
    """The one connection that writes no longer waits for other processes."""
    async with database.writing() as tx:
        await tx.connection.exec_driver_sql("PRAGMA busy_timeout=0")


async def test_a_locked_sqlite_is_told_as_unavailable(embedded: Database, sqlite_url: str) -> None:
    await _impatient(embedded)
    other = Database(sqlite_url)
    async with other.writing():
        with pytest.raises(StorageUnavailable, match="database is locked"):
            await add(embedded, 1)
    await other.close()


async def test_after_the_lock_is_gone_sqlite_stores_again(
    embedded: Database, sqlite_url: str
) -> None:
    await _impatient(embedded)
    other = Database(sqlite_url)
    async with other.writing():
        with pytest.raises(StorageUnavailable):
            await add(embedded, 1)
    await other.close()
    await add(embedded, 2)
    assert await known(embedded) == {2}


@pytest.mark.fault("F37")
async def test_a_full_disk_is_told_as_unavailable_and_is_got_over(embedded: Database) -> None:
    async with embedded.writing() as tx:
        pages = await tx.connection.scalar(sa.text("PRAGMA page_count"))
        await tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")
    with pytest.raises(StorageUnavailable, match="full"):
        async with embedded.writing() as tx:
            await alarms.add(tx, [alarm(1, name=SECRET * 10_000)])
    async with embedded.writing() as tx:
        await tx.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    await add(embedded, 2)
    assert await known(embedded) == {2}


async def test_what_is_unavailable_names_no_statement_and_no_value(embedded: Database) -> None:
    async with embedded.writing() as tx:
        pages = await tx.connection.scalar(sa.text("PRAGMA page_count"))
        await tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")
    with pytest.raises(StorageUnavailable) as told:
        async with embedded.writing() as tx:
            await alarms.add(tx, [alarm(1, name=SECRET * 10_000)])
    assert SECRET not in str(told.value)
    assert "INSERT" not in str(told.value)


async def _driver_at_rest(others: Collection[threading.Thread]) -> None:
    """The thread of a connection that failed tells the loop so, which must not be closed yet.

    `others` were there before: a cancelled query of another test may have left one for ever.
    """
    for thread in set(threading.enumerate()) - set(others):
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 10)


async def test_a_database_in_a_folder_that_is_not_there_is_unavailable(sqlite_url: str) -> None:
    others = threading.enumerate()
    nowhere = Database(sqlite_url.replace("tocsin.db", "no-such-folder/tocsin.db"))
    with pytest.raises(StorageUnavailable, match="unable to open"):
        await known(nowhere)
    await nowhere.close()
    await _driver_at_rest(others)


def test_this_sqlite_is_new_enough_for_the_tests() -> None:
    assert not sqlite_is_too_old()


# PostgreSQL.


async def _cut_others(url: str) -> None:
    """End every other connection to this database, as a failover does."""
    one_more = Database(url)
    others = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with one_more.writing() as tx:
        await tx.connection.execute(others)
    await one_more.close()


async def test_a_connection_cut_in_a_transaction_is_unavailable(
    served: Database, postgres_url: str
) -> None:
    async def cut_while_writing() -> None:
        async with served.writing() as tx:
            await alarms.add(tx, [alarm(1)])
            await _cut_others(postgres_url)
            await alarms.add(tx, [alarm(2)])

    with pytest.raises(StorageUnavailable):
        await cut_while_writing()
    assert await known(served) == set()


@pytest.mark.fault("F38")
async def test_connections_cut_between_transactions_are_noticed_before_use(
    served: Database, postgres_url: str
) -> None:
    assert await known(served) == set()
    await _cut_others(postgres_url)
    await add(served, 1)
    assert await known(served) == {1}


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable):
        await known(away)
    await away.close()


async def test_writers_on_postgres_wait_for_the_row_and_not_for_each_other(
    served: Database,
) -> None:
    async with served.writing() as tx:
        assert await leases.hold(tx, "x", "a", now=NOON, until=second(10))
        await add(served, 1)
        assert await known(served) == {1}


async def test_who_waits_for_a_lease_sees_who_took_it(served: Database) -> None:
    async def hold(owner: str) -> bool:
        async with served.writing() as tx:
            return await leases.hold(tx, "x", owner, now=NOON, until=second(10))

    async with served.writing() as tx:
        assert await leases.hold(tx, "x", "a", now=NOON, until=second(10))
        waiting = asyncio.create_task(hold("b"))
        await until_somebody_waits(served)
    assert await waiting is False


async def test_who_is_given_up_for_another_does_it_again(served: Database) -> None:
    """Each has a row and wants that of the other. PostgreSQL gives one up, and the other ends."""
    async with served.writing() as tx:
        await alarms.add(tx, [alarm(1), alarm(2)])
    tries: list[int] = []
    has = {1: asyncio.Event(), 2: asyncio.Event()}

    async def both(mine: int, others: int) -> int:
        async def work(tx: Writing) -> int:
            tries.append(mine)
            await tx.connection.execute(_HEARD.where(alarms_table.c.id == mine))
            has[mine].set()
            await has[others].wait()
            await tx.connection.execute(_HEARD.where(alarms_table.c.id == others))
            return mine

        return await served.write(work)

    assert await asyncio.gather(both(1, 2), both(2, 1)) == [1, 2]
    assert sorted(tries) in ([1, 1, 2], [1, 2, 2])


async def test_what_fails_otherwise_is_not_done_again(served: Database) -> None:
    tries: list[int] = []

    async def work(_tx: Writing) -> None:
        tries.append(1)
        raise StorageUnavailable("as it may be")

    with pytest.raises(StorageUnavailable):
        await served.write(work)
    assert tries == [1]
