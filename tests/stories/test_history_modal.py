"""History and statistics in Slack: a modal at once, its picture later, pages, fallbacks."""

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.slack import chart_png
from tests.stories.test_commands import asked, shown
from tests.stories.test_modals import modal, opened, text_of
from tests.support.town import Town

IMAGE = "image"

pytestmark = pytest.mark.prompt  # nobody waits for a picture


async def past(made: Town, times: int = 3) -> None:
    """An alarm that fired and recovered some times, and fires again now."""
    now = utc_now()
    for back in range(times, 0, -1):
        began = now - timedelta(hours=back * 5)
        await made.sent_and_applied(CPU.says("ALERT", 90 + back, began))
        await made.sent_and_applied(CPU.says("OK", 40, began + timedelta(hours=1), now="OK"))
    await made.sent_and_applied(CPU.says("ALERT", 95.5, now))
    await made.all_true()


def kinds(view: dict[str, Any]) -> list[str]:
    return [block["type"] for block in view["blocks"]]


async def test_history_opens_at_once_with_the_incidents_of_the_alarm(either_town: Town) -> None:
    await past(either_town)
    view = await opened(either_town, "History")
    assert view["title"]["text"] == "History"
    assert "web-prod-01 (10.23.4.15, i-bp1a7k2m9qz3x5c8v0n1)" in text_of(view, "what")
    assert "#4" in str(view)
    assert "#1" in str(view)


@pytest.mark.skipif(not chart_png.is_available(), reason="nothing to draw with")
async def test_the_drawn_picture_takes_the_place_of_the_plain_one(
    small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_png, "PATIENCE", timedelta(minutes=1))  # other tests run beside it
    await past(small_town)
    await opened(small_town, "History")
    await small_town.slack.until(lambda: IMAGE in kinds(modal(small_town)))


async def test_without_files_the_plain_picture_stays(small_town: Town) -> None:
    await past(small_town)
    small_town.slack.fault("files.getUploadURLExternal", "500", times=None)
    await opened(small_town, "History")
    assert small_town.whispers("ann") == []
    assert "▁" in str(modal(small_town)) or "█" in str(modal(small_town))


async def test_another_time_can_be_chosen(small_town: Town) -> None:
    await past(small_town)
    small_town.slack.fault("files.getUploadURLExternal", "500", times=None)
    await opened(small_town, "History")
    assert (await small_town.slack.click_in_modal("history_span", choice="24h")).ok
    await small_town.slack.until(lambda: '"24h"' in modal(small_town)["private_metadata"])


async def test_a_card_that_is_over_still_has_its_history(small_town: Town) -> None:
    await past(small_town)
    now = utc_now() + timedelta(seconds=1)
    await small_town.sent_and_applied(CPU.says("OK", 40, now, now="OK"))
    await small_town.all_true()
    view = await opened(small_town, "more", "History")
    assert "#4" in str(view)


async def test_a_card_that_nobody_knows_has_no_history(small_town: Town) -> None:
    await past(small_town)
    card = next(one for one in small_town.cards() if "'actions'" in str(one.attachments))
    button = next(
        element
        for block in card.attachments[0]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "history"
    )
    button["value"] = "0196a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    await small_town.slack.click("history", on=card)
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "no longer know" in small_town.whispers("ann")[0]


@pytest.mark.parametrize("text", ["history 4", "history 4 30d", "history 4 24h rule"])
async def test_the_command_tells_the_history_with_a_picture(small_town: Town, text: str) -> None:
    await past(small_town)
    answer = shown(await asked(small_town, text))
    assert "data_visualization" in answer
    assert "#4" in answer


async def test_statistics_count_and_name_the_noisiest(each_town: Town) -> None:
    await past(each_town)
    answer = shown(await asked(each_town, "stats 7d"))
    assert "4 incidents" in answer
    assert CPU.alert in answer
    assert "data_visualization" in answer


async def test_statistics_can_be_shared(small_town: Town) -> None:
    await past(small_town)
    before = len(small_town.cards())
    assert (await small_town.slack.command("/alarms share stats 7d", by="li")).ok
    await small_town.slack.until(lambda: len(small_town.cards()) > before)
    assert "<@U0LI000001>" in shown(small_town.cards()[-1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("history 4711", "There is no incident #4711"),
        ("history 4 5y", "A history reaches back 24h, 7d, 30d, 90d"),
        ("stats nonsense", "nonsense"),
    ],
)
async def test_what_cannot_be_told_is_said(small_town: Town, text: str, said: str) -> None:
    await past(small_town, times=1)
    number = "2" if "4 " in text else ""
    text = text.replace("history 4 ", f"history {number} ") if number else text
    assert said in (await asked(small_town, text)).text
