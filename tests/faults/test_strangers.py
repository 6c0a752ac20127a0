"""Who may not send: guessed tokens, addresses that are not listed, headers that lie."""

import aiohttp
import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.doors.guesses import BURST, GAP, Guesses
from tests.support.town import CALLBACK_TOKEN, Town, town
from tests.support.world import Time


async def statuses(made: Town, path: str, count: int, **headers: str) -> list[int]:
    found: list[int] = []
    for _ in range(count):
        async with made.http.post(f"{made.url}{path}", data=b"x", headers=headers) as answer:
            found.append(answer.status)
    return found


@pytest.mark.parametrize("offer", ["websocket", "h2c"])
async def test_who_offers_another_protocol_is_answered_in_http_and_not_logged(
    small_town: Town, caplog: pytest.LogCaptureFixture, offer: str
) -> None:
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    headers = {"Connection": "Upgrade", "Upgrade": offer, **key}
    for path, status in (("/healthz", 200), ("/nothing", 404), ("/slack/events", 405)):
        async with small_town.http.get(f"{small_town.url}{path}", headers=headers) as answer:
            assert answer.status == status
    sent = CPU.says("ALERT", 91.25, utc_now())
    headers["Content-Type"] = sent.content_type
    async with small_town.http.post(small_town.callback_url, data=sent.body, headers=headers) as a:
        assert a.status == 200
        told = await small_town.outcome((await a.json())["callback_id"])
    assert told["outcome"] == "opened"
    assert not [one for one in caplog.messages if "upgrade" in one.lower() or "WebSocket" in one]


@pytest.mark.fault("F7")
async def test_who_guesses_tokens_is_soon_turned_away(each_town: Town) -> None:
    said = await statuses(each_town, "/callbacks/wrong", BURST + 10)
    assert said[:BURST] == [401] * BURST
    assert said[-1] == 429
    assert (await each_town.ask("callbacks"))["items"] == []


@pytest.mark.fault("F7")
async def test_a_right_token_is_let_in_beside_a_guesser(small_town: Town) -> None:
    await statuses(small_town, "/callbacks/wrong", BURST + 5)
    sent = CPU.says("ALERT", 91.25, utc_now())
    assert (await small_town.sent_and_applied(sent))["outcome"] == "opened"


@pytest.mark.fault("F7")
async def test_a_guesser_is_told_how_long_to_wait(small_town: Town) -> None:
    await statuses(small_town, "/callbacks/wrong", BURST + 5)
    async with small_town.http.post(f"{small_town.url}/callbacks/wrong") as answer:
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= BURST * GAP.total_seconds()


@pytest.mark.fault("F7")
def test_guesses_of_one_address_are_no_others() -> None:
    time = Time()
    guesses = Guesses(time)
    for _ in range(BURST):
        assert not guesses.count("192.0.2.1")
    assert guesses.count("192.0.2.1")
    assert not guesses.count("192.0.2.2")
    time.pass_by(GAP.total_seconds())
    assert not guesses.count("192.0.2.1")


@pytest.mark.fault("F9")
@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        ("127.0.0.1", "203.0.113.9", 200),
        ("127.0.0.1", "203.0.113.9, 127.0.0.1", 200),
        ("127.0.0.1", "198.51.100.1", 403),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", 403),  # the nearest that is no proxy counts
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", 200),
        ("127.0.0.1", "::ffff:203.0.113.9", 200),
        ("127.0.0.1", "nonsense", 403),
        ("127.0.0.1", None, 403),
        ("10.9.0.0/16", "203.0.113.9", 403),  # who speaks is no proxy of ours
        ("10.9.0.0/16", None, 403),
    ],
)
async def test_only_listed_addresses_send(
    sqlite_url: str, proxies: str, forwarded: str | None, status: int
) -> None:
    extra = {"TOCSIN_SOURCES": "203.0.113.0/24,2001:db8::/32", "TOCSIN_TRUSTED_PROXIES": proxies}
    async with town(sqlite_url, extra=extra) as made:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        body = CPU.says("ALERT", 91.25, utc_now()).body
        url = f"{made.url}/callbacks/{CALLBACK_TOKEN}"
        async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as a:
            assert a.status == status
