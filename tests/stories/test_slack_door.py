"""Slack's door: only what Slack signed comes in, and each click is answered, once, in time."""

import asyncio
import io
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from bot.config_load import load_settings
from bot.demo_samples import CPU
from bot.doors.interactions import is_ours, on_error
from bot.logs import set_up_logs
from tests.support.examples import tried
from tests.support.open_town import Answer, OpenTown
from tests.support.outage import away, sqlite_locked
from tests.support.signed import FORM, form_of, signed
from tests.support.town import (
    OPEN,
    SLACK_WAITS,
    TAKEN,
    Town,
    buttons,
    environment,
    running_bot,
    town,
)

SECRET = "local-slack-signing-secret"
DOOR = "/slack/events"
FIVE_MINUTES = 300


def clicked(card: str, *, verb: str = "acknowledge", user: str = "U0ANN00001") -> dict[str, Any]:
    """What Slack sends for a button."""
    return {
        "type": "block_actions",
        "team": {"id": "T0LOCAL001", "domain": "x"},
        "user": {"id": user, "username": "ann", "name": "ann", "team_id": "T0LOCAL001"},
        "api_app_id": "A0LOCAL001",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0ALARMS01"},
        "trigger_id": "1.2.3",
        "channel": {"id": "C0ALARMS01", "name": "alarms"},
        "message": {"ts": "1.1"},
        "actions": [
            {
                "type": "button",
                "action_id": verb,
                "block_id": "b",
                "value": card,
                "action_ts": "2.2",
            }
        ],
    }


def press(town: OpenTown, body: bytes, headers: dict[str, str]) -> Answer:
    return town.ask("POST", DOOR, body=body, headers=headers)


# Only Slack comes in

GOOD = form_of(clicked("01a208e7-7997-7c8f-b8bc-7ea3174eae72"))


def test_a_signed_click_is_let_in(shared_town: OpenTown) -> None:
    assert press(shared_town, GOOD, signed(SECRET, GOOD)).status == 200


@pytest.mark.fault("F28")
@pytest.mark.parametrize(
    "changed",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "ä" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
    ],
)
def test_a_wrong_signature_is_refused(shared_town: OpenTown, changed: dict[str, str]) -> None:
    answer = press(shared_town, GOOD, signed(SECRET, GOOD) | changed)
    assert answer.status == answer.json["status"] == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.fault("F28")
def test_no_signature_at_all_is_refused(shared_town: OpenTown) -> None:
    assert press(shared_town, GOOD, {"Content-Type": FORM}).status == 401


@pytest.mark.fault("F28")
def test_the_secret_of_another_app_is_refused(shared_town: OpenTown) -> None:
    assert press(shared_town, GOOD, signed("another-secret", GOOD)).status == 401


@pytest.mark.fault("F28")
def test_a_body_changed_on_the_way_is_refused(shared_town: OpenTown) -> None:
    assert press(shared_town, GOOD + b"x", signed(SECRET, GOOD)).status == 401


@pytest.mark.fault("F28")
@pytest.mark.parametrize("seconds", [-FIVE_MINUTES - 5, FIVE_MINUTES + 5])
def test_a_request_of_another_time_is_refused(shared_town: OpenTown, seconds: int) -> None:
    at = time.time() + seconds
    assert press(shared_town, GOOD, signed(SECRET, GOOD, at=at)).status == 401


@pytest.mark.fault("F29")
@pytest.mark.parametrize(
    "body",
    [
        b"payload=%7B",
        b"payload=[]",
        b"payload=",
        b"payload=null",
        b"payload=1",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"",
        b"payload=" + b"[" * 5000,
        form_of({"type": "block_actions"}),
        form_of({"type": "block_actions", "actions": []}),
        form_of({"type": "block_actions", "actions": "x", "user": "y", "team": 3}),
        form_of({"type": ["x"], "user": [], "team": "T", "channel": 1, "view": 7}),
        form_of(clicked("x") | {"user": None}),
        form_of(clicked("x") | {"team": "T1"}),
        form_of(clicked("x") | {"response_url": 7}),
        form_of(clicked("x") | {"actions": [None]}),
        json.dumps({"type": "event_callback", "event": 7, "authorizations": "x"}).encode(),
        urlencode({"command": "/alarms", "text": "x"}).encode(),
    ],
)
def test_signed_nonsense_is_no_fault_of_ours(shared_town: OpenTown, body: bytes) -> None:
    assert press(shared_town, body, signed(SECRET, body)).status in (200, 400)


