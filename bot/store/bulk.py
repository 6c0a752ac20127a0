"""Inserting many rows by one statement, made once.

The toolkit looks at each value of each row for what it might be; measured, that is a third of
the time of storing a thousand callbacks, and on PostgreSQL a row a statement is another third.
"""

from collections.abc import Sequence
from typing import Any  # a column's values, of whatever type

import sqlalchemy as sa

from bot.store.append import Row, converted
from bot.store.arrays import type_of
from bot.store.engine import Writing


class Bulk:
    """An INSERT into these columns of one table."""

    def __init__(self, *columns: sa.Column[Any], unless_there: bool = False) -> None:
        """`unless_there`: rows whose key is there already are left out."""
        self._columns = columns
        names = ", ".join(f'"{column.name}"' for column in columns)
        end = " ON CONFLICT DO NOTHING" if unless_there else ""
        into = f"INSERT INTO {columns[0].table} ({names})"
        self._on_sqlite = f"{into} VALUES ({', '.join('?' for _ in columns)}){end}"
        arrays = ", ".join(f"%s::{type_of(column)}[]" for column in columns)
        self._on_postgres = f"{into} SELECT * FROM unnest({arrays}){end}"  # noqa: S608 - our names

    async def insert(self, tx: Writing, rows: Sequence[Row]) -> None:
        """Add rows, whose values are in the order of the columns."""
        if not rows:
            return
        if tx.connection.dialect.name == "sqlite":
            by_column = converted(self._columns, rows, tx.connection.dialect)
            values = list(zip(*by_column, strict=True))
            await tx.connection.exec_driver_sql(self._on_sqlite, values)
            return
        # Its driver is 10 MB of memory, which a bot on SQLite should not need.
        from bot.store.arrays_sent import as_sent  # noqa: PLC0415

        by_column = zip(self._columns, zip(*rows, strict=True), strict=True)
        sent = tuple(as_sent(column, values) for column, values in by_column)
        await tx.connection.exec_driver_sql(self._on_postgres, sent)
