"""Slack calls the app over HTTP: signatures, payloads, deadlines, retries, response URLs."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Command, LocalSlack, NotPossibleError, Settings
from bot.local_slack.signing import signature

HERE = "C0ALARMS01"
Card = list[dict[str, Any]]
VECTOR = json.loads((Path(__file__).parent / "data" / "signature-vector.json").read_text())


async def post(client: AsyncWebClient, card: Card) -> str:
    return (await client.chat_postMessage(channel=HERE, text="CPU high", attachments=card))["ts"]


def test_the_signer_reproduces_slacks_worked_example():
    made = signature(VECTOR["signing_secret"], VECTOR["timestamp"], VECTOR["body"].encode())
    assert made == VECTOR["signature"]


async def test_a_click_reaches_the_app_signed_and_as_slack_words_it(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card
):
    ts = await post(client, card)
    delivery = await slack.click("Acknowledge", by="li")
    assert (delivery.ok, delivery.via, delivery.status) == (True, "http", 200)
    (payload,) = app.got
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U0LI000001"
    assert payload["container"]["type"] == "message_attachment"
    assert (payload["container"]["message_ts"], payload["container"]["attachment_id"]) == (ts, 1)
    assert payload["message"]["attachments"][0]["color"] == "#cf3341"
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("ack", "acts", "7")


async def test_an_overflow_choice_is_sent_by_label_or_value(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card
):
    await post(client, card)
    await slack.click("more", choice="B")
    assert app.got[0]["actions"][0]["selected_option"]["value"] == "B"
    with pytest.raises(NotPossibleError, match="there are: A, B"):
        await slack.click("more", choice="C")


async def test_what_is_not_on_the_screen_cannot_be_pressed(
    slack: LocalSlack, client: AsyncWebClient, card: Card
):
    await post(client, card)
    with pytest.raises(NotPossibleError, match="no message with 'Delete all'"):
        await slack.click("Delete all")


async def test_an_ack_after_the_deadline_is_a_visible_failure(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card
):
    async def late(_payload: Any) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    app.answer, slack.courier.deadline = late, 0.05
    await post(client, card)
    delivery = await slack.click("Acknowledge")
    assert delivery.error == "operation_timeout"
    assert slack.notices[0]["user"] == "U0ANN00001"
    assert slack.deliveries("block_actions")[0].late


async def test_an_app_that_is_not_there_is_a_visible_failure(
    slack: LocalSlack, client: AsyncWebClient, card: Card
):
    slack.point_at("http://127.0.0.1:1")
    await post(client, card)
    assert str((await slack.click("Acknowledge")).error).startswith("connection_failed")


async def test_a_command_is_a_form_and_its_answer_is_shown_to_the_person_only(
    slack: LocalSlack, app: Any
):
    async def answer(_payload: Any) -> web.Response:
        return web.json_response({"text": "two incidents"})

    app.answer = answer
    await slack.command("/alarms list  all", by="bob")
    (form,) = app.got
    assert (form["command"], form["text"]) == ("/alarms", "list  all")
    assert (form["channel_name"], form["user_name"]) == ("alarms", "bob")
    assert [m.text for m in slack.ephemerals("alarms", "bob")] == ["two incidents"]
    assert slack.ephemerals("alarms", "ann") == []


async def test_a_command_that_no_manifest_declares_is_not_sent():
    slack = LocalSlack(Settings(commands=[Command("/alarms")]))
    with pytest.raises(NotPossibleError, match="/other is not a valid command"):
        await slack.command("/other")


async def test_an_event_is_tried_again_with_slacks_headers(slack: LocalSlack, app: Any):
    async def fail(_payload: Any) -> web.Response:
        return web.Response(status=500)

    app.answer, slack.courier.retry_scale = fail, 0
    await slack.open_home()
    await slack.settle()
    assert [h.get("x-slack-retry-num") for h in app.headers] == [None, "1", "2", "3"]
    assert app.headers[1]["x-slack-retry-reason"] == "http_error"
    assert len({payload["event_id"] for payload in app.got}) == 1
    assert app.got[0]["event"]["type"] == "app_home_opened"


async def test_an_app_may_decline_retries(slack: LocalSlack, app: Any):
    async def fail(_payload: Any) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    app.answer, slack.courier.retry_scale = fail, 0
    await slack.open_home()
    await slack.settle()
    assert len(app.got) == 1


async def test_a_response_url_whispers_five_times_and_no_more(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card, http: aiohttp.ClientSession
):
    await post(client, card)
    await slack.click("Acknowledge")
    url = app.got[0]["response_url"]
    got = [(await http.post(url, json={"text": "noted"})).status for _ in range(6)]
    assert got == [200] * 5 + [404]
    assert len(slack.ephemerals("alarms", "ann")) == 5


async def test_a_response_url_ends_after_thirty_minutes(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card, http: aiohttp.ClientSession
):
    await post(client, card)
    await slack.click("Acknowledge")
    slack.clock.advance(30 * 60 + 1)
    async with http.post(app.got[0]["response_url"], json={"text": "late"}) as got:
        assert (got.status, await got.text()) == (404, "expired_url")


async def test_a_response_url_replaces_deletes_or_speaks_to_all(
    slack: LocalSlack, client: AsyncWebClient, app: Any, card: Card, http: aiohttp.ClientSession
):
    await post(client, card)
    await slack.click("Acknowledge")
    url = app.got[0]["response_url"]
    await http.post(url, json={"text": "seen", "replace_original": True})
    assert slack.messages("alarms")[0].text == "seen"
    await http.post(url, json={"text": "all", "response_type": "in_channel"})
    await http.post(url, json={"delete_original": True})
    assert [message.text for message in slack.messages("alarms")] == ["all"]


async def test_pressing_in_an_ephemeral_message_leaves_the_message_out(
    slack: LocalSlack, client: AsyncWebClient, app: Any, http: aiohttp.ClientSession
):
    button = {"type": "button", "text": {"type": "plain_text", "text": "Dismiss"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await client.chat_postEphemeral(channel=HERE, user="U0ANN00001", text="x", blocks=blocks)
    await slack.click("Dismiss")
    (payload,) = app.got
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    await http.post(payload["response_url"], json={"delete_original": True})
    assert slack.ephemerals("alarms") == []


async def test_only_subscribed_events_are_sent(app: Any, slack: LocalSlack):
    await slack.say("hello")
    await slack.kick("alarms")
    assert app.got == []
