"""Sample callbacks for the demo: the newest form of a threshold callback, and a system event.

The fields are those of real requests; names and ids are invented. Times are given in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
ACCOUNT = "1023456789012345"


@dataclass(frozen=True, slots=True)
class Sample:
    """A request as CloudMonitor would send it: content type and body."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Metric:
    """One rule on one instance."""

    rule: str
    alert: str
    project: str
    metric: str
    label: str
    unit: str
    limit: str
    instance: str
    name: str
    more: Mapping[str, str]
    region: str = "cn-hangzhou"
    region_name: str = "China (Hangzhou)"
    group: str = "pay-prod"

    def says(self, state: str, value: float | None, at: datetime, **levels: str) -> Sample:
        """A callback of this rule; `now` and `before` are CRITICAL, WARN, INFO or OK."""
        dimensions = {"instanceId": self.instance, "userId": ACCOUNT} | dict(self.more)
        fields = {
            "alertName": self.alert,
            "alertState": state,
            "curValue": "" if value is None else str(value),
            "dimensions": "{" + ", ".join(f"{k}={v}" for k, v in dimensions.items()) + "}",
            "dimensionsOriginal": json.dumps(dimensions),
            "expression": self.limit,
            "instanceName": self.name,
            "lastTime": "0 minutes",
            "metricName": self.label,
            "metricProject": self.project,
            "namespace": self.project,
            "preTriggerLevel": levels.get("before", "null"),
            "productGroupName": self.group,
            "rawMetricName": self.metric,
            "regionId": self.region,
            "regionName": self.region_name,
            "ruleId": self.rule,
            "timestamp": str(int(at.timestamp() * 1000)),
            "triggerLevel": levels.get("now", "WARN"),
            "unit": self.unit,
            "userId": ACCOUNT,
        }
        return Sample(FORM, urlencode(fields).encode())


CPU = Metric(
    rule="alarmRule_uuid_demo_cpu",
    alert="Payment cluster: CPU too high",
    project="acs_ecs",
    metric="CPUUtilization",
    label="CPU使用率",
    unit="%",
    limit="$Average >= 85",
    instance="i-bp1a7k2m9qz3x5c8v0n1",
    name="web-prod-01/10.23.4.15",
    more={},
)
CPU_2 = replace(CPU, instance="i-bp1f0e1d2c3b4a5z6y7x", name="web-prod-02/10.23.4.16")
CPU_3 = replace(CPU, instance="i-bp1c3d4e5f6a7b8z9y0x", name="web-prod-03/10.23.4.17")
DISK = Metric(
    rule="alarmRule_uuid_demo_disk",
    alert="磁盘空间不足",
    project="acs_ecs",
    metric="diskusage_utilization",
    label="磁盘使用率",
    unit="%",
    limit="$Average >= 90",
    instance="i-wz9f4e1d2c3b4a5968z7",
    name="db-node-3/172.18.0.9",
    more={"device": "/dev/vda1"},
    region="cn-shenzhen",
    region_name="China (Shenzhen)",
    group="orders",
)
TRAFFIC = Metric(
    rule="alarmRule_uuid_demo_kafka",
    alert="Log pipeline: no messages",
    project="acs_kafka",
    metric="instance_message_input",
    label="实例消息生产流量",
    unit="Bytes/s",
    limit="$Value < 1",
    instance="alikafka_post-sg-0pp1abcd001",
    name="kafka-logs",
    more={},
    region="ap-southeast-1",
    region_name="Singapore",
    group="logs",
)


