"""Flapping, in the store and in Slack: one card, one mark, no pings, and a word at the end."""

from datetime import timedelta

import pytest

from bot.rules.flapping import Flapping
from bot.rules.judge import Outcome
from bot.rules.record import Reported
from tests.support.world import World

pytestmark = pytest.mark.one_engine

HOUR = 3_600
MARK = "Flapping: "


@pytest.fixture
def restless(town: World) -> World:
    """Four changes within an hour are flapping here."""
    town.flapping = Flapping(changes=4, within=timedelta(hours=1))
    return town


async def flap(town: World, times: int, *, minutes: float = 1) -> None:
    """So many firings, each with its recovery, and shown one by one."""
    for _ in range(times):
        for state in (Reported.ALERT, Reported.OK):
            await town.hear(state)
            await town.deliver(rounds=3)
            town.time.pass_by(minutes * 60)


def shown(town: World) -> str:
    (card,) = town.top()
    return f"{card.blocks}{card.attachments}"


def said(town: World) -> list[str]:
    return [message.text for message in town.said()]


async def test_one_card_carries_one_mark_and_the_thread_is_told_once(restless: World) -> None:
    await flap(restless, 10, minutes=2)
    assert shown(restless).count(MARK) == 1
    assert "20 changes" in shown(restless)
    assert [text for text in said(restless) if "Flapping" in text] == said(restless)[-1:]


async def test_while_it_flaps_nothing_is_said_and_the_card_stays_true(restless: World) -> None:
    await flap(restless, 2)
    before = said(restless)
    await flap(restless, 5, minutes=14)  # longer than the window in which it is reopened
    assert said(restless) == before
    assert len(restless.top()) == 1
    assert await restless.hear() is Outcome.REOPENED
    await restless.deliver(rounds=3)
    assert "firing" in shown(restless) or "fired again" in shown(restless)


async def test_when_it_is_calm_the_mark_goes_and_the_thread_hears_of_it(restless: World) -> None:
    await flap(restless, 2)
    before = said(restless)
    restless.time.pass_by(HOUR - 120)
    await restless.tick()
    await restless.deliver(rounds=3)
    assert said(restless) == before
    restless.time.pass_by(120)
    await restless.tick()
    await restless.deliver(rounds=3)
    assert MARK not in shown(restless)
    assert said(restless)[len(before) :] == ["➖ No longer flapping: Alarm cpu · i-cpu"]
    await restless.tick()
    assert len(await restless.notes()) == len(said(restless))


async def test_what_is_calm_but_still_fires_pings(restless: World) -> None:
    await flap(restless, 2)
    await restless.hear()
    restless.time.pass_by(HOUR)
    await restless.tick()
    await restless.deliver(rounds=3)
    (last,) = [m for m in restless.said() if "has not recovered" in m.text]
    assert last.broadcast


async def test_after_the_calm_it_is_told_of_as_ever(restless: World) -> None:
    await flap(restless, 2)
    restless.time.pass_by(2 * HOUR)
    await restless.tick()
    assert await restless.hear() is Outcome.OPENED
    await restless.deliver(rounds=3)
    assert len(restless.top()) == 2


async def test_what_is_muted_flaps_in_silence(restless: World) -> None:
    await restless.mute("instanceid=i-cpu", hours=5)
    await flap(restless, 3)
    restless.time.pass_by(2 * HOUR)
    await restless.tick()
    await restless.deliver(rounds=3)
    assert restless.top() == []
    assert await restless.notes() == []


async def test_without_the_setting_every_firing_is_said(town: World) -> None:
    await flap(town, 4)
    assert len([text for text in said(town) if "Fired again" in text]) == 3
    assert MARK not in shown(town)
