"""Alarms: found by identity, described by the newest callback, listed newest first."""

from dataclasses import replace

import pytest
from sqlalchemy import exc

from bot.rules.alarm import Alarm
from bot.store import alarms
from bot.store.engine import Database
from tests.support.values import alarm, minute, record


async def add(database: Database, *new: Alarm) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, new)


async def page(database: Database, *, limit: int, before_id: int | None = None) -> list[int]:
    async with database.reading() as tx:
        return [one.id for one in await alarms.page(tx, limit=limit, before_id=before_id)]


async def test_only_known_identities_are_found(database: Database) -> None:
    await add(database, alarm(1), alarm(2), alarm(3))
    async with database.reading() as tx:
        found = await alarms.with_keys(tx, [alarm(2).key, alarm(3).key, alarm(4).key])
    assert {one.id for one in found} == {2, 3}


async def test_asking_for_no_alarm_finds_none(database: Database) -> None:
    await add(database, alarm(1))
    async with database.reading() as tx:
        assert await alarms.with_keys(tx, []) == []
        assert await alarms.with_ids(tx, []) == {}


async def test_numbers_go_on_after_the_last_one(database: Database) -> None:
    async with database.writing() as tx:
        assert await alarms.next_id(tx) == 1
        await alarms.add(tx, [alarm(7)])
        assert await alarms.next_id(tx) == 8


async def test_adding_and_saving_nothing_is_no_fault(database: Database) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, [])
        await alarms.save(tx, [])
    assert await page(database, limit=9) == []


async def test_a_new_description_is_kept_and_others_are_left_alone(database: Database) -> None:
    await add(database, alarm(1), alarm(2), alarm(3))
    said = record(unit="%", dimensions={"instanceId": "i-1", "磁盘": "/dev/vda1"}, labels={"a": ""})
    changed = [alarm(number).described_by(said, at=minute(5)) for number in (1, 2)]
    async with database.writing() as tx:
        await alarms.save(tx, changed)
        found = await alarms.with_ids(tx, [1, 2, 3])
    assert found == {1: changed[0], 2: changed[1], 3: alarm(3)}


async def test_two_alarms_never_share_an_identity(database: Database) -> None:
    await add(database, alarm(1))
    with pytest.raises(exc.IntegrityError):
        await add(database, replace(alarm(2), key=alarm(1).key))


async def test_a_page_is_newest_first_and_goes_on_where_it_ended(database: Database) -> None:
    await add(database, *(alarm(number) for number in range(1, 6)))
    assert await page(database, limit=2) == [5, 4]
    assert await page(database, limit=2, before_id=4) == [3, 2]
    assert await page(database, limit=2, before_id=2) == [1]