def reboot(at: datetime) -> Sample:
    """A system event: an instance restarts because its host failed."""
    event = {
        "resourceId": f"acs:ecs:cn-hangzhou:{ACCOUNT}:instance/{CPU_2.instance}",
        "product": "ECS",
        "ver": "1.0",
        "instanceName": "web-prod-02",
        "level": "CRITICAL",
        "groupId": "",
        "eventType": "Exception",
        "userId": ACCOUNT,
        "content": {"eventId": "e-demo", "reason": "SystemFailure.Reboot", "impact": "reboot"},
        "regionId": "cn-hangzhou",
        "eventTime": at.strftime("%Y%m%dT%H%M%S.000+0000"),
        "name": "Instance:SystemFailure.Reboot:Executing",
        "ruleName": "ECS faults",
        "id": f"demo-{int(at.timestamp() * 1000)}",
        "status": "Executing",
    }
    return Sample(JSON, json.dumps(event).encode())


CONSOLE_TEST = "console-test"  # a GET without anything


def again(at: datetime) -> list[Sample]:
    """An instance that fired four times since yesterday, and fires now.

    All within a day: what is older is not believed, because no sender tries for so long.
    """
    told: list[Sample] = []
    for ago, hours, worst in ((23, 1, 88.5), (18, 3, 96.2), (12, 2, 91.0), (7, 5, 99.1)):
        began = at - timedelta(hours=ago)
        level = "CRITICAL" if worst > CRITICAL_FROM else "WARN"
        half = began + timedelta(hours=hours / 2)
        told.append(CPU_3.says("ALERT", 86.1, began))
        told.append(CPU_3.says("ALERT", worst, half, now=level, before="WARN"))
        told.append(CPU_3.says("OK", 41.7, began + timedelta(hours=hours), now="OK", before=level))
    return [*told, CPU_3.says("ALERT", 93.4, at)]


CRITICAL_FROM = 95
STORM = 60  # alarms: three times what has cards of its own


def storm(at: datetime) -> list[Sample]:
    """A rack fails: many alarms within a moment, of two rules."""
    told: list[Sample] = []
    for number in range(STORM):
        host = replace(
            CPU if number % 3 else DISK,
            instance=f"i-bp1storm{number:03d}",
            name=f"web-prod-{number:02d}/10.23.5.{number}",
        )
        told.append(
            host.says("ALERT", 90 + number / 10, at, now="WARN" if number % 10 else "CRITICAL")
        )
    return told


def samples(name: str, at: datetime) -> list[Sample]:
    """The callbacks of a sample, as happening now; the console's test has none."""
    match name:
        case "again":
            return again(at)
        case "storm":
            return storm(at)
        case "console-test":
            return []
        case _:
            return [single(at)[name]]


def single(at: datetime) -> dict[str, Sample]:
    """Every sample of one callback, by name."""
    return {
        "warning": CPU.says("ALERT", 91.25, at),
        "escalation": CPU.says("ALERT", 97.5, at, now="CRITICAL", before="WARN"),
        "second-instance": CPU_2.says("ALERT", 88.4, at),
        "disk": DISK.says("ALERT", 96.1, at, now="INFO"),
        "recovery": CPU.says("OK", 41.7, at, now="OK", before="CRITICAL"),
        "second-recovery": CPU_2.says("OK", 38.2, at, now="OK", before="WARN"),
        "no-data": TRAFFIC.says("INSUFFICIENT_DATA", None, at, now="INFO"),
        "system-event": reboot(at),
        "unreadable": Sample(FORM, b"%%% this is no alarm %%%"),
    }


TITLES = {
    "warning": "CPU warning on web-prod-01",
    "escalation": "… becomes critical",
    "second-instance": "Same rule, second instance",
    "disk": "Disk nearly full (Chinese)",
    "recovery": "web-prod-01 recovers",
    "second-recovery": "web-prod-02 recovers",
    "no-data": "No data from Kafka",
    "system-event": "System event: reboot",
    "console-test": "The console's test",
    "again": "web-prod-03 fires again, as so often",
    "storm": "A storm: 60 alarms at once",
    "unreadable": "Something unreadable",
}

TIMELINE = (
    (1.5, "warning"),
    (6, "escalation"),
    (5, "second-instance"),
    (8, "second-recovery"),
    (5, "system-event"),
)  # seconds to wait before each; the first card waits for a click and a recovery by hand
