"""The database: one reading and one writing kind of transaction, on SQLite and PostgreSQL.

How connections are set up stands in `embedded` (SQLite) and `served` (PostgreSQL), what SQL they
say differently in `dialects`. Nothing here retries but `write`, and only what was given up for
another.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar  # columns and options of whatever type

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import Deadlocked, StorageUnavailable
from bot.store import embedded, served
from bot.store.append import Appender, Row, SqliteAppender
from bot.store.at_once import Connection, Thread
from bot.store.turn import Turn

APPEND_WITHIN_S = 5.0  # PostgreSQL: by then the sender has given up
ANSWER_WITHIN_S = 30.0  # and any transaction: a server that hangs may not hold a loop for ever
TRIES = 3  # of what is given up for another that waited for it
DEADLOCK = "40P01"  # PostgreSQL's code
NOT_MIGRATED = ("42P01", "42703")  # PostgreSQL's codes: undefined table, undefined column

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
            self._appender: Appender = SqliteAppender(
                embedded.plain_engine(self.url, embedded.APPENDING)
            )
            kinds = {Lane.APPLY: embedded.APPLYING, Lane.DELIVER: embedded.DELIVERING}
            self._lanes = {
                lane: Thread(embedded.plain_engine(self.url, kind)) for lane, kind in kinds.items()
            }
            self._to_read: dict[str, Any] = {"begin": embedded.BEGIN_READING}
            self.server: AsyncEngine | None = None
        else:
            self._writer = served.engine_of(self.url)
            self._lanes = {
                lane: Thread(served.plain_engine(self.url), patience=ANSWER_WITHIN_S)
                for lane in Lane
            }
            self._to_read = {"isolation_level": "REPEATABLE READ"}
            # The same connections; by itself PostgreSQL gives each statement a newer state.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
            self._appender = served.appender(self.url)
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

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """The same for a function, which is run again where it was given up for another.

        It may remember nothing of a first time: PostgreSQL took all of it back. For what people
        do, which cannot always lock rows in the order of the loops.
        """
        for _ in range(TRIES - 1):
            with suppress(Deadlocked):
                async with self.writing() as tx:
                    return await work(tx)
        async with self.writing() as tx:
            return await work(tx)

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
        except StorageUnavailable as error:
            if self.server and not isinstance(error, Deadlocked):
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
        kind = Deadlocked if _code_of(error) == DEADLOCK else StorageUnavailable
        raise kind(_first_line(error)) from error
    except exc.DBAPIError as error:
        if not error.connection_invalidated and not _is_unmigrated(error):
            raise
        raise StorageUnavailable(_first_line(error)) from error


def _is_unmigrated(error: exc.DBAPIError) -> bool:
    """A replica may look before another has migrated; SQLite calls that operational."""
    return _code_of(error) in NOT_MIGRATED


def _code_of(error: exc.SQLAlchemyError) -> str | None:
    """PostgreSQL's code of what went wrong, if it is PostgreSQL's."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _first_line(error: Exception) -> str:
    """The driver's first words, without the statement and its parameters (they hold bodies)."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return str(cause).strip().split("\n")[0][:200]
