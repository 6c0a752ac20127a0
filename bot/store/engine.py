"""The database: one reading and one writing kind of transaction, on SQLite and PostgreSQL.

Everything in which the two engines differ stands here and in `embedded`: how connections are
set up, how a write begins, how a row is inserted unless it is there. Nothing here retries.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar  # columns of whatever type

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StorageUnavailable
from bot.store import embedded
from bot.store.append import READ_ONLY, Appender, Row, SqliteAppender
from bot.store.at_once import Connection, Thread
from bot.store.turn import Turn

POOL = 8  # PostgreSQL: connections of one replica; one more only appends, and two are lanes
CONNECT_TIMEOUT_S = 5
APPEND_WITHIN_S = 5.0  # PostgreSQL: by then the sender has given up
ANSWER_WITHIN_S = 30.0  # and any transaction: a server that hangs may not hold a loop for ever
# A replica that is frozen in a transaction holds its rows: PostgreSQL ends it for the others.
FROZEN_AFTER = "SET idle_in_transaction_session_timeout = '15s'"
NOT_MIGRATED = ("42P01", "42703")  # PostgreSQL's codes: undefined table, undefined column

# PostgreSQL: a host that vanished must not hold a transaction for the hours that TCP would.
TO_CONNECT: dict[str, Any] = {
    "client_encoding": "UTF8",  # whatever the database keeps: arrays are sent as they are
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms
}
_POSTGRES: dict[str, Any] = {
    "max_overflow": 0,
    "hide_parameters": True,
    "pool_timeout": CONNECT_TIMEOUT_S,
    "pool_pre_ping": True,  # a restarted or failed-over server is noticed before use
    "connect_args": TO_CONNECT,
}
T = TypeVar("T")
Append = Callable[[Sequence[sa.Column[Any]], Sequence[Row]], Awaitable[None]]


class Lane(Enum):
    """Who works at once. Each has a connection and a thread, or one would wait for the other."""

    APPLY = "apply"
    DELIVER = "deliver"


@dataclass(frozen=True, slots=True)
class Reading:
    """A transaction that sees one state of the database."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Writing(Reading):
    """A transaction that may change rows; committed when its block ends well."""


