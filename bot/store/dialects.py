"""SQL that the two engines say differently: what is said depends on the transaction's dialect."""

from datetime import datetime
from typing import Any  # columns of whatever type

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.engine import Reading


def insert_unless_there(tx: Reading, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """`INSERT … ON CONFLICT DO NOTHING` in the dialect of the transaction."""
    if tx.connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def as_one_json(tx: Reading, *columns: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """All rows as one list of lists: a fifth of the time that thousands of rows take."""
    if tx.connection.dialect.name == "sqlite":
        made = sa.func.json_group_array(sa.func.json_array(*columns))
    else:
        made = sa.func.json_agg(sa.func.json_build_array(*columns))
    return sa.type_coerce(made, sa.JSON)


def microseconds_between(
    tx: Reading, start: sa.ColumnElement[datetime], end: sa.ColumnElement[datetime]
) -> sa.ColumnElement[int]:
    """How long from one time to another; SQLite keeps times as text, so it counts by hand."""
    if tx.connection.dialect.name == "sqlite":
        return _sqlite_microseconds(end) - _sqlite_microseconds(start)
    return sa.cast(sa.extract("epoch", end - start) * 1_000_000, sa.BigInteger)


def _sqlite_microseconds(at: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    text = sa.cast(at, sa.Text)  # 2026-11-23 12:00:00.000000
    seconds = sa.cast(sa.func.strftime("%s", sa.func.substr(text, 1, 19)), sa.BigInteger)
    return seconds * 1_000_000 + sa.cast(sa.func.substr(text, 21, 6), sa.BigInteger)
