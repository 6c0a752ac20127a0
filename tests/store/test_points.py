"""The values of a picture: of each piece of time the lowest and highest, when they came first."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.history import Point
from bot.store import history
from bot.store.engine import Database
from bot.store.tables import callbacks
from tests.support.rows import keep
from tests.support.values import NOON, incident

SINCE = NOON - timedelta(days=1, microseconds=500_000)
PIECE = timedelta(seconds=865)  # a hundredth of the time, rounded up


@dataclass(frozen=True)
class Said:
    at: datetime
    value: float | None


async def say(database: Database, alarm_id: int, *told: Said) -> None:
    plain = {
        "source": "a", "method": "POST", "query": "", "headers": "[]", "body": b"", "record": {},
        "kind": "threshold", "outcome": "updated", "received_at": NOON, "alarm_id": alarm_id,
    }  # fmt: skip
    rows = [plain | {"id": new_id(), "at": one.at, "value": one.value} for one in told]
    async with database.writing() as tx:
        await tx.connection.execute(sa.insert(callbacks), rows)


async def drawn(database: Database, *alarm_ids: int) -> dict[int, list[Point]]:
    async with database.reading() as tx:
        return await history.points(tx, alarm_ids, since=SINCE, until=NOON)


def by_hand(told: list[Said]) -> list[Point]:
    """Piece by piece, as somebody reads them who looks at each."""
    first = SINCE.replace(microsecond=0)
    pieces: dict[int, list[tuple[float, datetime]]] = {}
    for one in told:
        if one.value is not None and one.at >= SINCE:
            pieces.setdefault((one.at - first) // PIECE, []).append((one.value, one.at))
    found: set[Point] = set()
    for piece in pieces.values():
        for extreme in (min(piece)[0], max(piece)[0]):
            found.add(Point(min(at for value, at in piece if value == extreme), extreme))
    return sorted(found, key=lambda one: (one.at, one.value))


async def test_points_are_what_looking_at_each_value_gives(database: Database) -> None:
    await keep(database, incident(1, alarm_id=1), incident(2, alarm_id=2))
    dice = random.Random(20261130)  # noqa: S311 - dice, not secrets
    told = [
        Said(NOON - timedelta(seconds=dice.uniform(0, 90_000)), dice.choice([None, 1, 2.5, 7, 9]))
        for _ in range(400)
    ]
    edges = [SINCE.replace(microsecond=0) + PIECE * n for n in (1, 2, 50)]
    told += [Said(at, 5.0) for at in (*edges, SINCE, SINCE - timedelta(microseconds=1))]
    await say(database, 1, *told)
    await say(database, 2, Said(NOON, 1.0))
    found = await drawn(database, 1, 2)
    assert sorted(found[1], key=lambda one: (one.at, one.value)) == by_hand(told)
    assert [one.at for one in found[1]] == sorted(one.at for one in found[1])
    assert found[2] == [Point(NOON, 1.0)]


@pytest.mark.parametrize("value", [None, "none at all"])
async def test_an_alarm_without_values_has_no_points(database: Database, value: str | None) -> None:
    await keep(database, incident(1, alarm_id=1))
    if value is None:
        await say(database, 1, Said(NOON, None))
    assert await drawn(database, 1) == {1: []}


async def test_what_is_ahead_of_our_clock_is_told_as_one_piece(database: Database) -> None:
    await keep(database, incident(1, alarm_id=1))
    later = [Said(NOON + timedelta(hours=n), value) for n, value in ((1, 5.0), (2, 9.0), (3, 1.0))]
    await say(database, 1, Said(NOON - PIECE, 3.0), *later)
    assert [one.value for one in (await drawn(database, 1))[1]] == [3.0, 9.0, 1.0]
