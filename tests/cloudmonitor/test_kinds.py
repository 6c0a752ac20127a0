"""Which kind of message a request is: the order of the tests, and what nothing fits."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from bot.cloudmonitor import read as reading_room
from bot.cloudmonitor.read import read
from bot.rules.record import Kind, Reported
from tests.cloudmonitor.requests import (
    CMS2,
    SUBSCRIPTION,
    SYSTEM_EVENT,
    THRESHOLD,
    as_form,
    as_json,
    changed,
    fetched,
    only,
    posted,
)

KINDS: list[tuple[dict[str, Any], Kind]] = [
    (THRESHOLD, Kind.THRESHOLD),
    (SYSTEM_EVENT, Kind.SYSTEM_EVENT),
    (SUBSCRIPTION, Kind.EVENT_SUBSCRIPTION),
    (CMS2, Kind.CMS2),
    ({"alertName": "a"}, Kind.THRESHOLD),
    ({"ALERTSTATE": "OK"}, Kind.THRESHOLD),
    ({"alert": {}, "batchId": "1"}, Kind.EVENT_SUBSCRIPTION),
    ({"alert": {"severity": "INFO"}, "subscription": {}}, Kind.EVENT_SUBSCRIPTION),
    ({"Alert": "{}", "StrategyName": "s"}, Kind.EVENT_SUBSCRIPTION),
    ({"type": "alert", "status": "OCCURRED"}, Kind.CMS2),
    ({"specversion": "1.0"}, Kind.CMS2),
    ({"product": "ECS", "name": "n", "level": "none"}, Kind.SYSTEM_EVENT),
    # several fit: the first in the order of the specification
    (SUBSCRIPTION | THRESHOLD, Kind.EVENT_SUBSCRIPTION),
    (THRESHOLD | CMS2 | SYSTEM_EVENT, Kind.THRESHOLD),
    (CMS2 | SYSTEM_EVENT, Kind.CMS2),
    # nothing fits
    ({"alert": {"severity": "INFO"}}, Kind.UNKNOWN),
    ({"alert": "null", "batchId": "1"}, Kind.UNKNOWN),
    ({"alert": {}, "batchId": ""}, Kind.UNKNOWN),
    ({"alertName": "NULL", "alertState": " "}, Kind.UNKNOWN),
    ({"type": "ALERT"}, Kind.UNKNOWN),
    ({"type": "REPORT", "status": "OCCURRED"}, Kind.UNKNOWN),
    ({"product": "ECS", "name": "n", "level": "null"}, Kind.UNKNOWN),
    ({"product": "ECS", "name": "n"}, Kind.UNKNOWN),
    ({"curValue": "1"}, Kind.UNKNOWN),
]


@pytest.mark.fault("F13")
@pytest.mark.parametrize(("message", "kind"), KINDS)
def test_the_fields_say_which_kind(message: dict[str, Any], kind: Kind) -> None:
    assert only(as_json(message)).record.kind is kind
    assert only(as_form(message)).record.kind is kind


@pytest.mark.parametrize("message", [THRESHOLD, SYSTEM_EVENT, SUBSCRIPTION, CMS2])
def test_json_and_form_give_one_record(message: dict[str, Any]) -> None:
    assert only(as_json(message)) == only(as_form(message))


@pytest.mark.parametrize("message", [THRESHOLD, SYSTEM_EVENT, SUBSCRIPTION, CMS2])
def test_without_a_body_the_query_is_read(message: dict[str, Any]) -> None:
    body = as_form(message).body.decode()
    assert only(fetched(body)) == only(as_form(message))
    assert only(posted(" \r\n", query=body)) == only(as_form(message))


@pytest.mark.parametrize("message", [THRESHOLD, SYSTEM_EVENT, SUBSCRIPTION, CMS2])
@pytest.mark.parametrize("name", ["data", "Data"])
def test_json_in_the_parameter_data_is_the_message(message: dict[str, Any], name: str) -> None:
    query = urlencode({"other": "1", name: json.dumps(message)})
    assert only(fetched(query)) == only(as_json(message))


def test_a_list_in_the_parameter_data_is_several_messages() -> None:
    query = urlencode({"data": json.dumps([THRESHOLD, SYSTEM_EVENT])})
    assert [one.record.kind for one in read(fetched(query))] == [Kind.THRESHOLD, Kind.SYSTEM_EVENT]


def test_the_body_counts_before_the_query() -> None:
    request = posted(as_form(THRESHOLD).body, query=as_form(CMS2).body.decode())
    assert only(request).record.kind is Kind.THRESHOLD


@pytest.mark.parametrize("query", ["", "foo=bar", "data=5", "data=%7B", "data=%7B%7D", "&&=", "%"])
def test_nothing_recognised_and_no_body_is_a_test(query: str) -> None:
    reading = only(fetched(query))
    assert (reading.record.kind, reading.record.state) == (Kind.TEST, Reported.TEST)
    assert (reading.alarm_key, reading.delivery_key, reading.reason) == ("", "", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hunter2", reading_room.NO_FORM),
        (b"=1&=2", "no alarm in it; its fields: (no name)"),
        (b"%00=1", "no alarm in it; its fields: \ufffd"),
        (b"\xff\xfe\x00", reading_room.NO_FORM),
        (b"&&", reading_room.NO_FORM),
        (b"{}", "no fields in it"),
        (b"[]", reading_room.EMPTY_LIST),
        (b"[1, null]", reading_room.NO_OBJECT),
        (b"[[{}]]", reading_room.NO_OBJECT),
        (b"{", reading_room.NO_JSON),
        (b'{"alertName": "a"', reading_room.NO_JSON),
        (b"{instanceId=i-1}", reading_room.NO_JSON),
        (b"[" * 100_000, reading_room.TOO_DEEP),
        (b'{"alertName":' + b"[" * 300 + b"]" * 300 + b"}", reading_room.TOO_DEEP),
        (b"a=1&" * 1_001, reading_room.TOO_MANY),
        (b'{"b\\nc": 1, "d": "secret"}', "no alarm in it; its fields: b c, d"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    reading = only(posted(body))
    assert (reading.record.kind, reading.record.state) == (Kind.UNKNOWN, None)
    assert (reading.alarm_key, reading.delivery_key) == ("", "")
    assert reading.reason == reason


def test_a_reason_names_fields_and_never_their_values() -> None:
    reading = only(as_json({f"field-{number:030}": "hunter2" for number in range(100)}))
    assert reading.reason
    assert "hunter2" not in reading.reason
    assert len(reading.reason) < 200


def test_a_list_gives_its_messages_in_order() -> None:
    other = changed(THRESHOLD, {"alertName": "b"})
    records = [one.record.alert_name for one in read(as_json([THRESHOLD, other, SYSTEM_EVENT]))]
    assert records == ["web cpu", "b", "Instance:StateChange"]


def test_all_that_is_unreadable_in_a_list_is_told_once() -> None:
    kinds = [one.record.kind for one in read(as_json([1, {}, THRESHOLD, None, [], {"a": 1}]))]
    assert kinds == [Kind.UNKNOWN, Kind.THRESHOLD]


def test_a_message_with_a_field_called_data_is_not_lost_in_a_query() -> None:
    query = "specversion=1.0&status=OCCURRED&data=" + quote('{"value": 92.5}')
    record = only(fetched(query)).record
    assert (record.kind, record.value) == (Kind.CMS2, 92.5)
