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

    def parameters(self, dialect: sa.Dialect, rows: Sequence[Row]) -> Any:
        """Rows, whose values are in the order of the columns, as the driver takes them."""
        if not rows:
            return ()
        if dialect.name == "sqlite":
            return list(zip(*converted(self._columns, rows, dialect), strict=True))
        # Its driver is 10 MB of memory, which a bot on SQLite should not need.
        from bot.store.arrays_sent import as_sent  # noqa: PLC0415 - see above

        by_column = zip(self._columns, zip(*rows, strict=True), strict=True)
        return tuple(as_sent(column, values) for column, values in by_column)

    async def put(self, tx: Writing, parameters: Any) -> None:
        """Add rows that are `parameters` already."""
        if parameters:
            on_sqlite = tx.connection.dialect.name == "sqlite"
            statement = self._on_sqlite if on_sqlite else self._on_postgres
            await tx.connection.exec_driver_sql(statement, parameters)

    async def insert(self, tx: Writing, rows: Sequence[Row]) -> None:
        """Add rows, whose values are in the order of the columns."""
        await self.put(tx, self.parameters(tx.connection.dialect, rows))