NEVER_SENT = [
    *(b"{", b"payload=%7B", b"payload=[]", b"\xff", b"a=b", b"null", b"", b"{}", form_of({})),
    form_of({"type": "nothing_known", "team": {"id": "T0LOCAL001"}, "user": {"id": "U0ANN00001"}}),
    form_of({"type": ["x"], "user": [], "team": "T", "channel": 1, "view": 7}),
    form_of({"type": "block_actions", "actions": [None]}),
    form_of({"type": "block_actions", "actions": "x", "user": "y", "team": 3}),
    form_of({"type": "view_submission", "view": {"callback_id": [1]}}),
    form_of({"type": "view_submission", "view": 7}),
    form_of({"type": "message_action", "callback_id": {}}),
    form_of(clicked("x") | {"actions": [None]}),
    form_of(clicked("x") | {"actions": []}),
    form_of(clicked("x") | {"actions": [{"action_id": 7}]}),
    json.dumps({"type": "event_callback", "event": {"type": "of_another_app"}}).encode(),
    json.dumps({"type": "event_callback", "event": 7, "authorizations": "x"}).encode(),
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All lines, as the bot writes them: Bolt's as well."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    set_up_logs(form="json", level="info", stream=out)
    yield out
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.fault("F29")
@pytest.mark.parametrize("body", NEVER_SENT)
def test_what_slack_never_sends_is_answered_400_and_is_one_line_in_the_log(
    shared_town: OpenTown, log: io.StringIO, body: bytes
) -> None:
    answer = press(shared_town, body, signed(SECRET, body))
    assert answer.status == answer.json["status"] == 400
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines if line["level"] != "info"] == ["slack.nonsense"]
    assert "Traceback" not in log.getvalue()


@pytest.mark.fault("F29")
async def test_a_fault_of_our_own_keeps_its_traceback(log: io.StringIO) -> None:
    with pytest.raises(AttributeError) as failed:
        is_ours(cast("Exception", object()))  # any of our functions that fails
    assert await on_error(failed.value) is None
    assert "Traceback" in json.loads(log.getvalue())["exception"]


@pytest.mark.fault("F29")
@pytest.mark.parametrize(
    "payload",
    [{"type": ["x"], "user": [], "team": "T", "channel": 1}, {"enterprise": 1, "team": [1]}],
)
def test_unsigned_nonsense_is_refused_like_anything_unsigned(
    shared_town: OpenTown, payload: dict[str, Any]
) -> None:
    body = form_of(payload)
    assert press(shared_town, body, signed("another-secret", body)).status == 401


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
PLACES = st.sampled_from(["type", "team", "user", "actions", "channel", "view", "response_url"])
PAYLOADS = st.dictionaries(PLACES, JSONS).map(lambda odd: clicked("x") | odd)
BODIES = st.binary(max_size=60) | PAYLOADS.map(form_of) | JSONS.map(form_of)
TIMESTAMPS = st.text(max_size=12) | st.integers().map(str)


def as_header(text: str) -> str:
    """What can be sent at all."""
    return (
        "".join(sign for sign in text if sign.isprintable())
        .encode("latin-1", "ignore")
        .decode("latin-1")
    )


@pytest.mark.fault("F29")
@tried(150)
@given(BODIES, st.booleans())
def test_no_signed_body_whatever_breaks_the_door(
    shared_town: OpenTown, body: bytes, as_json: bool
) -> None:
    more = {"Content-Type": "application/json"} if as_json else {}
    assert press(shared_town, body, signed(SECRET, body, **more)).status in (200, 400)


@pytest.mark.fault("F29")
@tried(100)
@given(BODIES, TIMESTAMPS, st.text(max_size=70))
def test_no_headers_whatever_break_the_door(
    shared_town: OpenTown, body: bytes, timestamp: str, signature: str
) -> None:
    headers = {
        "X-Slack-Request-Timestamp": as_header(timestamp),
        "X-Slack-Signature": as_header(signature),
    }
    assert press(shared_town, body, headers).status == 401


def test_a_body_too_large_for_slack_is_refused(shared_town: OpenTown) -> None:
    body = b"x" * (256 * 1024 + 1)
    assert press(shared_town, body, signed(SECRET, body)).status == 413


# Each click counts once


async def fired(town: Town) -> str:
    """An alarm whose card is shown; the card's id."""
    await town.send(CPU.says("ALERT", 91.25, utc_now()))
    card = await town.card()
    return card.metadata["event_payload"]["card_id"]


