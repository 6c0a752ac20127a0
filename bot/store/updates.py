"""Updates of many rows by their numbers, of no more columns than have changed.

For tables whose rows have a `version`, by which others see that they have changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any  # columns of whatever type

import sqlalchemy as sa

from bot.store import filled
from bot.store.append import Row, as_rows
from bot.store.arrays import type_of
from bot.store.engine import Writing
from bot.store.filled import Columns


async def update(
    tx: Writing, table: sa.Table, changes: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """Rows of a table by `id`. Those in which the same columns change go together."""
    together: dict[tuple[str, ...], list[Row]] = {}
    for number, values in changes:
        together.setdefault(tuple(values), []).append((number, *values.values()))
    for names, rows in together.items():
        if names:
            await _change(tx, (table.c.id, *(table.c[name] for name in names)), rows)


async def _change(tx: Writing, columns: Columns, rows: Sequence[Row]) -> None:
    dialect = tx.connection.dialect
    if dialect.name == "sqlite":
        for statement, values in filled.updates(columns, as_rows(columns, rows, dialect)):
            await tx.connection.exec_driver_sql(statement, values)
        return
    # Its driver is 10 MB of memory, which a bot on SQLite should not need.
    from bot.store.arrays_sent import all_sent  # noqa: PLC0415 - see above

    await tx.connection.exec_driver_sql(_on_postgres(columns), all_sent(columns, rows))


@lru_cache(256)
def _on_postgres(columns: Columns) -> str:
    key, *changed = columns
    sets = [f'"{column.name}" = new."{column.name}"' for column in changed]
    sets.append(f"version = {key.table}.version + 1")
    arrays = ", ".join(f"%s::{type_of(column)}[]" for column in columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    rows = f"unnest({arrays}) AS new ({names}) WHERE {key.table}.{key.name} = new.{key.name}"
    return f"UPDATE {key.table} SET {', '.join(sets)} FROM {rows}"  # noqa: S608 - our names
