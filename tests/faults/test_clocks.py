"""Clocks that are wrong, that jump, and that differ between replicas."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.clock import SteadyClock, utc_now
from bot.demo_samples import CPU
from bot.store.engine import Database
from bot.store.tables import channels
from bot.work.deliver import Deliverer
from bot.work.keep_time import TimeKeeper
from bot.work.timing import SETTLE
from tests.support.town import town as open_town
from tests.support.world import World

HOUR = timedelta(hours=1)
SAME = timedelta(0)


class Machine:
    """A machine's clock that may be set, as NTP and people do."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def wrong_by(step: timedelta) -> SteadyClock:
    clock = SteadyClock()
    clock.set_by(step)
    return clock


async def at_once(do: Callable[[], None]) -> None:
    do()


@pytest.mark.fault("F47")
def test_a_jump_of_the_machines_clock_is_no_jump_of_ours() -> None:
    seconds = iter([100.0, 100.0, 101.5])
    clock = SteadyClock(ticks=lambda: next(seconds))
    first = clock()
    assert clock() - first == timedelta(seconds=1.5)


@pytest.mark.fault("F47")
@pytest.mark.parametrize("wrong", [timedelta(seconds=90), -timedelta(seconds=90), -HOUR])
async def test_replicas_agree_whatever_their_machines_say(
    database: Database, wrong: timedelta
) -> None:
    clock = wrong_by(wrong)
    machine = Machine() if database.embedded else Machine(wrong)
    await TimeKeeper(database, clock, machine=machine, calm=at_once).compare()
    assert abs(clock() - utc_now()) < timedelta(milliseconds=500)


@pytest.mark.fault("F47")
async def test_what_a_slow_trip_may_account_for_is_no_difference(postgres_url: str) -> None:
    passed = iter((0.0, 0.0, 4.0))  # seconds: as it is made, before the trip, and after it
    clock = SteadyClock(ticks=lambda: time.monotonic() + next(passed, 4.0))
    database = Database(postgres_url)
    assert await TimeKeeper(database, clock, machine=Machine(), calm=at_once).compare() == SAME
    await database.close()


async def hear(town: World, clock: SteadyClock, alarm: str) -> None:
    town.time.now = clock()
    await town.hear(alarm=alarm)


@pytest.mark.fault("F47")
async def test_what_a_clock_put_off_that_was_ahead_does_not_wait_for_an_hour(town: World) -> None:
    clock = wrong_by(HOUR)
    deliverer = Deliverer(town.database, town.calls, owner="one", clock=clock)
    await hear(town, clock, "cpu")
    await deliverer.drain()
    clock.set_by(timedelta(seconds=2))
    await hear(town, clock, "disk")
    assert await deliverer.claim() is not None  # and dies, with leases and an unclear try
    machine = Machine()
    await TimeKeeper(town.database, clock, machine=machine, calm=deliverer.calm).compare()
    await hear(town, clock, "load")
    await deliverer.drain()
    assert len(town.top()) == 2
    clock.set_by(SETTLE + timedelta(seconds=2))
    await deliverer.drain()
    await deliverer.drain()
    assert len(town.top()) == 3


@pytest.mark.fault("F47")
async def test_the_clock_is_not_set_while_a_message_is_on_its_way(town: World) -> None:
    """Or its lease would have run out to the eye of the one that holds it."""
    clock = wrong_by(-HOUR)
    town.slack.fault("chat.postMessage", "slow(0.5)")
    deliverer = Deliverer(town.database, town.calls, owner="one", clock=clock)
    await hear(town, clock, "cpu")
    running = asyncio.create_task(deliverer.run())
    await town.slack.until(lambda: bool(town.slack.calls("chat.postMessage")))
    await TimeKeeper(town.database, clock, machine=Machine(), calm=deliverer.calm).compare()
    deliverer.stop()
    await running
    assert (await town.card())["posted"] == 1
    assert len(town.slack.calls("chat.postMessage")) == 1


@pytest.mark.fault("F47")
async def test_a_bot_starts_with_what_a_wrong_clock_left(sqlite_url: str) -> None:
    async with open_town(sqlite_url) as made:
        await made.sent_and_applied(CPU.says("ALERT", 91.25, utc_now()))
        await made.slack.until(lambda: bool(made.slack.messages("alarms")))
    database = Database(sqlite_url)
    async with database.writing() as tx:
        far = {"posts_open_at": utc_now() + HOUR}
        await tx.connection.execute(sa.update(channels).values(far))
    await database.close()
    async with open_town(sqlite_url) as made:
        other = replace(CPU, rule="other", alert="other")
        await made.sent_and_applied(other.says("ALERT", 91.25, utc_now()))
        await made.slack.until(lambda: bool(made.slack.messages("alarms")))
