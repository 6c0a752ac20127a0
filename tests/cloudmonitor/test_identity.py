"""What is one alarm and what is one delivery, by the identity rules of the format."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.rules.record import RawRequest, Reading
from tests.cloudmonitor.requests import (
    CMS2,
    SUBSCRIPTION,
    SYSTEM_EVENT,
    THRESHOLD,
    as_form,
    as_json,
    changed,
    only,
    posted,
)

Changes = dict[str, Any]
OLD = changed(THRESHOLD, {"ruleId": None, "rawMetricName": None, "triggerLevel": None})
NO_ENTITY = changed(CMS2, {"resource": None})


def both(message: Changes, changes: Changes) -> tuple[Reading, Reading]:
    return only(as_json(message)), only(as_json(changed(message, changes)))


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (THRESHOLD, {"alertState": "OK", "triggerLevel": "OK", "preTriggerLevel": "WARN"}),
        (THRESHOLD, {"triggerLevel": "CRITICAL", "timestamp": "1768199999999"}),
        (THRESHOLD, {"dimensions": "{instanceId=i-1, userId=1}"}),
        (THRESHOLD, {"dimensions": "{instanceId=i-1}"}),
        (THRESHOLD, {"dimensions": [{"instanceId": "i-1", "userId": 1}]}),
        (THRESHOLD, {"dimensionsOriginal": '{"instanceId": "i-1"}'}),
        (THRESHOLD, {"userId": None}),  # the dimensions still name the account
        (THRESHOLD, {"alertName": "renamed", "metricName": "CPU usage"}),
        (THRESHOLD, {"rawMetricName": None, "metricProject": "null", "namespace": "x"}),
        (THRESHOLD, {"transId": "t-2", "lastTime": "5天", "signature": "s", "regionId": "r"}),
        (OLD, {"alertState": "OK", "curValue": "1", "timestamp": "1768199999999"}),
        (SYSTEM_EVENT, {"status": "Executed", "eventTime": None}),
        (SUBSCRIPTION, {"batchId": "b-2", "time": 1}),
        (SUBSCRIPTION, {"alert": {"dedupId": "d-1", "traceId": "t", "alertStatus": "RESOLVED"}}),
        (CMS2, {"id": "evt-2", "status": "RECOVERED", "subject": "renamed"}),
        (CMS2, {"alertEntityId": "ecs:i-1"}),
        (NO_ENTITY, {"id": "evt-2", "labels": {"a": 1}}),
    ],
)
def test_what_is_one_alarm_by_the_rules(message: Changes, changes: Changes) -> None:
    one, other = both(message, changes)
    assert one.alarm_key == other.alarm_key


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (THRESHOLD, {"ruleId": "rule-2"}),
        (THRESHOLD, {"ruleId": None}),
        (THRESHOLD, {"userId": "2"}),
        (THRESHOLD, {"dimensions": "{userId=1, instanceId=i-2}"}),
        (THRESHOLD, {"dimensions": "{userId=1, instanceId=i-1, device=/dev/vda1}"}),
        (THRESHOLD, {"dimensions": "{userId=1, InstanceId=i-1}"}),
        (THRESHOLD, {"dimensions": None}),
        (OLD, {"alertName": "other"}),
        (OLD, {"metricName": "other"}),
        (OLD, {"metricProject": "acs_rds"}),
        (OLD, {"userId": "2"}),
        (OLD, {"dimensions": "{userId=1, instanceId=i-2}"}),
        (SYSTEM_EVENT, {"id": "e-2"}),
        (SYSTEM_EVENT, {"id": None}),
        (SUBSCRIPTION, {"alert": {"dedupId": "d-2"}}),
        (CMS2, {"ruleId": "rule-2"}),
        (CMS2, {"userId": "2"}),
        (CMS2, {"resource": {"entity": {"entity_id": "i-2"}}}),
        (CMS2, {"resource": None, "alertEntityId": "ecs:i-2"}),
        (NO_ENTITY, {"resource": {"tags": {"pod": "p-1"}}}),
        (changed(NO_ENTITY, {"ruleId": None}), {"id": "evt-2"}),
    ],
)
def test_what_is_another_alarm_by_the_rules(message: Changes, changes: Changes) -> None:
    one, other = both(message, changes)
    assert one.alarm_key != other.alarm_key
    assert one.delivery_key != other.delivery_key


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (THRESHOLD, {"transId": "t-2"}),
        (THRESHOLD, {"lastTime": "5天"}),
        (THRESHOLD, {"signature": "another"}),
        (THRESHOLD, {"dimensions": "{instanceId=i-1, userId=1}"}),
        (THRESHOLD, {"alertState": "ALARM", "triggerLevel": "warning"}),
        (THRESHOLD, {"timestamp": 1768199461207}),
        (OLD, {"lastTime": "5天"}),
        (SYSTEM_EVENT, {"eventTime": None}),
        (SUBSCRIPTION, {"batchId": "b-2"}),
        (CMS2, {"timestamp": 1785304800123}),
    ],
)
def test_what_is_one_delivery_by_the_rules(message: Changes, changes: Changes) -> None:
    one, other = both(message, changes)
    assert one.delivery_key == other.delivery_key


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (THRESHOLD, {"timestamp": "1768199461208"}),
        (THRESHOLD, {"timestamp": "1768199461206"}),
        (THRESHOLD, {"alertState": "OK"}),
        (THRESHOLD, {"alertState": "INSUFFICIENT_DATA"}),
        (THRESHOLD, {"triggerLevel": "CRITICAL"}),
        (SYSTEM_EVENT, {"status": "Executed"}),
        (SUBSCRIPTION, {"alert": {"dedupId": "d-1", "alertStatus": "RESOLVED"}}),
        (CMS2, {"id": "evt-2"}),
        (CMS2, {"status": "PERSISTENT"}),
        (CMS2, {"status": "RESOLVED"}),
    ],
)
def test_what_is_another_delivery_by_the_rules(message: Changes, changes: Changes) -> None:
    one, other = both(message, changes)
    assert one.delivery_key != other.delivery_key


@pytest.mark.parametrize(
    "message",
    [
        changed(THRESHOLD, {"timestamp": None}),
        changed(SYSTEM_EVENT, {"id": None, "eventTime": None}),
        changed(SUBSCRIPTION, {"alert": {"eventName": "Reboot"}, "time": None}),
        changed(CMS2, {"id": None, "time": None}),
    ],
)
def test_without_time_and_id_only_equal_messages_are_one_delivery(message: Changes) -> None:
    one, again = both(message, {})
    _, other = both(message, {"anything": "else"})
    assert one.delivery_key == again.delivery_key
    assert one.delivery_key != other.delivery_key


def test_every_millisecond_is_a_delivery_of_its_own() -> None:
    moments = range(1768199461000, 1768199462000)
    keys = {only(as_form(THRESHOLD | {"timestamp": f"{at}"})).delivery_key for at in moments}
    assert len(keys) == len(moments)


def test_keys_of_deliveries_stand_in_the_order_of_their_times() -> None:
    """In the database those of a minute are then on one page."""
    moments = range(1768199461000, 1768199561000, 333)
    keys = [only(as_form(THRESHOLD | {"timestamp": f"{at}"})).delivery_key for at in moments]
    assert keys == sorted(keys)


@pytest.mark.parametrize("write", [as_form, as_json])
@pytest.mark.parametrize("message", [THRESHOLD, SYSTEM_EVENT, SUBSCRIPTION, CMS2])
def test_keys_are_32_hex_digits_whatever_the_writing(
    write: Callable[[Changes], RawRequest], message: Changes
) -> None:
    reading = only(write(message))
    assert {len(reading.alarm_key), len(reading.delivery_key)} == {32}
    assert int(reading.alarm_key, 16)
    assert int(reading.delivery_key, 16)
    assert reading.alarm_key == only(as_json(message)).alarm_key


def test_fields_cannot_be_shifted_into_one_another() -> None:
    one = only(as_json(OLD | {"metricName": "a", "alertName": "b"}))
    other = only(as_json(OLD | {"metricName": "b", "alertName": "a"}))
    assert one.alarm_key != other.alarm_key


def test_kinds_with_equal_ids_are_different_alarms() -> None:
    event = only(as_json(SYSTEM_EVENT | {"id": "1"}))
    subscribed = only(as_json(SUBSCRIPTION | {"alert": {"dedupId": "1"}}))
    bare = only(as_json({"specversion": "1.0", "id": "1"}))
    assert len({event.alarm_key, subscribed.alarm_key, bare.alarm_key}) == 3


def test_tests_and_unreadable_callbacks_are_never_the_same() -> None:
    for request in (posted(b""), posted(b"nonsense"), posted(b"{")):
        reading = only(request)
        assert (reading.alarm_key, reading.delivery_key) == ("", "")
