"""Callbacks for tests, stored the way the apply loop does."""

from collections.abc import Sequence

from bot.store import callbacks, inbox, samples
from bot.store.callbacks import Judged
from bot.store.engine import Database, Writing
from bot.store.inbox import Taken


async def append(database: Database, taken: Sequence[Taken]) -> None:
    """Put callbacks into the inbox, in a turn of their own."""
    async with database.appending() as to:
        await inbox.append(to, taken)


async def store(tx: Writing, told: Sequence[Judged]) -> None:
    """Store judged callbacks, packed by the samples that are there."""
    numbers = {one.alarm_id for one in told if one.alarm_id is not None}
    await callbacks.add(tx, callbacks.ready(tx, told, await samples.of(tx, numbers)))
