"""Bulk inserts: what goes in comes out, of any type, and nothing is cut or doubled."""

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.ids import new_id
from bot.store.bulk import Bulk
from bot.store.engine import Database
from bot.store.filled import ROWS, insert
from bot.store.tables import callbacks, deliveries
from tests.support.values import NOON

KEYS = Bulk(deliveries.c.key, deliveries.c.callback_id)
KEYS_ONCE = Bulk(deliveries.c.key, deliveries.c.callback_id, unless_there=True)
CALLBACKS = Bulk(*callbacks.columns)


async def stored(database: Database, table: sa.Table) -> list[tuple[object, ...]]:
    async with database.reading() as tx:
        return [tuple(row) for row in await tx.connection.execute(sa.select(table))]


async def test_values_of_every_type_come_back_also_missing_ones(database: Database) -> None:
    ids = sorted(new_id() for _ in range(2))
    full = (
        ids[0],
        NOON,
        "tests",
        "POST",
        "a=%s&b=?",
        '[["a", "ü\\n"]]',
        b"\x00\xff%s",
        "threshold",
    )
    full += ("opened", "多行 %(x)s", {"a": [1, None, "ü"]}, NOON, None, None, 7, -1.5, b"")
    bare = (ids[1], NOON, "", "GET", "", "[]", b"", "test", "test")
    bare += (None, {}, NOON, None, None, None, None, None)
    async with database.writing() as tx:
        await CALLBACKS.insert(tx, [full, bare])
    assert await stored(database, callbacks) == [full, bare]


@pytest.mark.parametrize("number", [1, 2, 3, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 5])
async def test_as_many_rows_as_there_are(database: Database, number: int) -> None:
    keys = [(f"{place:05d}", new_id()) for place in range(number)]
    async with database.writing() as tx:
        await KEYS.insert(tx, keys)
    assert sorted(await stored(database, deliveries)) == keys


def test_a_column_that_may_be_empty_cannot_come_first() -> None:
    with pytest.raises(ValueError, match="may be empty"):
        insert((callbacks.c.reason, callbacks.c.id), [(None, "x")])


async def test_no_rows_are_no_statement(database: Database) -> None:
    async with database.writing() as tx:
        await KEYS.insert(tx, [])
    assert await stored(database, deliveries) == []


async def test_what_is_there_is_left_out_only_where_that_was_asked_for(database: Database) -> None:
    one, two = (("a", new_id()), ("b", new_id()))
    async with database.writing() as tx:
        await KEYS.insert(tx, [one])
        await KEYS_ONCE.insert(tx, [("a", new_id()), two])
    assert sorted(await stored(database, deliveries)) == [one, two]
    with pytest.raises(exc.IntegrityError):
        async with database.writing() as tx:
            await KEYS.insert(tx, [("a", new_id())])


async def test_a_text_that_is_too_long_is_refused_and_not_cut(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(exc.DataError):
        async with database.writing() as tx:
            await KEYS.insert(tx, [("k" * 33, new_id())])
    await database.close()


@pytest.mark.parametrize("count", [1, 2, 1_000])
async def test_many_rows_keep_their_order(database: Database, count: int) -> None:
    rows = [(f"{number:032}", new_id()) for number in range(count)]
    async with database.writing() as tx:
        await KEYS.insert(tx, rows)
    assert sorted(await stored(database, deliveries)) == rows
