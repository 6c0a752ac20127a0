"""The callback door: who may come in, what is too large, and that a 200 means stored."""

import asyncio
import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from bot.config_load import load_settings
from bot.demo_samples import CPU, FORM, Sample
from bot.doors.callbacks import is_ours, token_of
from bot.local_slack import LocalSlack
from bot.store.packing import joined, unpacked
from tests.support.examples import tried
from tests.support.open_town import OpenTown
from tests.support.outage import away, sqlite_locked
from tests.support.town import CALLBACK_TOKEN, Town, environment, eventually, running_bot, town

MOST = 256 * 1024
PROBLEM = "application/problem+json"
CANARY = "canary-7f3a9c"
TOKEN_IN_QUERY = f"?x=1&token={CALLBACK_TOKEN}"


def alarm(rule: str = "r", *, value: float = 91.25, seconds: float = 0) -> Sample:
    at = utc_now() - timedelta(minutes=5) + timedelta(seconds=seconds)
    return replace(CPU, rule=rule).says("ALERT", value, at)


async def refused(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    assert answer.content_type == PROBLEM
    told = await answer.json(content_type=PROBLEM)
    assert told["status"] == answer.status
    return told


# Who may come in


@pytest.mark.parametrize(
    "path",
    [
        "/callbacks",
        "/callbacks/wrong",
        "/callbacks?token=wrong",
        f"/callbacks/{CALLBACK_TOKEN}x",
        f"/callbacks/{CALLBACK_TOKEN[:-1]}",
        f"/callbacks/wrong?token={CALLBACK_TOKEN}",
        "/callbacks/%ff%fe",
        "/callbacks?token=%F0%9F%98%80",
    ],
)
def test_a_wrong_token_is_refused(shared_town: OpenTown, path: str) -> None:
    answer = shared_town.ask("POST", path, body=b"x")
    assert answer.status == answer.json["status"] == 401
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json["detail"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", [f"/{CALLBACK_TOKEN}", f"/{CALLBACK_TOKEN}/", TOKEN_IN_QUERY])
def test_the_token_may_stand_in_path_or_query(
    shared_town: OpenTown, method: str, path: str
) -> None:
    answer = shared_town.ask(method, f"/callbacks{path}", body=alarm().body)
    assert answer.status == 200
    assert answer.json["status"] == "accepted"
    assert shared_town.ask_api(f"callbacks/{answer.json['callback_id']}").json["source"] == "tests"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_as_a_problem(shared_town: OpenTown, method: str) -> None:
    answer = shared_town.ask(method, f"/callbacks/{CALLBACK_TOKEN}")
    assert answer.status == 405
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.fault("F8")
async def test_rotated_tokens_are_accepted_side_by_side_and_told_apart(sqlite_url: str) -> None:
    tokens = {"TOCSIN_CALLBACK_TOKENS": "old=the-old-secret-1234,new=the-new-secret-1234"}
    async with town(sqlite_url, extra=tokens) as made:
        sources: list[str] = []
        for secret in ("the-old-secret-1234", "the-new-secret-1234"):
            async with made.http.get(f"{made.url}/callbacks/{secret}") as answer:
                told = await made.outcome((await answer.json())["callback_id"])
            sources.append(told["source"])
    assert sources == ["old", "new"]


# What is too large


async def drip(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b"x" * 1024


@pytest.mark.fault("F10")
async def test_a_body_declared_too_large_is_refused(small_town: Town) -> None:
    async with small_town.http.post(small_town.callback_url, data=b"x" * (MOST + 1)) as answer:
        assert answer.status == 413
        await refused(answer)


@pytest.mark.fault("F10")
async def test_a_chunked_body_that_grows_too_large_is_refused(small_town: Town) -> None:
    body = drip(MOST + 1024)
    async with small_town.http.post(small_town.callback_url, data=body) as answer:
        assert answer.status == 413


@pytest.mark.fault("F10")
async def test_a_body_of_the_greatest_size_is_kept(each_town: Town) -> None:
    body = drip(MOST)
    async with each_town.http.post(each_town.callback_url, data=body) as answer:
        assert answer.status == 200
        told = await each_town.outcome((await answer.json())["callback_id"])
    assert len(told["raw"]["body"]) == MOST


# Nothing secret is kept


async def test_secrets_of_a_request_are_kept_nowhere(small_town: Town) -> None:
    headers = {
        "Authorization": f"Bearer {CANARY}",
        "Cookie": f"session={CANARY}",
        "X-Token": CANARY,
        "User-Agent": "CloudMonitor",
    }
    address = f"{small_town.url}/callbacks?a=1&token={CALLBACK_TOKEN}&b=2"
    async with small_town.http.post(address, data=alarm().body, headers=headers) as answer:
        told = await small_town.outcome((await answer.json())["callback_id"])
    assert told["raw"]["query"] == "a=1&b=2"
    assert ["user-agent", "CloudMonitor"] in told["raw"]["headers"]
    assert CANARY not in str(told)
    assert CALLBACK_TOKEN not in str(told)


async def test_no_secret_is_on_the_disk(sqlite_url: str) -> None:
    """Neither as it is nor in what is packed."""
    async with town(sqlite_url) as made:
        address = f"{made.url}/callbacks?token={CALLBACK_TOKEN}"
        headers = {"Authorization": CANARY, "Referer": f"http://x/{CANARY}"}
        async with made.http.post(address, data=alarm().body, headers=headers) as answer:
            await made.outcome((await answer.json())["callback_id"])
        await made.card()
        secrets = [CANARY, CALLBACK_TOKEN, made.slack.settings.bot_token]
    path = sa.make_url(sqlite_url).database or ""
    with open(path, "rb") as file:  # noqa: ASYNC230 - the bot is gone
        stored = file.read()
    with closing(sqlite3.connect(path)) as database:
        (sample,) = database.execute("SELECT packed FROM samples").fetchone()
        (content,) = database.execute("SELECT packed FROM callbacks").fetchone()
    stored += repr(unpacked(content, joined(unpacked(sample)))).encode()
    assert b"alertName" in stored
    assert not [secret for secret in secrets if secret.encode() in stored]


# Whatever comes


ADDRESS = f"/callbacks/{CALLBACK_TOKEN}"
TYPES = st.sampled_from([FORM, "application/json", "text/plain; charset=x", "multipart/form-data"])
WORDS = st.sampled_from(["alertName", "alertState", "ALERT", "curValue", "NaN", "\x00", "\ud800"])
FIELDS = st.dictionaries(WORDS | st.text(max_size=9), WORDS | st.text(max_size=9), max_size=9)
FORMS = FIELDS.map(lambda fields: urlencode(fields, errors="replace").encode())
JSONS = (
    st.recursive(st.none() | st.integers() | st.floats() | WORDS, st.lists, max_leaves=9) | FIELDS
)
BODIES = st.binary(max_size=99) | FORMS | JSONS.map(lambda value: json.dumps(value).encode())


@pytest.mark.fault("F11")
@tried(150)
@given(BODIES, TYPES, st.binary(max_size=20))
def test_no_body_whatever_is_refused(
    shared_town: OpenTown, body: bytes, content_type: str, query: bytes
) -> None:
    answer = shared_town.ask(
        "POST", f"{ADDRESS}?{quote(query)}", body=body, headers={"Content-Type": content_type}
    )
    assert answer.status == 200, answer.body


@pytest.mark.fault("F11")
def test_whatever_came_was_judged_and_none_failed(shared_town: OpenTown) -> None:
    town = shared_town.town

    async def nothing_waits() -> bool:
        return (await town.ready())["checks"]["inbox"]["detail"] == "0 wait"

    shared_town.run(eventually(nothing_waits))
    assert shared_town.ask_api("callbacks?outcome=failed").json["items"] == []


@pytest.mark.fault("F11")
@pytest.mark.parametrize(
    "head",
    [
        b"GET " + ADDRESS.encode() + b"?a=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /callbacks/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST " + ADDRESS.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST " + ADDRESS.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 9e9\r\n\r\n",
        b"POST " + ADDRESS.encode() + b" HTTP/1.1\r\nHost: \xff\r\nUser-Agent: \xff\x00\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_a_request_that_is_no_http_is_no_fault_of_ours(shared_town: OpenTown, head: bytes) -> None:
    assert not shared_town.shout(head).startswith(b"HTTP/1.1 5")


# Whoever was answered 200 is stored, and nobody else is told so


async def test_without_a_database_the_sender_is_told_to_come_again(database_url: str) -> None:
    sample = alarm()
    async with town(database_url) as made:
        async with (
            away(database_url),
            made.http.post(made.callback_url, data=sample.body) as answer,
        ):
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            await refused(answer)
        await made.sent_and_applied(sample)
        assert (await made.incident())["callbacks"] == 1
        assert "91.25 %" in (await made.card()).text


async def test_without_a_database_the_bot_lives_but_is_not_ready(postgres_url: str) -> None:
    async with town(postgres_url) as made:
        async with away(postgres_url):
            async with made.http.get(f"{made.url}/healthz") as answer:
                assert answer.status == 200
            told = await made.ready()
            assert told["code"] == 503
            assert not told["checks"]["database"]["ok"]

        async def ready() -> bool:
            return (await made.ready())["code"] == 200

        await eventually(ready)


async def test_a_short_lock_delays_the_answer_only(sqlite_url: str) -> None:
    async with town(sqlite_url) as made:
        async with sqlite_locked(sqlite_url):
            sending = asyncio.create_task(made.send(alarm()))
            done, _ = await asyncio.wait({sending}, timeout=0.5)
            assert not done
        assert (await made.outcome(await sending))["outcome"] == "opened"


async def test_a_bot_on_an_empty_database_takes_the_first_callback(tmp_path: Path) -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession() as http:
        given = environment(slack, f"sqlite:///{tmp_path}/new.db", socket_mode=False)
        async with running_bot(load_settings(given)) as (bot, url):
            told = await Town(slack, bot, url, http).sent_and_applied(alarm())
            assert told["outcome"] == "opened"


# Duplicates, order, replicas


@pytest.mark.fault("F1")
async def test_a_hundred_copies_at_once_are_one_incident(each_town: Town) -> None:
    sample = alarm()
    ids = await asyncio.gather(*(each_town.send(sample) for _ in range(100)))
    outcomes = Counter([(await each_town.outcome(one))["outcome"] for one in ids])
    assert outcomes == {"opened": 1, "duplicate": 99}
    assert (await each_town.incident())["callbacks"] == 1
    await each_town.all_true()
    assert len(each_town.cards()) == 1


@pytest.mark.fault("F3")
async def test_the_end_is_the_same_in_whatever_order_callbacks_come(each_town: Town) -> None:
    ends: set[tuple[object, ...]] = set()
    began = utc_now() - timedelta(minutes=5)
    for number, order in enumerate(itertools.permutations(range(3))):
        rule = replace(CPU, rule=f"order-{number}")
        story = [
            rule.says("ALERT", 91, began),
            rule.says("ALERT", 97, began + timedelta(seconds=10), now="CRITICAL"),
            rule.says("OK", 40, began + timedelta(seconds=20), now="OK"),
        ]
        for place in order:
            last = await each_town.sent_and_applied(story[place])
        incident = await each_town.ask(f"incidents/{last['incident_id']}")
        ends.add((incident["state"], incident["recovered_at"], len(incident["cards"])))
    assert len(ends) == 1
    assert next(iter(ends))[0] == "recovered"


@pytest.mark.fault("F3")
async def test_an_older_callback_is_kept_and_changes_nothing(small_town: Town) -> None:
    await small_town.send(alarm(value=97, seconds=10))
    told = await small_town.sent_and_applied(alarm(value=91))
    assert told["outcome"] == "stale"
    assert (await small_town.incident())["last_value"] == 97


@pytest.mark.fault("F1")
async def test_two_bots_hear_the_same_and_show_it_once(postgres_url: str) -> None:
    samples = [alarm(f"twin-{number % 3}", seconds=number // 3) for number in range(30)]
    async with LocalSlack() as slack, aiohttp.ClientSession() as http:
        given = environment(slack, postgres_url, socket_mode=False)
        # Two threads of one process cannot migrate side by side, two processes can.
        settings = load_settings(given | {"TOCSIN_MIGRATE": "off"})
        async with running_bot(settings) as (_, one), running_bot(settings) as (bot, two):
            twins = [Town(slack, bot, url, http) for url in (one, two)]
            ids = await asyncio.gather(*(t.send(s) for s in samples for t in twins))
            outcomes = Counter([(await twins[0].outcome(i))["outcome"] for i in ids])
            assert outcomes["opened"] == 3
            assert outcomes["duplicate"] >= 30
            await twins[1].all_true()
            assert len(twins[0].cards()) == 3


@pytest.mark.parametrize(
    ("path", "ours", "token"),
    [
        ("/callbacks", True, ""),
        ("/callbacks/secret", True, "secret"),
        ("/callbacks/secret/", True, "secret"),
        ("/callbacks/", False, None),
        ("/callbacks/a/b", False, None),
        ("/callbacks/a//", False, None),
        ("/callbacksx", False, None),
        ("/", False, None),
        ("/readyz", False, None),
    ],
)
def test_the_door_takes_its_own_paths_only(path: str, ours: bool, token: str | None) -> None:
    assert is_ours(path) is ours
    if ours:
        assert token_of(path) == token
