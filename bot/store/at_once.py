"""A transaction in a thread of its own, from its first statement to its last without a stop.

An asynchronous driver makes a trip through the event loop for each statement; measured, that
takes 350 us where the statement takes 80. Who makes a dozen in a row, while senders wait for
the one writer of a database, makes one trip instead: the store's functions then await a
connection that has each answer at once.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, TypeVarTuple, cast, overload

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.selectable import TypedReturnsRows

from bot.errors import StorageUnavailable

Columns = TypeVarTuple("Columns")
T = TypeVar("T")


class Connection(Protocol):
    """What the store asks of a connection. SQLAlchemy's asynchronous one has it all."""

    @property
    def dialect(self) -> sa.Dialect:
        """The engine's, whose `name` decides the few differences."""
        ...

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        """A text as the driver takes it; many rows where the parameters are a list."""
        ...

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], parameters: Any = None
    ) -> sa.CursorResult[*Columns]: ...

    @overload
    async def execute(
        self, statement: sa.Executable, parameters: Any = None
    ) -> sa.CursorResult[*tuple[Any, ...]]: ...

    @overload
    async def scalar(self, statement: TypedReturnsRows[T], parameters: Any = None) -> T | None: ...

    @overload
    async def scalar(self, statement: sa.Executable, parameters: Any = None) -> Any: ...

    @overload
    async def scalars(
        self, statement: TypedReturnsRows[T], parameters: Any = None
    ) -> sa.ScalarResult[T]: ...

    @overload
    async def scalars(
        self, statement: sa.Executable, parameters: Any = None
    ) -> sa.ScalarResult[Any]: ...


@dataclass(frozen=True, slots=True)
class _AtOnce:
    """A plain connection that can be awaited: the answer is there when `await` begins."""

    plain: sa.Connection

    @property
    def dialect(self) -> sa.Dialect:
        return self.plain.dialect

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> Any:
        return self.plain.exec_driver_sql(statement, parameters)

    async def execute(self, statement: sa.Executable, parameters: Any = None) -> Any:
        return self.plain.execute(statement, parameters)

    async def scalar(self, statement: sa.Executable, parameters: Any = None) -> Any:
        return self.plain.scalar(statement, parameters)

    async def scalars(self, statement: sa.Executable, parameters: Any = None) -> Any:
        return self.plain.scalars(statement, parameters)


class Thread:
    """One connection, and the thread that works with it.

    `patience` in seconds: what takes longer is cut off from its server, and StorageUnavailable.
    """

    def __init__(self, engine: sa.Engine, *, patience: float | None = None) -> None:
        self.engine = engine
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="at-once")
        self._opened: Any = None
        self._left = False
        event.listen(engine, "connect", self._remember)

    async def run(self, work: Callable[[Connection], Coroutine[Any, Any, T]], **options: Any) -> T:
        """Do something in a transaction, committed at its end.

        `work` may await nothing but its connection. `options` are the connection's. The thread
        has finished when this returns, also when it is cancelled.
        """
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self._thread, self._transaction, work, options)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(job)
        except TimeoutError as error:
            self._cut()
            raise StorageUnavailable("no answer") from error
        finally:
            if not job.done() and not (await asyncio.wait([job], timeout=self._patience))[0]:
                self._cut()  # whoever was cancelled has no patience of its own any more
                await asyncio.wait([job])
            with suppress(BaseException):
                job.exception()  # looked at, or the loop complains of it

    def leave(self) -> None:
        """Open another connection next time: somebody else's server is not what it was."""
        self._left = True

    def _transaction(
        self, work: Callable[[Connection], Coroutine[Any, Any, T]], options: dict[str, Any]
    ) -> T:
        if self._left:
            self._left = False
            self.engine.dispose()
        with self.engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                return _finished(work(cast("Connection", _AtOnce(connection))))

    def _remember(self, opened: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        self._opened = opened

    def _cut(self) -> None:
        """End the talk with a server that hangs, so that who waits for it in the thread hears."""
        with suppress(Exception), socket.socket(fileno=os.dup(self._opened.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Close the connection; the next `run` opens another."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.engine.dispose)


def _finished(work: Coroutine[Any, Any, T]) -> T:
    """The result of work that never has to wait."""
    try:
        work.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    work.close()
    raise AssertionError("work in a transaction at once may await its connection alone")