async def send(town: Town, body: bytes, url: str | None = None) -> int:
    headers = signed(SECRET, body)
    async with town.http.post(f"{url or town.url}{DOOR}", data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.fault("F27")
async def test_a_replayed_click_changes_nothing(each_town: Town) -> None:
    body = form_of(clicked(await fired(each_town)))
    for _ in range(3):
        assert await send(each_town, body) == 200
    await each_town.all_true()
    incident = await each_town.incident()
    assert incident["acknowledged_by"]["id"] == "U0ANN00001"
    assert incident["cards"][0]["wanted"] == 2


@pytest.mark.fault("F26")
async def test_whoever_is_second_is_told_who_was_first(either_town: Town) -> None:
    await fired(either_town)
    card = either_town.cards()[0]
    clicks = [either_town.slack.click("acknowledge", on=card, by=who) for who in ("ann", "li")]
    assert all(done.ok for done in await asyncio.gather(*clicks))
    first = (await either_town.incident())["acknowledged_by"]["name"]
    second = "li" if first == "ann" else "ann"
    await either_town.slack.until(lambda: either_town.whispers(second))
    assert f"{first} acknowledged this first" in either_town.whispers(second)[0]
    assert either_town.whispers(first) == []


@pytest.mark.fault("F26")
async def test_twenty_clicks_on_two_bots_have_one_winner(postgres_url: str) -> None:
    async with town(postgres_url) as made:
        given = environment(made.slack, postgres_url, socket_mode=False)
        settings = load_settings(given | {"TOCSIN_MIGRATE": "off"})
        async with running_bot(settings) as (_, other):
            card = await fired(made)
            bodies = [form_of(clicked(card, user=f"U{number:010d}")) for number in range(20)]
            places = (made.url, other)
            answers = await asyncio.gather(
                *(send(made, body, places[n % 2]) for n, body in enumerate(bodies))
            )
            assert Counter(answers) == {200: 20}
            await made.all_true()
            assert (await made.incident())["cards"][0]["wanted"] == 2


@pytest.mark.fault("F31")
async def test_a_click_after_the_recovery_is_told_so(small_town: Town) -> None:
    card = await fired(small_town)
    await small_town.sent_and_applied(CPU.says("OK", 40, utc_now(), now="OK"))
    small_town.slack.messages("alarms")
    payload = clicked(card) | await response_url(small_town)
    assert await send(small_town, form_of(payload)) == 200
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert small_town.whispers("ann") == ["This incident has recovered"]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (clicked("01a208e7-7997-7c8f-b8bc-7ea3174eae72"), "a card I no longer know"),
        (clicked("no card's id at all"), "a card I no longer know"),
        (clicked("x", verb="frobnicate"), "another version of me"),
        (clicked("x") | {"team": {"id": "T0OTHER"}}, "a card I no longer know"),
    ],
)
async def test_a_strange_button_is_answered_kindly(
    small_town: Town, payload: dict[str, Any], said: str
) -> None:
    await small_town.slack.until(lambda: small_town.slack.calls("auth.test"))
    payload = payload | await response_url(small_town)
    assert await send(small_town, form_of(payload)) == 200
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert said in small_town.whispers("ann")[0]


async def response_url(town: Town) -> dict[str, str]:
    """A place for a private answer, as Slack hands it out."""
    user, place = town.slack.space.user("ann"), town.slack.space.channel("alarms")
    path = town.slack.tickets.response(town.slack._ticket(user, place.id))
    return {"response_url": town.slack.url + path}


# The database or Slack is slow or away


@pytest.mark.fault("F35")
@pytest.mark.prompt
async def test_a_click_that_could_not_be_stored_says_so(postgres_url: str) -> None:
    async with town(postgres_url) as made:
        await fired(made)
        async with away(postgres_url):
            assert (await made.slack.click("Acknowledge")).ok
            await made.slack.until(lambda: made.whispers("ann"))
        assert "was not stored" in made.whispers("ann")[0]
        assert buttons(made.cards()[0]) == OPEN


@pytest.mark.fault("F35")
@pytest.mark.prompt
async def test_a_click_beside_a_slow_database_is_answered_in_time(sqlite_url: str) -> None:
    async with town(sqlite_url) as made:
        await fired(made)
        async with sqlite_locked(sqlite_url):
            delivery = await made.slack.click("Acknowledge")
            assert delivery.ok
            assert delivery.seconds < SLACK_WAITS
        await made.slack.until(lambda: buttons(made.cards()[0]) == TAKEN)


@pytest.mark.prompt
async def test_a_click_beside_a_slow_slack_is_answered_in_time(small_town: Town) -> None:
    await fired(small_town)
    small_town.slack.fault("*", "slow(4)", times=None)
    delivery = await small_town.slack.click("Acknowledge")
    assert delivery.ok
    assert delivery.seconds < SLACK_WAITS
    assert (await small_town.incident())["acknowledged_by"]


@pytest.mark.fault("F35")
async def test_an_answer_that_cannot_be_whispered_is_no_fault(small_town: Town) -> None:
    card = await fired(small_town)
    gone = {"response_url": f"{small_town.slack.url}/hooks/gone"}
    for _ in range(2):
        assert await send(small_town, form_of(clicked(card) | gone)) == 200
    assert (await small_town.incident())["acknowledged_by"]
