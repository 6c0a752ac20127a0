"""PostgreSQL: how its connections are set up, and when one of them is left."""

from typing import Any  # options of whatever type

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.append import READ_ONLY, Appender

POOL = 8  # connections of one replica; one more only appends, and two are lanes
CONNECT_TIMEOUT_S = 5
# A replica that is frozen in a transaction holds its rows: PostgreSQL ends it for the others.
FROZEN_AFTER = "SET idle_in_transaction_session_timeout = '15s'"

# A host that vanished must not hold a transaction for the hours that TCP would.
TO_CONNECT: dict[str, Any] = {
    "client_encoding": "UTF8",  # whatever the database keeps: arrays are sent as they are
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms
}
_OPTIONS: dict[str, Any] = {
    "max_overflow": 0,
    "hide_parameters": True,
    "pool_timeout": CONNECT_TIMEOUT_S,
    "pool_pre_ping": True,  # a restarted or failed-over server is noticed before use
    "connect_args": TO_CONNECT,
}


def engine_of(url: sa.URL) -> AsyncEngine:
    """Connections for the event loop; none is opened yet."""
    engine = create_async_engine(url, pool_size=POOL, **_OPTIONS)
    _set_up(engine.sync_engine)
    return engine


def plain_engine(url: sa.URL) -> sa.Engine:
    """One connection for a thread."""
    engine = sa.create_engine(url, pool_size=1, **_OPTIONS)
    _set_up(engine)
    return engine


def appender(url: sa.URL) -> Appender:
    """What appends to the inbox, over a connection of its own."""
    # Its driver is 10 MB of memory, which a bot on SQLite should not need.
    from bot.store.append_postgres import PostgresAppender  # noqa: PLC0415 - see above

    return PostgresAppender(url, **TO_CONNECT)


def _set_up(engine: sa.Engine) -> None:
    from bot.store.arrays_sent import taught  # noqa: PLC0415 - as above

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction]
        taught(connection)
        cursor = connection.cursor()
        cursor.execute(FROZEN_AFTER)
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "handle_error")
    def leave(context: ExceptionContext) -> None:  # pyright: ignore[reportUnusedFunction]
        # A primary that was switched over answers on, and refuses to write: its connections
        # are as good as cut, and new ones find the new primary.
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = True
