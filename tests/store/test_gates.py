"""Gates in the store: what one replica lets through, another one sees."""

import asyncio
from datetime import datetime

from bot.rules.delivery import EDIT_BURST, EDIT_GAP, Gate
from bot.store import gates
from bot.store.columns import NEVER
from bot.store.engine import Database
from tests.support.rows import edits_shut, until_somebody_waits
from tests.support.values import NOON, second


async def edits(database: Database) -> Gate:
    async with database.reading() as tx:
        return await gates.edits(tx)


async def passes(database: Database, gate: Gate, now: datetime = NOON) -> bool:
    async with database.writing() as tx:
        return await gates.passed(tx, gates.EDITS, gate, now)


async def shut(database: Database, until: datetime, reason: str) -> None:
    async with database.writing() as tx:
        await gates.shut(tx, gates.SLACK, until, reason)


async def told(database: Database, now: datetime) -> str | None:
    async with database.reading() as tx:
        return await gates.shut_reason(tx, gates.SLACK, now)


async def test_a_gate_that_was_never_passed_is_open(database: Database) -> None:
    gate = await edits(database)
    assert gate.opens_at < NEVER
    assert await passes(database, gate)


async def test_each_passage_is_seen_by_the_next_reader(database: Database) -> None:
    for number in range(EDIT_BURST):
        gate = await edits(database)
        assert gate.opens_at <= NOON, number
        assert await passes(database, gate)
    assert (await edits(database)).opens_at == NOON + EDIT_GAP


async def test_a_passage_on_an_old_reading_of_the_gate_is_refused(database: Database) -> None:
    old = await edits(database)
    assert await passes(database, old)
    assert not await passes(database, old)


async def test_of_two_replicas_at_one_moment_one_passes(database: Database) -> None:
    await passes(database, await edits(database))
    gate = await edits(database)
    async with database.writing() as tx:
        assert await gates.passed(tx, gates.EDITS, gate, NOON)
        other = asyncio.create_task(passes(database, gate))
        await until_somebody_waits(database)
    assert await other is False


async def test_a_gate_slack_shut_stays_shut_until_then_for_all(database: Database) -> None:
    await edits_shut(database, seconds=30)
    assert (await edits(database)).opens_at == second(30)


async def test_a_shut_gate_says_why_until_it_opens(database: Database) -> None:
    await shut(database, second(60), "token_revoked")
    assert await told(database, second(59.9)) == "token_revoked"
    assert await told(database, second(60)) is None


async def test_a_gate_never_shut_says_nothing(database: Database) -> None:
    assert await told(database, NOON) is None
    async with database.reading() as tx:
        assert await gates.due(tx, gates.SLACK) == NEVER
