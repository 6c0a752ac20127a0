"""Blocks and messages: cut, marked and safe at Slack's limits."""

import pytest

from bot.slack import blocks
from bot.slack.blocks import Style
from bot.slack.check import Surface, check_payload
from bot.slack.message import JsonObject, Message
from bot.slack.text import Mrkdwn, safe


def assert_taken(*made: JsonObject) -> None:
    assert check_payload({"text": "x", "blocks": list(made)}, Surface.MESSAGE) == ()


def test_a_header_is_cut_at_slacks_limit_with_a_mark() -> None:
    made = blocks.header("名" * 200, block_id="a")
    assert made["text"] == {"type": "plain_text", "text": "名" * 149 + "…", "emoji": True}
    assert_taken(made)


def test_an_emoji_counts_twice_towards_the_limit() -> None:
    text = blocks.header("😀" * 100, block_id="a")["text"]
    assert isinstance(text, dict)
    assert text["text"] == "😀" * 74 + "…"


def test_a_section_is_cut_between_entities() -> None:
    made = blocks.section(safe("&" * 5_000, 20_000), block_id="a")
    text = made["text"]
    assert isinstance(text, dict)
    assert str(text["text"]).removesuffix("…").removesuffix("&amp;").endswith("&amp;")
    assert_taken(made)


def test_empty_text_becomes_a_dash_that_slack_takes() -> None:
    assert_taken(
        blocks.header("", block_id="a"),
        blocks.section(Mrkdwn(""), block_id="b"),
        blocks.context(Mrkdwn(""), block_id="c"),
        blocks.fields([("", Mrkdwn(""))], block_id="d"),
    )


def test_no_more_than_ten_fields_are_shown() -> None:
    made = blocks.fields([("label", Mrkdwn("x" * 3_000))] * 12, block_id="a")
    shown = made["fields"]
    assert isinstance(shown, list)
    assert len(shown) == 10
    assert check_payload({"text": "x", "blocks": [made]}, Surface.MESSAGE)[0].path == ""


def test_a_label_from_outside_is_bold_and_harmless() -> None:
    made = blocks.fields([("<!here> *x*", Mrkdwn("1"))], block_id="a")
    assert made["fields"] == [
        {"type": "mrkdwn", "text": "*`&lt;!here&gt; *x*`*\n1", "verbatim": True}
    ]


def test_buttons_carry_an_id_and_stand_out_only_when_told() -> None:
    quiet = blocks.button("x" * 100, action_id="a", value="id")
    loud = blocks.button("y", action_id="b", value="id", style=Style.PRIMARY)
    made = blocks.actions([quiet, loud], block_id="a")
    assert [each.get("style") for each in _elements(made)] == [None, "primary"]
    assert [each.get("value") for each in _elements(made)] == ["id", "id"]
    assert_taken(made)


def _elements(block: JsonObject) -> list[JsonObject]:
    elements = block["elements"]
    assert isinstance(elements, list)
    return [each for each in elements if isinstance(each, dict)]


def test_an_attachment_is_its_blocks_beside_a_colour() -> None:
    line = blocks.context(Mrkdwn("x"), block_id="a")
    assert blocks.attachment([line], colour="#a30200") == {"color": "#a30200", "blocks": [line]}


MESSAGE = Message("text", ({"a": 1, "b": 2},), ({"c": 3},))


def test_the_digest_does_not_depend_on_the_order_of_members() -> None:
    assert MESSAGE.digest == Message("text", ({"b": 2, "a": 1},), ({"c": 3},)).digest
    assert len(MESSAGE.digest) == 64


@pytest.mark.parametrize(
    "other",
    [
        Message("other", MESSAGE.blocks, MESSAGE.attachments),
        Message("text", ({"a": 1},), MESSAGE.attachments),
        Message("text", MESSAGE.attachments, MESSAGE.blocks),
        MESSAGE.plainly(),
    ],
)
def test_anything_else_shown_is_another_digest(other: Message) -> None:
    assert other.digest != MESSAGE.digest


def test_said_plainly_only_the_text_is_left() -> None:
    assert MESSAGE.plainly() == Message("text")
    assert MESSAGE.plainly().payload() == {"text": "text", "blocks": [], "attachments": []}
