"""The API's statistics and histories, by one who has a token."""

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, DISK
from tests.support.town import API_TOKEN, Town

pytestmark = pytest.mark.one_engine


@pytest.fixture
async def town_with_a_past(each_town: Town) -> Town:
    at = utc_now() - timedelta(hours=1)
    await each_town.sent_and_applied(CPU.says("ALERT", 91.25, at))
    await each_town.sent_and_applied(CPU.says("OK", 41.0, at + timedelta(minutes=12)))
    await each_town.sent_and_applied(DISK.says("ALERT", 96.1, at, now="CRITICAL"))
    return each_town


async def status(town: Town, path: str, *, token: str = API_TOKEN) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with town.http.get(f"{town.url}/api/v1/{path}", headers=headers) as answer:
        return answer.status, await answer.json()


async def test_statistics_of_the_last_week(town_with_a_past: Town) -> None:
    made = await town_with_a_past.ask("stats")
    assert (made["incidents"], made["callbacks"], made["firing"]) == (2, 3, 1)
    assert made["severities"] == {"CRITICAL": 1, "WARN": 1}
    assert made["time_to_recover"] == {"count": 1, "mean": 720.0, "median": 720.0}
    assert made["share_never_acknowledged"] == 1.0
    assert made["step"] == 86_400


async def test_statistics_of_a_time_that_is_over(town_with_a_past: Town) -> None:
    made = await town_with_a_past.ask("stats?since=30d&until=7d")
    assert (made["incidents"], made["callbacks"], made["firing"]) == (0, 0, 1)


async def test_a_history_has_values_periods_and_incidents(town_with_a_past: Town) -> None:
    found = await town_with_a_past.ask("incidents/1/history?span=24h&scope=rule")
    assert [point["value"] for point in found["series"][0]["points"]] == [91.25, 41.0]
    (period,) = found["periods"]
    assert period["ended"] is not None
    assert found["items"][0]["id"] == 1
    assert found["next_cursor"] is None
    assert found["threshold"]["comparison"] == ">="


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("stats?since=whenever", 400, "needs a time"),
        ("stats?since=1d&until=7d", 400, "ends before it begins"),
        ("stats?since=now", 400, "ends where it begins"),
        ("stats?since=0d", 400, "ends where it begins"),
        ("incidents/99/history", 404, "no incident 99"),
        ("incidents/abc/history", 400, "not an id"),
        ("incidents/1/history?cursor=x", 400, "not an id"),
    ],
)
async def test_what_cannot_be_answered_says_why(
    town_with_a_past: Town, path: str, code: int, said: str
) -> None:
    answered, body = await status(town_with_a_past, path)
    assert (answered, said in body["detail"]) == (code, True)


async def test_without_a_token_nobody_learns_anything(each_town: Town) -> None:
    for path in ("stats", "incidents/1/history"):
        answered, _ = await status(each_town, path, token="guessed")
        assert answered == 401
