"""Taking a bot's database away for a while."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import sqlalchemy as sa


@asynccontextmanager
async def sqlite_locked(url: str) -> AsyncGenerator[None]:
    """Another process holds the write lock. It waits in a thread: the bot may hold it first."""
    connection = sqlite3.connect(
        sa.make_url(url).database or "", timeout=60, isolation_level=None, check_same_thread=False
    )
    await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


@contextmanager
def postgres_away(url: str) -> Generator[None]:
    """Every connection is cut and no new one is let in."""
    name = sa.make_url(url).database
    server = sa.create_engine(
        sa.make_url(url).set(database="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.pool.NullPool,
    )
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    with server.connect() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(sa.text(cut), {"name": name})
        try:
            yield
        finally:
            connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


@asynccontextmanager
async def busy(url: str) -> AsyncGenerator[None]:
    """Writers wait, and readers do not: SQLite is locked, on PostgreSQL the tables are."""
    if url.startswith("sqlite"):
        async with sqlite_locked(url):
            yield
        return
    made = sa.create_engine(url, poolclass=sa.pool.NullPool)
    lock = sa.text("LOCK TABLE inbox, cards, incidents IN EXCLUSIVE MODE")
    with made.connect() as connection:
        await asyncio.to_thread(connection.execute, lock)
        yield
        connection.rollback()


@asynccontextmanager
async def away(url: str) -> AsyncGenerator[None]:
    """The database takes nothing: PostgreSQL is gone, SQLite is locked."""
    if url.startswith("sqlite"):
        async with sqlite_locked(url):
            yield
    else:
        with postgres_away(url):
            yield
