"""Whatever a program sends to the API's writing doors, the answer is a sentence and never a 500."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from bot.demo_samples import CPU
from tests.support.examples import tried
from tests.support.open_town import Answer, OpenTown
from tests.support.town import API_TOKEN

UUID = "00000000-0000-0000-0000-000000000000"
HEADERS = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"}
WRITES = [
    ("POST", f"incidents/1/{verb}")
    for verb in (
        *("acknowledge", "unacknowledge", "take", "assign"),
        *("notes", "resolve", "reopen", "feedback"),
    )
] + [
    ("POST", "mutes"),
    ("POST", "mutes/preview"),
    ("POST", "mutes/1/extend"),
    ("PUT", "mutes/1"),
    ("DELETE", "mutes/1"),
]
TEXTS = st.sampled_from(
    [
        *("", " ", "\x00", "a\x00b", "\u202e", "x" * 4_000, "=cmd()", "<!channel>", "🔔", "null"),
        *("i-1", "instanceId=i-*", "x=~(", "x=~.*", 'a="', "severity!=critical", "999999w", "0m"),
        *("1h", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"),
        *("2026-11-24T12:00:00Z", "false_positive", "U0LI000001"),
    ]
) | st.text(max_size=20)
NUMBERS = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**30]) | st.floats(allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    [
        *("reason", "text", "id", "name", "feedback", "matchers", "incident_id", "ends_at"),
        *("lasts", "starts_at", "until_recovered", "wakes_on_worse", "idle_minutes"),
    ]
)
BODIES = st.dictionaries(FIELDS, VALUES, max_size=5) | VALUES
any_request = tried(150)


def send(town: OpenTown, verb: str, path: str, body: Any, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return town.ask(verb, f"/api/v1/{path}", body=raw, headers=HEADERS | headers)


@pytest.fixture
def busy_town(shared_town: OpenTown) -> OpenTown:
    """One incident, and a mute."""
    if not shared_town.ask_api("incidents").json["items"]:
        shared_town.run(shared_town.town.sent_and_applied(CPU.says("ALERT", 91.25, utc_now())))
        made = send(shared_town, "POST", "mutes", {"matchers": ["instanceId=x"], "lasts": "1h"})
        assert made.status == 201
    return shared_town


def assert_answered(answer: Answer) -> None:
    assert answer.status < 500, answer.body
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["detail"]


@any_request
@given(door=st.sampled_from(WRITES), body=BODIES)
def test_any_body_gets_an_answer(busy_town: OpenTown, door: tuple[str, str], body: Any) -> None:
    assert_answered(send(busy_town, *door, body))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("incidents/1/notes", {"text": "a\x00b"}),
        ("incidents/1/notes", b'{"text": "\\ud800"}'),
        ("incidents/1/notes", b"\xff"),
        ("incidents/1/notes", b'{"text": ' + b"[" * 100_000),
        ("incidents/1/assign", {"id": "U\x00", "name": "\x00"}),
        ("incidents/1/resolve", {"reason": "\x00"}),
        ("incidents/99999999999999999999/notes", {"text": "x"}),
        ("incidents/999999999999999999/notes", {"text": "x"}),
        ("mutes", {"matchers": ["x=1\x00"], "lasts": "1h"}),
        ("mutes", {"matchers": ["x\x00=1"], "lasts": "1h", "reason": "\x00"}),
        ("mutes", {"matchers": ["x=1"], "lasts": "999999w"}),
        ("mutes", {"matchers": ["x=1"], "lasts": "999999w 999999w"}),
        ("mutes", {"matchers": ["x=1"], "ends_at": "9999-12-31T23:59:59Z"}),
        ("mutes", {"matchers": ["x=1"], "ends_at": "0001-01-01T00:00:00+14:00"}),
        (
            "mutes",
            {"matchers": ["x=1"], "lasts": "1h", "starts_at": "9999-12-31T23:59:59Z"},
        ),
        ("mutes", {"matchers": ["x=1"], "incident_id": 2**63, "lasts": "1h"}),
        ("mutes/preview", {"matchers": ["x=1\x00"]}),
        ("mutes/1/extend", {"ends_at": "9999-12-31T23:59:59-14:00"}),
        ("mutes/999999999999999999/extend", {}),
    ],
)
def test_what_a_database_cannot_hold_is_no_fault_of_ours(
    busy_town: OpenTown, path: str, body: Any
) -> None:
    assert_answered(send(busy_town, "POST", path, body))


@pytest.mark.parametrize("text", ["", "  ", "\x00", " \n\x00 "])
def test_a_note_that_says_nothing_is_none(busy_town: OpenTown, text: str) -> None:
    answer = send(busy_town, "POST", "incidents/1/notes", {"text": text})
    assert answer.status == 400
    assert "text" in answer.json["detail"]


@pytest.mark.parametrize("path", ["acts", "mutes"])
@pytest.mark.parametrize(
    "query",
    [
        *("cursor=%00", "cursor=~", "cursor=-1", "cursor=" + "9" * 40, "ended=perhaps"),
        *("limit=0", "limit=201", "limit=x", "incident_id=0", "incident_id=99999999999999999999"),
        *("cursor=2026-11-24T00:00:00~x", f"cursor=2026-11-24T00:00:00~{UUID}"),
        f"cursor=9999-12-31T23:59:59%2B00:00~{UUID}",
        f"cursor=0001-01-01T00:00:00%2B14:00~{UUID}",
    ],
)  # fmt: skip
def test_any_question_gets_an_answer(busy_town: OpenTown, path: str, query: str) -> None:
    assert_answered(busy_town.ask_api(f"{path}?{query}"))


@pytest.mark.parametrize("key", ["x" * 201, "é", "<!channel>", " ", "'; DROP"])
def test_any_key_gets_an_answer(busy_town: OpenTown, key: str) -> None:
    body = {"text": "x"}
    assert_answered(send(busy_town, "POST", "incidents/1/notes", body, **{"Idempotency-Key": key}))


def test_one_key_is_one_act_of_one_kind(busy_town: OpenTown) -> None:
    """A program may use a job's number as the key of all that the job does."""
    key = {"Idempotency-Key": f"job-{utc_now().timestamp()}"}
    before = busy_town.ask_api("incidents/1").json["remarks"]
    for _ in range(2):
        assert send(busy_town, "POST", "incidents/1/notes", {"text": "x"}, **key).status == 201
        send(busy_town, "POST", "incidents/1/feedback", {"feedback": "not_actionable"}, **key)
    found = busy_town.ask_api("incidents/1").json
    assert (found["remarks"], found["feedback"]) == (before + 1, "not_actionable")


def test_a_mute_that_begins_later_has_its_length_from_then(busy_town: OpenTown) -> None:
    starts = utc_now() + timedelta(hours=2)
    asked = {"matchers": ["x=1"], "lasts": "1h", "starts_at": starts.isoformat()}
    made = send(busy_town, "POST", "mutes", asked).json
    assert made["ends_at"][:16] == (starts + timedelta(hours=1)).isoformat()[:16]
