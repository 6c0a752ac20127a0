"""A world on each engine in turn."""

from collections.abc import AsyncGenerator

import pytest

from bot.store.engine import Database
from tests.support.world import World, world


@pytest.fixture
async def town(database: Database) -> AsyncGenerator[World]:
    """A delivery loop beside a local Slack."""
    async with world(database) as made:
        yield made
