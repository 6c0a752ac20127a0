"""A rule fires on several instances: one card, from which all of it is seen, taken and muted."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, CPU_2, CPU_3
from bot.local_slack import LocalSlack, Message
from bot.work import ask
from tests.stories.test_commands import asked, mutes_of, shown
from tests.stories.test_modals import modal, opened, text_of
from tests.support.process import BotProcess, bot_process
from tests.support.town import Town, buttons, eventually, town

pytestmark = pytest.mark.one_engine

ROUTES = """
routes:
  - name: whatever fires
    channel: "#alarms"
    group: {by: [rule, region], wait: 3s, interval: 1s}
"""
MEMBERS = (CPU, CPU_2, CPU_3)


@pytest.fixture
async def grouped_town(database_url: str, tmp_path: Path) -> AsyncGenerator[Town]:
    """One rule fires on three instances of a route that groups by rule and region."""
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES, encoding="utf-8")
    async with town(database_url, extra={"TOCSIN_ROUTES": str(file)}) as made:
        for one in MEMBERS:
            await made.send(one.says("ALERT", 91, utc_now()))
        await made.slack.until(made.cards)
        await until_told(made, "3 alarms fire")
        yield made


async def until_told(made: Town, text: str) -> None:
    await made.slack.until(lambda: text in shown(group_card(made)))


async def place_of(made: Town, incident: int) -> str | None:
    """Where an incident is shown, as far as the bot knows."""
    told = await ask.incident(made.bot.database, incident)
    return told.cards[0].shown_at if told else None


def group_card(made: Town) -> Message:
    return next(one for one in made.cards() if "group_show" in str(one.attachments))


async def test_three_alarms_are_one_card_until_all_are_over(grouped_town: Town) -> None:
    card = group_card(grouped_town)
    assert CPU.alert in shown(card)
    assert "China (Hangzhou)" in shown(card)
    assert buttons(card) == ["Show all", "Acknowledge all"]
    members = (await grouped_town.ask("incidents?group_id=1"))["items"]
    assert [one["group_id"] for one in members] == [1, 1, 1]
    await grouped_town.send(replace(CPU, instance="i-4").says("ALERT", 99, utc_now()))
    await until_told(grouped_town, "4 alarms fire")
    await grouped_town.slack.until(grouped_town.notes)
    assert "One more fires" in grouped_town.notes()[0]
    for one in (*MEMBERS, replace(CPU, instance="i-4")):
        await grouped_town.send(one.says("OK", 12, utc_now()))
    await until_told(grouped_town, "4 alarms, all over after")
    assert len(grouped_town.cards()) == 1


async def test_show_all_lists_and_searches_the_group(grouped_town: Town) -> None:
    view = await opened(grouped_town, "Show all")
    assert view["title"]["text"] == "Group"
    assert "3 incidents" in str(view)
    await grouped_town.slack.click_in_modal("storm_find", choice="instanceId:" + CPU_2.instance)
    await grouped_town.slack.until(lambda: "One incident" in str(modal(grouped_town)))
    assert "web-prod-02" in text_of(modal(grouped_town), "lines:0")
    assert (await grouped_town.slack.submit({"storm_find": "web-prod-03"})).ok
    assert "web-prod-03" in text_of(modal(grouped_town), "lines:0")


async def test_acknowledge_all_takes_the_group_and_shows_at_once(grouped_town: Town) -> None:
    assert (await grouped_town.slack.click("Acknowledge all")).ok
    await grouped_town.slack.until(lambda: grouped_town.whispers("ann"))
    assert "3 incidents are yours" in grouped_town.whispers("ann")[0]
    await until_told(grouped_town, "👀 3 acknowledged")
    assert buttons(group_card(grouped_town)) == ["Show all"]


async def test_a_group_is_muted_by_its_rule(grouped_town: Town) -> None:
    card = group_card(grouped_town)
    await grouped_town.slack.click("storm_mute", on=card, choice=f"3 × {CPU.alert}")
    await grouped_town.slack.until(lambda: grouped_town.slack.modal("ann"))
    assert (await grouped_town.slack.submit({})).ok
    (made,) = await eventually(lambda: mutes_of(grouped_town))
    assert [one.field for one in made.matchers] == ["region", "rule"]
    await until_told(grouped_town, "🔕 3 muted")


async def test_show_tells_the_group_of_an_incident_and_lists_lead_to_its_card(
    grouped_town: Town,
) -> None:
    await grouped_town.slack.until(grouped_town.bot.whoami)
    await eventually(lambda: place_of(grouped_town, 2))
    answer = shown(await asked(grouped_town, "show 2"))
    assert "in group 1 · `/alarms search group_id:1`" in answer
    place = f"/p{group_card(grouped_town).ts.replace('.', '')}"
    assert place in answer
    assert shown(await asked(grouped_town, "")).count(place) == 3


@pytest.mark.slow
async def test_a_bot_killed_while_a_group_waits_shows_it_once_afterwards(
    database_url: str, tmp_path: Path
) -> None:
    """What waits is a row with a time, so the next start does what is due."""
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES.replace("wait: 3s", "wait: 8s"), encoding="utf-8")
    async with (
        LocalSlack() as slack,
        bot_process(slack, database_url, tmp_path, extra={"TOCSIN_ROUTES": str(file)}) as bot,
    ):
        await bot.start()
        for one in MEMBERS:
            sample = one.says("ALERT", 91, utc_now())
            headers = {"Content-Type": sample.content_type}
            async with bot.http.post(bot.callback_url, data=sample.body, headers=headers) as answer:
                assert answer.status == 200
        await eventually(lambda: counted(bot))
        await bot.kill()
        await bot.start()
        await slack.until(
            lambda: any("3 alarms fire" in one.text for one in slack.messages("alarms")), RESTARTED
        )
        assert len(slack.messages("alarms")) == 1


RESTARTED = 60.0  # seconds; on PostgreSQL a killed bot's leases run out after 30


async def counted(bot: BotProcess) -> bool:
    """Whether all callbacks are applied."""
    return len((await bot.ask("incidents"))["items"]) == len(MEMBERS)
