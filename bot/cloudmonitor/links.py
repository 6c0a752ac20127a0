"""Links into the Alibaba Cloud console. Whatever is put into one is percent-encoded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.cloudmonitor.names import product_code
from bot.rules.alarm import Alarm
from bot.rules.card import Link, LinkKind

AROUND = timedelta(hours=6)  # of the alarm history before an incident, and as much after


@dataclass(frozen=True, slots=True)
class Consoles:
    """Templates of addresses; `{id}`, `{region}`, `{rule}`, `{start}`, `{end}` are filled in.

    `charts` are for instances whose region is not known: the oldest callbacks name none.
    """

    history: str
    rules: str
    instances: dict[str, str]
    charts: dict[str, str]


_INSTANCES = {
    "acs_ecs": "https://ecs.console.aliyun.com/server/{id}/detail?regionId={region}",
    "acs_rds": "https://rdsnext.console.aliyun.com/detail/{id}/basicInfo?region={region}",
    "acs_kvstore": "https://kvstore.console.aliyun.com/Redis/instance/{region}/{id}",
    "acs_slb": "https://slb.console.aliyun.com/slb/{region}/slbs/{id}",
    "acs_vpc_eip": "https://vpcnext.console.aliyun.com/vpc/{region}/eips/{id}",
}
_CHARTS = "/productMonitorChart?category=ecs&dimension=instanceId%3A{id}&region=all"
_HISTORY = (
    "/index.htm#/alarmInfo/name={rule}&searchValue=&searchType=name&searchProduct="
    "/history/all/searchKey:{rule},startTime:{start},endTime:{end}"
)
CHINA_SITE = Consoles(
    history="https://cloudmonitor.console.aliyun.com" + _HISTORY,
    rules="https://cloudmonitornext.console.aliyun.com/alert/rule",
    instances=_INSTANCES,
    charts={"acs_ecs": "https://cloudmonitor.console.aliyun.com" + _CHARTS},
)
INTERNATIONAL_SITE = Consoles(
    history="https://cloudmonitor.console.alibabacloud.com" + _HISTORY,
    rules="https://cloudmonitornext.console.alibabacloud.com/alert/rule",
    instances={
        product: template.replace(".aliyun.com", ".alibabacloud.com")
        for product, template in _INSTANCES.items()
    },
    charts={"acs_ecs": "https://cloudmonitor.console.alibabacloud.com" + _CHARTS},
)


def links_of(alarm: Alarm, *, since: datetime, consoles: Consoles = CHINA_SITE) -> tuple[Link, ...]:
    """The alarm's history around `since`, the rules, and the instance where there is a page."""
    found = (
        (LinkKind.HISTORY, _history(alarm, since, consoles)),
        (LinkKind.RULE, consoles.rules if alarm.rule_id else None),
        (LinkKind.INSTANCE, _instance(alarm, consoles)),
    )
    return tuple(Link(kind, url) for kind, url in found if url)


def _history(alarm: Alarm, since: datetime, consoles: Consoles) -> str | None:
    if alarm.rule_id is None:
        return None
    return consoles.history.format(
        rule=_encoded(alarm.rule_id),
        start=_milliseconds(since - AROUND),
        end=_milliseconds(since + AROUND),
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _instance(alarm: Alarm, consoles: Consoles) -> str | None:
    product = product_code(alarm.project or "")
    instance = _segment(alarm.dimensions.get("instanceId") or alarm.dimensions.get("entity_id"))
    region = _segment(alarm.region_id or alarm.dimensions.get("region"))
    template = (consoles.instances if region else consoles.charts).get(product)
    return template.format(id=instance, region=region) if template and instance else None


def _segment(text: str | None) -> str | None:
    """Encoded for a path; None for `.` and `..`, which lead elsewhere even when encoded."""
    return None if not text or text in (".", "..") else _encoded(text)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
