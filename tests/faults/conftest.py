"""The towns of the stories and the worlds of the loops, for faults."""

from collections.abc import AsyncGenerator

import pytest

from bot.store.engine import Database
from tests.stories.conftest import (
    each_town,
    either_town,
    shared_postgres_url,
    shared_sqlite_url,
    shared_town,
    small_town,
)
from tests.support.world import World, world
from tests.work.conftest import town
from tests.work.conftest import town as each_world

__all__ = [
    "each_town",
    "each_world",
    "either_town",
    "shared_postgres_url",
    "shared_sqlite_url",
    "shared_town",
    "small_town",
    "small_world",
    "town",
]


@pytest.fixture
async def small_world(sqlite_url: str) -> AsyncGenerator[World]:
    """A delivery loop beside a local Slack, for what does not hang on the engine."""
    database = Database(sqlite_url)
    async with world(database) as made:
        yield made
    await database.close()
