"""Appending rows on PostgreSQL: one statement a batch, handed to libpq itself.

Everybody who waits for a 200 waits for this. Measured on the inbox, CPU of this process for a
row in batches of 16, 64 and 256: 18.8, 6.6 and 3.8 us through SQLAlchemy and psycopg's cursor,
12.7, 5.0 and 3.5 by the cursor alone, 6.8, 3.3 and 2.0 as here; asyncpg takes 7.4, 4.0 and 3.2
for the statement and 6.6, 2.6 and 1.8 for COPY; psycopg in a thread 15.0, 5.7 and 4.1. So the
cursor was what cost, not the driver. psycopg stays the only one: it is libpq, which takes each
address that hosting platforms give (several hosts, `target_session_attrs`, `sslmode`), and
which binds the password to the TLS channel (`channel_binding`); asyncpg cannot.
"""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final  # a column's values, of whatever type

import psycopg
import sqlalchemy as sa
from psycopg import generators, pq, waiting
from psycopg.conninfo import make_conninfo
from psycopg.errors import error_from_result
from sqlalchemy import exc

from bot.store.append import READ_ONLY, Row
from bot.store.arrays import array, type_of

PREPARED: Final = b"append"
LOOK_S: Final = 1.0  # how often it is looked whether an answer was overlooked; there is none
WITHOUT_CODE: Final = None  # not the server's word: the connection itself has failed

Columns = Sequence[sa.Column[Any]]
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class PostgresAppender:
    """One connection of its own; a column is one array, so a batch is one short statement."""

    def __init__(self, url: sa.URL, **options: Any) -> None:
        """`options` are libpq's, beside those in the address."""
        _, of_url = url.get_dialect()().create_connect_args(url)
        self._options = {**of_url, **options}
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()

    async def append(self, columns: Columns, rows: Sequence[Row]) -> None:
        """As `Appender.append`, always to the same columns.

        A connection that has died since the last time is no fault of these rows: once more
        on a new one. Rows that were stored before it died are then there twice, and their
        second is judged a duplicate.
        """
        by_column = zip(columns, zip(*rows, strict=True), strict=True)
        arrays = [array(column, values) for column, values in by_column]
        async with self._turn:
            fresh = self._connection is None
            try:
                await self._append(columns, arrays)
            except exc.DBAPIError as error:
                if fresh or not error.connection_invalidated:
                    raise
                await self._append(columns, arrays)

    async def _append(self, columns: Columns, arrays: list[bytes]) -> None:
        try:
            with self._errors():
                if self._connection is None:
                    self._connection = await self._opened(columns)
                binary = [pq.Format.BINARY] * len(arrays)
                # A single statement is a transaction: begin and commit would be two trips more.
                self._connection.pgconn.send_query_prepared(PREPARED, arrays, binary)
                await _done(self._connection)
        except BaseException:  # also a stop: nobody knows in what state it is
            await self.close()
            raise

    async def _opened(self, columns: Columns) -> Connection:
        opened = await psycopg.AsyncConnection.connect(
            make_conninfo(**self._options), autocommit=True
        )
        try:
            opened.pgconn.send_prepare(PREPARED, _insert(columns).encode())
            await _done(opened)
        except BaseException:  # also a stop: nobody else knows of it
            await opened.close()
            raise
        return opened

    @contextmanager
    def _errors(self) -> Generator[None]:
        """The driver's errors as the toolkit raises them."""
        try:
            yield
        except psycopg.Error as error:
            closed = self._connection is not None and self._connection.closed
            lost = closed or error.sqlstate in (WITHOUT_CODE, READ_ONLY)
            raise exc.DBAPIError.instance(
                None, None, error, psycopg.Error, connection_invalidated=lost
            ) from error

    async def close(self) -> None:
        """As `Appender.close`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _insert(columns: Columns) -> str:
    names, table = ", ".join(column.name for column in columns), columns[0].table
    types = enumerate(map(type_of, columns), start=1)
    arrays = ", ".join(f"${place}::{name}[]" for place, name in types)
    return f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our names


async def _done(connection: Connection) -> None:
    """Wait until the server has done what was sent to it.

    Given up, it is left at once: the connection's own `wait` would ask the server to stop, and
    wait for that, another ten seconds of one that hangs.
    """
    libpq = connection.pgconn
    results = await waiting.wait_async(generators.execute(libpq), libpq.socket, LOOK_S)
    for result in results:
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(result)
    if not results:
        raise psycopg.OperationalError("no answer")
