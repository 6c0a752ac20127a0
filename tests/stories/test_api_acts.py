"""The JSON API acts: what people do in Slack, for programs; and the audit of it all."""

from collections.abc import AsyncGenerator
from datetime import timedelta, timezone
from typing import Any

import aiohttp
import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.doors.bodies import MOST
from tests.support.town import API_TOKEN, Town, buttons, eventually

pytestmark = pytest.mark.one_engine

LAST_HOUR = "9999-12-31T23:00:00-08:00"  # UTC has no such time
BEARER = {"Authorization": f"Bearer {API_TOKEN}"}


async def send(
    made: Town, verb: str, path: str, body: Any = None, *, expect: int = 200, key: str | None = None
) -> Any:
    """A request to the API, and the JSON of its answer."""
    headers = BEARER | ({"Idempotency-Key": key} if key else {})
    async with made.http.request(
        verb, f"{made.url}/api/v1/{path}", json=body, headers=headers
    ) as answer:
        assert answer.status == expect, await answer.text()
        return await answer.json()


async def fired(made: Town) -> None:
    await made.sent_and_applied(CPU.says("ALERT", 91.25, utc_now()))
    await made.all_true()


async def test_acknowledging_shows_on_the_card_with_the_tokens_name(each_town: Town) -> None:
    await fired(each_town)
    found = await send(each_town, "POST", "incidents/1/acknowledge")
    assert found["acknowledged_by"] == {"id": "api:tests", "name": "tests"}
    await each_town.slack.until(lambda: "Unacknowledge" in buttons(each_town.cards()[0]))
    again = await send(each_town, "POST", "incidents/1/acknowledge")
    assert again["acknowledged_at"] == found["acknowledged_at"]
    assert (await send(each_town, "POST", "incidents/1/unacknowledge"))["acknowledged_by"] is None


async def test_everything_that_people_do_can_be_done(small_town: Town) -> None:
    await fired(small_town)
    noted = await send(small_town, "POST", "incidents/1/notes", {"text": "disk full"}, expect=201)
    assert (noted["remarks"], noted["remark"]["text"]) == (1, "disk full")
    to = {"id": "U0LI000001", "name": "li"}
    for who in ("<@U0LI000001|li>", "U0LI000001"):
        given = await send(small_town, "POST", "incidents/1/assign", to | {"id": who})
        assert given["acknowledged_by"] == to
    assert (await send(small_town, "POST", "incidents/1/take"))["acknowledged_by"][
        "name"
    ] == "tests"
    judged = await send(small_town, "POST", "incidents/1/feedback", {"feedback": "false_positive"})
    assert judged["feedback"] == "false_positive"
    closed = await send(small_town, "POST", "incidents/1/resolve", {"reason": "gone"})
    assert (closed["state"], closed["closed_reason"]) == ("closed", "gone")
    assert (await send(small_town, "POST", "incidents/1/reopen"))["state"] == "firing"
    acts = (await send(small_town, "GET", "acts?incident_id=1"))["items"]
    assert [act["verb"] for act in acts] == [
        *("reopen", "resolve", "false_positive", "take", "assign", "note")
    ]
    assert {act["via"] for act in acts} == {"api"}
    assert acts[1]["before"]["state"] == "firing"
    assert acts[1]["after"]["reason"] == "gone"


async def test_the_same_key_acts_once(each_town: Town) -> None:
    await fired(each_town)
    for _ in range(3):
        await send(each_town, "POST", "incidents/1/notes", {"text": "x"}, expect=201, key="same")
    assert (await each_town.incident())["remarks"] == 1


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "said"),
    [
        ("POST", "incidents/4711/acknowledge", None, 404, "There is no incident 4711"),
        ("POST", "incidents/x/acknowledge", None, 400, "incident"),
        ("POST", "incidents/1/notes", {"text": ""}, 400, "text"),
        ("POST", "incidents/1/notes", {}, 400, "text"),
        ("POST", "incidents/1/notes", {"text": "x" * 3000}, 400, "text"),
        ("POST", "incidents/1/feedback", {"feedback": "bad"}, 400, "feedback"),
        ("POST", "incidents/1/assign", {}, 400, "id"),
        ("POST", "incidents/1/assign", {"id": "li"}, 400, "id: must be a Slack user's id"),
        ("POST", "incidents/1/assign", {"id": "<!channel>"}, 400, "id: must be a Slack user's id"),
        ("GET", "mutes/4711", None, 404, "There is no mute 4711"),
        ("DELETE", "mutes/4711", None, 404, "There is no mute 4711"),
        ("POST", "mutes", {"lasts": "1h"}, 400, "matchers: Name at least one condition"),
        ("POST", "mutes", {"matchers": ["x=1"]}, 400, "ends_at"),
        ("POST", "mutes", {"matchers": ["x=1"], "lasts": "soon"}, 400, "lasts"),
        ("POST", "mutes", {"matchers": ["x=1"], "lasts": "8d"}, 400, "7 days at most"),
        ("POST", "mutes", {"matchers": ["x"], "lasts": "1h"}, 400, "matchers: I cannot read"),
        ("POST", "mutes", {"matchers": ["x=~("], "lasts": "1h"}, 400, "matchers"),
        ("POST", "mutes", {"matchers": ["x=1"], "ends_at": "2026-11-24T00:00:00"}, 400, "ends_at"),
        ("POST", "mutes", {"matchers": ["x=1"], "ends_at": LAST_HOUR}, 400, "ends_at"),
        ("POST", "mutes", {"incident_id": 4711, "lasts": "1h"}, 404, "incident_id"),
        ("POST", "mutes/preview", {"matchers": []}, 400, "matchers"),
        ("GET", "acts?cursor=x", None, 400, "cursor"),
        ("GET", "mutes?cursor=x", None, 400, "cursor"),
    ],
)
async def test_what_cannot_be_done_names_the_field_and_the_remedy(
    small_town: Town, verb: str, path: str, body: Any, status: int, said: str
) -> None:
    await fired(small_town)
    problem = await send(small_town, verb, path, body, expect=status)
    assert said in problem["detail"]


