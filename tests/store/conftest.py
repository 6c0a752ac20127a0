"""The store's tests are many and small: on PostgreSQL they share one database, emptied for each.

A test that changes the schema or the server's connections asks for `database_url` instead,
and gets a database of its own.
"""

from collections.abc import AsyncGenerator, Generator
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.store.engine import Database
from bot.store.tables import metadata

ALL_ROWS = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str, postgres_template: str) -> Generator[sa.Engine]:
    """A migrated database for all tests of the store."""
    name = f"tocsin_store_{uuid4().hex[:8]}"
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    shared = sa.create_engine(sa.make_url(postgres_server).set(database=name))
    yield shared
    shared.dispose()
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def emptied_postgres(shared_postgres: sa.Engine) -> str:
    """The shared database without a row."""
    with shared_postgres.begin() as connection:
        connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(sa.text(ALL_ROWS))
    return shared_postgres.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest) -> AsyncGenerator[Database]:
    """The store on each engine in turn, without a row."""
    fixture = "sqlite_url" if request.param == "sqlite" else "emptied_postgres"
    opened = Database(request.getfixturevalue(fixture))
    yield opened
    await opened.close()
