"""A card that is gone, or that Slack will not have as it is: shown all the same, and no loop."""

import pytest

from tests.support.world import World

pytestmark = pytest.mark.one_engine

GONE = ("message_not_found", "cant_update_message", "edit_window_closed")
TOO_MUCH = ("invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_attachments")


@pytest.mark.fault("F23")
@pytest.mark.parametrize("word", GONE)
async def test_a_card_that_cannot_be_edited_is_posted_once_more_and_that_one_is_kept(
    each_world: World, word: str
) -> None:
    await each_world.hear()
    await each_world.deliver(rounds=2)
    each_world.slack.fault("chat.update", f"error({word})")
    for value in (97.5, 98.5, 99.5):
        await each_world.hear(value=value)
        await each_world.go_on(seconds=20, step=4)
    assert len(each_world.slack.calls("chat.postMessage")) == 2
    newest = each_world.top()[-1]
    assert "99.5" in newest.text
    assert (await each_world.card())["ts"] == newest.ts


@pytest.mark.fault("F23")
async def test_who_deletes_every_card_gets_one_for_each_change(each_world: World) -> None:
    await each_world.hear()
    await each_world.deliver(rounds=2)
    for value in (97.5, 98.5, 99.5):
        each_world.slack.delete_message("alarms", each_world.top()[0].ts)
        await each_world.hear(value=value)
        await each_world.go_on(seconds=60, step=4)
        assert len(each_world.top()) == 1
    assert len(each_world.slack.calls("chat.postMessage")) == 4


@pytest.mark.fault("F24")
@pytest.mark.parametrize("word", TOO_MUCH)
async def test_a_refused_card_is_shown_in_plain_words_at_once_and_so_is_its_change(
    each_world: World, word: str
) -> None:
    each_world.slack.fault("chat.postMessage", f"error({word})")
    each_world.slack.fault("chat.update", f"error({word})")
    await each_world.hear()
    await each_world.deliverer.drain()
    (card,) = each_world.top()
    assert card.blocks == card.attachments == []
    assert "91.25" in card.text
    await each_world.hear(value=97.5)
    await each_world.go_on(seconds=5)
    (card,) = each_world.top()
    assert card.blocks == card.attachments == []
    assert "97.5" in card.text


@pytest.mark.fault("F24")
async def test_words_that_slack_refuses_even_plainly_are_tried_again_and_not_dropped(
    each_world: World,
) -> None:
    each_world.slack.fault("chat.postMessage", "error(msg_too_long)", times=12)
    await each_world.hear()
    await each_world.go_on(seconds=600, step=10)
    (card,) = each_world.top()
    assert "91.25" in card.text
