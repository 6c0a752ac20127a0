"""CloudMonitor 2.0: fires and recovers like an alarm, and any part may be missing."""

import pytest

from bot.rules.record import Kind, Reported, Threshold
from bot.rules.record_json import to_json
from bot.rules.severity import Severity
from tests.cloudmonitor.requests import CMS2, as_json, cms2, only


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
