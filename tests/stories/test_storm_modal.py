"""A storm from its card: all of it in a modal, searched, acknowledged, muted."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, DISK
from bot.local_slack import Message
from tests.stories.test_commands import mutes_of, shown
from tests.stories.test_modals import modal, opened, text_of
from tests.support.town import Town, eventually, town

pytestmark = pytest.mark.one_engine

MANY = 30


@pytest.fixture
async def stormy_town(database_url: str) -> AsyncGenerator[Town]:
    """Five incidents a minute have their own cards; thirty come."""
    async with town(database_url, extra={"TOCSIN_STORM": "5"}) as made:
        for number in range(MANY):
            sample = replace(CPU if number % 2 else DISK, instance=f"i-{number:02d}")
            await made.send(sample.says("ALERT", 91, utc_now()))
        await made.slack.until(lambda: storm_card(made))
        yield made


def storm_card(made: Town) -> Message | None:
    found = [one for one in made.cards() if "storm_show" in str(one.attachments)]
    return found[-1] if found else None


def lines(view: dict[str, Any]) -> list[str]:
    """The incidents of a page, one line each."""
    texts = [text_of(view, f"lines:{start}") for start in (0, 10)]
    return [line for text in texts for line in text.split("\n") if line]


def numbered(view: dict[str, Any]) -> list[str]:
    """The numbers of a page's incidents."""
    return [line.split("#")[1].split(" ")[0] for line in lines(view)]


async def all_counted(made: Town) -> None:
    await made.slack.until(
        lambda: f"{MANY - 5} in this card" in shown(storm_card(made) or made.cards()[0])
    )


async def test_show_all_tells_every_incident_page_by_page(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    view = await opened(stormy_town, "Show all")
    first = lines(view)
    assert len(first) == 20
    assert (await stormy_town.slack.click_in_modal("More")).ok
    await stormy_town.slack.until(lambda: lines(modal(stormy_town)) != first)
    second = numbered(modal(stormy_town))
    assert len(set(numbered(view) + second)) == len(first) + len(second)


async def test_one_comes_back_from_a_page_to_the_one_before(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    view = await opened(stormy_town, "Show all")
    first = lines(view)
    assert "Back" not in str(modal(stormy_town))
    await stormy_town.slack.click_in_modal("More")
    await stormy_town.slack.until(lambda: lines(modal(stormy_town)) != first)
    assert (await stormy_town.slack.click_in_modal("Back")).ok
    await stormy_town.slack.until(lambda: "storm_back" not in str(modal(stormy_town)))
    assert numbered(modal(stormy_town)) == numbered(view)


async def test_a_storm_is_searched(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    await opened(stormy_town, "Show all")
    await stormy_town.slack.click_in_modal("storm_find", choice="instanceId:i-29")
    await stormy_town.slack.until(lambda: len(lines(modal(stormy_town))) == 1)


async def test_the_button_searches_too_and_says_what_is_wrong(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    await opened(stormy_town, "Show all")
    assert (await stormy_town.slack.submit({"storm_find": "sevrity:critical"})).ok
    view = stormy_town.slack.modal("ann")
    assert view is not None
    assert "severity" in view.errors["storm_find"]
    assert (await stormy_town.slack.submit({"storm_find": "instanceId:i-29"})).ok
    assert len(lines(modal(stormy_town))) == 1


async def test_a_search_that_is_not_understood_says_so_in_the_modal(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    await opened(stormy_town, "Show all")
    await stormy_town.slack.click_in_modal("storm_find", choice="sevrity:critical")
    await stormy_town.slack.until(lambda: "Did you mean “severity”?" in str(modal(stormy_town)))
    assert lines(modal(stormy_town)) == []
    await stormy_town.slack.click_in_modal("storm_find", choice="nothing-is-called-so")
    await stormy_town.slack.until(lambda: "Nothing fits" in str(modal(stormy_town)))
    assert not any(channel.im_with for channel in stormy_town.slack.space.channels.values())


async def test_acknowledge_all_takes_what_fires_in_the_storm(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    assert (await stormy_town.slack.click("Acknowledge all")).ok
    await stormy_town.slack.until(lambda: stormy_town.whispers("ann"))
    assert "incidents are yours" in stormy_town.whispers("ann")[0]
    taken = (await stormy_town.ask("incidents?limit=200"))["items"]
    in_storm = [one for one in taken if one["acknowledged_by"]]
    assert len(in_storm) >= MANY - 5
    acts = (await stormy_town.ask("acts?limit=200"))["items"]
    assert len(acts) == len(in_storm)
    await stormy_town.slack.click("Acknowledge all", by="li")
    await stormy_town.slack.until(lambda: stormy_town.whispers("li"))
    assert "Nothing is left" in stormy_town.whispers("li")[0]


async def test_a_group_is_muted_from_the_storms_card(stormy_town: Town) -> None:
    await all_counted(stormy_town)
    card = storm_card(stormy_town)
    assert card is not None
    menu = next(
        element
        for block in card.attachments[0]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "storm_mute"
    )
    choice = menu["options"][0]["text"]["text"]
    await stormy_town.slack.click("storm_mute", on=card, choice=choice)
    await stormy_town.slack.until(lambda: stormy_town.slack.modal("ann"))
    assert "15 alarms fire now" in text_of(modal(stormy_town), "preview")
    assert (await stormy_town.slack.submit({})).ok
    (made,) = await eventually(lambda: mutes_of(stormy_town))
    assert [one.field for one in made.matchers] == ["region", "rule"]
    await stormy_town.slack.until(lambda: stormy_town.whispers("ann"))
    assert "15 alarms that fire are quiet now" in stormy_town.whispers("ann")[0]
