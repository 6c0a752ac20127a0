"""kill -9 in the middle of what the bot does with its own tables: migrating and pruning."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from bot.local_slack import LocalSlack
from bot.store import migrate, revision
from tests.support.checker import Scene, check
from tests.support.postgres import socket_of, through
from tests.support.process import ROOT, BotProcess, bot_process
from tests.support.proxy import proxy
from tests.support.sender import Said, Sender, stories
from tests.support.town import eventually

pytestmark = [pytest.mark.fault("F41"), pytest.mark.slow]

LOOKS = 10  # at a moment of milliseconds
OVER = 900  # incidents to prune: some batches, with pauses in which others get in


@pytest.fixture
async def slack() -> AsyncGenerator[LocalSlack]:
    """The Slack that outlives every bot."""
    async with LocalSlack() as made:
        yield made


async def begun(bot: BotProcess) -> asyncio.Task[None]:
    """A bot that is starting, and may be killed before it listens."""
    task = asyncio.create_task(bot.start())
    while not bot.alive:  # noqa: ASYNC110 - a moment
        await asyncio.sleep(0)
    return task


async def ended(bot: BotProcess, starting: asyncio.Task[None]) -> None:
    starting.cancel()
    await asyncio.wait([starting])
    await bot.died()


async def works(bot: BotProcess, slack: LocalSlack) -> None:
    """A bot on the same database takes a callback and shows it."""
    sender = Sender(bot.callback_url)
    await bot.start()
    assert await sender.send(stories(alarms=1, steps=1)[0])
    await check(Scene(slack, [bot], [sender]))


async def struck_while_it_migrates(bot: BotProcess, path: Path) -> bool:
    """The moment is seen on the disk: the journal of a step that is not committed.

    False if it was over before anybody looked, as it may be on a busy machine.
    """
    journal, log = (path.with_name(f"{path.name}-{what}") for what in ("journal", "wal"))
    starting = await begun(bot)
    while not (seen := journal.exists()) and not log.exists():  # noqa: ASYNC110 - milliseconds
        await asyncio.sleep(0)
    bot.strike()
    await ended(bot, starting)
    return seen


def forget(path: Path) -> None:
    """The next start is the first."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


async def test_killed_while_it_migrates_sqlite_it_starts_as_for_the_first_time(
    slack: LocalSlack, tmp_path: Path
) -> None:
    path = tmp_path / "new.db"
    async with bot_process(slack, f"sqlite:///{path}", tmp_path) as bot:
        for _ in range(LOOKS):
            if await struck_while_it_migrates(bot, path):
                break
            forget(path)
        else:
            pytest.fail("nobody saw it migrate")
        await works(bot, slack)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("statement", [b"CREATE TABLE incidents", b"UPDATE alembic_version"])
async def test_killed_while_it_migrates_postgres_it_starts_as_for_the_first_time(
    slack: LocalSlack, postgres_url: str, tmp_path: Path, statement: bytes
) -> None:
    command.downgrade(migrate.config(postgres_url), "base")
    async with proxy(socket_of(postgres_url)) as wire:
        url = through(postgres_url, wire.port)
        async with bot_process(slack, url, tmp_path) as bot:
            wire.watch(statement, bot.strike)
            starting = await begun(bot)
            await bot.died()
            await ended(bot, starting)
            await works(bot, slack)
    assert revision.current(postgres_url) == revision.head()


def left(url: str) -> int:
    """How many incidents there are."""
    made = sa.create_engine(revision.blocking_url(url), poolclass=sa.pool.NullPool)
    with made.connect() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM incidents")).scalar_one()


async def test_killed_while_it_prunes_it_keeps_what_is_open_and_prunes_on(
    slack: LocalSlack, database_url: str, tmp_path: Path
) -> None:
    extra = {"TOCSIN_KEEP_MOST": "1"}
    async with bot_process(slack, database_url, tmp_path) as before:
        await before.start()
        sender = Sender(before.callback_url)
        one = stories(alarms=1, steps=1)[0]
        assert await sender.send(one)
        # Recoveries of what nobody heard of are over at once; a storm card shows them all.
        past = [Said(f"past-{n}", one.at, 41.5, over=True) for n in range(OVER)]
        quiet = Sender(before.callback_url)
        await quiet.send_all(past, every=0.002)
        await check(Scene(slack, [before], [sender, quiet], others=1))
        assert await before.stop() == 0
    async with bot_process(slack, database_url, tmp_path, name="pruning", extra=extra) as bot:
        starting = await begun(bot)
        await eventually(lambda: asyncio.to_thread(lambda: left(database_url) <= OVER))
        bot.strike()
        await ended(bot, starting)
        assert 2 < left(database_url) <= OVER
        await bot.start()
        ran = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "prune", "--keep", "1"), cwd=ROOT, env=bot.environ
        )
        assert await ran.wait() == 0
        assert left(database_url) <= 2
        await check(Scene(slack, [bot], others=None))  # of what is gone, the messages stay
