"""Routes: who hears of an alarm, and what somebody is told of a routes file with a fault."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsRefused
from bot.routes import read_routes
from bot.rules.alarm import Alarm
from bot.rules.card import Language
from bot.rules.facts import facts_of
from bot.rules.grouping import Grouping
from bot.rules.record import Kind
from bot.rules.routing import Destination, Route, channels_for
from bot.rules.severity import Severity

DEFAULT = Destination("ops", Language.ENGLISH)
ALARM = Alarm(
    id=1,
    key="k",
    name="Pay CPU High",
    account="1023",
    rule_id="Rule-7",
    project="acs_ecs",
    metric="CPUUtilization",
    dimensions={"instanceId": "i-bp1A", "group": "shadowed"},
    region_id="cn-hangzhou",
    group_id="20417733",
    group_name="Pay-Prod",
    labels={"Team": "Pay"},
)
FACTS = facts_of(ALARM, kind=Kind.THRESHOLD, severity=Severity.CRITICAL)


def to(channel: str, *, stop: bool = True, language: Language | None = None, **match: str) -> Route:
    patterns = {field: (pattern,) for field, pattern in match.items()}
    return Route(channel, patterns, channel, language, stop)


def channels(*routes: Route) -> list[str]:
    return [there.channel for there in channels_for(routes, FACTS, DEFAULT)]


def test_without_a_matching_route_alarms_go_to_the_default_channel() -> None:
    assert channels_for((), FACTS, DEFAULT) == (DEFAULT,)
    assert channels(to("db", project="acs_rds")) == ["ops"]


def test_the_first_route_that_matches_wins() -> None:
    assert channels(to("a", project="acs_*"), to("b", severity="critical")) == ["a"]


def test_a_route_that_continues_lets_later_ones_match_too() -> None:
    assert channels(to("a", stop=False), to("b", project="acs_ecs"), to("c")) == ["a", "b"]


def test_a_channel_named_by_two_routes_hears_once_in_the_first_language() -> None:
    routes = (to("a", stop=False, language=Language.CHINESE), to("a", stop=False))
    assert channels_for(routes, FACTS, DEFAULT) == (Destination("a", Language.CHINESE),)


def test_a_route_without_a_language_speaks_the_default_one() -> None:
    assert channels_for((to("a"),), FACTS, DEFAULT) == (Destination("a", Language.ENGLISH),)


def test_all_fields_must_fit_and_one_pattern_of_each_is_enough() -> None:
    both = Route("x", {"project": ("acs_rds", "acs_e?s"), "region": ("cn-*",)}, "x")
    assert both.fits(FACTS)
    assert not Route("x", {**both.match, "account": ("9*",)}, "x").fits(FACTS)


def test_a_field_that_the_alarm_lacks_fits_no_pattern() -> None:
    assert not to("x", port="*").fits(FACTS)


def test_facts_are_lower_case_and_know_fields_dimensions_and_labels() -> None:
    assert FACTS == {
        "severity": ("critical",),
        "project": ("acs_ecs",),
        "metric": ("cpuutilization",),
        "rule": ("rule-7", "pay cpu high"),
        "instance": ("i-bp1a",),
        "account": ("1023",),
        "group": ("20417733", "pay-prod"),
        "region": ("cn-hangzhou",),
        "alarm": ("pay cpu high",),
        "kind": ("threshold",),
        "instanceid": ("i-bp1a",),
        "dimension.instanceid": ("i-bp1a",),
        "dimension.group": ("shadowed",),
        "label.team": ("pay",),
    }


def test_a_dimension_never_stands_in_for_a_field_that_is_not_known() -> None:
    alarm = Alarm(id=1, key="k", name="n", dimensions={"severity": "CRITICAL"})
    facts = facts_of(alarm, kind=Kind.THRESHOLD, severity=None)
    assert "severity" not in facts
    assert facts["dimension.severity"] == ("critical",)


ROUTES = """
routes:
  - name: databases
    match:
      project: [acs_rds, "acs_kv*"]
      severity: CRITICAL
    channel: "#db-oncall"
    language: zh
    continue: true
  - match: {instanceId: i-*, label.Team: Pay, account: 1023}
    channel: C0123ABCD
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "routes.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        read_routes(written(folder, text))
    assert {fault.name for fault in refused.value.faults} == {"TOCSIN_ROUTES"}
    return [fault.remedy for fault in refused.value.faults]


