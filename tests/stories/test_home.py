"""The App Home beyond a fair day: a Slack that refuses it, people who never look, a storm."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample
from bot.doors.rows import Rows
from bot.local_slack.validate import check_view
from bot.slack.check import Surface, check_payload
from bot.work import ask
from tests.support.town import Town, eventually, town

PUBLISH = "views.publish"


def said_of(instance: str) -> Sample:
    """An alarm on an instance."""
    return replace(CPU, instance=instance).says("ALERT", 91.25, utc_now())


async def fired(made: Town, *instances: str) -> None:
    """An alarm on each instance, shown."""
    for name in instances:
        await made.sent_and_applied(said_of(name))
    await made.all_true()


async def home(made: Town, by: str = "ann") -> dict[str, Any]:
    """Somebody's page once they have opened it."""
    await made.slack.open_home(by=by)
    view = await made.slack.until(lambda: made.slack.home(by))
    assert check_payload(view.body, Surface.HOME) == ()
    assert check_view(view.body, "home") == []
    return view.body


def page(made: Town, by: str = "ann") -> str:
    """What stands on somebody's page."""
    view = made.slack.home(by)
    return str(view.body) if view else ""


def published(made: Town) -> int:
    """How often a page was published."""
    return len(made.slack.calls(PUBLISH))


async def test_an_act_counts_also_when_slack_does_not_take_the_page(small_town: Town) -> None:
    await fired(small_town, "i-1")
    await home(small_town)
    small_town.slack.fault(PUBLISH, "500", times=None)
    assert (await small_town.slack.click("Acknowledge", by="ann")).ok
    await small_town.slack.until(lambda: published(small_town) == 2)
    assert (await small_town.incident())["acknowledged_by"]["name"] == "ann"
    small_town.slack.clear_faults(PUBLISH)
    await small_town.slack.click_in_home("home_refresh")
    await small_town.slack.until(lambda: "You have taken nothing" not in page(small_town))


async def test_what_somebody_has_beyond_ten_is_counted_with_the_command_that_shows_it(
    small_town: Town,
) -> None:
    await fired(small_town, *(f"i-{number}" for number in range(12)))
    every = " ".join(str(number) for number in range(1, 13))
    await small_town.slack.command(f"/alarms ack {every}", by="ann")
    await home(small_town)
    command = "/alarms search state:open acked:me"
    assert f"and 2 more: {command}" in page(small_town)
    await small_town.slack.command(command, by="ann")
    await small_town.slack.until(lambda: "12 incidents" in str(small_town.whispers("ann")))


async def test_who_never_looks_at_the_page_gets_none(small_town: Town) -> None:
    await fired(small_town, "i-1")
    await small_town.slack.click("Acknowledge", by="bob")
    await small_town.slack.command("/alarms list", by="bob")
    assert (await small_town.incident())["acknowledged_by"]["name"] == "bob"
    assert published(small_town) == 0


async def test_the_other_tab_of_the_app_is_none_of_its_business(small_town: Town) -> None:
    event = {"type": "app_home_opened", "user": "U0ANN00001", "tab": "messages", "channel": "D1"}
    await small_town.slack.send_event(event)
    await home(small_town, by="li")
    assert small_town.slack.home("ann") is None


@pytest.mark.fault("F33")
async def test_somebody_of_another_workspace_sees_no_alarms(small_town: Town) -> None:
    await fired(small_town, "i-1")
    await small_town.slack.until(small_town.bot.whoami)
    body = {"event": {"type": "app_home_opened", "user": "U0EVIL0001", "tab": "home"}}
    await small_town.bot._switchboard().home({**body, "team_id": "T0OTHER001"})
    assert published(small_town) == 0


@pytest.mark.parametrize("event", [{}, {"user": None}, {"user": "U" * 500}, {"tab": 7}])
async def test_an_event_of_nonsense_ends_well(small_town: Town, event: object) -> None:
    await small_town.bot._switchboard().home({"event": event, "team_id": None})
    assert published(small_town) == 0


async def test_a_page_during_a_storm_shows_the_worst_and_how_many_more(sqlite_url: str) -> None:
    async with town(sqlite_url, extra={"TOCSIN_STORM": "0"}) as made:
        names = [f"i-{number:03}" for number in range(40)]
        await asyncio.gather(*(made.sent_and_applied(said_of(name)) for name in names))
        body = await home(made)
        assert "40 alarms fire now" in body["blocks"][0]["text"]["text"]
        assert "and 30 more" in str(body)


async def test_a_line_leads_to_its_card_as_slack_spells_such_links(small_town: Town) -> None:
    await fired(small_town, "i-1")
    us = await small_town.slack.until(small_town.bot.whoami)
    told = await ask.incident(small_town.bot.database, 1)
    assert told is not None
    (card,) = small_town.cards()
    rows = Rows(lambda: replace(us, url="https://example.slack.com/"))
    place = f"C0ALARMS01/p{card.ts.replace('.', '')}"
    assert rows.url_of(told) == f"https://example.slack.com/archives/{place}"
    assert Rows(lambda: None).url_of(told) is None
    assert Rows(lambda: replace(us, url="javascript:x")).url_of(told) is None
    assert f"<{us.url.rstrip('/')}/archives/{place}|#1>" in str(await home(small_town))


async def test_the_page_has_the_language_and_zone_that_it_tells_of(small_town: Town) -> None:
    assert "answered in English; times of day are in `Europe/Berlin`" in str(
        await home(small_town, "ann")
    )
    assert "回答使用中文；时间以 `Asia/Shanghai` 为准" in str(await home(small_town, "mei"))


async def test_the_page_leads_to_the_bots_own_pages_if_people_can_reach_them(
    sqlite_url: str,
) -> None:
    async with town(sqlite_url, extra={"TOCSIN_PUBLIC_URL": "https://tocsin.example.com"}) as made:
        told = str(await home(made))
        assert "<https://tocsin.example.com/readyz|Health of the bot>" in told
        assert "<https://tocsin.example.com/api/docs|The bot’s API>" in told


async def test_extend_on_the_page_makes_the_mute_last_longer(small_town: Town) -> None:
    await fired(small_town, "i-1")
    await small_town.slack.command("/alarms mute 1 for 2h because patching", by="ann")
    assert "patching" in str(await home(small_town))
    (before,) = (await small_town.ask("mutes"))["items"]
    assert (await small_town.slack.click_in_home("extend_mute")).ok

    async def longer() -> bool:
        (after,) = (await small_town.ask("mutes"))["items"]
        return after["ends_at"] > before["ends_at"]

    await eventually(longer)


async def test_a_page_that_is_slow_on_its_way_does_not_undo_a_newer_one(small_town: Town) -> None:
    await fired(small_town, "i-1")
    await home(small_town)
    small_town.slack.fault(PUBLISH, "slow(1)", times=1)
    await small_town.slack.command("/alarms ack 1", by="ann")
    await small_town.slack.until(lambda: published(small_town) == 2)
    await small_town.slack.command("/alarms unack 1", by="ann")
    await small_town.slack.until(lambda: published(small_town) == 3)
    await asyncio.sleep(1.2)  # until the slow one would have come, if it still were to
    assert "You have taken nothing" in page(small_town)
