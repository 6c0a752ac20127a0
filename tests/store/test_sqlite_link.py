"""Statements on SQLite: one trip to the connection's thread each, and no row is lost by it."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.store.sqlite_link import FIRST, Link, opened

COUNT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"
)


@pytest.fixture
async def link(tmp_path: Path) -> AsyncGenerator[Link]:
    """A connection to a new file."""
    made = await opened(str(tmp_path / "x.db"))
    yield made
    await made.close()


@pytest.fixture
def trips(link: Link, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done in the connection's thread."""
    done: list[str] = []
    travel = link.apart

    async def apart(work: Callable[..., Any], *arguments: Any) -> Any:
        done.append(work.__name__)
        return await travel(work, *arguments)

    monkeypatch.setattr(link, "apart", apart)
    return done


async def test_a_statement_takes_one_trip(link: Link, trips: list[str]) -> None:
    cursor = await link.cursor()
    await cursor.execute(COUNT, (3,))
    assert cursor.description[0][0] == "i"
    assert await cursor.fetchall() == [(1,), (2,), (3,)]
    await cursor.close()
    assert trips == ["_run"]


@pytest.mark.parametrize("rows", [0, 1, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST + 7])
async def test_all_rows_are_there_however_many(link: Link, rows: int) -> None:
    cursor = await link.cursor()
    await cursor.execute(COUNT + " LIMIT ?", (max(rows, 1), rows))
    assert await cursor.fetchall() == [(i + 1,) for i in range(rows)]
    assert await cursor.fetchall() == []


@pytest.mark.parametrize("size", [1, 7, FIRST, FIRST + 1])
async def test_rows_come_in_pieces_in_their_order(link: Link, size: int) -> None:
    cursor = await link.cursor()
    await cursor.execute(COUNT, (2 * FIRST + 3,))
    read: list[Any] = []
    while some := await cursor.fetchmany(size):
        assert len(some) <= size
        read += some
    assert read == [(i + 1,) for i in range(2 * FIRST + 3)]
    assert await cursor.fetchone() is None


async def test_who_stops_reading_leaves_nothing_open(link: Link, tmp_path: Path) -> None:
    await (await link.cursor()).execute("CREATE TABLE t (i)")
    rows = [(i,) for i in range(2 * FIRST)]
    await (await link.cursor()).executemany("INSERT INTO t VALUES (?)", rows)
    await link.commit()
    cursor = await link.cursor()
    await cursor.execute("SELECT i FROM t")
    await cursor.close()
    with sqlite3.connect(tmp_path / "x.db", timeout=0) as other:
        other.execute("DROP TABLE t")  # a statement half read would lock it
    other.close()


async def test_changes_are_counted_and_faults_are_the_drivers_own(link: Link) -> None:
    await (await link.cursor()).execute("CREATE TABLE t (i INTEGER PRIMARY KEY)")
    cursor = await link.cursor()
    await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert cursor.rowcount == 2
    await cursor.execute("INSERT INTO t DEFAULT VALUES")
    assert cursor.lastrowid == 3
    assert cursor.description is None
    with pytest.raises(sqlite3.IntegrityError):
        await cursor.execute("INSERT INTO t VALUES (1)")
