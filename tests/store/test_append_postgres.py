"""The inbox's own way into PostgreSQL: arrays on the wire, and a connection that may fail."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import StorageUnavailable
from bot.ids import new_id
from bot.rules.record import RawRequest
from bot.store import inbox, migrate
from bot.store.arrays import array
from bot.store.engine import Database
from bot.store.inbox import Taken
from tests.support.callbacks import append
from tests.support.rows import until_somebody_waits
from tests.support.values import NOON

SECRET = "canary-body-4711"


def taken(**different: object) -> Taken:
    """A callback in which something is different."""
    told = {"id": new_id(), "received_at": NOON, "source": "cms", "query": "", "body": b"x"}
    told |= different
    request = RawRequest("POST", str(told["query"]), (), bytes(told["body"]))  # pyright: ignore[reportArgumentType]
    return Taken(str(told["id"]), told["received_at"], str(told["source"]), request)  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def served(postgres_url: str) -> AsyncGenerator[Database]:
    """The store on PostgreSQL."""
    opened = Database(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
def admin(postgres_server: str) -> Generator[sa.Engine]:
    """Where databases are made and changed."""
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


async def stored(database: Database) -> list[Taken]:
    async with database.reading() as tx:
        return [one.taken for one in await inbox.oldest(tx, 1_000)]


async def told(database: Database, statement: str) -> None:
    """A statement of somebody else's."""
    async with database.writing() as tx:
        await tx.connection.exec_driver_sql(statement)


# What arrives is what was sent.


@pytest.mark.parametrize(
    "text",
    ["", "x" * 200_000, "支付 é 🔴", '{a,"b",NULL}', "\\x00", "'; DROP TABLE inbox", "%s $1"],
)
async def test_any_text_arrives_as_it_was(served: Database, text: str) -> None:
    sent = taken(query=text, source=text, body=text.encode())
    await append(served, [sent])
    assert await stored(served) == [sent]


@pytest.mark.parametrize(
    "at",
    [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 23, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_a_time_arrives_to_the_microsecond(served: Database, at: datetime) -> None:
    await append(served, [taken(received_at=at)])
    assert [one.received_at for one in await stored(served)] == [at]


async def test_an_id_arrives_in_its_one_form(served: Database) -> None:
    made = uuid4()
    await append(served, [taken(id=str(made).upper()), taken(id=made.hex)])
    assert [one.id for one in await stored(served)] == [str(made), str(made)]


async def test_a_batch_of_a_thousand_keeps_its_order(served: Database) -> None:
    sent = [taken(body=b"%d" % number) for number in range(1_000)]
    await append(served, sent)
    assert await stored(served) == sent


async def test_batches_at_once_are_all_stored(served: Database) -> None:
    sent = [taken(body=b"%d" % number) for number in range(20)]
    await asyncio.gather(*(append(served, [one]) for one in sent))
    assert {one.id for one in await stored(served)} == {one.id for one in sent}


async def test_a_database_that_is_not_in_utf_8_keeps_what_it_can(
    admin: sa.Engine, postgres_server: str
) -> None:
    name = f"latin_{uuid4().hex[:8]}"
    made = f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    with admin.connect() as connection:
        connection.exec_driver_sql(made)
    url = sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    migrate.upgrade(url)
    database = Database(url)
    sent = taken(query="é")
    await append(database, [sent])
    assert await stored(database) == [sent]
    await database.close()


def test_a_type_without_a_form_is_refused() -> None:
    with pytest.raises(LookupError, match="of which no array is made"):
        array(sa.Column("x", sa.Numeric), [1])


# What fails, and what comes after it.


async def test_a_row_that_is_refused_costs_the_next_nothing(served: Database) -> None:
    with pytest.raises(exc.DataError):
        await append(served, [taken(source="\x00")])
    sent = taken()
    await append(served, [sent])
    assert await stored(served) == [sent]


async def test_a_refusal_never_tells_what_was_to_be_stored(served: Database) -> None:
    with pytest.raises(exc.DataError) as refused:
        await append(served, [taken(source="\x00", query=SECRET, body=SECRET.encode())])
    assert SECRET not in str(refused.value)


async def test_a_connection_that_may_not_write_is_left(served: Database) -> None:
    async with served.reading() as tx:
        name = await tx.connection.scalar(sa.text("SELECT current_database()"))
    await told(served, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(StorageUnavailable, match="read-only"):
        await append(served, [taken()])
    await told(served, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await append(served, [taken()])
    assert len(await stored(served)) == 1


async def test_a_database_without_tables_is_unavailable_until_it_has_them(
    admin: sa.Engine, postgres_server: str
) -> None:
    name = f"empty_{uuid4().hex[:8]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    with pytest.raises(StorageUnavailable, match="inbox"):
        await append(database, [taken()])
    await asyncio.to_thread(migrate.upgrade, url)
    await append(database, [taken()])
    assert len(await stored(database)) == 1
    await database.close()


async def test_a_cancelled_append_lets_the_next_one_through(served: Database) -> None:
    sent = taken()
    async with served.writing() as tx:
        await tx.connection.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        appending = asyncio.create_task(append(served, [taken()]))
        await until_somebody_waits(served)
        appending.cancel()
        await asyncio.wait([appending])
    await append(served, [sent])
    assert await stored(served) == [sent]


async def test_after_it_was_closed_it_opens_again(served: Database) -> None:
    await append(served, [taken()])
    await served.close()
    await append(served, [taken()])
    assert len(await stored(served)) == 2
