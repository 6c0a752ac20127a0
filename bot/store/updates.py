"""Updates of many rows by their numbers, of no more columns than have changed.

For tables whose rows have a `version`, by which others see that they have changed.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any  # columns of whatever type

import sqlalchemy as sa

from bot.store.engine import Writing


async def update(
    tx: Writing, table: sa.Table, changes: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """Rows of a table by `id`. Those in which the same columns change go together."""
    together: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for number, values in changes:
        together.setdefault(tuple(values), []).append({"row_id": number, **values})
    for names, rows in together.items():
        if names:
            await tx.connection.execute(_statement(table, names), rows)


@lru_cache(256)
def _statement(table: sa.Table, names: tuple[str, ...]) -> sa.Update:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    values["version"] = table.c.version + 1
    # `id` may not name a bound value of an UPDATE on that column.
    return sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values)
