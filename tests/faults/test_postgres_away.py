"""PostgreSQL that dies, restarts, fails over, cuts its connections or says nothing any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from pathlib import Path

import pytest

from bot.local_slack import LocalSlack
from tests.support.checker import Scene, check
from tests.support.postgres import Cluster, cluster, socket_of, through
from tests.support.process import BotProcess, bot_process
from tests.support.proxy import proxy
from tests.support.sender import PATIENCE, Sender, stories
from tests.support.town import eventually

pytestmark = pytest.mark.slow

EVERY = 0.04  # seconds between callbacks
TRIES = 12


@pytest.fixture
async def slack() -> AsyncGenerator[LocalSlack]:
    """The Slack that outlives every bot."""
    async with LocalSlack() as made:
        yield made


@pytest.fixture
def primary() -> Generator[Cluster]:
    """A server of this test's own."""
    with cluster() as made:
        yield made


async def can_store(bot: BotProcess) -> bool:
    async with bot.http.get(f"{bot.url}/readyz") as answer:
        return answer.status == 200


async def under_load(
    bot: BotProcess, slack: LocalSlack, happens: Callable[[], Coroutine[None, None, None]]
) -> Sender:
    """Callbacks for some 12 seconds, in which something happens; then all is judged.

    The bot answers all of them in time, and never as if it were its own fault.
    """
    await eventually(lambda: can_store(bot))
    sender = Sender(bot.callback_url, tries=TRIES, pause=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.send_all(stories(alarms=5, steps=60), every=EVERY))
        group.create_task(happens())
    assert {told.status for told in sender.heard} <= {200, 503}
    assert max(told.seconds for told in sender.heard) < PATIENCE
    assert not sender.given_up
    await check(Scene(slack, [bot], [sender]))
    return sender


@pytest.mark.fault("F38")
async def test_connections_that_are_cut_every_two_seconds_cost_nothing(
    primary: Cluster, slack: LocalSlack, tmp_path: Path
) -> None:
    async def cut() -> None:
        for _ in range(5):
            await asyncio.sleep(2)
            await primary.at_once(primary.cut_all)

    async with bot_process(slack, primary.url, tmp_path) as bot:
        await bot.start()
        await under_load(bot, slack, cut)


@pytest.mark.fault("F38")
async def test_a_server_that_is_restarted_as_if_killed_costs_nothing(
    primary: Cluster, slack: LocalSlack, tmp_path: Path
) -> None:
    async def restart() -> None:
        for _ in range(2):
            await asyncio.sleep(3)
            await primary.at_once(primary.stop)
            await primary.at_once(primary.start)

    async with bot_process(slack, primary.url, tmp_path) as bot:
        await bot.start()
        await under_load(bot, slack, restart)


@pytest.mark.fault("F38")
async def test_a_server_that_says_nothing_is_given_up_in_time(
    postgres_url: str, slack: LocalSlack, tmp_path: Path
) -> None:
    """A host that hangs: connections stay open, and nothing comes back."""
    async with proxy(socket_of(postgres_url)) as wire:

        async def hang() -> None:
            await asyncio.sleep(2)
            wire.back.timeout = 0
            await asyncio.sleep(8)
            wire.heal()

        async with bot_process(slack, through(postgres_url, wire.port), tmp_path) as bot:
            await bot.start()
            await under_load(bot, slack, hang)


@pytest.mark.fault("F38")
async def test_a_server_that_takes_no_more_connections_is_waited_for(
    primary: Cluster, slack: LocalSlack, tmp_path: Path
) -> None:
    async def refuse() -> None:
        await asyncio.sleep(2)
        primary.ask("ALTER DATABASE tocsin ALLOW_CONNECTIONS false", "postgres")
        primary.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'tocsin'",
            "postgres",
        )
        await asyncio.sleep(3)
        primary.ask("ALTER DATABASE tocsin ALLOW_CONNECTIONS true", "postgres")

    async with bot_process(slack, primary.url, tmp_path) as bot:
        await bot.start()
        await under_load(bot, slack, refuse)


def both(one: Cluster, two: Cluster) -> str:
    """Both servers in one address: whichever takes writes is the one."""
    hosts = f"127.0.0.1:{one.port},127.0.0.1:{two.port}"
    return f"postgresql://postgres@{hosts}/tocsin?target_session_attrs=read-write"


@pytest.mark.fault("F39")
async def test_a_killed_primary_is_replaced_by_its_standby_and_nothing_is_lost(
    primary: Cluster, slack: LocalSlack, tmp_path: Path
) -> None:
    standby = await asyncio.to_thread(primary.copied)
    primary.follow_closely()

    async def fail_over() -> None:
        await asyncio.sleep(4)
        await primary.at_once(primary.stop)
        await asyncio.sleep(2)
        await standby.at_once(standby.promote)

    async with bot_process(slack, both(primary, standby), tmp_path) as bot:
        await bot.start()
        await under_load(bot, slack, fail_over)
        assert standby.ask("SELECT count(*) FROM incidents") == [(5,)]


@pytest.mark.fault("F39")
async def test_a_primary_that_becomes_read_only_is_left_for_the_new_one(
    primary: Cluster, slack: LocalSlack, tmp_path: Path
) -> None:
    """The old one goes on answering, and refuses to write."""
    standby = await asyncio.to_thread(primary.copied)
    primary.follow_closely()

    async def switch_over() -> None:
        await asyncio.sleep(4)
        primary.ask("ALTER SYSTEM SET default_transaction_read_only = on")
        primary.ask("SELECT pg_reload_conf()")
        await asyncio.sleep(1)
        await standby.at_once(standby.promote)

    async with bot_process(slack, both(primary, standby), tmp_path) as bot:
        await bot.start()
        await under_load(bot, slack, switch_over)
        assert standby.ask("SELECT count(*) FROM incidents") == [(5,)]
