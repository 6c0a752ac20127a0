"""A town for each story: by HTTP or by socket, on SQLite or on each engine in turn."""

import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from tests.support.open_town import OpenTown, open_town
from tests.support.pool import Pool
from tests.support.town import Town, town


@pytest.fixture(params=["http", "socket"])
async def either_town(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncGenerator[Town]:
    """Slack calls the bot over HTTP, and in the second round through a socket."""
    async with town(sqlite_url, socket_mode=request.param == "socket") as made:
        yield made


@pytest.fixture
async def small_town(sqlite_url: str) -> AsyncGenerator[Town]:
    """HTTP and SQLite, for stories that hang on neither."""
    async with town(sqlite_url) as made:
        yield made


@pytest.fixture
async def each_town(database_url: str) -> AsyncGenerator[Town]:
    """HTTP, on each engine in turn."""
    async with town(database_url) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_town(request: pytest.FixtureRequest) -> Generator[OpenTown]:
    """A town that all questions of a file are put to, on each engine in turn."""
    fixture = "shared_sqlite_url" if request.param == "sqlite" else "shared_postgres_url"
    with open_town(request.getfixturevalue(fixture)) as made:
        yield made


@pytest.fixture(scope="module")
def shared_sqlite_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file of one test file's own."""
    path = tmp_path_factory.mktemp("shared") / "tocsin.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="module")
def shared_postgres_url(postgres_pool: Pool) -> Generator[str]:
    """A migrated PostgreSQL database of one test file's own."""
    url = postgres_pool.take()
    yield url
    postgres_pool.give_back(url)
