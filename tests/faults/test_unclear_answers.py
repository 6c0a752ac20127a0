"""Slack's answer is wrong, missing or a no: one card all the same, and in the end a true one."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.rules.routing import Route
from bot.slack import wire
from tests.support.world import World

pytestmark = pytest.mark.one_engine

BAD_ANSWERS = ("500", "503", "html200", "badjson", "empty200", "text200")
CARDS = 200
A_SECOND = 0.999  # Slack's `ts` are unique, so at one moment some are a microsecond off
SPREAD = 4  # channels: two hundred cards a second apart would take long even in a test's time
MIX = {  # the share of posts that each strikes: two of five have no clear outcome
    "429(2)": 0.08,
    "500": 0.05,
    "drop-before": 0.05,
    "drop-after-post": 0.15,
    "500-after-post": 0.08,
    "hang-after-post(1)": 0.03,
    "text200": 0.03,
    "empty200": 0.02,
    "badjson": 0.02,
}


async def true_after_a_while(world: World, *, seconds: float = 60) -> None:
    await world.go_on(seconds=seconds)
    assert all(row["posted"] == row["wanted"] for row in await world.cards())


@pytest.mark.fault("F18")
@pytest.mark.parametrize("bad", BAD_ANSWERS)
async def test_a_post_with_a_bad_answer_is_one_card(each_world: World, bad: str) -> None:
    each_world.slack.fault("chat.postMessage", bad, times=2)
    await each_world.hear()
    await true_after_a_while(each_world)
    (card,) = each_world.top()
    assert "91.25" in card.text
    assert (await each_world.card())["ts"] == card.ts


@pytest.mark.fault("F18")
@pytest.mark.parametrize("bad", BAD_ANSWERS)
async def test_an_edit_with_a_bad_answer_is_made_again(each_world: World, bad: str) -> None:
    await each_world.hear()
    await true_after_a_while(each_world, seconds=5)
    each_world.slack.fault("chat.update", bad, times=2)
    await each_world.hear(value=97.5)
    await true_after_a_while(each_world)
    (card,) = each_world.top()
    assert "97.5" in card.text
    assert len(each_world.slack.calls("chat.update")) == 3
    assert len(each_world.slack.calls("chat.postMessage")) == 1


@pytest.mark.fault("F18")
@pytest.mark.parametrize("bad", BAD_ANSWERS)
async def test_a_look_up_with_a_bad_answer_is_no_proof_that_nothing_is_there(
    each_world: World, bad: str
) -> None:
    each_world.slack.fault("chat.postMessage", "drop-after-post")
    each_world.slack.fault("conversations.history", bad, times=3)
    await each_world.hear()
    await true_after_a_while(each_world)
    assert len(each_world.top()) == 1


def spread_out(world: World) -> list[str]:
    """Some channels, each alarm in one of them."""
    names = [f"spread-{number}" for number in range(SPREAD)]
    for name in names:
        world.slack.create_channel(name)
    world.routes = tuple(
        Route(name, {"alarm": (f"alarm {number}-*",)}, name) for number, name in enumerate(names)
    )
    return names


async def fire(world: World, count: int) -> None:
    for number in range(count):
        await world.hear(alarm=f"{number % SPREAD}-{number:03d}")


def check_posts(world: World, channels: list[str], count: int) -> None:
    """I2 and I4: one card each, no two posts of a channel within a second."""
    shown = [message for channel in channels for message in world.top(channel)]
    assert len(shown) == count
    assert len({message.metadata["event_payload"]["card_id"] for message in shown}) == count
    for channel in channels:
        times = [float(message.ts) for message in world.top(channel)]
        assert all(after - before > A_SECOND for before, after in pairwise(times))


@pytest.mark.slow
@pytest.mark.fault("F19")
async def test_two_hundred_posts_of_which_two_in_five_are_unclear_are_two_hundred_cards(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CALL_TIMEOUT", timedelta(seconds=0.4))
    channels = spread_out(each_world)
    for spelling, chance in MIX.items():
        each_world.slack.fault("chat.postMessage", spelling, times=None, chance=chance)
    each_world.slack.fault("conversations.history", "503", times=None, chance=0.2)
    await fire(each_world, CARDS)
    await each_world.go_on(seconds=CARDS * 3 / SPREAD + 60)
    check_posts(each_world, channels, CARDS)
    assert all(row["posted"] == row["wanted"] for row in await each_world.cards())
    struck = [entry for entry in each_world.slack.calls("chat.postMessage") if entry.fault]
    assert len(struck) > CARDS * 0.4


@pytest.mark.fault("F17")
async def test_a_third_of_429_is_waited_for_and_counted_against_nobody(each_world: World) -> None:
    channels = spread_out(each_world)
    each_world.slack.fault("chat.postMessage", "429(7)", times=None, chance=0.3)
    await fire(each_world, 40)
    await each_world.go_on(seconds=120)
    check_posts(each_world, channels, 40)
    assert {row["attempts"] for row in await each_world.cards()} == {0}
    for channel in channels:
        tries = [
            entry
            for entry in each_world.slack.calls("chat.postMessage")
            if each_world.slack.space.channel(str(entry.args["channel"])).name == channel
        ]
        assert all(b.at - a.at >= 7 for a, b in pairwise(tries) if a.fault)
