"""One channel of which every call takes twelve seconds: nobody else has to know."""

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from tests.support.town import OPEN, SLACK_WAITS, TAKEN, Town, buttons, town

pytestmark = pytest.mark.fault("F16")

SLOW = "slow(12)"  # the bot gives a call up after eight
SHOWN_WITHIN = 7.0  # seconds; two cards before it are a second apart, a slow call takes eight
SETTLES_WITHIN = 150.0


@pytest.fixture
async def split_town(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """Alarms of databases go to a channel of their own."""
    routes = tmp_path / "routes.yaml"
    routes.write_text("routes:\n  - {channel: db-alarms, match: {alarm: 'db*'}}\n")
    async with town(sqlite_url, extra={"TOCSIN_ROUTES": str(routes)}) as made:
        yield made


def alarm(name: str, value: float = 91.0) -> Sample:
    return replace(CPU, rule=name, alert=name, instance=f"i-{name}").says("ALERT", value, utc_now())


@pytest.mark.slow
async def test_a_slow_channel_holds_up_neither_other_channels_nor_clicks(split_town: Town) -> None:
    split_town.slack.fault("*", SLOW, times=None, channel="db-alarms")
    for name in ("db-one", "db-two"):
        await split_town.send(alarm(name))
    await split_town.slack.until(lambda: split_town.slack.calls("chat.postMessage"))
    began = time.monotonic()
    for name in ("web-one", "web-two", "web-three"):
        await split_town.send(alarm(name))
    await split_town.slack.until(lambda: len(split_town.cards("alarms")) == 3)
    assert time.monotonic() - began < SHOWN_WITHIN
    assert split_town.cards("db-alarms") == []
    for card in split_town.cards("alarms"):
        assert buttons(card) == OPEN
        delivery = await split_town.slack.click("Acknowledge", on=card)
        assert delivery.ok
        assert delivery.seconds < SLACK_WAITS
    await split_town.slack.until(
        lambda: all(buttons(card) == TAKEN for card in split_town.cards("alarms")), SHOWN_WITHIN
    )
    split_town.slack.clear_faults()
    await split_town.slack.until(lambda: len(split_town.cards("db-alarms")) == 2, SETTLES_WITHIN)
    await split_town.all_true()
    assert len(split_town.cards("db-alarms")) == 2
