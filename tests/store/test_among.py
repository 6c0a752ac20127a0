"""Values by the hundred in statements that are made once: those that are there, and no others."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.ids import new_id
from bot.store.among import among
from bot.store.bulk import Bulk
from bot.store.engine import Database, Reading
from bot.store.tables import deliveries

_KEYS = sa.select(deliveries.c.key).where(among(deliveries.c.key, "keys"))
_IDS = sa.select(deliveries.c.callback_id).where(among(deliveries.c.callback_id, "keys"))
_OTHER = sa.select(deliveries.c.key).where(
    among(deliveries.c.key, "keys"), deliveries.c.callback_id == sa.bindparam("callback")
)
HOSTILE = ["a", "B", "ü'\"{},\\", "NULL", "%s ? :x", "x" * 32]


@pytest.fixture
async def ids(database: Database) -> dict[str, str]:
    """What is stored: an id for each text."""
    made = {text: new_id() for text in HOSTILE}
    async with database.writing() as tx:
        await Bulk(deliveries.c.key, deliveries.c.callback_id).insert(tx, list(made.items()))
    return made


async def asked(database: Database, query: sa.Select[str], **values: object) -> list[str]:
    async with database.reading() as tx:
        return sorted(await tx.connection.scalars(query, values))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], []),
        (["a"], ["a"]),
        (["a", "a", "nobody"], ["a"]),
        (HOSTILE, sorted(HOSTILE)),
        (["nobody", *map(str, range(2_000)), "B"], ["B"]),
    ],
)
async def test_those_that_are_there(
    database: Database, ids: dict[str, str], wanted: Sequence[str], found: Sequence[str]
) -> None:
    assert await asked(database, _KEYS, keys=wanted) == found


async def test_each_column_is_asked_in_its_own_type(
    database: Database, ids: dict[str, str]
) -> None:
    assert await asked(database, _IDS, keys=[ids["a"], new_id()]) == [ids["a"]]
    assert await asked(database, _KEYS, keys=["a"]) == ["a"]


async def test_a_statement_that_is_kept_gives_each_its_own_answer(
    database: Database, ids: dict[str, str]
) -> None:
    for text in ("a", "B"):
        told = {"keys": HOSTILE, "callback": ids[text]}
        assert await asked(database, _OTHER, **told) == [text]


def plain(tx: Reading) -> sa.Connection:
    """The toolkit's own, in a thread."""
    made: Any = tx.connection
    return made.plain


async def test_an_index_is_used_for_it(sqlite_url: str) -> None:
    """On SQLite, `… IN (…) = 1` would read the whole table; a small one PostgreSQL reads whole."""
    database = Database(sqlite_url)
    plans: list[str] = []

    async def look(tx: Reading) -> None:
        event.listen(plain(tx), "before_cursor_execute", explain)
        await tx.connection.execute(_KEYS, {"keys": ["a", "b"]})

    def explain(_made: object, cursor: sqlite3.Cursor, said: str, values: Any, *_: object) -> None:
        plans.append(str(cursor.execute(f"EXPLAIN QUERY PLAN {said}", values).fetchall()))

    await database.read_at_once(look)
    assert "SEARCH deliveries USING" in plans[0]
    await database.close()