def test_a_routes_file_is_read_in_its_order(tmp_path: Path) -> None:
    databases, pay = read_routes(written(tmp_path, ROUTES))
    assert databases == Route(
        "databases",
        {"project": ("acs_rds", "acs_kv*"), "severity": ("critical",)},
        "db-oncall",
        Language.CHINESE,
        stop=False,
    )
    assert pay.name == "route 2"
    assert pay.channel == "C0123ABCD"
    assert pay.fits(FACTS)


def test_an_empty_list_of_routes_is_no_fault(tmp_path: Path) -> None:
    assert read_routes(written(tmp_path, "routes: []")) == ()


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("channel: #ops", "channel is missing (YAML takes an unquoted # for a comment: '#ops')"),
        ("channel: two words", "channel must be one channel's name"),
        ("channel: 7", "channel must be a text"),
        ("{channel: a, languge: zh}", "unknown key 'languge'; did you mean 'language'?"),
        ("{channel: a, language: de}", "language must be one of: en, zh"),
        ("{channel: a, continue: 1}", "continue must be true or false"),
        ("{channel: a, group: rule}", "group must have the key by, such as {by: [rule, region]}"),
        ("{channel: a, group: {}}", "group: by must be a field or a list of fields"),
        ("{channel: a, group: {by: []}}", "group: by must be a field or a list of fields"),
        ("{channel: a, group: {by: [1]}}", "group: by must be a field or a list of fields"),
        ("{channel: a, group: {by: [reigon]}}", "unknown field 'reigon'; did you mean 'region'?"),
        (
            "{channel: a, group: {by: rule, intervall: 1m}}",
            "group: unknown key 'intervall'; did you mean 'interval'?",
        ),
        (
            "{channel: a, group: {by: rule, wait: soon}}",
            "group: wait must be a time from 0s to 10m, such as 30s",
        ),
        (
            "{channel: a, group: {by: rule, wait: 11m}}",
            "group: wait must be a time from 0s to 10m, such as 30s",
        ),
        (
            "{channel: a, group: {by: rule, interval: 0s}}",
            "group: interval must be a time from 1s to 1d, such as 5m",
        ),
        (
            "{channel: a, group: {by: rule, interval: 2d}}",
            "group: interval must be a time from 1s to 1d, such as 5m",
        ),
        ("{channel: a, match: critical}", "match must be a list of `field: pattern`"),
        ("{channel: a, match: {severity: [[x]]}}", "'severity' must be matched with a text"),
        ("{channel: a, match: {severity: []}}", "'severity' must be matched with a text"),
        (
            "{channel: a, match: {serverity: x}}",
            "unknown field 'serverity'; did you mean 'severity'? (a dimension: dimension.",
        ),
    ],
)
def test_a_fault_names_the_file_the_line_and_the_entry(tmp_path, entry: str, what: str) -> None:
    (fault,) = faults_of(tmp_path, f"routes:\n  - channel: fine\n  - {entry}\n")
    assert fault.startswith(f"routes.yaml, line 3: 'route 2': {what}")


