"""Calls over real HTTP, against a stand-in that misbehaves on demand."""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack import wire
from bot.slack.calls import (
    CALL_TIMEOUT,
    ChannelSeen,
    Identity,
    Posted,
    SlackCalls,
)
from bot.slack.check import Surface, check_payload
from bot.slack.failures import Remedy, SlackFailure
from bot.slack.marks import Found, card_mark, note_mark
from bot.slack.message import Message
from bot.slack.tell import Ear, tell
from bot.slack.text import Mrkdwn
from bot.slack.views import ViewLost
from tests.slack.goldens import messages
from tests.slack.stand_in import StandIn, dropped, half, no, ok, raw, says, silent, stand_in

TOKEN = "xoxb-secret-of-the-test"
MESSAGE = dict(messages())["firing.en"]
OLDEST = datetime(2026, 5, 4, 4, 2, tzinfo=UTC)
POSTED = ok(channel="C1", ts="1.1")


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
async def calls(slack: StandIn) -> AsyncIterator[SlackCalls]:
    made = SlackCalls(TOKEN, base_url=slack.base_url)
    yield made
    await made.aclose()


async def post(calls: SlackCalls, message: Message = MESSAGE) -> Posted:
    return await calls.post("C1", message, mark=card_mark("card-1", 3))


async def edit(calls: SlackCalls) -> None:
    await calls.edit("C1", "1.1", MESSAGE)


async def look(calls: SlackCalls) -> Found | None:
    return await calls.find_card("C1", "card-1", oldest=OLDEST)


METHODS = {post: "chat.postMessage", edit: "chat.update", look: "conversations.history"}


async def failure_of(doing: Coroutine[Any, Any, object]) -> SlackFailure:
    with pytest.raises(SlackFailure) as caught:
        await doing
    return caught.value


async def test_a_card_is_posted_with_its_id_and_without_previews(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.postMessage", POSTED)
    assert await post(calls) == Posted("C1", "1.1")
    (heard,) = slack.heard
    assert heard.authorization == f"Bearer {TOKEN}"
    assert heard.arguments == {
        "channel": "C1",
        **MESSAGE.payload(),
        "parse": "none",
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": "tocsin_card",
            "event_payload": {"card_id": "card-1", "version": 3},
        },
    }
    assert check_payload(heard.arguments, Surface.MESSAGE) == ()


