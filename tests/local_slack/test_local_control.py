"""The control API, the live news and the page's files."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Command, LocalSlack, Settings

Card = list[dict[str, Any]]


async def act(slack: LocalSlack, http: aiohttp.ClientSession, name: str, /, **body: Any) -> Any:
    async with http.post(f"{slack.url}/control/{name}", json=body) as got:
        return await got.json()


async def look(slack: LocalSlack, http: aiohttp.ClientSession, what: str) -> Any:
    async with http.get(f"{slack.url}/control/{what}") as got:
        return await got.json()


async def test_a_button_is_clicked_by_json(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession, app: Any, card: Card
):
    await client.chat_postMessage(channel="C0ALARMS01", text="x", attachments=card)
    answer = await act(slack, http, "click", what="Acknowledge", by="bob")
    assert answer["delivery"]["ok"]
    assert app.got[0]["user"]["name"] == "bob"


async def test_an_option_whose_value_is_digits_is_chosen_as_it_is_written(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession, app: Any
):
    label = {"type": "plain_text", "text": "38 x CPU"}
    menu = {
        "type": "static_select",
        "action_id": "mute",
        "placeholder": {"type": "plain_text", "text": "Mute a group"},
        "options": [{"text": label, "value": "11"}],
    }
    blocks = [{"type": "actions", "elements": [menu]}]
    await client.chat_postMessage(channel="C0ALARMS01", text="x", blocks=blocks)
    answer = await act(slack, http, "click", what="mute", choice="11")
    assert answer["ok"]
    assert app.got[0]["actions"][0]["selected_option"]["value"] == "11"


async def test_what_is_not_there_is_a_sentence_and_409(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    async with http.post(f"{slack.url}/control/click", json={"what": "Nothing"}) as got:
        assert got.status == 409
        assert "no message with 'Nothing'" in (await got.json())["error"]


async def test_only_json_is_taken_so_that_other_pages_cannot_post(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    async with http.post(f"{slack.url}/control/reset", data={"a": "b"}) as got:
        assert got.status == 415
    async with http.post(f"{slack.url}/control/reset", data="{}") as got:
        assert got.status == 415


async def test_messages_are_shown_with_the_history_of_their_edits(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession
):
    ts = (await client.chat_postMessage(channel="C0ALARMS01", text="one"))["ts"]
    await client.chat_update(channel="C0ALARMS01", ts=ts, text="two")
    (message,) = (await look(slack, http, "messages?channel=alarms"))["messages"]
    assert message["text"] == "two"
    assert [revision["text"] for revision in message["revisions"]] == ["one"]


async def test_faults_limits_clock_and_token_are_set_by_json(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    planned = await act(slack, http, "fault", method="chat.update", fault="429(3)", times=0)
    assert planned["planned"] == ["chat.update: 429(3)"]
    assert (await act(slack, http, "fault", fault="nonsense"))["ok"] is False
    await act(slack, http, "limits", on=True, post_burst=1)
    assert (slack.limits.on, slack.limits.post_burst) == (True, 1)
    assert (await act(slack, http, "clock", freeze=1000, advance=5))["now"] == 1005
    await act(slack, http, "clock", run=True)
    await act(slack, http, "revoke")
    await act(slack, http, "restore")
    await act(slack, http, "archive", channel="alarms")
    assert slack.space.channel("alarms").archived


async def test_the_request_log_is_narrowed_by_method(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession
):
    await client.auth_test()
    await client.users_list()
    (entry,) = (await look(slack, http, "requests?method=auth.test"))["requests"]
    assert (entry["direction"], entry["status"], entry["bad"]) == ("in", 200, False)


async def test_every_change_is_news(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession
):
    async with http.get(f"{slack.url}/control/stream") as news:
        assert news.content_type == "text/event-stream"
        await news.content.readuntil(b"\n\n")
        await client.chat_postMessage(channel="C0ALARMS01", text="live")
        line = await news.content.readuntil(b"\n\n")
        change = json.loads(line.removeprefix(b"data: "))
        assert (change["kind"], change["data"]["text"]) == ("message", "live")


async def test_a_sample_of_the_host_runs_at_the_press_of_its_button(http: aiohttp.ClientSession):
    ran: list[str] = []

    async def run() -> None:
        ran.append("warning")

    samples = [("warning", "A warning", run)]
    async with LocalSlack(Settings(samples=samples, commands=[Command("/alarms")])) as slack:
        state = await look(slack, http, "state")
        assert state["samples"] == [{"name": "warning", "title": "A warning"}]
        assert state["commands"][0]["name"] == "/alarms"
        await act(slack, http, "sample", name="warning")
    assert ran == ["warning"]


async def test_reset_empties_everything(
    slack: LocalSlack, client: AsyncWebClient, http: aiohttp.ClientSession
):
    await client.chat_postMessage(channel="C0ALARMS01", text="x")
    slack.create_channel("extra")
    slack.fault("*", "500", times=None)
    await act(slack, http, "reset")
    state = await look(slack, http, "state")
    assert (state["messages"], state["log"], state["faults"]) == ([], [], [])
    assert {channel["name"] for channel in state["channels"]} == {
        "alarms", "db-alarms", "general", "war-room",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["", "page/app.js", "page/base.css", "page/bell.svg"])
async def test_the_page_is_served_under_a_strict_policy(
    slack: LocalSlack, http: aiohttp.ClientSession, path: str
):
    async with http.get(f"{slack.url}/{path}") as got:
        assert got.status == 200
        assert "script-src 'self'" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["..%2fserver.py", "nothing.js", "..", "%2e%2e%2fserver.py"])
async def test_nothing_beside_the_page_is_served(
    slack: LocalSlack, http: aiohttp.ClientSession, name: str
):
    async with http.get(f"{slack.url}/page/{name}") as got:
        assert got.status == 404 or "<title>Local Slack</title>" in await got.text()


async def test_a_person_waits_for_a_change_without_polling(
    slack: LocalSlack, client: AsyncWebClient
):
    ts = (await client.chat_postMessage(channel="C0ALARMS01", text="one"))["ts"]
    await client.chat_update(channel="C0ALARMS01", ts=ts, text="two")
    found = await slack.until(lambda: [m for m in slack.messages("alarms") if m.text == "two"])
    assert found[0].ts == ts
    with pytest.raises(TimeoutError):
        await slack.until(lambda: False, seconds=0.01)
