"""Appending rows: one statement and one commit, with no more trips than that needs.

Everybody who waits for a 200 waits for this. It goes past the toolkit's statements, which
are built anew for each number of rows, and past its asynchronous drivers, which make a trip
through the busy event loop for each step; measured, that took half of an append's time.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Protocol  # a column's values, of whatever type

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

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
    interpreter's lock away, and waits to get it back from a busy event loop.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="append")

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """As `Appender.append`."""
        converted = list(zip(*_converted(columns, rows, self.engine.dialect), strict=True))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._append, columns, converted)

    def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        try:
            connection = self._connection = self._connection or self.engine.connect()
            most = _most_values(connection) // len(columns)
            if len(rows) <= most:
                _insert(connection, columns, rows)
                return
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # an older SQLite takes few at once
            for start in range(0, len(rows), most):
                _insert(connection, columns, rows[start : start + most])
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            self._close()  # also ends a transaction that is half done
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


def _most_values(connection: sa.Connection) -> int:
    """How many values SQLite takes in one statement: 999 before 3.32, then 32,766."""
    raw = connection.connection.driver_connection
    limit = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    return raw.getlimit(limit) if isinstance(raw, sqlite3.Connection) else 999


def _insert(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]
) -> None:
    names, table = ", ".join(column.name for column in columns), columns[0].table
    row = f"({', '.join('?' for _ in columns)})"
    statement = f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * len(rows))}"  # noqa: S608 - our names
    connection.exec_driver_sql(statement, tuple(chain.from_iterable(rows)))


class PostgresAppender:
    """One connection of its own; a column is one array, so a batch is one short statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        # A single statement is a transaction: begin and commit would be two trips more.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: AsyncConnection | None = None

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """As `Appender.append`.

        A connection that has died since the last time is no fault of these rows: once more
        on a new one. Rows that were stored before it died are then there twice, and their
        second is judged a duplicate.
        """
        fresh = self._connection is None
        try:
            await self._append(columns, rows)
        except exc.DBAPIError as error:
            await self.close()
            if fresh or not error.connection_invalidated:
                raise
            await self._append(columns, rows)
        except BaseException:
            await self.close()  # nobody knows in what state it is
            raise

    async def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        if self._connection is None:
            self._connection = await self._engine.connect()
        dialect = self._engine.dialect
        names, table = ", ".join(column.name for column in columns), columns[0].table
        # %b: in binary, or each byte of a body would travel as two letters.
        arrays = ", ".join(f"%b::{column.type.compile(dialect)}[]" for column in columns)
        statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608
        values = tuple(_converted(columns, rows, dialect))
        await self._connection.exec_driver_sql(statement, values)

    async def close(self) -> None:
        """As `Appender.close`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _converted(
    columns: Sequence[sa.Column[Any]], rows: Sequence[Row], dialect: sa.Dialect
) -> list[list[Any]]:
    """The values of each column, as the driver takes them."""
    return [
        _convert(column, dialect, values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _convert(column: sa.Column[Any], dialect: sa.Dialect, values: Sequence[Any]) -> list[Any]:
    convert: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return list(values) if convert is None else [convert(value) for value in values]
