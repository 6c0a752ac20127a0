"""`/readyz` is true: without a database, with one that takes nothing, with a refused token."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
import sqlalchemy as sa

from bot.app import Bot
from bot.clock import utc_now
from bot.config_load import load_settings
from bot.demo_samples import CPU
from bot.local_slack import LocalSlack
from bot.store import revision
from bot.work.watch import AWAY_FOR
from tests.support.outage import away, sqlite_locked
from tests.support.town import Town, environment, eventually, running_bot, town


async def is_ready(made: Town) -> bool:
    return (await made.ready())["code"] == 200


async def not_ready(made: Town) -> bool:
    return (await made.ready())["code"] == 503


def renamed(url: str, old: str, new: str) -> None:
    """What a replica sees that looks while another one migrates."""
    engine = sa.create_engine(revision.blocking_url(url), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE cards RENAME COLUMN {old} TO {new}"))


@pytest.mark.slow
@pytest.mark.fault("F40")
async def test_a_bot_that_starts_before_its_database_comes_up_by_itself(database_url: str) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession() as http, asyncio.timeout(180):
        given = environment(slack, database_url, socket_mode=False)
        async with away(database_url):
            starting = running_bot(load_settings(given))
            bot, url = await starting.__aenter__()
            made = Town(slack, bot, url, http)
            async with http.get(f"{url}/healthz") as answer:
                assert answer.status == 200
            told = await made.ready()
            assert told["code"] == 503
            assert not told["checks"]["database"]["ok"]
            async with http.post(made.callback_url, data=b"x") as answer:
                assert answer.status == 503
        await eventually(lambda: is_ready(made))
        sent = CPU.says("ALERT", 91.25, utc_now())
        assert (await made.sent_and_applied(sent))["outcome"] == "opened"
        await starting.__aexit__(None, None, None)


@pytest.mark.slow
@pytest.mark.fault("F36")
@pytest.mark.fault("F37")
async def test_a_database_that_answers_but_takes_nothing_is_not_ready(sqlite_url: str) -> None:
    """A full disk looks like this, too: what is there can be read, nothing can be added."""
    async with town(sqlite_url) as made:
        await eventually(lambda: is_ready(made))
        async with sqlite_locked(sqlite_url):
            await made.bot.beat.beat()
            told = await made.ready()
        assert told["code"] == 503
        assert "takes nothing" in told["checks"]["database"]["detail"]
        await made.bot.beat.beat()
        assert await is_ready(made)


@pytest.mark.fault("F46")
async def test_a_half_done_migration_is_not_ready_and_no_fault(database_url: str) -> None:
    async with town(database_url) as made:
        await eventually(lambda: is_ready(made))
        await asyncio.to_thread(renamed, database_url, "behind_since", "not_there_yet")
        assert (await made.ready())["code"] == 503
        async with made.http.get(f"{made.url}/metrics") as answer:
            assert answer.status == 200
        await asyncio.to_thread(renamed, database_url, "not_there_yet", "behind_since")
        await eventually(lambda: is_ready(made))


@pytest.mark.fault("F21")
async def test_a_token_revoked_while_nothing_is_to_be_said_is_noticed(each_town: Town) -> None:
    await eventually(lambda: knows_itself(each_town.bot))
    each_town.slack.revoke()
    assert not await each_town.bot.whoami.ask()
    told = await each_town.ready()
    assert told["code"] == 503
    assert "token_revoked" in told["checks"]["slack"]["detail"]
    sent = CPU.says("ALERT", 91.25, utc_now())
    assert (await each_town.sent_and_applied(sent))["outcome"] == "opened"  # taken all the same
    each_town.slack.restore_token()
    assert await each_town.bot.whoami.ask()


async def knows_itself(bot: Bot) -> bool:
    return bot.whoami() is not None


@pytest.mark.fault("F15")
async def test_a_slack_that_cannot_be_reached_for_minutes_is_not_ready(sqlite_url: str) -> None:
    ahead = timedelta()
    async with town(sqlite_url, clock=lambda: utc_now() + ahead) as made:
        await eventually(lambda: knows_itself(made.bot))
        made.slack.fault("auth.test", "drop-before", times=None)
        assert not await made.bot.whoami.ask()
        assert await is_ready(made)  # a hiccup
        ahead = AWAY_FOR
        told = await made.ready()
        assert told["code"] == 503
        assert "cannot be reached" in told["checks"]["slack"]["detail"]
        made.slack.clear_faults()
        assert await made.bot.whoami.ask()
        assert await is_ready(made)
