"""Links into the console: nothing from outside breaks out of its place in the address."""

from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.links import CHINA_SITE, INTERNATIONAL_SITE, Consoles, links_of
from bot.rules.alarm import Alarm
from bot.rules.card import LinkKind

SINCE = datetime(2026, 1, 12, 6, 0, tzinfo=UTC)
SITES = st.sampled_from([CHINA_SITE, INTERNATIONAL_SITE])
SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


def links(consoles: Consoles = CHINA_SITE, **said: object) -> dict[LinkKind, str]:
    alarm = Alarm(**{"id": 1, "key": "k", "name": "n"} | said)
    return {link.kind: link.url for link in links_of(alarm, since=SINCE, consoles=consoles)}


def instance_link(project: str, **said: object) -> str | None:
    facts = {"dimensions": {"instanceId": "x-1"}, "region_id": "cn-hangzhou"} | said
    return links(project=project, **facts).get(LinkKind.INSTANCE)


@pytest.mark.parametrize(
    ("project", "url"),
    [
        ("acs_ecs", "https://ecs.console.aliyun.com/server/x-1/detail?regionId=cn-hangzhou"),
        ("acs_ecs_dashboard",
         "https://ecs.console.aliyun.com/server/x-1/detail?regionId=cn-hangzhou"),
        ("ecs", "https://ecs.console.aliyun.com/server/x-1/detail?regionId=cn-hangzhou"),
        ("acs_rds", "https://rdsnext.console.aliyun.com/detail/x-1/basicInfo?region=cn-hangzhou"),
        ("acs_kvstore", "https://kvstore.console.aliyun.com/Redis/instance/cn-hangzhou/x-1"),
        ("acs_redis_dashboard", "https://kvstore.console.aliyun.com/Redis/instance/cn-hangzhou/x-1"),
        ("acs_slb", "https://slb.console.aliyun.com/slb/cn-hangzhou/slbs/x-1"),
        ("acs_vpc_eip", "https://vpcnext.console.aliyun.com/vpc/cn-hangzhou/eips/x-1"),
        ("acs_oss", None),
    ],
)  # fmt: skip
def test_an_instance_has_a_page_in_its_console(project: str, url: str | None) -> None:
    assert instance_link(project) == url


def test_the_page_of_an_instance_needs_its_id_and_region() -> None:
    assert instance_link("acs_ecs", dimensions={}) is None
    assert instance_link("acs_rds", region_id=None) is None
    in_dimensions = {"instanceId": "x-1", "region": "cn-beijing"}
    assert "cn-beijing" in (
        instance_link("acs_ecs", dimensions=in_dimensions, region_id=None) or ""
    )
    assert instance_link("ecs", dimensions={"entity_id": "x-1"}) == instance_link("acs_ecs")


@pytest.mark.parametrize(
    ("consoles", "host"),
    [
        (CHINA_SITE, "https://cloudmonitor.console.aliyun.com"),
        (INTERNATIONAL_SITE, "https://cloudmonitor.console.alibabacloud.com"),
    ],
)
def test_an_ecs_instance_of_an_unknown_region_has_its_charts(consoles: Consoles, host: str) -> None:
    facts = {"project": "acs_ecs", "dimensions": {"instanceId": "i/1 &支"}}
    assert links(consoles, **facts)[LinkKind.INSTANCE] == (
        host + "/productMonitorChart?category=ecs&dimension=instanceId%3Ai%2F1%20%26%E6%94%AF"
        "&region=all"
    )


def test_the_history_of_a_rule_is_encoded() -> None:
    url = links(rule_id="a,b/c&d#e{f}g 支")[LinkKind.HISTORY]
    encoded = "a%2Cb%2Fc%26d%23e%7Bf%7Dg%20%E6%94%AF"
    assert url == (
        f"https://cloudmonitor.console.aliyun.com/index.htm#/alarmInfo/name={encoded}"
        "&searchValue=&searchType=name&searchProduct="
        f"/history/all/searchKey:{encoded},startTime:1768176000000,endTime:1768219200000"
    )


def test_without_a_rule_there_is_no_link_to_one() -> None:
    assert links() == {}
    assert set(links(rule_id="r")) == {LinkKind.HISTORY, LinkKind.RULE}


def test_the_international_site_has_its_own_host() -> None:
    facts = {"rule_id": "r", "project": "acs_ecs", "region_id": "r"}
    for url in links(INTERNATIONAL_SITE, dimensions={"instanceId": "i"}, **facts).values():
        assert (urlsplit(url).hostname or "").endswith(".console.alibabacloud.com")


@pytest.mark.parametrize("text", [".", ".."])
def test_dots_that_lead_elsewhere_make_no_link(text: str) -> None:
    assert instance_link("acs_slb", dimensions={"instanceId": text}) is None
    assert instance_link("acs_slb", region_id=text) is None


@given(st.text(), st.text(min_size=1), st.text(min_size=1), SITES)
def test_no_text_breaks_out_of_its_place(
    rule: str, instance: str, region: str, consoles: Consoles
) -> None:
    facts = {"rule_id": rule, "region_id": region, "dimensions": {"instanceId": instance}}
    plain = {"rule_id": "R", "region_id": "G", "dimensions": {"instanceId": "I"}}
    for project in ("acs_ecs", "acs_rds", "acs_kvstore"):
        model = links(consoles, project=project, **plain)
        for kind, url in links(consoles, project=project, **facts).items():
            one, other = urlsplit(url), urlsplit(model[kind])
            assert (one.scheme, one.netloc) == ("https", other.netloc)
            assert one.path.count("/") == other.path.count("/")
            assert one.fragment.count("/") == other.fragment.count("/")
            assert set(url) <= SAFE | set(":/?=#&,")
            assert not {".", ".."} & {unquote(part) for part in one.path.split("/")}
