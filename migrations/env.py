"""Alembic's entry. Run by `tocsin migrate`, at the start of `tocsin serve`, or by `alembic`."""

import os
from typing import Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy import event, pool
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.columns import UtcTime
from bot.store.tables import metadata

ADVISORY_LOCK = 0x70C51  # any number, the same in every release
LOCK_WAIT = "SET lock_timeout = '60s'"


def database_url() -> sa.URL:
    """What the program passes; for the `alembic` command itself, DATABASE_URL."""
    given = context.config.attributes.get("url")
    if given is not None:
        return given
    url = os.environ.get("DATABASE_URL", "sqlite:///tocsin.db")
    head, colon, rest = url.partition("://")
    plain = "postgresql+psycopg" if head in ("postgres", "postgresql") else head
    return sa.make_url(plain + colon + rest)


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations never import the models: our own type is written as what it is."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def whole_steps(engine: sa.Engine) -> None:
    """Let SQLite migrate all or nothing: by itself its driver commits each CREATE TABLE.

    A process killed half-way would leave tables that bar every later start.
    """

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    """Migrate one database, one process at a time."""
    engine = sa.create_engine(database_url(), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        whole_steps(engine)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(LOCK_WAIT))
            lock = sa.text("SELECT pg_advisory_lock(:number)")
            connection.execute(lock, {"number": ADVISORY_LOCK})
            connection.commit()  # the lock belongs to the session, not to this transaction
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_item=render_item,
            render_as_batch=True,
            transaction_per_migration=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
