"""Appending rows: one statement and one commit, with no more trips than that needs.

Everybody who waits for a 200 waits for this. It goes past the toolkit's statements, which
are built anew for each number of rows, and past its asynchronous drivers, which make a trip
through the busy event loop for each step; measured, that took half of an append's time.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol  # a column's values, of whatever type

import sqlalchemy as sa

TOGETHER = (64, 16, 4, 1)  # rows of one statement; SQLite takes 999 values at least

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
    """One connection off the event loop, and one hop to it and back."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    async def append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """As `Appender.append`."""
        await asyncio.to_thread(self._append, columns, rows)

    def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        by_column = _converted(columns, rows, self.engine.dialect)
        converted: list[Row] = list(zip(*by_column, strict=True))
        with self.engine.begin() as connection:
            for some in _together(converted):
                values = tuple(chain.from_iterable(some))
                connection.exec_driver_sql(_insert(columns, len(some)), values)

    async def close(self) -> None:
        """As `Appender.close`."""
        self.engine.dispose()


def _together(rows: list[Row]) -> Iterator[list[Row]]:
    """As few statements as there can be, of few forms, so that each is prepared once.

    The driver gives the interpreter's lock away for each statement, and waits to get it back
    from a busy event loop.
    """
    done = 0
    for size in TOGETHER:
        while len(rows) - done >= size:
            yield rows[done : done + size]
            done += size


def _insert(columns: Sequence[sa.Column[Any]], count: int) -> str:
    names, table = ", ".join(column.name for column in columns), columns[0].table
    row = f"({', '.join('?' for _ in columns)})"
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * count)}"  # noqa: S608 - our names


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
