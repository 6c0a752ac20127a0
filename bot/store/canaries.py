"""Canaries: three pulses that together tell whether our own callbacks arrive."""

from collections.abc import Collection
from datetime import datetime

from bot.rules.canary import Flight
from bot.store import pulses
from bot.store.engine import Reading, Writing

SENT = "canary.sent"
ARRIVED = "canary.arrived"
FAILED = "canary.failed"


async def flight(tx: Reading) -> Flight:
    """What is known of them."""
    sent = await pulses.last(tx, SENT)
    arrived = await pulses.last(tx, ARRIVED)
    failed = await pulses.last(tx, FAILED)
    return Flight(
        sent_at=sent.at if sent else None,
        sent=sent.detail if sent else None,
        arrived_at=arrived.at if arrived else None,
        arrived=arrived.detail if arrived else None,
        failed_at=failed.at if failed else None,
        failed_because=failed.detail if failed else None,
    )


async def send(tx: Writing, number: str, *, now: datetime) -> None:
    """Note the one that is about to be sent."""
    await pulses.beat(tx, SENT, now, detail=number)


async def fail(tx: Writing, because: str, *, now: datetime) -> None:
    """The last one did not get through."""
    await pulses.beat(tx, FAILED, now, detail=because)


async def arrive(tx: Writing, numbers: Collection[str | None], *, now: datetime) -> None:
    """Canaries were applied; only the last that was sent proves anything."""
    sent = await pulses.last(tx, SENT)
    if sent and sent.detail in numbers:
        await pulses.beat(tx, ARRIVED, now, detail=sent.detail)
        await pulses.forget(tx, FAILED)
