"""System events, event subscriptions and CloudMonitor 2.0: any part may be missing."""

import json
from typing import Any

import pytest

from bot.rules.record import Kind, Reported, Threshold
from bot.rules.record_json import to_json
from bot.rules.severity import Severity
from tests.cloudmonitor.requests import (
    CMS2,
    SUBSCRIPTION,
    as_form,
    as_json,
    cms2,
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


@pytest.mark.parametrize(
    ("status", "subtype", "state"),
    [
        ("OCCURRED", "NORMAL_TRIGGER", Reported.ALERT),
        ("PERSISTENT", "NORMAL_TRIGGER", Reported.ALERT),
        ("RESOLVED", "NORMAL_RESOLVE", Reported.OK),
        ("recovered", None, Reported.OK),
        (None, "NORMAL_RESOLVE", Reported.OK),
        ("?", "NORMAL_TRIGGER", Reported.ALERT),
        (None, None, Reported.ALERT),
        ("NO_DATA", None, Reported.INSUFFICIENT_DATA),
    ],
)
def test_the_status_of_a_cms2_message_is_its_state(
    status: str | None, subtype: str | None, state: Reported
) -> None:
    assert cms2(status=status, subtype=subtype).state is state


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("ERROR", Severity.CRITICAL),
        ("WARNING", Severity.WARN),
        ("INFO", Severity.INFO),
        (None, None),
    ],
)
def test_a_cms2_severity_in_its_own_words(word: str | None, severity: Severity | None) -> None:
    assert cms2(severity=word).severity is severity


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"value": 92.5, "currentValue": 1}, 92.5),
        ({"currentValue": "93"}, 93.0),
        ({"value": "NaN", "currentValue": 1}, 1.0),
        ({"value": 0}, 0.0),
        ('{"value": 5}', 5.0),
        ({}, None),
        (None, None),
    ],
)
def test_a_cms2_value_under_either_name(data: object, value: float | None) -> None:
    assert cms2(data=data).value == value


@pytest.mark.parametrize(
    ("stamp", "text", "moment"),
    [
        (1785304800123, "2026-07-29T06:00:00Z", "2026-07-29T06:00:00.123Z"),
        (None, "2026-07-29T14:00:00+0800", "2026-07-29T06:00:00.000Z"),
        ("null", "2026-07-29T14:00:00.5+08:00", "2026-07-29T06:00:00.500Z"),
        (None, None, None),
    ],
)
def test_a_cms2_timestamp_counts_before_its_time(
    stamp: object, text: str | None, moment: str | None
) -> None:
    assert to_json(cms2(timestamp=stamp, time=text))["timestamp"] == moment


def test_a_cms2_entity_and_its_tags_are_dimensions() -> None:
    entity = {"domain": "ecs", "entity_type": "null", "entity_id": "i-1"}
    tags = {"regionId": "cn-hangzhou", "shard": 7, "entity_id": "of the tags"}
    record = cms2(resource={"entity": entity, "tags": tags})
    assert record.dimensions == {
        "regionId": "cn-hangzhou",
        "shard": "7",
        "entity_domain": "ecs",
        "entity_id": "i-1",
    }
    assert (record.project, record.namespace) == ("ecs", None)


@pytest.mark.parametrize(
    ("tags", "labels", "region"),
    [
        ({"regionId": "a"}, {"_cms_region": "b"}, "a"),
        ({}, {"_cms_region": "b"}, "b"),
        (None, None, None),
    ],
)
def test_a_cms2_region_is_in_the_tags_or_labels(
    tags: object, labels: object, region: str | None
) -> None:
    assert cms2(resource={"tags": tags}, labels=labels).region_id == region


def test_a_cms2_message_keeps_ids_labels_and_metric() -> None:
    data = {"metricName": "cpu", "threshold": 80, "comparisonOperator": ">"}
    record = cms2(data=data, labels={"shard": 7, "x": "y"}, traceId="t")
    assert (record.metric, record.metric_label) == ("cpu", "cpu")
    assert (record.event_id, record.event_status) == ("evt-1", "OCCURRED")
    assert (record.user_id, record.alert_name) == ("1", "cpu high")
    assert record.labels == {"shard": "7", "x": "y"}
    assert (record.content, record.expressions) == ({}, ())


def test_a_cms2_threshold_is_shown_only_when_it_is_whole() -> None:
    assert only(as_json(CMS2)).threshold == Threshold(">", 80.0)
    assert only(as_json(CMS2 | {"data": {"threshold": 80}})).threshold is None


@pytest.mark.parametrize("part", [None, 5, "x", [], {}, "{}"])
def test_a_cms2_message_may_lack_any_part(part: object) -> None:
    record = cms2(resource=part, data=part, labels=part, time=part, ruleId=part)
    assert (record.kind, record.value, record.project) == (Kind.CMS2, None, None)
