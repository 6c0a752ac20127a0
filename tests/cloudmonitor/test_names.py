"""Names of metrics, products, regions and instances in the reader's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor import names
from bot.cloudmonitor.metrics import METRICS
from bot.cloudmonitor.places import PRODUCTS
from bot.rules.card import Language

ENGLISH, CHINESE = Language.ENGLISH, Language.CHINESE
ANY = st.none() | st.text()


@pytest.mark.parametrize(
    ("project", "code"),
    [
        ("acs_ecs", "acs_ecs"),
        ("acs_ecs_dashboard", "acs_ecs"),
        ("acs_slb_dashboard", "acs_slb"),
        ("acs_mns_new", "acs_mns"),
        ("acs_redis_dashboard", "acs_kvstore"),
        ("acs_kubernetes", "acs_k8s"),
        ("acs_customMetric_1023456789012345", "acs_custommetric"),
        ("ECS", "acs_ecs"),  # events
        ("ecs", "acs_ecs"),  # CloudMonitor 2.0
    ],
)
def test_every_name_of_a_product_is_one_code(project: str, code: str) -> None:
    assert names.product_code(project) == code


def test_every_product_in_the_tables_is_found_by_its_code() -> None:
    assert {names.product_code(code) for code in PRODUCTS} == set(PRODUCTS)
    assert set(METRICS) <= set(PRODUCTS)


@pytest.mark.parametrize(
    ("project", "metric", "label", "english"),
    [
        ("acs_ecs", "CPUUtilization", "CPU使用率", "CPU usage"),
        ("acs_ecs_dashboard", "CPUUtilization", "CPUUtilization", "CPU usage"),
        ("acs_ecs", "磁盘使用率", "磁盘使用率", "磁盘使用率"),
        ("acs_ecs", "x", "diskusage_utilization", "Disk usage"),
        ("acs_kvstore", "ShardingMemoryUsage", None, "Memory usage"),
        ("acs_redis_dashboard", "StandardHitRate", None, "Hit rate"),
        ("acs_slb", "HeathyServerCount", None, "Healthy backend servers"),
        ("acs_rds", "CPUUtilization", "CPU", "CPU"),
        ("acs_unheard_of", "m", None, "m"),
        (None, "m", "Label", "Label"),
        (None, None, None, None),
    ],
)
def test_a_metric_has_a_name_or_its_own_label(
    project: str | None, metric: str | None, label: str | None, english: str | None
) -> None:
    assert names.metric_name(project, metric, label, language=ENGLISH) == english


def test_names_differ_with_the_language() -> None:
    assert names.metric_name("acs_ecs", "CPUUtilization", None, language=CHINESE) == "CPU 使用率"
    assert names.product_name("acs_oss", CHINESE) == "对象存储 OSS"
    assert names.region_name("cn-hangzhou", "China (Hangzhou)", CHINESE) == "华东1（杭州）"
    assert names.region_name("cn-hangzhou", "华东1（杭州）", ENGLISH) == "China (Hangzhou)"


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("acs_rds_dashboard", "ApsaraDB RDS"),
        ("ECS", "ECS"),
        ("acs_logMonitor_1023456789012345", "Log metric"),
        ("acs_unheard_of", "unheard_of"),
        ("Unheard", "Unheard"),
        (None, None),
    ],
)
def test_a_product_has_a_name_or_its_code(project: str | None, name: str | None) -> None:
    assert names.product_name(project, ENGLISH) == name


@pytest.mark.parametrize(
    ("region", "given_name", "name"),
    [("xx-new-1", "新地域", "新地域"), ("xx-new-1", None, "xx-new-1"), (None, None, None)],
)
def test_an_unknown_region_is_named_by_the_sender(
    region: str | None, given_name: str | None, name: str | None
) -> None:
    assert names.region_name(region, given_name, ENGLISH) == name


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("web-prod-01/10.23.4.15", "web-prod-01 (10.23.4.15)"),
        ("a/b/198.51.100.7", "a/b (198.51.100.7)"),
        ("v6/2001:db8::1", "v6 (2001:db8::1)"),
        ("two/10.0.0.1,198.51.100.7", "two (10.0.0.1,198.51.100.7)"),
        ("web/cafe", "web/cafe"),
        ("web/", "web/"),
        ("/10.0.0.1", "/10.0.0.1"),
        (
            "taskName=官网首页，address=https://e.example/login",
            "官网首页 (https://e.example/login)",
        ),
        ("taskName=a, address=b", "a (b)"),
        ("taskName=，address=", "taskName=，address="),
        ("tcp，端口：443，实例：x", "x (tcp, 443)"),
        ("端口：443，实例名称：web，实例ID：lb-1", "web (443, lb-1)"),
        ("端口：443，实例：", "端口：443，实例："),
        ("端口：x，实例名称：web", "端口：x，实例名称：web"),
        ("crm-db", "crm-db"),
        (None, None),
    ],
)
def test_an_instance_is_shown_with_its_address(name: str | None, label: str | None) -> None:
    assert names.instance_label(name) == label


@pytest.mark.parametrize(
    ("name", "number", "line"),
    [
        ("crm-db", "rm-bp1", "crm-db (rm-bp1)"),
        ("web-prod-01/10.23.4.15", "i-bp1", "web-prod-01 (10.23.4.15, i-bp1)"),
        ("端口：443，实例名称：web，实例ID：lb-1", "lb-1", "web (443, lb-1)"),
        ("web/10.0.0.1", "web/10.0.0.1", "web (10.0.0.1)"),  # nothing but a name is known
        ("i-bp1", "i-bp1", "i-bp1"),
        ("", "i-bp1", "i-bp1"),
        (None, "i-bp1", "i-bp1"),
    ],
)
def test_a_list_shows_an_instance_with_its_id(name: str | None, number: str, line: str) -> None:
    assert names.instance_with_id(name, number) == line


@given(ANY, ANY, ANY, st.sampled_from(Language))
def test_any_texts_get_some_name_or_none(
    one: str | None, two: str | None, three: str | None, language: Language
) -> None:
    names.metric_name(one, two, three, language=language)
    names.product_name(one, language)
    names.region_name(one, two, language)
    names.instance_label(one)
    names.instance_with_id(one, two or "")
