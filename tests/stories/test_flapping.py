"""A rule with its limit in the middle of the noise: what a team sees of it, over real HTTP."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from tests.stories.test_commands import shown
from tests.support.town import Town, town

pytestmark = pytest.mark.one_engine


@pytest.fixture
async def restless_town(database_url: str) -> AsyncGenerator[Town]:
    """Flapping is four changes in four seconds, and calm comes as soon."""
    async with town(database_url, extra={"TOCSIN_FLAPPING": "4 in 4s"}) as made:
        yield made


async def test_a_flapping_alarm_is_marked_once_and_its_end_is_said(restless_town: Town) -> None:
    begin = utc_now() - timedelta(seconds=1)
    for number in range(6):
        state, value = ("OK", 40) if number % 2 else ("ALERT", 91)
        at = begin + timedelta(milliseconds=number)
        await restless_town.sent_and_applied(CPU.says(state, value, at))
    assert (await restless_town.incident())["flapping_since"] is not None
    await restless_town.slack.until(
        lambda: [text for text in restless_town.notes() if "No longer flapping" in text]
    )
    await restless_town.all_true()
    card = await restless_town.card()
    assert "Flapping" not in shown(card)
    assert (await restless_town.incident())["flapping_since"] is None
    assert not [text for text in restless_town.notes() if "Fired again" in text][1:]