class Database:
    """One database. Opens no connection before the first transaction."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        if self.embedded:
            self._writer = embedded.engine_of(self.url, embedded.WRITING)
            self._reader = embedded.engine_of(self.url, embedded.READING)
            self._appender: Appender = SqliteAppender(embedded.plain_engine(self.url))
            kinds = {Lane.APPLY: embedded.APPLYING, Lane.DELIVER: embedded.DELIVERING}
            self._lanes = {
                lane: Thread(embedded.plain_engine(self.url, kind)) for lane, kind in kinds.items()
            }
            self._to_read: dict[str, Any] = {"begin": embedded.BEGIN_READING}
            self.server: AsyncEngine | None = None
        else:
            self._writer = create_async_engine(self.url, pool_size=POOL, **_POSTGRES)
            _set_up(self._writer.sync_engine)
            self._lanes = {
                lane: Thread(_plain(self.url), patience=ANSWER_WITHIN_S) for lane in Lane
            }
            self._to_read = {"isolation_level": "REPEATABLE READ"}
            # The same connections; by itself PostgreSQL gives each statement a newer state.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
            self._appender = _postgres_appender(self.url)
            self.server = self._writer
        self._patience = None if self.embedded else ANSWER_WITHIN_S
        self._turn = Turn() if self.embedded else None

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reading]:
        """A reading transaction. Raises StorageUnavailable."""
        with self._asked():
            async with (
                _in_time(self._patience),
                self._reader.connect() as connection,
                connection.begin(),
            ):
                yield Reading(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Writing]:
        """A writing transaction, committed at the end. Raises StorageUnavailable.

        When the connection is lost in the commit itself, nobody can say whether it
        happened: callers must be able to repeat what they did.
        """
        if self._turn is None:
            async with self._begin() as tx:
                yield tx
        else:
            async with self._turn.taken(), self._begin() as tx:
                yield tx

    async def read_at_once(
        self, work: Callable[[Reading], Coroutine[Any, Any, T]], lane: Lane = Lane.APPLY
    ) -> T:
        """A reading transaction in a thread. Raises StorageUnavailable.

        `work` may await nothing but what it does in the transaction. So it costs the event
        loop nothing; a dozen statements take a third of the time.
        """
        with self._asked():
            thread = self._lanes[lane]
            return await thread.run(lambda made: work(Reading(made)), **self._to_read)

    async def write_at_once(
        self, work: Callable[[Writing], Coroutine[Any, Any, T]], lane: Lane = Lane.APPLY
    ) -> T:
        """The same for a writing one, committed when `work` ends well. See `writing`."""
        async with self._turn.taken() if self._turn else nullcontext():
            with self._asked():
                return await self._lanes[lane].run(lambda made: work(Writing(made)))

    @asynccontextmanager
    async def appending(self) -> AsyncGenerator[Append]:
        """The turn to append, before all others. Who picks his rows now leaves nobody behind."""
        async with self._turn.taken(first=True) if self._turn else nullcontext():
            yield self._append

    async def _append(self, columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> None:
        """Insert rows in a transaction of their own. Raises StorageUnavailable.

        When the connection is lost in the commit they may be stored twice: whoever reads
        them must know the second by what it says.
        """
        with self._asked():
            async with _in_time(None if self.embedded else APPEND_WITHIN_S):
                await self._appender.append(columns, rows)

    @asynccontextmanager
    async def _begin(self) -> AsyncGenerator[Writing]:
        with self._asked():
            async with (
                _in_time(self._patience),
                self._writer.connect() as connection,
                connection.begin(),
            ):
                yield Writing(connection)

    @contextmanager
    def _asked(self) -> Generator[None]:
        try:
            with _unavailable():
                yield
        except StorageUnavailable:
            if self.server:
                # Perhaps another server is the primary now, and this one still answers readers.
                for thread in self._lanes.values():
                    thread.leave()
            raise

    async def close(self) -> None:
        """Close all connections. A last checkpoint folds SQLite's log into its file."""
        await self._appender.close()
        for thread in self._lanes.values():
            await thread.close()
        await self._writer.dispose()
        await self._reader.dispose()


@asynccontextmanager
async def _in_time(seconds: float | None) -> AsyncGenerator[None]:
    """A connection that stays open and says nothing is given up after so long."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise StorageUnavailable("no answer") from error


@contextmanager
def _unavailable() -> Generator[None]:
    """Turn "the database does not answer" into one error of ours; let our own faults through."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise StorageUnavailable(_first_line(error)) from error
    except exc.DBAPIError as error:
        if not error.connection_invalidated and not _is_unmigrated(error):
            raise
        raise StorageUnavailable(_first_line(error)) from error


def _is_unmigrated(error: exc.DBAPIError) -> bool:
    """A replica may look before another has migrated; SQLite calls that operational."""
    return getattr(error.orig, "sqlstate", None) in NOT_MIGRATED


def _first_line(error: Exception) -> str:
    """The driver's first words, without the statement and its parameters (they hold bodies)."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return str(cause).strip().split("\n")[0][:200]


def _postgres_appender(url: sa.URL) -> Appender:
    # Its driver is 10 MB of memory, which a bot on SQLite should not need.
    from bot.store.append_postgres import PostgresAppender  # noqa: PLC0415 - see above

    return PostgresAppender(url, **TO_CONNECT)


def _plain(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=1, **_POSTGRES)
    _set_up(engine)
    return engine


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


def insert_unless_there(tx: Reading, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """`INSERT … ON CONFLICT DO NOTHING` in the dialect of the transaction."""
    if tx.connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def seconds_of(tx: Reading, at: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """Whole seconds since 1970, rounded down, in the dialect of the transaction."""
    seconds = sa.extract("epoch", at)  # SQLite's are whole already, and it may lack floor()
    if tx.connection.dialect.name == "sqlite":
        return seconds
    return sa.cast(sa.func.floor(seconds), sa.BigInteger)


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
