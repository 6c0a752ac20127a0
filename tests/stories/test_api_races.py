"""Requests of programs that arrive twice, or at the same moment as somebody else's."""

import asyncio
from typing import Any

from bot.clock import utc_now
from bot.demo_samples import CPU
from tests.support.town import API_TOKEN, Town

TIMES = 12


async def together(made: Town, path: str, body: Any, *, key: str | None = None) -> list[Any]:
    """The same request many times in one moment; what each was answered."""
    headers = {"Authorization": f"Bearer {API_TOKEN}"} | ({"Idempotency-Key": key} if key else {})

    async def one() -> Any:
        url = f"{made.url}/api/v1/{path}"
        async with made.http.post(url, json=body, headers=headers) as answer:
            assert answer.status in (200, 201), await answer.text()
            return await answer.json()

    return await asyncio.gather(*(one() for _ in range(TIMES)))


async def fired(made: Town) -> None:
    await made.sent_and_applied(CPU.says("ALERT", 91.25, utc_now()))


async def acts(made: Town) -> list[str]:
    return [act["verb"] for act in (await made.ask("acts"))["items"]]


async def test_a_note_that_was_sent_many_times_stands_there_once(each_town: Town) -> None:
    await fired(each_town)
    told = await together(each_town, "incidents/1/notes", {"text": "x"}, key="job-1")
    assert {one["remarks"] for one in told} == {1}
    assert await acts(each_town) == ["note"]


async def test_a_mute_that_was_asked_for_many_times_is_one(each_town: Town) -> None:
    await fired(each_town)
    body = {"incident_id": 1, "lasts": "1h"}
    told = await together(each_town, "mutes", body, key="job-1")
    assert {one["id"] for one in told} == {1}
    assert await acts(each_town) == ["mute"]


async def test_a_mute_that_is_extended_by_one_request_is_extended_once(each_town: Town) -> None:
    await fired(each_town)
    (made, *_) = await together(each_town, "mutes", {"incident_id": 1, "lasts": "1h"}, key="a")
    told = await together(each_town, "mutes/1/extend", {}, key="b")
    assert len({one["ends_at"] for one in told}) == 1
    assert told[0]["ends_at"] > made["ends_at"]
    assert await acts(each_town) == ["extend_mute", "mute"]


async def test_of_many_who_take_an_incident_one_act_is_kept(each_town: Town) -> None:
    await fired(each_town)
    told = await together(each_town, "incidents/1/acknowledge", None)
    assert len({one["acknowledged_at"] for one in told}) == 1
    assert await acts(each_town) == ["acknowledge"]


async def test_notes_without_a_key_are_all_kept(each_town: Town) -> None:
    await fired(each_town)
    await together(each_town, "incidents/1/notes", {"text": "x"})
    assert (await each_town.incident())["remarks"] == TIMES
