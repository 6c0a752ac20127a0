"""Appending rows: one statement and one commit, with no more trips than that needs.

Everybody who waits for a 200 waits for this. It goes past the toolkit's statements, which
are built anew for each number of rows, and past its asynchronous drivers, which make a trip
through the busy event loop for each step; measured, that took half of an append's time.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, Protocol  # a column's values, of whatever type

import sqlalchemy as sa

READ_ONLY = "25006"  # what a PostgreSQL says that was switched over, and is no primary any more

Row = Sequence[Any]
Convert = Callable[[Any], Any]


class Appender(Protocol):
    """Inserts rows in a transaction of their own. Raises what the driver raises."""

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """Add rows of one table, in their order; durable when this returns."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class SqliteAppender:
    """One connection in a thread of its own; one hop to it and back, for one statement.

    A single statement is a transaction, and one call of the driver: at each call it gives the
    interpreter's lock away, and waits to get it back from a busy event loop. The first column
    of a row may not be empty.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="append")

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """As `Appender.append`."""
        by_column = converted(columns, rows, self.engine.dialect)
        values = list(zip(*by_column, strict=True))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._append, columns, values)

    def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        try:
            connection = self._connection = self._connection or self.engine.connect()
            most = _most_rows(connection, len(columns))
            if len(rows) <= most:
                _insert(connection, columns, rows)
                return
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # an older SQLite takes few at once
            for start in range(0, len(rows), most):
                _insert(connection, columns, rows[start : start + most])
            connection.exec_driver_sql("COMMIT")
        except BaseException:  # whatever it was: closing ends a transaction that is half done
            self._close()
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    async def close(self) -> None:
        """As `Appender.close`."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self.engine.dispose()


def _most_rows(connection: sa.Connection, width: int) -> int:
    """How many rows one statement takes, a power of two.

    SQLite takes 999 values in one before 3.32, and 32,766 since.
    """
    raw = connection.connection.driver_connection
    limit = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    values = raw.getlimit(limit) if isinstance(raw, sqlite3.Connection) else 999
    return 1 << ((values // width).bit_length() - 1)


def _insert(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]
) -> None:
    """Rows, and as many empty ones, which are left out, as fill the next power of two.

    A form for each number of rows would be made again and again, or keep 14 MB of memory.
    """
    room = 1 << (len(rows) - 1).bit_length()
    nothing = (None,) * len(columns)
    filled = chain(rows, repeat(nothing, room - len(rows)))
    connection.exec_driver_sql(_form(tuple(columns), room), tuple(chain.from_iterable(filled)))


@lru_cache(32)
def _form(columns: tuple[sa.Column[Any], ...], room: int) -> str:
    """An INSERT of so many rows, without those whose first column is empty."""
    names, table = ", ".join(column.name for column in columns), columns[0].table
    row = f"({', '.join('?' for _ in columns)})"
    rows = f"(VALUES {', '.join([row] * room)}) WHERE column1 IS NOT NULL"
    return f"INSERT INTO {table} ({names}) SELECT * FROM {rows}"  # noqa: S608 - our names


def converted(
    columns: Sequence[sa.Column[Any]], rows: Sequence[Row], dialect: sa.Dialect
) -> list[list[Any]]:
    """The values of each column, as the driver takes them."""
    by_column = zip(*rows, strict=True)
    return [
        list(values) if convert is None else _each(convert, values)
        for convert, values in zip(_converters(tuple(columns), dialect), by_column, strict=True)
    ]


def _each(convert: Convert, values: Sequence[Any]) -> list[Any]:
    first = values[0]
    if all(value is first for value in values):  # an empty record, a time that nobody knows
        return [convert(first)] * len(values)
    return [convert(value) for value in values]


@lru_cache(32)
def _converters(
    columns: tuple[sa.Column[Any], ...], dialect: sa.Dialect
) -> tuple[Convert | None, ...]:
    return tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)
