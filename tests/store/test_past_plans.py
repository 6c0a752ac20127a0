"""Histories, memory and statistics read through indexes: what they cost must not grow with the
number of rows. SQLite says how it finds them, and does so without statistics of its own.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.rules.history import Span
from bot.store import callbacks
from bot.store.engine import Database
from bot.store.incidents import Change
from bot.work import history, memory, stats
from tests.support.rows import keep
from tests.support.values import NOON, alarm, incident

Asking = Callable[[Database], Awaitable[Any]]
WHOLE_TABLE = re.compile(r"SCAN (incidents|callbacks|earlier)\b(?! USING INDEX ix_incidents_open)")


@pytest.fixture
async def small(sqlite_url: str) -> AsyncGenerator[Database]:
    """A database with one incident: plans do not depend on how many there are."""
    database = Database(sqlite_url)
    await keep(database, incident(), watched=alarm(rule_id="r"))
    yield database
    await database.close()


async def a_history(database: Database, *, whole_rule: bool) -> None:
    found = await history.of_incident(
        database, 1, span=Span.WEEK, whole_rule=whole_rule, before_id=9, now=NOON
    )
    assert found is not None


async def of_one(database: Database) -> None:
    await a_history(database, whole_rule=False)


async def of_the_rule(database: Database) -> None:
    await a_history(database, whole_rule=True)


async def statistics(database: Database) -> None:
    await stats.of(database, since=NOON - timedelta(days=7), until=NOON)


async def recalling(database: Database) -> None:
    async with database.reading() as tx:
        await memory.remembered(tx, [Change(None, incident(2, alarm_id=1))], now=NOON)


async def callbacks_of_one(database: Database) -> None:
    wanted = callbacks.CallbackFilter(incident_id=1)
    for before_id in (None, "0192f0c0-0000-7000-8000-000000000009"):
        async with database.reading() as tx:
            await callbacks.page(tx, wanted, limit=20, before_id=before_id)


@contextmanager
def noted(database: Database) -> Any:
    """Every SELECT that is sent, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    engine = database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: str, parameters: Any) -> list[str]:
    async with database.reading() as tx:
        ran = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in ran]


@pytest.mark.parametrize("ask", [of_one, of_the_rule, statistics, recalling, callbacks_of_one])
async def test_no_question_about_the_past_reads_a_whole_table(small: Database, ask: Asking) -> None:
    with noted(small) as sent:
        await ask(small)
    assert len(sent) >= 2
    for statement, parameters in sent:
        steps = await plan_of(small, statement, parameters)
        assert not any(map(WHOLE_TABLE.search, steps)), (steps, statement)


async def test_a_whole_table_that_is_read_would_be_noticed(small: Database) -> None:
    plan = await plan_of(small, str(sa.text("SELECT count(*) FROM callbacks WHERE value > 1")), ())
    assert any(map(WHOLE_TABLE.search, plan))
