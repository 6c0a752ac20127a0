"""The fault plan and the rate limits."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack
from bot.local_slack.faults import FaultSpellingError

POST = "chat.postMessage"


async def status_of(client: AsyncWebClient, method: str = "auth.test") -> tuple[int, str]:
    """HTTP status and error word of one call; (0, ...) when the connection was dropped."""
    try:
        answer = await client.api_call(method, json={"channel": "C0ALARMS01", "text": "x"})
    except SlackApiError as error:
        answer = error.response
    except aiohttp.ClientConnectionError:
        return 0, "dropped"
    data = answer.data
    return answer.status_code, str(data.get("error", "ok")) if isinstance(data, dict) else "text"


async def test_a_fault_strikes_once_and_only_its_method(slack: LocalSlack, client: AsyncWebClient):
    slack.fault(POST, "error(fatal_error)")
    assert await status_of(client) == (200, "ok")
    assert await status_of(client, POST) == (200, "fatal_error")
    assert await status_of(client, POST) == (200, "ok")
    assert [m.text for m in slack.messages("alarms")] == ["x"]


async def test_a_429_carries_retry_after(slack: LocalSlack, client: AsyncWebClient):
    slack.fault(POST, "429(30)")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0ALARMS01", text="x")
    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("spelling", "posted"),
    [("500", 0), ("500-after-post", 1), ("drop-before", 0), ("drop-after-post", 1)],
)
async def test_faults_say_whether_the_message_was_stored(
    slack: LocalSlack, client: AsyncWebClient, spelling: str, posted: int
):
    slack.fault(POST, spelling)
    status, _ = await status_of(client, POST)
    assert status in (0, 500)
    assert len(slack.messages("alarms")) == posted


async def test_a_dropped_connection_is_a_broken_connection(
    slack: LocalSlack, client: AsyncWebClient
):
    slack.fault(POST, "drop-after-post")
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel="C0ALARMS01", text="x")


@pytest.mark.parametrize("spelling", ["html200", "badjson", "500"])
async def test_answers_that_are_not_json_raise_in_the_sdk(
    slack: LocalSlack, client: AsyncWebClient, spelling: str
):
    slack.fault(POST, spelling)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C0ALARMS01", text="x")


async def test_a_hanging_answer_times_out_after_the_message_was_stored(
    slack: LocalSlack, http: aiohttp.ClientSession
):
    slack.fault(POST, "hang-after-post(60)")
    form = {"token": slack.settings.bot_token, "channel": "alarms", "text": "x"}
    timeout = aiohttp.ClientTimeout(total=0.3)
    with pytest.raises(TimeoutError):
        await http.post(slack.api_url + POST, data=form, timeout=timeout)
    assert len(slack.messages("alarms")) == 1


async def test_a_repeated_fault_goes_on_until_cleared(slack: LocalSlack, client: AsyncWebClient):
    slack.fault("*", "error(internal_error)", times=None)
    assert {await status_of(client) for _ in range(3)} == {(200, "internal_error")}
    slack.clear_faults()
    assert await status_of(client) == (200, "ok")


async def test_random_faults_repeat_with_their_seed(slack: LocalSlack, client: AsyncWebClient):
    slack.fault("auth.test", "error(internal_error)", times=None, chance=0.5)
    runs: list[list[tuple[int, str]]] = []
    for _ in range(2):
        slack.faults.seed(42)
        runs.append([await status_of(client) for _ in range(12)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_a_misspelt_fault_says_what_there_is():
    with pytest.raises(FaultSpellingError, match="drop-after-post"):
        LocalSlack().fault(POST, "explode")


async def test_limits_are_off_unless_switched_on(slack: LocalSlack, client: AsyncWebClient):
    assert {await status_of(client, POST) for _ in range(10)} == {(200, "ok")}


async def test_a_channel_takes_a_burst_and_then_one_post_a_second(
    slack: LocalSlack, client: AsyncWebClient
):
    slack.limits.on, slack.limits.post_burst = True, 2
    slack.clock.freeze(1_800_000_000)
    got = [(await status_of(client, POST))[0] for _ in range(3)]
    assert got == [200, 200, 429]
    slack.clock.advance(1)
    assert (await status_of(client, POST))[0] == 200
    assert (await status_of(client, POST))[0] == 429


async def test_the_limit_of_one_channel_is_not_anothers(slack: LocalSlack, client: AsyncWebClient):
    slack.limits.on, slack.limits.post_burst = True, 1
    slack.clock.freeze(1_800_000_000)
    await client.chat_postMessage(channel="C0ALARMS01", text="x")
    await client.chat_postMessage(channel="C0DBALARM1", text="x")
    assert (await status_of(client, POST))[0] == 429


async def test_edits_are_fifty_a_minute_and_say_how_long_to_wait(
    slack: LocalSlack, client: AsyncWebClient
):
    ts = (await client.chat_postMessage(channel="C0ALARMS01", text="x"))["ts"]
    slack.limits.on = True
    slack.clock.freeze(1_800_000_000)
    for number in range(50):
        await client.chat_update(channel="C0ALARMS01", ts=ts, text=str(number))
    slack.clock.advance(20)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0ALARMS01", ts=ts, text="one too many")
    assert caught.value.response.headers["Retry-After"] == "40"
    slack.clock.advance(40)
    await client.chat_update(channel="C0ALARMS01", ts=ts, text="again")
