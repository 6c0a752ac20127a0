"""SQLite beside an event loop, with one trip to the connection's thread for a statement.

The driver makes a trip for each step: open a cursor, execute, fetch, close. A trip costs more
than most of our statements do, and applying a callback takes some twenty-five of those. Here
a statement runs, its first rows are fetched and its cursor is closed in one trip; only who
reads on beyond those rows makes further ones.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any  # what a row or a parameter holds, of whatever type

import aiosqlite
from aiosqlite.context import contextmanager

FIRST = 1_000  # rows that come with the answer

Rows = list[Any]


class Cursor:
    """One statement and what it gave. `Link.cursor` makes it; nothing is open before `execute`."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._open: sqlite3.Cursor | None = None
        self._rows: Rows = []
        self._told: tuple[Any, int, int | None] = (None, -1, None)
        self.arraysize = 1

    @property
    def description(self) -> Any:  # as the driver's
        """The columns; None for a statement that gives no rows."""
        return self._told[0]

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed; -1 where it changes none."""
        return self._told[1]

    @property
    def lastrowid(self) -> int | None:
        """The number of the row that was added last."""
        return self._told[2]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "Cursor":
        """Run a statement."""
        await self._link.apart(self._run, sqlite3.Cursor.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "Cursor":
        """Run a statement for each set of parameters."""
        await self._link.apart(self._run, sqlite3.Cursor.executemany, sql, parameters)
        return self

    def _run(self, how: Any, sql: str, parameters: Any) -> None:
        cursor = self._link.raw.cursor()
        how(cursor, sql, parameters)
        self._rows = cursor.fetchmany(FIRST) if cursor.description else []
        self._told = (cursor.description, cursor.rowcount, cursor.lastrowid)
        if len(self._rows) < FIRST:
            cursor.close()
        else:
            self._open = cursor

    async def fetchone(self) -> Any:  # one row
        """The next row, or None."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Rows:
        """The next rows, at most so many; none at the end."""
        size = size or self.arraysize
        if not self._rows and self._open is not None:
            self._rows = await self._link.apart(self._open.fetchmany, max(size, FIRST))
        some, self._rows = self._rows[:size], self._rows[size:]
        return some

    async def fetchall(self) -> Rows:
        """All rows that have not been read."""
        rows, self._rows = self._rows, []
        if self._open is not None:
            rows += await self._link.apart(self._open.fetchall)
        return rows

    async def close(self) -> None:
        """End the statement; mostly it has ended by itself."""
        self._rows = []
        if self._open is not None:
            cursor, self._open = self._open, None
            await self._link.apart(cursor.close)


class Link(aiosqlite.Connection):
    """A connection whose cursors are ours; the rest is the driver's."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for use in its own thread."""
        return self._conn

    def leave_alone(self) -> None:
        """A thread that hangs may not keep the process alive."""
        self._thread.daemon = True

    async def apart(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do something in the connection's thread."""
        return await self._execute(work, *arguments)  # pyright: ignore[reportUnknownMemberType]

    @contextmanager
    async def cursor(self) -> Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A cursor, without a trip."""
        return Cursor(self)


async def opened(database: str, **options: Any) -> Link:
    """Open a database file. Raises sqlite3.OperationalError."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(database, **options)

    link = Link(connect, iter_chunk_size=FIRST)
    link.leave_alone()
    await link
    return link
