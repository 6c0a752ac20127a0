"""A database that takes nothing for a while: locked by another process, or its disk is full."""

import asyncio
import os
import resource
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.local_slack import LocalSlack
from bot.store import revision
from tests.support.checker import Scene, check
from tests.support.outage import busy
from tests.support.process import BotProcess, bot_process
from tests.support.sender import PATIENCE, Sender, stories
from tests.support.town import eventually

pytestmark = pytest.mark.slow

MANY = 50


@pytest.fixture
async def slack() -> AsyncGenerator[LocalSlack]:
    """The Slack that outlives every bot."""
    async with LocalSlack() as made:
        yield made


@pytest.fixture
async def bot(slack: LocalSlack, database_url: str, tmp_path: Path) -> AsyncGenerator[BotProcess]:
    """The bot's process, on each engine in turn; it runs and can store."""
    async with bot_process(slack, database_url, tmp_path) as made:
        await made.start()
        yield made


async def ready(bot: BotProcess, status: int) -> bool:
    async with bot.http.get(f"{bot.url}/readyz") as answer:
        return answer.status == status


@pytest.mark.fault("F36")
@pytest.mark.parametrize(("held", "statuses"), [(2, [200]), (10, [503, 503, 200])])
async def test_a_lock_delays_the_answer_and_then_sends_the_sender_away(
    bot: BotProcess, slack: LocalSlack, database_url: str, held: float, statuses: list[int]
) -> None:
    sender = Sender(bot.callback_url)
    async with busy(database_url):
        sending = asyncio.create_task(sender.send(stories(alarms=1, steps=1)[0]))
        await asyncio.wait([sending], timeout=held)
        assert not sending.done()
        assert not sender.answered
    assert await sending
    assert [told.status for told in sender.heard] == statuses
    assert all(told.seconds < PATIENCE for told in sender.heard)
    await check(Scene(slack, [bot], [sender]))


@asynccontextmanager
async def full(bot: BotProcess, url: str) -> AsyncGenerator[None]:
    """No file may grow; PostgreSQL says in so many words that its disk is full."""
    if url.startswith("sqlite"):
        size = os.path.getsize(sa.make_url(url).database or "")  # noqa: ASYNC240 - a moment
        before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, before[1]))
        yield
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)
        return
    made = sa.create_engine(revision.blocking_url(url), poolclass=sa.pool.NullPool)
    say = "BEGIN RAISE EXCEPTION ''no space'' USING ERRCODE = ''disk_full''; END"
    with made.begin() as connection:
        connection.execute(
            sa.text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{say}'")
        )
        for table in ("inbox", "pulses"):
            trigger = f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table}"
            connection.execute(sa.text(f"{trigger} EXECUTE FUNCTION full_disk()"))
    yield
    with made.begin() as connection:
        connection.execute(sa.text("DROP FUNCTION full_disk CASCADE"))


@pytest.mark.fault("F37")
async def test_a_full_disk_is_told_as_such_and_got_over(
    bot: BotProcess, slack: LocalSlack, database_url: str
) -> None:
    sender = Sender(bot.callback_url, pause=0.1)
    before, *others = stories(alarms=1, steps=2 * MANY + 1)
    assert await sender.send(before)
    await Scene(slack, [bot], [sender]).settled()
    async with full(bot, database_url):
        for one in others[:MANY]:
            await sender.send(one)
        assert {told.status for told in sender.heard} == {200, 503}
        await eventually(lambda: ready(bot, 503))
        assert (await bot.ask("incidents"))["items"]  # reading goes on
    sender.tries = 40
    refused, sender.given_up = sender.given_up, []
    assert refused
    for one in (*refused, *others[MANY:]):
        assert await sender.send(one)
    await eventually(lambda: ready(bot, 200))
    await check(Scene(slack, [bot], [sender]))
    assert await bot.stop() == 0
    if database_url.startswith("sqlite"):
        with sqlite3.connect(sa.make_url(database_url).database or "") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
