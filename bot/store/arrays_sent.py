"""Binary arrays as parameters of psycopg's statements."""

from collections.abc import Sequence
from typing import Any  # a column's values, of whatever type

import sqlalchemy as sa
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from sqlalchemy.engine.interfaces import DBAPIConnection

from bot.store.arrays import array


class Sent(bytes):
    """An array on its way. The statement says of which type: `%s::text[]`."""


class _SentDumper(Dumper):
    format = pq.Format.BINARY

    def dump(self, obj: Sent) -> Buffer | None:
        return obj


def taught(connection: DBAPIConnection) -> None:
    """Let one of the toolkit's connections send them."""
    own: Any = getattr(connection, "driver_connection", connection)
    own.adapters.register_dumper(Sent, _SentDumper)


def all_sent(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]) -> tuple[Sent, ...]:
    """An array for each column of rows. Raises LookupError for a type that has no form."""
    by_column = zip(columns, zip(*rows, strict=True), strict=True)
    return tuple(Sent(array(column, values)) for column, values in by_column)
