"""Inserting many rows by one statement, made once.

The toolkit looks at each value of each row for what it might be; measured, that is a third of
the time of storing a thousand callbacks, and on PostgreSQL a row a statement is another third.
"""

from collections.abc import Sequence
from typing import Any  # a column's values, of whatever type

import sqlalchemy as sa

from bot.store.append import Row, as_rows
from bot.store.arrays import type_of
from bot.store.engine import Writing
from bot.store.filled import inserts


class Bulk:
    """An INSERT into these columns of one table."""

    def __init__(self, *columns: sa.Column[Any], unless_there: bool = False) -> None:
        """`unless_there`: rows whose key is there already are left out."""
        self._columns = columns
        names = ", ".join(f'"{column.name}"' for column in columns)
        self._end = end = " ON CONFLICT DO NOTHING" if unless_there else ""
        into = f"INSERT INTO {columns[0].table} ({names})"
        arrays = ", ".join(f"%s::{type_of(column)}[]" for column in columns)
        self._on_postgres = f"{into} SELECT * FROM unnest({arrays}){end}"  # noqa: S608 - our names

    def parameters(self, dialect: sa.Dialect, rows: Sequence[Row]) -> Any:
        """Rows, whose values are in the order of the columns, as the driver takes them."""
        if not rows:
            return ()
        if dialect.name == "sqlite":
            as_taken = as_rows(self._columns, rows, dialect)
            return list(inserts(self._columns, as_taken, end=self._end))
        # Its driver is 10 MB of memory, which a bot on SQLite should not need.
        from bot.store.arrays_sent import all_sent  # noqa: PLC0415 - see above

        return all_sent(self._columns, rows)

    async def put(self, tx: Writing, parameters: Any) -> None:
        """Add rows that are `parameters` already."""
        if not parameters:
            return
        if tx.connection.dialect.name != "sqlite":
            await tx.connection.exec_driver_sql(self._on_postgres, parameters)
            return
        for statement, values in parameters:
            await tx.connection.exec_driver_sql(statement, values)

    async def insert(self, tx: Writing, rows: Sequence[Row]) -> None:
        """Add rows, whose values are in the order of the columns."""
        await self.put(tx, self.parameters(tx.connection.dialect, rows))
