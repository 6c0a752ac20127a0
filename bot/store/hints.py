"""Hints between replicas: somebody has stored callbacks that somebody else is to apply.

PostgreSQL's LISTEN and NOTIFY. A hint that gets lost costs a second or two, until the loops
look by themselves: nothing depends on them. SQLite serves one process, which needs none.
"""

from collections.abc import Callable

from sqlalchemy import exc

from bot.errors import StorageUnavailable
from bot.store.engine import Database

CHANNEL = "tocsin"


class Hints:
    """One replica's ear and voice."""

    def __init__(self, database: Database) -> None:
        # A hint belongs to no transaction: it must not wait for the end of one.
        server = database.server
        self._server = server and server.execution_options(isolation_level="AUTOCOMMIT")

    async def give(self) -> None:
        """Wake the other replicas. Raises StorageUnavailable."""
        if self._server is None:
            return
        try:
            async with self._server.connect() as connection:
                await connection.exec_driver_sql("SELECT pg_notify(%s, '')", (CHANNEL,))
        except exc.DBAPIError as error:
            raise StorageUnavailable("no hint could be given") from error

    async def hear(self, heard: Callable[[], None]) -> None:
        """Call `heard` at every hint, until the connection is lost: StorageUnavailable."""
        if self._server is None:
            return
        import psycopg  # noqa: PLC0415 - a bot on SQLite does without it

        try:
            async with self._server.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                if not isinstance(raw, psycopg.AsyncConnection):
                    return
                await raw.execute(f"LISTEN {CHANNEL}")
                async for _ in raw.notifies():
                    heard()
        except (exc.DBAPIError, psycopg.OperationalError) as error:
            raise StorageUnavailable("hints of other replicas are not heard") from error
