"""Appending rows: one statement and one commit, with no more trips than that needs.

Everybody who waits for a 200 waits for this. It goes past the toolkit's statements, which
are built anew for each number of rows, and past its asynchronous drivers, which make a trip
through the busy event loop for each step; measured, that took half of an append's time.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Protocol  # a column's values, of whatever type

import sqlalchemy as sa

from bot.store.filled import insert

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
    interpreter's lock away, and waits to get it back from a busy event loop.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="append")

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """As `Appender.append`."""
        values = as_rows(columns, rows, self.engine.dialect)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._append, columns, values)

    def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        try:
            connection = self._connection = self._connection or self.engine.connect()
            connection.exec_driver_sql(*insert(tuple(columns), rows))
        except BaseException:  # whatever it was: another connection next time
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


def as_rows(
    columns: Sequence[sa.Column[Any]], rows: Sequence[Row], dialect: sa.Dialect
) -> list[Row]:
    """The same rows, with each value as the driver takes it."""
    converters = _converters(tuple(columns), dialect)
    by_column = (
        values if convert is None else _each(convert, values)
        for convert, values in zip(converters, zip(*rows, strict=True), strict=True)
    )
    return list(zip(*by_column, strict=True))


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
