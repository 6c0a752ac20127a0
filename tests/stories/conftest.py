"""A town for each story: by HTTP or by socket, on SQLite or on each engine in turn."""

from collections.abc import AsyncGenerator

import pytest

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
