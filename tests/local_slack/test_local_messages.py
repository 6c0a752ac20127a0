"""chat.* and history: what is stored, what is refused, and with which word."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack

HERE = "C0ALARMS01"
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "a"}


async def post(client: AsyncWebClient, text: str = "x", **more: Any) -> str:
    return (await client.chat_postMessage(channel=HERE, text=text, **more))["ts"]


async def refused(call: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


@pytest.mark.parametrize("name", ["C0ALARMS01", "alarms", "#alarms"])
async def test_a_message_is_posted_by_id_or_name(
    slack: LocalSlack, client: AsyncWebClient, name: str
):
    await client.chat_postMessage(channel=name, text="hello")
    assert [message.text for message in slack.messages("alarms")] == ["hello"]


async def test_posting_to_a_person_opens_a_direct_message(
    slack: LocalSlack, client: AsyncWebClient
):
    answer = await client.chat_postMessage(channel="U0ANN00001", text="psst")
    assert answer["channel"].startswith("D")
    opened = await client.conversations_open(users="U0ANN00001")
    assert opened["channel"]["id"] == answer["channel"]


async def test_posting_is_refused_where_slack_refuses(slack: LocalSlack, client: AsyncWebClient):
    async def word(channel: str) -> str:
        return (await refused(client.chat_postMessage(channel=channel, text="x")))["error"]

    assert await word("nowhere") == "channel_not_found"
    assert await word("war-room") == "channel_not_found"
    slack.archive("alarms")
    assert await word("alarms") == "is_archived"
    slack.restore_token(scopes=frozenset({"chat:write"}))
    assert await word("general") == "not_in_channel"


async def test_a_kicked_bot_cannot_post_until_invited(slack: LocalSlack, client: AsyncWebClient):
    slack.create_channel("private", private=True)
    await slack.kick("private")
    answer = await refused(client.chat_postMessage(channel="private", text="x"))
    assert answer["error"] == "channel_not_found"
    await slack.invite("private")
    assert (await client.chat_postMessage(channel="private", text="x"))["ok"]


async def test_a_message_without_content_is_refused(client: AsyncWebClient):
    call = client.api_call("chat.postMessage", json={"channel": HERE, "text": ""})
    assert (await refused(call))["error"] == "no_text"


async def test_long_text_is_cut_on_post_and_refused_on_update(
    slack: LocalSlack, client: AsyncWebClient
):
    ts = await post(client, "x" * 40_001)
    assert len(slack.messages("alarms")[0].text) == 40_000
    answer = await refused(client.chat_update(channel=HERE, ts=ts, text="y" * 4_001))
    assert answer["error"] == "msg_too_long"


async def test_bad_blocks_are_named_by_json_pointer(client: AsyncWebClient):
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    answer = await refused(client.chat_postMessage(channel=HERE, text="x", blocks=[header]))
    complaint = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [complaint]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]


async def test_bad_blocks_in_attachments_are_invalid_attachments(client: AsyncWebClient):
    parts = [{"color": "good", "blocks": [{"type": "alert"}]}]
    answer = await refused(client.chat_postMessage(channel=HERE, text="x", attachments=parts))
    assert answer["error"] == "invalid_attachments"
    assert answer["errors"] == [
        "unsupported type: alert [json-pointer:/attachments/0/blocks/0/type]"
    ]


async def test_a_card_with_too_much_text_in_all_is_refused(client: AsyncWebClient):
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}
    answer = await refused(client.chat_postMessage(channel=HERE, text="x", blocks=[section] * 5))
    assert answer["error"] == "msg_blocks_too_long"


async def test_too_many_attachments_are_refused(client: AsyncWebClient):
    parts = [{"fallback": "x"}] * 101
    answer = await refused(client.chat_postMessage(channel=HERE, text="x", attachments=parts))
    assert answer["error"] == "too_many_attachments"


async def test_an_edit_with_text_alone_removes_blocks_and_keeps_the_rest(
    slack: LocalSlack, client: AsyncWebClient
):
    metadata = {"event_type": "card", "event_payload": {"id": "1"}}
    ts = await post(
        client, blocks=[{"type": "divider"}], attachments=[{"text": "a"}], metadata=metadata
    )
    await client.chat_update(channel=HERE, ts=ts, text="new")
    message = slack.messages("alarms")[0]
    assert (message.text, message.blocks) == ("new", [])
    assert message.attachments
    assert message.metadata == metadata


async def test_an_edit_with_empty_attachments_removes_them_and_is_remembered(
    slack: LocalSlack, client: AsyncWebClient
):
    ts = await post(client, "old", attachments=[{"text": "a"}])
    await client.chat_update(channel=HERE, ts=ts, text="new", attachments=[])
    message = slack.messages("alarms")[0]
    assert message.attachments == []
    assert [revision.text for revision in message.revisions] == ["old"]


async def test_edits_need_an_id_and_an_own_living_message(
    slack: LocalSlack, client: AsyncWebClient
):
    ts = await post(client)
    theirs = await slack.say("mine", by="bob")

    async def word(channel: str, which: str) -> str:
        return (await refused(client.chat_update(channel=channel, ts=which, text="y")))["error"]

    assert await word("alarms", ts) == "channel_not_found"
    assert await word(HERE, "1.000000") == "message_not_found"
    assert await word(HERE, theirs.ts) == "cant_update_message"
    slack.archive("alarms")
    assert await word(HERE, ts) == "is_inactive"


async def test_a_deleted_message_is_gone_and_one_with_replies_leaves_a_tombstone(
    slack: LocalSlack, client: AsyncWebClient
):
    lone, parent = await post(client), await post(client)
    await post(client, "reply", thread_ts=parent)
    await client.chat_delete(channel=HERE, ts=lone)
    await client.chat_delete(channel=HERE, ts=parent)
    history = (await client.conversations_history(channel=HERE))["messages"]
    assert [message.get("subtype") for message in history] == ["tombstone"]
    answer = await refused(client.chat_update(channel=HERE, ts=lone, text="y"))
    assert answer["error"] == "message_not_found"


async def test_history_is_newest_first_within_bounds(client: AsyncWebClient):
    first, second, third = [await post(client, str(number)) for number in range(3)]
    history = await client.conversations_history(channel=HERE, oldest=first, latest=third)
    assert [message["ts"] for message in history["messages"]] == [second]
    history = await client.conversations_history(
        channel=HERE, oldest=first, inclusive=True, limit=2
    )
    assert [message["ts"] for message in history["messages"]] == [third, second]
    assert history["has_more"]


async def test_metadata_comes_back_only_when_asked_for(client: AsyncWebClient):
    metadata = {"event_type": "card", "event_payload": {"id": "abc"}}
    await post(client, metadata=metadata)
    plain = await client.conversations_history(channel=HERE)
    full = await client.conversations_history(channel=HERE, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_replies_are_a_thread_and_only_broadcasts_reach_the_channel(client: AsyncWebClient):
    parent = await post(client, "parent")
    await post(client, "quiet", thread_ts=parent)
    await post(client, "loud", thread_ts=parent, reply_broadcast=True)
    history = (await client.conversations_history(channel=HERE))["messages"]
    thread = (await client.conversations_replies(channel=HERE, ts=parent))["messages"]
    assert [message["text"] for message in history] == ["loud", "parent"]
    assert [message["text"] for message in thread] == ["parent", "quiet", "loud"]
    assert history[1]["reply_count"] == 2


async def test_a_reply_to_nothing_is_refused(client: AsyncWebClient):
    call = client.chat_postMessage(channel=HERE, text="x", thread_ts="1.000000")
    assert (await refused(call))["error"] == "cannot_reply_to_message"


async def test_an_ephemeral_message_is_for_a_member_and_not_in_history(
    slack: LocalSlack, client: AsyncWebClient
):
    await client.chat_postEphemeral(channel=HERE, user="U0ANN00001", text="psst")
    assert [message.text for message in slack.ephemerals("alarms", "ann")] == ["psst"]
    assert (await client.conversations_history(channel=HERE))["messages"] == []
    call = client.chat_postEphemeral(channel=HERE, user="U0NOBODY01", text="x")
    assert (await refused(call))["error"] == "user_not_in_channel"
    parts = [{"blocks": [{"type": "divider"}]}]
    call = client.chat_postEphemeral(channel=HERE, user="U0ANN00001", text="x", attachments=parts)
    assert (await refused(call))["error"] == "invalid_attachments"


async def test_timestamps_stay_unique_when_the_clock_stands_still(
    slack: LocalSlack, client: AsyncWebClient
):
    slack.clock.freeze(1_800_000_000)
    assert len({await post(client) for _ in range(5)}) == 5


async def test_a_permalink_leads_to_the_message(slack: LocalSlack, client: AsyncWebClient):
    ts = await post(client)
    found = await client.chat_getPermalink(channel=HERE, message_ts=ts)
    assert found["permalink"] == f"{slack.url}/archives/{HERE}/p{ts.replace('.', '')}"


async def test_bad_metadata_is_refused(client: AsyncWebClient):
    call = client.chat_postMessage(channel=HERE, text="x", metadata={"event_type": "no payload"})
    assert (await refused(call))["error"] == "invalid_metadata_format"
