"""Socket Mode: hello, envelopes, acks, redelivery, disconnects; with the SDK's own client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack

Card = list[dict[str, Any]]


class Listener:
    """What came over the socket; answers with `payload` unless told to stay silent."""

    def __init__(self) -> None:
        self.got: list[SocketModeRequest] = []
        self.payload: dict[str, Any] | None = None

    async def __call__(self, client: Any, request: SocketModeRequest) -> None:
        self.got.append(request)
        answer = SocketModeResponse(envelope_id=request.envelope_id, payload=self.payload)
        await client.send_socket_mode_response(answer)


@pytest.fixture
async def listener(slack: LocalSlack, http: aiohttp.ClientSession) -> AsyncIterator[Listener]:
    token = slack.settings.app_token
    web = AsyncWebClient(token=token, base_url=slack.api_url, session=http, retry_handlers=[])
    socket = SocketModeClient(app_token=token, web_client=web, ping_interval=0.05)
    found = Listener()
    socket.socket_mode_request_listeners.append(found)
    await socket.connect()
    assert await slack.hub.wait_connected(5)
    yield found
    await socket.close()


async def raw(slack: LocalSlack, http: aiohttp.ClientSession) -> Any:
    """A bare connection, with its hello taken."""
    headers = {"Authorization": f"Bearer {slack.settings.app_token}"}
    async with http.post(slack.api_url + "apps.connections.open", headers=headers) as got:
        url = (await got.json())["url"]
    socket = await http.ws_connect(url)
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def test_a_click_goes_over_the_socket_when_one_is_open(
    slack: LocalSlack, client: AsyncWebClient, listener: Listener, app: Any, card: Card
):
    await client.chat_postMessage(channel="C0ALARMS01", text="x", attachments=card)
    delivery = await slack.click("Acknowledge")
    assert (delivery.ok, delivery.via) == (True, "socket")
    assert listener.got[0].type == "interactive"
    assert listener.got[0].payload["actions"][0]["action_id"] == "ack"
    assert app.got == []


async def test_a_command_is_answered_in_the_ack(slack: LocalSlack, listener: Listener):
    listener.payload = {"text": "all quiet"}
    await slack.command("/alarms")
    assert listener.got[0].accepts_response_payload
    assert [m.text for m in slack.ephemerals("alarms", "ann")] == ["all quiet"]


async def test_an_event_says_which_attempt_it_is(slack: LocalSlack, listener: Listener):
    await slack.open_home()
    assert (listener.got[0].type, listener.got[0].retry_attempt) == ("events_api", 0)


async def test_the_sdk_comes_back_after_a_disconnect(slack: LocalSlack, listener: Listener):
    before = slack.hub.connections[0]
    await slack.hub.disconnect()
    await slack.until(lambda: [c for c in slack.hub.connections if c is not before])
    await slack.open_home()
    assert listener.got


async def test_an_envelope_goes_to_another_connection_when_one_dies(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    dying, living = await raw(slack, http), None
    asking = asyncio.create_task(slack.open_home())
    first = await dying.receive_json()
    await dying.close()
    living = await raw(slack, http)
    second = await living.receive_json()
    await living.send_json({"envelope_id": second["envelope_id"]})
    delivery = await asking
    assert delivery is not None
    assert delivery.ok
    assert first["envelope_id"] == second["envelope_id"]
    await living.close()


async def test_an_event_without_ack_is_delivered_again(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    slack.courier.deadline, slack.courier.retry_scale = 0.1, 0
    socket = await raw(slack, http)
    await slack.open_home()
    first, second = await socket.receive_json(), await socket.receive_json()
    await socket.send_json({"envelope_id": second["envelope_id"]})
    await slack.settle()
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "http_timeout"
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    await socket.close()


async def test_a_ticket_is_good_for_one_connection(slack: LocalSlack, http: aiohttp.ClientSession):
    headers = {"Authorization": f"Bearer {slack.settings.app_token}"}
    async with http.post(slack.api_url + "apps.connections.open", headers=headers) as got:
        url = (await got.json())["url"]
    async with http.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)


async def test_a_bot_token_opens_no_socket(slack: LocalSlack, client: AsyncWebClient):
    answer = await client.api_call("auth.test")
    assert answer["ok"]
    with pytest.raises(Exception, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.settings.bot_token)


async def test_without_socket_and_address_a_click_fails_visibly(
    slack: LocalSlack, client: AsyncWebClient, card: Card
):
    slack.courier.deadline = 0.05
    await client.chat_postMessage(channel="C0ALARMS01", text="x", attachments=card)
    assert (await slack.click("Acknowledge")).error == "app_not_connected"
