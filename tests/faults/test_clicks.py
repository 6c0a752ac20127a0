"""Clicks, commands and events that come twice, at once, too late, or from the wrong people."""

import asyncio
import copy
from collections import Counter
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, DISK
from bot.local_slack.delivery import COMMAND, EVENT, INTERACTIVE, Delivery
from bot.local_slack.journal import Entry
from bot.work.prune import Keep, prune_once
from tests.stories.test_commands import asked, mutes_of, shown
from tests.stories.test_home import home, page
from tests.stories.test_modals import opened
from tests.support.town import OPEN, TAKEN, Town, buttons

PEOPLE = ("ann", "li", "bob")
CLICKS_EACH = 7
REPEATS = 3  # besides the first: four times in all


async def fired(made: Town) -> None:
    """An alarm whose card is shown."""
    await made.sent_and_applied(CPU.says("ALERT", 91.25, utc_now()))
    await made.card()


def last_sent(made: Town) -> Entry:
    """What Slack sent to the bot last."""
    return [one for one in made.slack.journal.entries if one.direction == "out"][-1]


def kind_of(payload: dict[str, Any]) -> str:
    if "command" in payload:
        return COMMAND
    return EVENT if payload.get("type") == "event_callback" else INTERACTIVE


async def again(made: Town, entry: Entry, times: int = REPEATS) -> list[Delivery]:
    """The same to the letter, signed anew: Slack's retry, or somebody else's."""
    payload = dict(entry.args)
    return [await made.slack.courier.deliver(kind_of(payload), payload) for _ in range(times)]


async def verbs(made: Town) -> list[str]:
    """What the audit holds, oldest first."""
    return [act["verb"] for act in reversed((await made.ask("acts?limit=200"))["items"])]


# F26: at the same moment


@pytest.mark.fault("F26")
async def test_twenty_clicks_at_once_have_one_winner_and_the_others_are_told(
    each_town: Town,
) -> None:
    await fired(each_town)
    card = await each_town.card()
    presses = [
        each_town.slack.click("Acknowledge", on=card, by=person)
        for _ in range(CLICKS_EACH)
        for person in PEOPLE
    ]
    assert all(done.ok for done in await asyncio.gather(*presses))
    assert await verbs(each_town) == ["acknowledge"]
    winner = (await each_town.incident())["acknowledged_by"]["name"]
    for person in set(PEOPLE) - {winner}:
        await each_town.slack.until(
            lambda person=person: len(each_town.whispers(person)) == CLICKS_EACH
        )
        assert f"{winner} acknowledged this first" in each_town.whispers(person)[0]


# F27, F30: more than once


@pytest.mark.fault("F27")
async def test_a_click_that_is_replayed_after_it_was_undone_counts_no_second_time(
    each_town: Town,
) -> None:
    await fired(each_town)
    await each_town.slack.click("Acknowledge")
    first = last_sent(each_town)
    await each_town.slack.until(lambda: buttons(each_town.cards()[0]) == TAKEN)
    await each_town.slack.click("Unacknowledge")
    await each_town.slack.until(lambda: buttons(each_town.cards()[0]) == OPEN)
    assert all(done.ok for done in await again(each_town, first, times=10))
    assert await verbs(each_town) == ["acknowledge", "unacknowledge"]
    assert (await each_town.incident())["acknowledged_by"] is None


@pytest.mark.fault("F30")
async def test_whatever_slack_sends_four_times_happens_once(each_town: Town) -> None:
    await fired(each_town)
    sent: list[Entry] = []
    await each_town.slack.click("Acknowledge")
    sent.append(last_sent(each_town))
    await asked(each_town, "note 1 looked at it")
    sent.append(last_sent(each_town))
    await asked(each_town, "assign 1 <@U0BOB00001|bob>")
    sent.append(last_sent(each_town))
    await opened(each_town, "more", choice="Add note…")
    await each_town.slack.submit({"text": "from the modal"})
    sent.append(last_sent(each_town))
    await opened(each_town, "Mute…")
    await each_town.slack.submit({})
    sent.append(last_sent(each_town))
    await home(each_town)
    sent.append(last_sent(each_town))
    for one in sent:
        assert all(done.ok for done in await again(each_town, one))
    await each_town.all_true()
    assert Counter(await verbs(each_town)) == Counter(
        {"acknowledge": 1, "note": 2, "assign": 1, "mute": 1}
    )
    assert len(await mutes_of(each_town)) == 1
    assert len(each_town.cards()) == 1
    assert shown(await asked(each_town, "show 1")).count("added a note") == 2
    assert "web-prod-01" in page(each_town)


# F33: from elsewhere


@pytest.mark.fault("F33")
async def test_a_click_from_another_workspace_changes_nothing(small_town: Town) -> None:
    await fired(small_town)
    await small_town.slack.until(lambda: small_town.slack.calls("auth.test"))
    await small_town.slack.click("Acknowledge")
    await small_town.slack.until(lambda: buttons(small_town.cards()[0]) == TAKEN)
    await small_town.slack.click("Unacknowledge")
    theirs = dict(last_sent(small_town).args)
    await small_town.slack.until(lambda: buttons(small_town.cards()[0]) == OPEN)
    theirs |= {"team": {"id": "T0OTHER001"}, "trigger_id": "another"}
    theirs["actions"] = [theirs["actions"][0] | {"action_id": "acknowledge"}]
    assert (await small_town.slack.courier.deliver(INTERACTIVE, theirs)).ok
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "a card I no longer know" in small_town.whispers("ann")[0]
    assert await verbs(small_town) == ["acknowledge", "unacknowledge"]


# F34: after the end


@pytest.mark.fault("F34")
async def test_every_button_of_a_card_that_was_pruned_is_answered_kindly(each_town: Town) -> None:
    await fired(each_town)
    yesterday = copy.deepcopy(await each_town.card())
    await each_town.sent_and_applied(CPU.says("OK", 40, utc_now(), now="OK"))
    await each_town.sent_and_applied(DISK.says("ALERT", 95, utc_now()))
    await each_town.all_true()
    await prune_once(each_town.bot.database, Keep(most=1), now=utc_now())
    for number, what in enumerate(buttons(yesterday), start=1):
        assert (await each_town.slack.click(what, on=yesterday)).ok
        await each_town.slack.until(lambda told=number: len(each_town.whispers("ann")) == told)
        assert "a card I no longer know" in each_town.whispers("ann")[-1]