async def test_without_a_token_nothing_is_done(small_town: Town) -> None:
    await fired(small_town)
    async with aiohttp.ClientSession() as stranger:
        url = f"{small_town.url}/api/v1/incidents/1/acknowledge"
        async with stranger.post(url) as answer:
            assert answer.status == 401
    assert (await small_town.incident())["acknowledged_by"] is None


async def test_an_incident_that_is_over_cannot_be_taken(small_town: Town) -> None:
    await fired(small_town)
    await small_town.sent_and_applied(CPU.says("OK", 40, utc_now(), now="OK"))
    problem = await send(small_town, "POST", "incidents/1/take", expect=409)
    assert "recovered" in problem["detail"]


# Mutes


async def test_a_mute_is_previewed_made_changed_extended_and_ended(each_town: Town) -> None:
    await fired(each_town)
    matchers = [f"instanceId={CPU.instance}"]
    found = await send(each_town, "POST", "mutes/preview", {"matchers": matchers})
    assert (found["firing"], found["incidents"], found["callbacks"]) == (1, 1, 1)
    body = {"matchers": matchers, "lasts": "4h", "reason": "deploy"}
    made = await send(each_town, "POST", "mutes", body, expect=201, key="k")
    assert made == await send(each_town, "POST", "mutes", body, expect=201, key="k")
    number = made["id"]
    assert (await each_town.incident())["muted"] is True
    assert (await each_town.incident())["mute_id"] == number
    changed = await send(each_town, "PUT", f"mutes/{number}", {**body, "reason": "other"})
    assert changed["reason"] == "other"
    longer = await send(each_town, "POST", f"mutes/{number}/extend")
    assert longer["ends_at"] > changed["ends_at"]
    assert (await send(each_town, "GET", "mutes"))["items"][0]["id"] == number
    ended = await send(each_town, "DELETE", f"mutes/{number}")
    assert ended["ended"]["because"] == "by_hand"
    assert ended["ended"]["by"]["name"] == "tests"
    assert (await send(each_town, "GET", "mutes"))["items"] == []
    assert len((await send(each_town, "GET", "mutes?ended=true"))["items"]) == 1

    async def heard_again() -> bool:
        return not (await each_town.incident())["muted"]

    await eventually(heard_again)


async def test_every_time_of_a_mute_is_in_utc_whatever_a_caller_writes(small_town: Town) -> None:
    ahead = utc_now().replace(microsecond=0) + timedelta(hours=1)
    in_china = timezone(timedelta(hours=8))

    def written(hours: int) -> str:
        return (ahead + timedelta(hours=hours)).astimezone(in_china).isoformat()

    def in_utc(hours: int) -> str:
        return (ahead + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")

    body = {"matchers": ["instanceId=i-1"], "starts_at": written(0), "ends_at": written(1)}
    made = await send(small_town, "POST", "mutes", body, expect=201)
    assert (made["starts_at"], made["ends_at"]) == (in_utc(0), in_utc(1))
    place = f"mutes/{made['id']}"
    changed = await send(small_town, "PUT", place, {**body, "ends_at": written(2)})
    assert changed["ends_at"] == in_utc(2)
    longer = await send(small_town, "POST", f"{place}/extend", {"ends_at": written(3)})
    assert longer["ends_at"] == in_utc(3)
    assert longer == await send(small_town, "GET", place)


async def test_an_incidents_own_alarm_is_muted_by_its_number(small_town: Town) -> None:
    await fired(small_town)
    body = {"incident_id": 1, "lasts": "1h"}
    made = await send(small_town, "POST", "mutes", body, expect=201)
    assert any("instanceid" in one for one in made["matchers"])
    assert (await small_town.incident())["muted"] is True


async def test_the_audit_is_read_page_by_page(small_town: Town) -> None:
    await fired(small_town)
    for number in range(5):
        await send(small_town, "POST", "incidents/1/notes", {"text": str(number)}, expect=201)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await send(small_town, "GET", f"acts?limit=2{cursor}")
        seen += [act["after"]["remark"] for act in page["items"]]
        following = page["next_cursor"]
        cursor = f"&cursor={following.replace('+', '%2B')}" if following else None
    assert seen == ["4", "3", "2", "1", "0"]


async def pieces(size: int) -> AsyncGenerator[bytes]:
    """A JSON text of so many bytes, whose length nobody says before."""
    yield b'{"text": "'
    for _ in range(size // 1024):
        yield b"a" * 1024
    yield b'"}'


@pytest.mark.fault("F10")
@pytest.mark.parametrize("headers", [{}, BEARER], ids=["a stranger", "who may"])
@pytest.mark.parametrize("path", ["incidents/1/notes", "mutes"])
async def test_nobody_makes_the_api_read_a_body_without_end(
    small_town: Town, path: str, headers: dict[str, str]
) -> None:
    url = f"{small_town.url}/api/v1/{path}"
    told = headers | {"Content-Type": "application/json"}
    async with small_town.http.post(url, data=pieces(2 * MOST), headers=told) as answer:
        assert answer.status == 413
