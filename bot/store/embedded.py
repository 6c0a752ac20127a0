"""SQLite: how its connections are set up, and how a write begins on them."""

import json
import sqlite3
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.sqlite_link import opened

BUSY_TIMEOUT_MS = 15_000  # SQLite: how long a write waits for another process
READERS = 4  # SQLite: WAL lets readers go on beside the one writer

# As text: SQLite before 3.45 finds no key that is written with \u escapes.
TO_JSON = json.JSONEncoder(ensure_ascii=False).encode

_SET_UP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose a committed callback at a power cut
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """So many connections, KiB of the file that each remembers, and how transactions begin.

    Without a beginning, each statement is a transaction of its own.
    """

    connections: int
    cache: int
    begin: str | None


BEGIN_READING = "BEGIN"
APPENDING = Kind(1, 512, None)
APPLYING = Kind(1, 8192, "BEGIN IMMEDIATE")  # where ten millions are indexed
DELIVERING = Kind(1, 1024, "BEGIN IMMEDIATE")
WRITING = Kind(1, 1024, "BEGIN IMMEDIATE")
READING = Kind(READERS, 1024, BEGIN_READING)  # the system remembers the file as well


def engine_of(url: sa.URL, kind: Kind) -> AsyncEngine:
    """Connections of one kind to a database file; none is opened yet."""
    [file], options = url.get_dialect()().create_connect_args(url)
    engine = create_async_engine(
        url,
        async_creator=partial(opened, file, **options),
        pool_size=kind.connections,
        max_overflow=0,
        hide_parameters=True,  # they hold bodies, and errors are logged
        json_serializer=TO_JSON,
    )
    _set_up(engine.sync_engine, kind)
    return engine


def plain_engine(url: sa.URL, kind: Kind) -> sa.Engine:
    """Connections of one kind, for a thread."""
    engine = sa.create_engine(
        url.set(drivername="sqlite"),
        pool_size=kind.connections,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=TO_JSON,
    )
    _set_up(engine, kind)
    return engine


def _set_up(engine: sa.Engine, kind: Kind) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction]
        # The driver must not begin transactions by itself: a read that turns into a write
        # under a plain BEGIN fails at once, busy timeout or not.
        connection.isolation_level = None
        cursor = connection.cursor()
        for statement in (*_SET_UP, f"PRAGMA cache_size=-{kind.cache}"):
            cursor.execute(statement)
        cursor.close()

    if kind.begin is None:
        return

    @event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(connection.get_execution_options().get("begin", kind.begin))


SQLITE_OLDEST = (3, 35, 0)  # RETURNING and WITHOUT ROWID with ON CONFLICT


def sqlite_is_too_old() -> bool:
    """Whether this Python's SQLite lacks what the store uses."""
    return sqlite3.sqlite_version_info < SQLITE_OLDEST
