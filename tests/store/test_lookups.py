"""Lookups: incidents with their alarms, by number, on both engines alike."""

import pytest

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.store import lookups
from bot.store.engine import Database
from bot.store.lookups import Listed
from tests.support.rows import card, keep
from tests.support.values import alarm, incident

PAY = alarm(1, name="cpu 高", dimensions={"instanceId": "i-bp1A"}, labels={"team": "pay"})
DB = alarm(2, name="disk")
INCIDENTS = [incident(1), incident(2), incident(3, alarm_id=1)]


@pytest.fixture
async def filled(database: Database) -> Database:
    """A database with three incidents of two alarms."""
    for watched in (PAY, DB):
        mine = [one for one in INCIDENTS if one.alarm_id == watched.id]
        await keep(database, *mine, watched=watched)
    return database


async def test_an_incident_comes_with_its_alarm_whole(filled: Database) -> None:
    async with filled.reading() as tx:
        told = [await lookups.find(tx, number) for number in (1, 2, 3)]
        together = await lookups.with_ids(tx, [3, 99, 1])
    expected: list[tuple[Incident, Alarm]] = [
        (INCIDENTS[0], PAY),
        (INCIDENTS[1], DB),
        (INCIDENTS[2], PAY),
    ]
    assert told == [Listed(*pair) for pair in expected]
    assert together == {1: told[0], 3: told[2]}


async def test_an_incident_that_is_not_there_is_not_found(filled: Database) -> None:
    async with filled.reading() as tx:
        assert await lookups.find(tx, 99) is None
        assert await lookups.with_ids(tx, []) == {}


async def test_an_incident_is_found_by_its_card(filled: Database) -> None:
    number = await card(filled, 3)
    async with filled.reading() as tx:
        assert await lookups.of_card(tx, number) == Listed(INCIDENTS[2], PAY)
        assert await lookups.of_card(tx, "no card") is None
        assert await lookups.of_card(tx, "0192f0c0-0000-7000-8000-000000000000") is None
