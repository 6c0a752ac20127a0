"""Whatever is typed behind /alarms is answered in time, kindly, and within Slack's limits."""

import json
import time
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.command import Ask
from bot.slack.check import Surface, check_payload
from tests.support.examples import tried
from tests.support.open_town import OpenTown
from tests.support.signed import signed

SECRET = "local-slack-signing-secret"
WORDS = st.sampled_from(
    [
        *("1", "#2", "42", "99999999999999999999", "<@U0LI000001|li>", "<#C0ALARMS01|alarms>"),
        *("severity:critical", "since:7d", "sort:worst", "-acked:no", '"free', 'text"', "not"),
        *("instanceId=i-*", "metric=~cpu.*", "x=~(", "severity!=critical", 'rule="a b"', "="),
        *("for", "4h", "until", "tomorrow", "9:00", "because", "it", "recovers", "-1d", "1e9d"),
        *("<!channel>", "&lt;", "*", "_", "`", "\\", "\u202e", "😀", "中文", "%s", "{name}", "::"),
    ]
)
WORDY = st.lists(WORDS | st.text(max_size=12), max_size=8).map(" ".join)
TEXTS = st.tuples(st.sampled_from([*Ask, "serch", ""]), WORDY).map(" ".join) | st.text(max_size=80)


def called(town: OpenTown, text: str) -> tuple[int, bytes, float]:
    """Type a command; status, body, and how many seconds of this process's work the answer took."""
    body = urlencode(
        {
            "command": "/alarms",
            "text": text.encode("utf-8", "replace").decode(),
            "user_id": "U0ANN00001",
            "user_name": "ann",
            "team_id": "T0LOCAL001",
            "channel_id": "C0ALARMS01",
            "response_url": "http://127.0.0.1:9/gone",
            "trigger_id": str(time.monotonic_ns()),
        }
    ).encode()
    began = time.process_time()
    answer = town.ask("POST", "/slack/events", body=body, headers=signed(SECRET, body))
    return answer.status, answer.body, time.process_time() - began


@tried(200)
@given(TEXTS)
def test_any_command_is_answered(shared_town: OpenTown, text: str) -> None:
    status, body, _ = called(shared_town, text)
    assert status == 200
    if not body:  # it comes to the address that came with the request
        return
    said = json.loads(body)
    assert "went wrong" not in said["text"]
    assert check_payload(said, Surface.MESSAGE) == ()


@pytest.mark.parametrize(
    "text",
    [
        "search " + "a" * 100_000,
        "search " + "*a" * 900,
        "search " + "(" * 1_900,
        "search " + "-" * 1_900,
        "mute " + "x=1 " * 5_000,
        "mute x=~" + "(a|a)*" * 80 + " for 1h",
        "mute x=" + "\\" * 3_000,
        'mute x="' + "\\" * 3_000,
        "mute 1 for " + "1h" * 10_000,
        "mute 1 until " + " " * 5_000 + "x",
        "note 1 " + "n" * 100_000,
        "resolve 1 " + "\u202e" * 10_000,
        "ack " + "1 " * 20_000,
        "share " * 5_000,
        "help " * 1_000,
    ],
)
def test_what_is_far_too_long_is_answered_at_once(shared_town: OpenTown, text: str) -> None:
    status, body, seconds = called(shared_town, text)
    assert status == 200
    assert b"went wrong" not in body
    assert seconds < 3