async def test_a_note_goes_into_the_thread_under_its_key(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.postMessage", POSTED)
    mark = note_mark("7/2/x")
    await calls.post("C1", MESSAGE, mark=mark, thread_ts="1.0", broadcast=True)
    arguments = slack.heard[0].arguments
    assert (arguments["thread_ts"], arguments["reply_broadcast"]) == ("1.0", True)
    assert arguments["metadata"] == {
        "event_type": "tocsin_note",
        "event_payload": {"key": "7/2/x"},
    }


async def test_an_edit_always_sends_all_three_parts(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.update", ok())
    await calls.edit("C1", "1.1", MESSAGE.plainly())
    assert slack.heard[0].arguments == {
        "channel": "C1",
        "ts": "1.1",
        "text": MESSAGE.text,
        "blocks": [],
        "attachments": [],
        "parse": "none",
    }


async def test_metadata_that_slack_refuses_costs_no_card(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.postMessage", no("invalid_metadata_schema"), POSTED)
    assert await post(calls) == Posted("C1", "1.1")
    assert "metadata" not in slack.heard[1].arguments


@pytest.mark.parametrize("doing", METHODS, ids=lambda each: each.__name__)
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (None, 30.0),
        ("soon", 30.0),
        ("-1", 30.0),
        ("nan", 30.0),
        ("1e9", 3_600.0),
    ],
)
async def test_too_many_requests_says_how_long_to_wait(
    slack: StandIn,
    calls: SlackCalls,
    doing: Callable[[SlackCalls], Coroutine[Any, Any, object]],
    header: str | None,
    seconds: float,
) -> None:
    headers = {} if header is None else {"Retry-After": header}
    slack.on(METHODS[doing], no("ratelimited", 429, headers))
    failure = await failure_of(doing(calls))
    assert (failure.remedy, failure.retry_after) == (Remedy.WAIT, seconds)


BROKEN = {
    "dropped connection": dropped,
    "half an answer": half,
    "server error as HTML": raw(b"<html>oops</html>", "text/html", 503),
    "server error as JSON": no("internal_error", 500),
    "HTML and status 200": raw(b"<html>login</html>", "text/html"),
    "garbage called JSON": raw(b"{nonsense", "application/json"),
    "a list instead of an object": raw(b"[1, 2]", "application/json"),
    "plain text": raw(b"ok", "text/plain"),
    "an empty body": raw(b"", "application/json"),
    "bytes of no encoding": raw(b'{"ok": "\xff\xfe"}', "application/json; charset=utf-8"),
    "gzip": raw(b"x", "application/gzip"),
    "no without a word": says(ok=False),
}


@pytest.mark.fault("F18")
@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(
    ("doing", "remedy"),
    [(post, Remedy.RECONCILE), (edit, Remedy.TRY_AGAIN), (look, Remedy.TRY_AGAIN)],
    ids=["post", "edit", "look"],
)
async def test_an_unclear_outcome_matters_only_to_a_post(
    slack: StandIn,
    calls: SlackCalls,
    doing: Callable[[SlackCalls], Coroutine[Any, Any, object]],
    remedy: Remedy,
    reply: Any,
) -> None:
    slack.on(METHODS[doing], reply)
    failure = await failure_of(doing(calls))
    assert (failure.remedy, failure.spoken) == (remedy, False)


async def test_a_dropped_post_is_sent_once_and_not_again(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.postMessage", dropped)
    assert (await failure_of(post(calls))).word == "connection_lost"
    assert len(slack.heard) == 1


async def test_a_post_without_a_ts_in_its_answer_is_unclear(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.postMessage", ok(channel="C1"))
    failure = await failure_of(post(calls))
    assert (failure.word, failure.remedy) == ("garbled_answer", Remedy.RECONCILE)


async def test_a_slow_post_ends_at_the_hard_timeout(
    slack: StandIn, calls: SlackCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CALL_TIMEOUT", timedelta(seconds=0.05))
    slack.on("chat.postMessage", silent)
    failure = await failure_of(post(calls))
    assert (failure.word, failure.remedy) == ("timeout", Remedy.RECONCILE)


def test_the_hard_timeout_of_a_call_is_eight_seconds() -> None:
    assert timedelta(seconds=8) == CALL_TIMEOUT > wire.CONNECT_TIMEOUT


async def test_without_a_connection_nothing_was_sent() -> None:
    async with stand_in() as slack:
        url = slack.base_url
    calls = SlackCalls(TOKEN, base_url=url)
    failure = await failure_of(post(calls))
    await calls.aclose()
    assert (failure.word, failure.remedy) == ("no_connection", Remedy.TRY_AGAIN)
    assert not failure.spoken


@pytest.mark.fault("F24")
async def test_refused_blocks_are_told_with_slacks_pointers(
    slack: StandIn, calls: SlackCalls
) -> None:
    pointer = "[ERROR] invalid text [json-pointer:/blocks/0/text]"
    slack.on(
        "chat.postMessage",
        no("invalid_blocks", errors=["bad"], response_metadata={"messages": [pointer, 5]}),
    )
    failure = await failure_of(post(calls))
    assert (failure.remedy, failure.detail) == (Remedy.SEND_PLAINLY, ("bad", pointer))


async def test_a_missing_scope_is_handed_on_by_name(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.postMessage", no("missing_scope", needed="chat:write", provided="none"))
    failure = await failure_of(post(calls))
    assert (failure.remedy, failure.needed) == (Remedy.STOP_ALL, "chat:write")


async def test_neither_token_nor_body_reaches_exceptions_or_logs(
    slack: StandIn, calls: SlackCalls, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    slack.on(
        "chat.postMessage", no("invalid_blocks", secret=TOKEN), raw(TOKEN.encode(), "text/html")
    )
    told = [repr(await failure_of(post(calls))), str(await failure_of(post(calls)))]
    for text in [*told, caplog.text]:
        assert TOKEN not in text
        assert MESSAGE.text not in text


async def test_a_failure_carries_no_cause_that_quotes_bodies(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.postMessage", no("is_archived"))
    failure = await failure_of(post(calls))
    assert failure.__cause__ is None
    assert failure.__suppress_context__


def card(
    ts: str, card_id: str, *, version: object = 4, event: str = "tocsin_card"
) -> dict[str, Any]:
    payload = {"card_id": card_id, "version": version}
    return {"ts": ts, "metadata": {"event_type": event, "event_payload": payload}}


async def test_a_card_is_found_by_its_id_on_a_later_page(slack: StandIn, calls: SlackCalls) -> None:
    others = [{"ts": "9"}, card("8", "other"), card("7", "card-1", event="foreign"), "nonsense"]
    slack.on(
        "conversations.history",
        ok(messages=others, response_metadata={"next_cursor": "abc="}),
        ok(messages=[card("6", "card-1")]),
    )
    assert await look(calls) == Found("6", 4)
    assert slack.heard[0].arguments == {
        "channel": "C1",
        "oldest": "1777867320.000000",
        "include_all_metadata": "1",
        "limit": "200",
    }
    assert slack.heard[1].arguments["cursor"] == "abc="


async def test_looking_for_a_card_ends_after_five_pages(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("conversations.history", ok(messages=[], response_metadata={"next_cursor": "more"}))
    assert await look(calls) is None
    assert len(slack.heard) == 5


async def test_a_card_without_a_readable_version_is_at_version_nought(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("conversations.history", ok(messages=[card("6", "card-1", version="x")]))
    assert await look(calls) == Found("6", 0)


async def test_a_note_is_found_in_its_thread_by_key(slack: StandIn, calls: SlackCalls) -> None:
    note = {
        "ts": "2.2",
        "metadata": {"event_type": "tocsin_note", "event_payload": {"key": "7/2/x"}},
    }
    slack.on("conversations.replies", ok(messages=[{"ts": "1.0"}, note]))
    assert await calls.find_note("C1", "1.0", "7/2/x", oldest=OLDEST) == Posted("C1", "2.2")
    assert await calls.find_note("C1", "1.0", "7/3/x", oldest=OLDEST) is None
    assert slack.heard[0].arguments["ts"] == "1.0"


async def test_a_note_in_a_thread_that_is_gone_is_not_there(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("conversations.replies", no("thread_not_found"))
    assert await calls.find_note("C1", "1.0", "7/2/x", oldest=OLDEST) is None


async def test_the_token_tells_whose_it_is_and_what_it_may_do(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on(
        "auth.test",
        ok(
            {"X-OAuth-Scopes": "chat:write, channels:read,"},
            team_id="T1",
            team="Town",
            user_id="U1",
            bot_id="B1",
            url="https://town.slack.example/",
        ),
    )
    assert await calls.whoami() == Identity(
        "T1", "Town", "U1", "B1", "https://town.slack.example/", ("chat:write", "channels:read")
    )
    assert slack.heard[0].verb == "POST"


async def test_channels_of_all_pages_are_listed(slack: StandIn, calls: SlackCalls) -> None:
    slack.on(
        "conversations.list",
        ok(
            channels=[{"id": "C1", "name": "ops", "is_member": True}],
            response_metadata={"next_cursor": "x"},
        ),
        ok(channels=[{"id": "C2", "name": "old", "is_archived": True, "is_private": True}]),
    )
    assert await calls.channels() == (
        ChannelSeen("C1", "ops", is_member=True, is_archived=False, is_private=False),
        ChannelSeen("C2", "old", is_member=False, is_archived=True, is_private=True),
    )


async def test_an_answer_goes_to_the_clicker_without_a_token(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("respond", raw(b"ok", "text/plain"))
    ear = Ear("U1", "C1", f"{slack.base_url}respond")
    assert await tell(calls, ear, Mrkdwn("hello"))
    (heard,) = slack.heard
    assert heard.authorization is None
    assert heard.arguments == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "hello",
    }


async def test_an_answer_to_an_expired_address_is_whispered_in_the_channel(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("respond", no("expired_url", 404))
    slack.on("chat.postEphemeral", ok(message_ts="1"))
    assert await tell(calls, Ear("U1", "C1", f"{slack.base_url}respond"), Mrkdwn("hello"))
    assert slack.heard[1].arguments == {
        "channel": "C1",
        "user": "U1",
        "text": "hello",
        "blocks": [],
        "parse": "none",
    }


async def test_whoever_is_not_in_the_channel_is_told_in_their_direct_messages(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.postEphemeral", no("user_not_in_channel"))
    slack.on("chat.postMessage", ok(ts="1", channel="D1"))
    assert await tell(calls, Ear("U1", "C1"), Mrkdwn("hello"))
    assert slack.heard[1].arguments["channel"] == "U1"


async def test_an_answer_that_no_way_takes_is_let_go(slack: StandIn, calls: SlackCalls) -> None:
    slack.on("chat.postMessage", no("account_inactive"))
    assert not await tell(calls, Ear("U1"), Mrkdwn("hello"))


@pytest.mark.parametrize(
    ("word", "lost"),
    [
        ("expired_trigger_id", ViewLost.TOO_LATE),
        ("exchanged_trigger_id", ViewLost.TOO_LATE),
        ("not_found", ViewLost.CLOSED),
        ("hash_conflict", ViewLost.CHANGED),
        ("push_limit_reached", ViewLost.TOO_DEEP),
    ],
)
async def test_a_view_that_cannot_be_shown_says_why(
    slack: StandIn, calls: SlackCalls, word: str, lost: ViewLost
) -> None:
    slack.on("views.update", no(word))
    assert await calls.views.update("V1", {"type": "modal"}, hash="1.a") is lost
    assert slack.heard[0].arguments["hash"] == "1.a"


async def test_a_view_that_is_refused_for_its_blocks_is_a_failure(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("views.open", no("invalid_blocks"))
    failure = await failure_of(calls.views.open("1.2", {"type": "modal"}))
    assert failure.word == "invalid_blocks"


async def test_one_session_serves_all_calls_and_can_be_closed(
    slack: StandIn, calls: SlackCalls
) -> None:
    slack.on("chat.update", ok())
    await edit(calls)
    session = calls._wire._client.session
    await edit(calls)
    assert calls._wire._client.session is session
    await calls.aclose()
    await calls.aclose()
    assert session is not None
    assert session.closed
