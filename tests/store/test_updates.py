"""Updates of many rows: each gets its own values, its next version, and no other is touched."""

from collections.abc import Mapping
from typing import Any  # columns of whatever type

import pytest
import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.alarm import Alarm, new_alarm
from bot.rules.record import Kind, Record
from bot.store import alarms
from bot.store.engine import Database
from bot.store.filled import ROWS
from bot.store.tables import alarms as table
from bot.store.updates import update


def alarm(number: int) -> Alarm:
    record = Record(Kind.THRESHOLD, alert_name=f"alarm {number}", dimensions={"n": str(number)})
    return new_alarm(number, new_id().replace("-", ""), record)


async def rows(database: Database) -> dict[int, Mapping[str, Any]]:
    async with database.reading() as tx:
        found = (await tx.connection.execute(sa.select(table))).mappings().all()
    return {row["id"]: dict(row) for row in found}


@pytest.mark.parametrize("number", [1, 3, ROWS, ROWS + 1])
async def test_each_row_gets_what_is_its_own(database: Database, number: int) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, [alarm(n) for n in range(1, number + 2)])
    before = await rows(database)
    async with database.writing() as tx:
        await update(tx, table, [(n, {"rule_id": f"规则 {n}?"}) for n in range(1, number + 1)])
    after = await rows(database)
    assert after[number + 1] == before[number + 1]
    for n in range(1, number + 1):
        version = before[n]["version"] + 1
        assert after[n] == {**before[n], "rule_id": f"规则 {n}?", "version": version}


async def test_rows_with_other_columns_and_missing_values_go_together(database: Database) -> None:
    async with database.writing() as tx:
        await alarms.add(tx, [alarm(n) for n in range(1, 5)])
    before = await rows(database)
    changes: list[tuple[int, dict[str, Any]]] = [
        (1, {"rule_id": "one"}),
        (2, {"dimensions": {"n": "zwei", "ü": "%s ?"}, "unit": None}),
        (3, {"rule_id": None}),
        (4, {}),
    ]
    async with database.writing() as tx:
        await update(tx, table, changes)
    after = await rows(database)
    assert after[4] == before[4]
    for number, values in changes[:3]:
        assert after[number] == {
            **before[number],
            **values,
            "version": before[number]["version"] + 1,
        }


async def test_no_changes_are_no_statement(database: Database) -> None:
    async with database.writing() as tx:
        await update(tx, table, [])
    assert await rows(database) == {}
