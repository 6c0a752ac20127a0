"""System events and event subscriptions: any part may be missing."""

import json
from typing import Any

import pytest

from bot.rules.record import Kind, Reported
from bot.rules.record_json import to_json
from bot.rules.severity import Severity
from tests.cloudmonitor.requests import (
    SUBSCRIPTION,
    as_form,
    as_json,
    only,
    subscription,
    system_event,
)

META = {
    "instanceName": "order-07",
    "regionId": "cn-hangzhou",
    "regionNameZh": "华东1（杭州）",
    "groupId": "7",
    "status": "Executing",
    "level": "CRITICAL",
    "name": "Reboot",
    "product": "RDS",
    "resourceId": "acs:rds:cn-hangzhou:1:instance/rm-1",
    "eventTime": "20260109T140533.642+0800",
}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"state": "Deleted", "n": 1.5}, {"state": "Deleted", "n": 1.5}),
        ('{"state": "Deleted"}', {"state": "Deleted"}),
        ("{“state”: “Deleted”}", {"state": "Deleted"}),
        ("restarted", {}),
        ([1], {}),
        ("", {}),
        (None, {}),
        ({"a\x00": {"b": ["\ud800"]}}, {"a\ufffd": {"b": ["\ufffd"]}}),
        ({"big": 10**300, "inf": float("inf")}, {"big": 10**300, "inf": "Infinity"}),
    ],
)
def test_the_details_of_a_system_event_are_an_object(content: object, found: object) -> None:
    assert system_event(content=content).content == found


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("acs:ecs:r:1:instance/i-1", {"instanceId": "i-1"}),
        ("acs:rds:r:1:group/g/instance/rm-1", {"instanceId": "rm-1"}),
        ("acs:slb:r:1:lb-1", {}),
        ("acs:slb:r:1:lb/", {}),
    ],
)
def test_a_resource_names_the_instance_after_its_last_slash(
    arn: str, found: dict[str, str]
) -> None:
    wanted = {"resourceId": arn} | found
    assert system_event(resourceId=arn).dimensions == wanted
    assert subscription(alert={"arn": arn}).dimensions == wanted


def test_an_event_without_a_resource_has_no_dimensions() -> None:
    assert system_event(resourceId=None).dimensions == {}
    assert subscription(alert={"arn": "null"}).dimensions == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("state", Reported.EVENT),
        ("severity", Severity.INFO),
        ("alert_name", "Instance:StateChange"),
        ("project", "ECS"),
        ("namespace", None),
        ("user_id", "1"),
        ("event_id", "e-1"),
        ("event_status", "Normal"),
        ("rule_id", None),
        ("episode_id", None),
    ],
)
def test_a_system_event_is_read_as_told(key: str, value: object) -> None:
    assert getattr(system_event(), key) == value


def test_the_level_of_an_event_is_in_any_spelling_or_unknown() -> None:
    assert system_event(level="warning").severity is Severity.WARN
    assert system_event(level="P2").severity is Severity.CRITICAL
    assert system_event(level="Notice").severity is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("TRIGGERED", Reported.ALERT),
        ("resolved", Reported.OK),
        (None, Reported.ALERT),
        ("?", Reported.ALERT),
    ],
)
def test_a_subscription_triggers_or_resolves(word: str | None, state: Reported) -> None:
    assert subscription(alert={"alertStatus": word, "x": 1}).state is state


def test_the_alert_of_a_subscription_counts_before_what_is_around_it() -> None:
    alert = {"severity": "INFO", "userId": "2", "timestamp": 1508136760000, "groupName": "g"}
    record = subscription(alert=alert | {"meta": {"sysEventMeta": META}}, userId="1")
    assert (record.severity, record.user_id) == (Severity.INFO, "2")
    assert to_json(record)["timestamp"] == "2017-10-16T06:52:40.000Z"
    assert (record.group_id, record.group_name) == ("7", "g")


def test_what_the_alert_lacks_stands_around_it() -> None:
    record = subscription(alert={}, userId="1")
    assert (record.severity, record.user_id) == (Severity.WARN, "1")
    assert to_json(record)["timestamp"] == "2026-01-09T06:05:33.000Z"
    assert (record.rule_id, record.rule_name) == ("s-1", "faults")
    assert (record.alert_name, record.event_id, record.content) == (None, None, {})


def test_what_is_nowhere_else_stands_in_the_meta_part() -> None:
    alert = {"meta": {"sysEventMeta": META}}
    record = subscription(alert=alert, severity=None, time=None)
    assert (record.instance_name, record.region_id) == ("order-07", "cn-hangzhou")
    assert (record.region_name, record.group_id) == ("华东1（杭州）", "7")
    assert (record.event_status, record.severity) == ("Executing", Severity.CRITICAL)
    assert (record.alert_name, record.project) == ("Reboot", "RDS")
    assert record.dimensions == {"resourceId": META["resourceId"], "instanceId": "rm-1"}
    assert to_json(record)["timestamp"] == "2026-01-09T06:05:33.642Z"


@pytest.mark.parametrize(
    ("alert", "found"),
    [
        ({"eventContentMap": {"a": 1}, "eventRawContent": '{"b": 2}'}, {"a": 1}),
        ({"eventContentMap": '{"a": 1}'}, {"a": 1}),
        ({"eventContentMap": {}, "eventRawContent": '{"b": 2}'}, {"b": 2}),
        ({"eventRawContent": '{"b": 2}'}, {"b": 2}),
        ({"eventRawContent": {"b": 2}}, {"b": 2}),
        ({"eventRawContent": "text"}, {}),
    ],
)
def test_the_details_of_a_subscribed_event(alert: dict[str, Any], found: object) -> None:
    assert subscription(alert=alert).content == found


@pytest.mark.parametrize(
    ("ids", "event_id"),
    [
        ({"dedupId": "d", "traceId": "t"}, "d"),
        ({"dedupId": "null", "traceId": "t"}, "t"),
        ({"x": "1"}, None),
    ],
)
def test_the_dedup_id_counts_before_the_trace_id(ids: dict[str, str], event_id: str | None) -> None:
    assert subscription(alert=ids).event_id == event_id


@pytest.mark.parametrize("alert", ["not json", "{", [], 5, "[]", {"meta": 5}, {"meta": "{}"}])
def test_an_alert_that_is_no_object_still_makes_an_event(alert: object) -> None:
    record = subscription(alert=alert)
    assert (record.kind, record.rule_name) == (Kind.EVENT_SUBSCRIPTION, "faults")


def test_a_subscription_as_a_form_within_a_form_is_the_same() -> None:
    alert = {"dedupId": "d", "meta": json.dumps({"sysEventMeta": json.dumps(META)})}
    assert (
        only(as_form(SUBSCRIPTION | {"alert": json.dumps(alert)})).record
        == only(
            as_json(SUBSCRIPTION | {"alert": {"dedupId": "d", "meta": {"sysEventMeta": META}}})
        ).record
    )
