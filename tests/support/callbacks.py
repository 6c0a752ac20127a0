"""Callbacks for tests, stored the way the apply loop does."""

from collections.abc import Sequence

from bot.store import callbacks, samples
from bot.store.callbacks import Judged
from bot.store.engine import Writing


async def store(tx: Writing, told: Sequence[Judged]) -> None:
    """Store judged callbacks, packed by the samples that are there."""
    numbers = {one.alarm_id for one in told if one.alarm_id is not None}
    await callbacks.add(tx, callbacks.ready(tx, told, await samples.of(tx, numbers)))
