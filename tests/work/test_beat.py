"""The beat is a proof of this moment: one that must wait is none."""

import asyncio
from datetime import timedelta

from bot.rules.card import Language
from bot.rules.routing import Destination
from bot.store import pulses
from bot.store.engine import Database
from bot.work.beat import Beat
from tests.support.values import NOON


def made(database: Database) -> Beat:
    place = Destination("alarms", Language.ENGLISH)
    return Beat(database, place=place, clock=lambda: NOON, poke=lambda: None)


async def test_a_beat_that_is_not_answered_is_missed_and_the_next_is_not(
    database: Database,
) -> None:
    beat = made(database)
    beat.within = timedelta(milliseconds=50)
    async with database.writing() as tx:  # whoever beats waits for it
        await pulses.last_in_turn(tx, pulses.ACCEPTING)
        await beat.beat()
        assert beat.refused == "no answer"
    beat.within = timedelta(seconds=30)
    await asyncio.wait_for(beat.beat(), 30)
    assert beat.refused is None
