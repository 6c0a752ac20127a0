"""F6: nobody accepted callbacks for longer than the sender tries, and people hear of it once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Bot
from bot.clock import utc_now
from bot.config_load import load_settings
from bot.demo_samples import CPU
from bot.local_slack import LocalSlack, Message
from bot.store.engine import Database
from bot.store.tables import pulses
from tests.support.process import BotProcess, bot_process
from tests.support.town import environment, eventually, running_bot

SAID = "No callbacks were accepted from"


async def set_back(url: str, **ago: float) -> datetime:
    """Make the last beat older than it is: nobody has to wait for a gap to grow."""
    at = (datetime.now(UTC) - timedelta(**ago)).replace(microsecond=0)
    database = Database(url)
    async with database.writing() as tx:
        await tx.connection.execute(sa.update(pulses).values(at=at))
    await database.close()
    return at


async def is_ready(bot: BotProcess) -> bool:
    async with bot.http.get(f"{bot.url}/readyz") as answer:
        return answer.status == 200


async def accepts(bot: BotProcess) -> bool:
    body = CPU.says("ALERT", 91.25, utc_now()).body
    async with bot.http.post(bot.callback_url, data=body) as answer:
        return answer.status == 200


def gaps(slack: LocalSlack) -> list[Message]:
    return [one for one in slack.messages("alarms") if SAID in one.text]


@pytest.mark.slow
@pytest.mark.fault("F6")
async def test_a_bot_that_was_down_for_long_marks_the_gap_once(
    database_url: str, tmp_path: Path
) -> None:
    async with LocalSlack() as slack, bot_process(slack, database_url, tmp_path) as bot:
        await bot.start()
        await eventually(lambda: is_ready(bot))
        await bot.kill()
        since = await set_back(database_url, minutes=7)
        await bot.start()
        (told,) = await slack.until(lambda: gaps(slack))
        assert f"<!date^{int(since.timestamp())}^" in told.text
        assert "look at the CloudMonitor console" in str(told.blocks)
        assert await accepts(bot)
        await bot.stop()
        await bot.start()
        await eventually(lambda: is_ready(bot))
        await slack.until(lambda: len(slack.messages("alarms")) > 1)  # the alarm's card as well
        assert len(gaps(slack)) == 1


@pytest.mark.slow
@pytest.mark.fault("F6")
async def test_a_first_start_and_a_short_restart_mark_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with LocalSlack() as slack, bot_process(slack, sqlite_url, tmp_path) as bot:
        await bot.start()
        await eventually(lambda: is_ready(bot))
        assert await bot.stop() == 0
        await set_back(sqlite_url, seconds=-15)  # on a busy machine a start alone takes as long
        await bot.start()
        await eventually(lambda: is_ready(bot))
        assert await accepts(bot)
        await slack.until(lambda: slack.messages("alarms"))
        assert not gaps(slack)


@pytest.mark.fault("F6")
async def test_replicas_that_start_together_mark_one_gap(postgres_url: str) -> None:
    async with LocalSlack() as slack:
        given = environment(slack, postgres_url, socket_mode=False) | {"TOCSIN_MIGRATE": "off"}
        settings = load_settings(given)
        async with running_bot(settings):
            await eventually(lambda: beats(postgres_url))
        await set_back(postgres_url, minutes=7)
        bots = [running_bot(settings) for _ in range(3)]
        started = await asyncio.gather(*(bot.__aenter__() for bot in bots))
        for bot, _ in started:
            await eventually(lambda bot=bot: beating(bot))
        await slack.until(lambda: gaps(slack))
        await asyncio.gather(*(bot.__aexit__(None, None, None) for bot in bots))
        assert len(gaps(slack)) == 1


async def beating(bot: Bot) -> bool:
    return bot.beat.refused is None


async def beats(url: str) -> bool:
    database = Database(url)
    async with database.reading() as tx:
        found = await tx.connection.scalar(sa.select(sa.func.count()).select_from(pulses))
    await database.close()
    return bool(found)
