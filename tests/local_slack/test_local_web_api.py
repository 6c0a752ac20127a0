"""The Web API's door: wire shapes, tokens, scopes, unknown methods, the log."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack

POST = "chat.postMessage"


def bearer(slack: LocalSlack) -> dict[str, str]:
    return {"Authorization": f"Bearer {slack.settings.bot_token}"}


async def test_arguments_come_as_json_body(slack: LocalSlack, http: aiohttp.ClientSession):
    body = {"channel": "C0ALARMS01", "text": "json", "blocks": [{"type": "divider"}]}
    async with http.post(slack.api_url + POST, json=body, headers=bearer(slack)) as got:
        assert (await got.json())["ok"]
    assert slack.messages("alarms")[0].blocks[0]["type"] == "divider"


async def test_arguments_come_as_form_with_json_strings(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    form = {"channel": "C0ALARMS01", "text": "form", "blocks": '[{"type": "divider"}]'}
    async with http.post(slack.api_url + POST, data=form, headers=bearer(slack)) as got:
        assert (await got.json())["ok"]
    assert slack.messages("alarms")[0].blocks[0]["type"] == "divider"


async def test_arguments_come_as_query_of_a_get(slack: LocalSlack, http: aiohttp.ClientSession):
    query = {"channel": "C0ALARMS01"}
    url = slack.api_url + "conversations.info"
    async with http.get(url, params=query, headers=bearer(slack)) as got:
        assert (await got.json())["channel"]["name"] == "alarms"


async def test_query_and_form_mix_and_the_token_may_be_an_argument(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    form = {"token": slack.settings.bot_token, "text": "mixed"}
    async with http.post(slack.api_url + POST, params={"channel": "alarms"}, data=form) as got:
        assert (await got.json())["ok"]


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("", "not_authed"),
        ("xoxb-wrong", "invalid_auth"),
        ("xapp-local-slack", "not_allowed_token_type"),
    ],
)
async def test_bad_tokens_get_slacks_word(
    slack: LocalSlack, http: aiohttp.ClientSession, token: str, word: str
):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(slack.api_url + "auth.test", headers=headers) as got:
        assert got.status == 200
        assert await got.json() == {"ok": False, "error": word}


async def test_missing_scope_says_needed_and_provided(slack: LocalSlack, client: AsyncWebClient):
    slack.restore_token(scopes=frozenset({"commands"}))
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0ALARMS01", text="x")
    answer = caught.value.response
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "commands")


async def test_revoked_token_is_refused_everywhere(slack: LocalSlack, client: AsyncWebClient):
    slack.revoke()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.auth_test()


async def test_unknown_method_and_broken_json_are_answered_in_json(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    async with http.post(slack.api_url + "no.such") as got:
        assert (await got.json())["error"] == "unknown_method"
    headers = {"Content-Type": "application/json"}
    async with http.post(slack.api_url + POST, data=b"{", headers=headers) as got:
        assert (await got.json())["error"] == "invalid_json"


async def test_every_request_is_logged_without_the_token(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    form = {"token": slack.settings.bot_token, "channel": "nowhere", "text": "x"}
    async with http.post(slack.api_url + POST, data=form):
        pass
    (entry,) = slack.calls(POST)
    assert (entry.status, entry.error) == (200, "channel_not_found")
    assert entry.args["token"] == "***"
    assert slack.settings.bot_token not in str(entry)


async def test_people_channels_and_groups_are_listed(client: AsyncWebClient):
    users = (await client.users_list())["members"]
    assert {"ann", "li", "bob"} <= {user["name"] for user in users}
    found = await client.users_lookupByEmail(email="ann@example.com")
    assert found["user"]["id"] == "U0ANN00001"
    channels = (await client.conversations_list(types="public_channel,private_channel"))["channels"]
    assert {channel["name"] for channel in channels} == {"alarms", "db-alarms", "general"}
    assert (await client.usergroups_list())["usergroups"][0]["handle"] == "oncall"
    assert (await client.team_info())["team"]["name"] == "Tocsin Demo"
    assert (await client.bots_info(bot="B0TOCSIN01"))["bot"]["user_id"] == "U0TOCSIN01"


async def test_lists_are_paged_by_cursor(client: AsyncWebClient):
    first = await client.conversations_list(limit=1)
    second = await client.conversations_list(
        limit=1, cursor=first["response_metadata"]["next_cursor"]
    )
    assert first["channels"][0]["id"] != second["channels"][0]["id"]
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_list(cursor="nonsense")


async def test_joining_and_members(slack: LocalSlack, client: AsyncWebClient):
    await client.conversations_join(channel="C0GENERAL1")
    members = (await client.conversations_members(channel="C0GENERAL1"))["members"]
    assert slack.space.bot.id in members
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_join(channel="G0WARROOM1")


async def test_a_file_goes_up_in_three_steps_and_is_shared(
    slack: LocalSlack, client: AsyncWebClient
):
    sent = await client.files_upload_v2(
        channel="C0ALARMS01", filename="cpu.png", content=b"\x89PNG", title="CPU"
    )
    info = await client.files_info(file=sent["file"]["id"])
    assert info["file"]["mimetype"] == "image/png"
    assert slack.messages("alarms")[0].files == [sent["file"]["id"]]


async def test_reactions_are_added_once(slack: LocalSlack, client: AsyncWebClient):
    ts = (await client.chat_postMessage(channel="C0ALARMS01", text="x"))["ts"]
    await client.reactions_add(channel="C0ALARMS01", timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel="C0ALARMS01", timestamp=ts, name="eyes")
    await client.reactions_remove(channel="C0ALARMS01", timestamp=ts, name="eyes")
    assert slack.messages("alarms")[0].reactions == {}


async def test_oauth_code_is_good_for_one_token(slack: LocalSlack, http: aiohttp.ClientSession):
    url = f"{slack.url}/oauth/v2/authorize"
    query = {"redirect_uri": "http://127.0.0.1/back", "state": "s"}
    async with http.get(url, params=query, allow_redirects=False) as got:
        code = got.headers["Location"].split("code=")[1].split("&")[0]
    form = {"client_id": "1", "client_secret": "2", "code": code}
    async with http.post(slack.api_url + "oauth.v2.access", data=form) as got:
        assert (await got.json())["access_token"] == slack.settings.bot_token
    async with http.post(slack.api_url + "oauth.v2.access", data=form) as got:
        assert (await got.json())["error"] == "invalid_code"
