"""Names of alarms are kept in memory, and are those that reading all of them anew would give."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.stats import Named
from bot.store import alarms, names
from bot.store.engine import Database
from bot.store.tables import alarms as table
from bot.store.tables import naming
from tests.support.values import NOON


def named(number: int, **said: object) -> Alarm:
    """An alarm that watches an instance."""
    plain = {"name": f"CPU {number}", "rule_id": "r", "dimensions": {"instanceId": f"i-{number}"}}
    return Alarm(id=number, key=f"{number:032x}", **plain | said)


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two alarms are so many that all are read, and kept."""
    monkeypatch.setattr(names, "MANY", 1)


async def add(database: Database, *told: Alarm) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, told)


async def save(database: Database, *told: Alarm) -> None:
    async with database.writing() as tx:
        await alarms.save(tx, told)


async def token(database: Database) -> int | None:
    async with database.reading() as tx:
        return await tx.connection.scalar(sa.select(naming.c.token))


async def called(database: Database, *numbers: int) -> Sequence[Named]:
    async with database.reading() as tx:
        return await names.of(database, tx, numbers or (1, 2))


async def test_what_is_asked_for_comes_in_the_order_of_numbers(database: Database) -> None:
    await add(database, named(1), named(2, rule_id=None), named(3, dimensions={"b": "y", "a": "x"}))
    assert await called(database, 3, 1) == [
        (1, "CPU 1", "r", "i-1", None),
        (3, "CPU 3", "r", "x,y", None),
    ]
    assert await called(database, 3, 2) == [
        (2, "CPU 2", "CPU 2", "i-2", None),
        (3, "CPU 3", "r", "x,y", None),
    ]
    assert await called(database, 2) == [(2, "CPU 2", "CPU 2", "i-2", None)]


@pytest.mark.parametrize(
    "said",
    [{"name": "Disk"}, {"rule_id": "other"}, {"dimensions": {"instanceId": "i-9"}},
     {"dimensions": {}, "instance_name": "web"}],
)  # fmt: skip
async def test_an_alarm_that_is_called_otherwise_is_called_so_at_once(
    database: Database, said: dict[str, object]
) -> None:
    await add(database, named(1), named(2))
    before = await called(database)
    await save(database, named(2, **said))
    after = await called(database)
    assert after[0] == before[0]
    assert after[1] != before[1]


async def test_a_name_that_somebody_else_changed_is_noticed(database: Database) -> None:
    """A replica of the last release, or a person with a shell."""
    await add(database, named(1), named(2))
    await called(database)
    async with database.writing() as tx:
        await tx.connection.execute(sa.text("UPDATE alarms SET name = 'Disk' WHERE id = 2"))
    assert [name for _, name, *_ in await called(database)] == ["CPU 1", "Disk"]


async def test_an_alarm_that_is_only_heard_again_leaves_all_names_as_they_are(
    database: Database,
) -> None:
    await add(database, named(1), named(2))
    before = await token(database)
    await save(database, named(1, heard_until=NOON, region_id="cn-hangzhou"))
    assert await token(database) == before


async def test_a_change_that_was_given_up_is_not_kept(database: Database) -> None:
    await add(database, named(1), named(2))
    async with database.writing() as tx:
        await alarms.save(tx, [named(2, name="Disk")])
        assert [name for _, name, *_ in await names.of(database, tx, (1, 2))] == ["CPU 1", "Disk"]
        await tx.connection.rollback()
    assert [name for _, name, *_ in await called(database)] == ["CPU 1", "CPU 2"]


async def test_without_a_token_names_are_read_each_time(database: Database) -> None:
    await add(database, named(1), named(2))
    async with database.writing() as tx:
        await tx.connection.execute(sa.update(table).values(name="same"))
        await tx.connection.execute(sa.delete(naming))
    for word in ("same", "other"):
        assert {name for _, name, *_ in await called(database)} == {word}
        async with database.writing() as tx:
            await tx.connection.execute(sa.update(table).values(name="other"))
            await tx.connection.execute(sa.delete(naming))


async def test_whatever_changes_names_are_those_of_the_rows(database: Database) -> None:
    dice = random.Random(20261130)  # noqa: S311 - dice, not secrets
    there: dict[int, Alarm] = {}
    for turn in range(40):
        number = dice.randint(1, 8)
        new = named(number, name=f"n{dice.randint(1, 3)}", rule_id=dice.choice([None, "r", "q"]))
        new = replace(new, heard_until=NOON + timedelta(minutes=turn))
        await (save if number in there else add)(database, new)
        there[number] = new
        wanted = [
            (one.id, one.name, one.rule_id or one.name, one.instance, one.instance_name)
            for one in there.values()
        ]
        assert await called(database, *there) == sorted(wanted)
