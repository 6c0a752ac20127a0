"""What goes back to the person who asked, and what is tried when Slack does not take it."""

from collections.abc import AsyncIterator

import pytest

from bot.doors.replies import Replies, goes_with_ack
from bot.doors.requests import Answer, Drawn, Instead, Public
from bot.doors.visitor import Visitor
from bot.rules.card import Language
from bot.rules.incident import Person
from bot.slack.calls import SlackCalls
from bot.slack.message import Message
from bot.slack.text import Mrkdwn
from tests.slack.stand_in import StandIn, no, ok, raw, stand_in

ANN = Visitor(Person("U1", "ann"), Language.ENGLISH, "UTC", "C1", "T1", "k", None, None)
PICTURE = Drawn(Message("x", ({"type": "data_visualization"},)), Message("x in words"))


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
async def calls(slack: StandIn) -> AsyncIterator[SlackCalls]:
    made = SlackCalls("xoxb-test", base_url=slack.base_url)
    yield made
    await made.aclose()


def said(slack: StandIn) -> list[tuple[str, bool, bool]]:
    """Text, whether for all, whether in the place of another; of each request."""
    return [
        (
            one.arguments["text"],
            one.arguments["response_type"] == "in_channel",
            one.arguments["replace_original"],
        )
        for one in slack.heard
        if one.method == "respond"
    ]


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (PICTURE, [("x", False, False), ("x in words", False, False)]),
        (Public(PICTURE), [("x", True, False), ("x in words", True, False)]),
        (Instead(PICTURE), [("x", False, True), ("x in words", False, True)]),
    ],
)
async def test_where_slack_refuses_a_picture_the_same_comes_without(
    slack: StandIn, calls: SlackCalls, answer: Answer, heard: list[tuple[str, bool, bool]]
) -> None:
    slack.on("respond", no("invalid_blocks", 400), raw(b"ok", "text/plain"))
    await Replies(calls).deliver(ANN, answer, url=f"{slack.base_url}respond")
    assert said(slack) == heard


async def test_a_picture_that_is_taken_is_said_once(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("respond", raw(b"ok", "text/plain"))
    await Replies(calls).deliver(ANN, PICTURE, url=f"{slack.base_url}respond")
    assert said(slack) == [("x", False, False)]


async def test_without_an_address_it_is_whispered_where_the_person_is(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.postEphemeral", ok())
    await Replies(calls).deliver(ANN, Mrkdwn("hello"), url=None)
    assert [one.method for one in slack.heard] == ["chat.postEphemeral"]


async def test_what_nobody_hears_is_let_go(slack: StandIn, calls: SlackCalls) -> None:
    for method in ("respond", "chat.postEphemeral", "chat.postMessage"):
        slack.on(method, no("fatal_error", 500))
    await Replies(calls).deliver(ANN, Mrkdwn("hello"), url=f"{slack.base_url}respond")
    await Replies(calls).deliver(None, Mrkdwn("hello"), url=None)
    ways = ["respond", "chat.postEphemeral", "chat.postMessage"]
    assert [one.method for one in slack.heard] == ways  # each once


def test_pictures_do_not_go_along_with_an_ack() -> None:
    assert not goes_with_ack(PICTURE)
    assert not goes_with_ack(Public(PICTURE))
    assert goes_with_ack(Mrkdwn("hello"))
    assert goes_with_ack(None)
