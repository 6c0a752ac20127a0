"""Statements of SQLite that take many rows at once, and few forms of each.

At each step, which is a row, the driver gives the interpreter's lock away and waits to get it
back from a busy event loop; measured, that is ten times what the row takes. And a form for each
number of rows would be made again and again, or keep 14 MB of memory. So rows are filled up to
the next power of two with empty ones, which the statements leave out.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any  # columns and their values, of whatever type

import sqlalchemy as sa

Columns = tuple[sa.Column[Any], ...]
Values = Sequence[Any]
Statement = tuple[str, tuple[Any, ...]]  # and what is bound to it

ROWS = 256  # of one statement, where a transaction has several: what a form keeps in memory


def insert(columns: Columns, rows: Sequence[Values], *, end: str = "") -> Statement:
    """Add rows, at least one: values as the driver takes them, in the columns' order.

    The first column must be one that cannot be empty. SQLite takes 32,766 values.
    """
    room, filled = _filled(rows)
    return _insert_form(columns, room, end), filled


def inserts(columns: Columns, rows: Sequence[Values], *, end: str = "") -> Iterator[Statement]:
    """Add any number of rows, in as many statements as that needs."""
    return (insert(columns, some, end=end) for some in _some(rows))


def updates(columns: Columns, rows: Sequence[Values]) -> Iterator[Statement]:
    """Change rows: the first column tells which, the others are set. Each gets a new version."""
    for some in _some(rows):
        room, filled = _filled(some)
        yield _update_form(columns, room), filled


def _some(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    return (rows[start : start + ROWS] for start in range(0, len(rows), ROWS))


def _filled(rows: Sequence[Values]) -> tuple[int, tuple[Any, ...]]:
    room = 1 << (len(rows) - 1).bit_length()
    nothing = (None,) * len(rows[0])
    return room, tuple(chain.from_iterable(chain(rows, repeat(nothing, room - len(rows)))))


@lru_cache(128)
def _insert_form(columns: Columns, room: int, end: str) -> str:
    if columns[0].nullable:
        raise ValueError(f"{columns[0]} may be empty, so it cannot tell empty rows")
    names = ", ".join(f'"{column.name}"' for column in columns)
    rows = f"({_values(len(columns), room)}) WHERE column1 IS NOT NULL"
    return f"INSERT INTO {columns[0].table} ({names}) SELECT * FROM {rows}{end}"  # noqa: S608 - our names


@lru_cache(256)
def _update_form(columns: Columns, room: int) -> str:
    key, *changed = columns
    sets = [f'"{column.name}" = new.column{place}' for place, column in enumerate(changed, 2)]
    sets.append(f"version = {key.table}.version + 1")
    rows = f"({_values(len(columns), room)}) AS new WHERE {key.table}.{key.name} = new.column1"
    return f"UPDATE {key.table} SET {', '.join(sets)} FROM {rows}"  # noqa: S608 - our names


def _values(width: int, room: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([row] * room)}"
