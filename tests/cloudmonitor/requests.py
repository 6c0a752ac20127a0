"""Requests for tests: messages of every kind, alike but for what a test says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.cloudmonitor.http_file import read_http_file
from bot.cloudmonitor.read import read
from bot.rules.record import RawRequest, Reading, Record

DATA = Path(__file__).parent.parent / "data" / "callbacks"
SHARED = Path(__file__).parents[3] / "shared" / "cloudmonitor" / "callbacks"
SAMPLES = {
    path.name.removesuffix(".http"): path
    for folder in (DATA, SHARED)  # the shared ones may be newer
    for path in sorted(folder.glob("*.http"))
}

THRESHOLD = {
    "alertName": "web cpu",
    "alertState": "ALERT",
    "triggerLevel": "WARN",
    "preTriggerLevel": "null",
    "curValue": "91.25",
    "unit": "%",
    "metricName": "CPU使用率",
    "rawMetricName": "CPUUtilization",
    "metricProject": "acs_ecs",
    "namespace": "acs_ecs",
    "expression": "$Average>=85",
    "dimensions": "{userId=1, instanceId=i-1}",
    "ruleId": "rule-1",
    "userId": "1",
    "timestamp": "1768199461207",
}
SYSTEM_EVENT = {
    "product": "ECS",
    "name": "Instance:StateChange",
    "level": "INFO",
    "resourceId": "acs:ecs:cn-hangzhou:1:instance/i-1",
    "eventTime": "20260217T103516.475+0800",
    "userId": "1",
    "id": "e-1",
    "status": "Normal",
}
SUBSCRIPTION = {
    "alert": {"alertStatus": "TRIGGERED", "eventName": "Reboot", "dedupId": "d-1"},
    "subscription": {"subscriptionUuid": "s-1"},
    "strategyName": "faults",
    "batchId": "b-1",
    "severity": "WARN",
    "time": 1767938733000,
}
CMS2 = {
    "specversion": "1.0",
    "id": "evt-1",
    "type": "ALERT",
    "status": "OCCURRED",
    "severity": "WARNING",
    "subject": "cpu high",
    "userId": "1",
    "ruleId": "rule-1",
    "time": "2026-07-29T06:00:00Z",
    "resource": {"entity": {"domain": "ecs", "entity_type": "instance", "entity_id": "i-1"}},
    "data": {"value": 92.5, "threshold": 80, "comparisonOperator": ">"},
}


def posted(body: bytes | str, *, content_type: str = "", query: str = "") -> RawRequest:
    """A POST of this body."""
    headers = (("Content-Type", content_type),) if content_type else ()
    return RawRequest("POST", query, headers, body if isinstance(body, bytes) else body.encode())


def fetched(query: str) -> RawRequest:
    """A GET with this query."""
    return RawRequest("GET", query, (), b"")


def as_form(message: Mapping[str, Any]) -> RawRequest:
    """A form; objects become JSON texts within it, as the event centre sends them."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in message.items()
    }
    return posted(urlencode(texts))


def as_json(message: object) -> RawRequest:
    """A JSON body."""
    return posted(json.dumps(message))


def changed(message: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A message with these changes; None takes a field away."""
    return {name: value for name, value in {**message, **changes}.items() if value is not None}


def only(request: RawRequest) -> Reading:
    """The one message of a request."""
    (reading,) = read(request)
    return reading


def threshold(**changes: str | None) -> Record:
    """The record of a threshold callback in a form."""
    return only(as_form(changed(THRESHOLD, changes))).record


def system_event(**changes: object) -> Record:
    """The record of a system event."""
    return only(as_json(changed(SYSTEM_EVENT, changes))).record


def subscription(**changes: object) -> Record:
    """The record of an event of a subscription."""
    return only(as_json(changed(SUBSCRIPTION, changes))).record


def cms2(**changes: object) -> Record:
    """The record of a CloudMonitor 2.0 message."""
    return only(as_json(changed(CMS2, changes))).record


def sample(name: str) -> RawRequest:
    """The request of a sample."""
    return read_http_file(SAMPLES[name].read_bytes())


def expected(name: str) -> dict[str, Any]:
    """The record that a sample must give, with its note and relations."""
    return json.loads(SAMPLES[name].with_name(f"{name}.expected.json").read_bytes())