@pytest.mark.parametrize(
    "entry",
    [
        "name: one\nchannl: a  # here",
        "name:  # here\n  7\nchannel: a",
        "name: one\nchannel: two words  # here",
        "channel: a\nlanguage: de  # here",
        "channel: a\ncontinue: maybe  # here",
        "channel: a\nmatch: critical  # here",
        "channel: a\nmatch:\n  metric: cpu\n  severty: critical  # here",
        "channel: a\nmatch:\n  metric: cpu\n  rule:  # here\n    - [x]",
        "channel: a\ngroup: rule  # here",
        "channel: a\ngroup:\n  wait: 30s\n  by:  # here\n    - reigon",
        "channel: a\ngroup:\n  by: rule\n  wait: soon  # here",
        "channel: a\ngroup:\n  by: rule\n  intervall: 5m  # here",
        "name: one  # here\nlanguage: zh",  # the channel is missing: the whole entry is wrong
    ],
)
def test_a_fault_stands_in_the_line_of_the_key_that_is_wrong(tmp_path: Path, entry: str) -> None:
    text = "routes:\n  - channel: fine\n  - " + entry.replace("\n", "\n    ")
    (line,) = (n for n, one in enumerate(text.split("\n"), start=1) if one.endswith("# here"))
    (fault,) = faults_of(tmp_path, text)
    assert fault.startswith(f"routes.yaml, line {line}: ")


@pytest.mark.parametrize("key", ["off: 1", "<<: {languge: zh}"])
def test_a_key_that_is_not_found_as_it_is_written_leaves_the_line_of_its_route(
    tmp_path: Path, key: str
) -> None:
    (fault,) = faults_of(tmp_path, f"routes:\n  - channel: fine\n  - channel: a\n    {key}\n")
    assert fault.startswith("routes.yaml, line 3: 'route 2': unknown key")


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = "routes:\n  - {}\n  - channel: fine\n  - oops\n  - name: 7\n    channel: a\n"
    assert faults_of(tmp_path, text) == [
        "routes.yaml, line 2: 'route 1': channel is missing "
        "(YAML takes an unquoted # for a comment: '#ops')",
        "routes.yaml, line 4: route 3 must have the keys channel and match",
        "routes.yaml, line 5: the name of route 4 must be a text",
    ]


def test_a_route_may_group_what_belongs_together(tmp_path: Path) -> None:
    text = """
routes:
  - {channel: a, group: {by: [rule, Region, label.Team, rule], wait: 0s, interval: 1m30s}}
  - {channel: b, group: {by: instanceId}}
  - {channel: c}
"""
    one, two, none = read_routes(written(tmp_path, text))
    by = ("rule", "region", "label.team")
    assert one.grouping == Grouping(by, timedelta(), timedelta(seconds=90))
    assert two.grouping == Grouping(("instanceid",), timedelta(seconds=30), timedelta(minutes=5))
    assert none.grouping is None


def test_a_grouping_belongs_to_the_route_that_leads_to_the_channel() -> None:
    grouping = Grouping(("rule",))
    routes = (replace(to("a", stop=False), grouping=grouping), to("b"))
    assert channels_for(routes, FACTS, DEFAULT) == (
        Destination("a", Language.ENGLISH, grouping=grouping, route="a"),
        Destination("b", Language.ENGLISH),
    )


def test_a_dimension_that_looks_like_a_slip_can_be_spelt_out(tmp_path: Path) -> None:
    text = "routes:\n  - {channel: a, match: {dimension.Regions: x, port: 80}}\n"
    assert read_routes(written(tmp_path, text))[0].match == {
        "dimension.regions": ("x",),
        "port": ("80",),
    }


@pytest.mark.parametrize(
    "text", ["", "routes:", "- a", "routes: x", "route: []", "a: 1\nroutes: []"]
)
def test_a_file_that_is_no_list_of_routes_is_refused(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(tmp_path, text)
    assert fault == "routes.yaml, line 1: must hold `routes:` and below it a list of routes"


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "routes:\n  - channel: 'a\n")
    assert fault.startswith("routes.yaml, line 3: is not YAML")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="readable YAML file"):
        read_routes(tmp_path / "none.yaml")


@given(text=st.text(alphabet="routes: -[]{}#'\"&*!|>\n2024-13a", max_size=60))
def test_no_text_whatever_makes_the_reader_fail_otherwise(tmp_path_factory, text: str) -> None:
    file = written(tmp_path_factory.mktemp("routes"), text)
    try:
        read_routes(file)
    except SettingsRefused as refused:
        told = refused
    else:
        told = SettingsRefused(())
    assert all("routes.yaml" in str(fault) for fault in told.faults)
