"""Socket Mode where the socket does not stay: refreshed by Slack, or simply gone."""

from collections.abc import AsyncGenerator

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from tests.support.town import TAKEN, Town, buttons, town


@pytest.fixture
async def socket_town(sqlite_url: str) -> AsyncGenerator[Town]:
    """A bot on a socket with a card in the channel."""
    async with town(sqlite_url, socket_mode=True) as made:
        await made.send(CPU.says("ALERT", 91.25, utc_now()))
        await made.card()
        yield made


async def acknowledge(town: Town) -> None:
    assert (await town.slack.click("Acknowledge")).ok
    await town.slack.until(lambda: buttons(town.cards()[0]) == TAKEN)


async def test_clicks_arrive_after_slack_refreshed_the_socket(socket_town: Town) -> None:
    hub = socket_town.slack.hub
    before = set(hub.connections)
    await hub.disconnect()
    await socket_town.slack.until(lambda: set(hub.connections) - before, 25)
    await acknowledge(socket_town)


async def test_clicks_arrive_after_the_socket_was_cut(socket_town: Town) -> None:
    hub = socket_town.slack.hub
    before = set(hub.connections)
    await hub.cut()
    await socket_town.slack.until(lambda: set(hub.connections) - before, 25)
    await acknowledge(socket_town)
