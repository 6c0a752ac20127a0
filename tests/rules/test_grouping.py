"""Grouping as a pure rule: what belongs together, what is news, and when people hear of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.rules.alarm import Alarm
from bot.rules.facts import facts_of
from bot.rules.flapping import Flap
from bot.rules.grouping import (
    AlarmGroup,
    Grouping,
    Showing,
    Tally,
    begins,
    is_heard_again,
    is_news,
    is_urgent,
)
from bot.rules.incident import Incident, Sort, State
from bot.rules.severity import Severity

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAIT, INTERVAL = timedelta(seconds=30), timedelta(minutes=5)
ALARM = Alarm(
    id=1,
    key="k",
    name="Pay CPU High",
    rule_id="Rule-7",
    project="acs_ecs",
    metric="CPUUtilization",
    dimensions={"instanceId": "i-bp1A", "device": "/dev/vdA"},
    instance_name="web-1",
    region_id="cn-hangzhou",
    group_name="Pay-Prod",
    labels={"Team": "Pay"},
)
FIRING = Incident(
    1, 1, Sort.ALARM, State.FIRING, Severity.WARN, Severity.WARN, NOON, NOON, NOON, NOON
)
OVER = replace(FIRING, state=State.RECOVERED, recovered_at=NOON + WAIT)
CRITICAL = replace(FIRING, severity=Severity.CRITICAL)


def key(alarm: Alarm, *by: str, route: str = "r", severity: Severity = Severity.WARN) -> str:
    return Grouping(by).key_of(route, facts_of(alarm, severity=severity, kind="threshold"))


@pytest.mark.parametrize(
    ("changes", "by", "together"),
    [
        ({"dimensions": {"instanceId": "i-2"}}, ["rule"], True),
        ({"dimensions": {"instanceId": "i-2"}}, ["rule", "instance"], False),
        ({"rule_id": "Rule-8"}, ["rule"], False),
        ({"name": "renamed"}, ["rule"], True),
        ({"name": "renamed"}, ["alarm"], False),
        ({"region_id": "CN-Hangzhou"}, ["region"], True),
        ({"region_id": "cn-beijing"}, ["rule", "region"], False),
        ({"region_id": None}, ["region"], False),
        ({"labels": {"Team": "pay"}}, ["label.team"], True),
        ({"labels": {}}, ["label.team"], False),
        ({"dimensions": {"device": "/dev/vdb"}}, ["device"], False),
        ({"dimensions": {"device": "/dev/vdb"}}, ["dimension.device"], False),
        ({"account": "1"}, ["rule", "region"], True),
    ],
)
def test_what_is_equal_in_the_fields_named_belongs_together(
    changes: dict[str, Any], by: list[str], together: bool
) -> None:
    other = replace(ALARM, **changes)
    assert (key(ALARM, *by) == key(other, *by)) is together


def test_what_lacks_a_field_belongs_to_others_that_lack_it() -> None:
    one, two = replace(ALARM, labels={}), replace(ALARM, labels={}, name="two", rule_id="2")
    assert key(one, "label.team") == key(two, "label.team")


def test_two_routes_never_share_a_group() -> None:
    assert key(ALARM, "rule", route="a") != key(ALARM, "rule", route="b")


def test_values_cannot_run_into_each_other() -> None:
    one = replace(ALARM, region_id='a", "b', account="c")
    two = replace(ALARM, region_id="a", account='b", "c')
    assert key(one, "region", "account") != key(two, "region", "account")


def test_what_is_common_is_told_as_people_spell_it() -> None:
    by = ("rule", "region", "project", "metric", "group", "instance", "device", "label.team")
    common = Grouping(by).common_of(ALARM, facts_of(ALARM, severity=None))
    assert dict(common) == {
        "rule": "Pay CPU High",
        "region": "cn-hangzhou",
        "project": "acs_ecs",
        "metric": "CPUUtilization",
        "group": "Pay-Prod",
        "instance": "web-1",
        "device": "/dev/vdA",
        "label.team": "Pay",
    }


def test_what_the_alarm_lacks_is_not_told() -> None:
    bare = Alarm(id=1, key="k", name="n")
    common = Grouping(("rule", "region", "port")).common_of(bare, facts_of(bare, severity=None))
    assert common == (("rule", "n"),)


EVENT = replace(FIRING, sort=Sort.EVENT, state=State.CLOSED)
AGAIN = replace(FIRING, firings=2)
FLAPS = replace(AGAIN, flap=Flap((NOON,), since=NOON, count=4, calm_at=NOON + INTERVAL))
MUTED = replace(FIRING, mute_id=1)
BEHIND = replace(FIRING, parent_id=9)
UNHEARD = replace(OVER, recovered_at=NOON)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, FIRING, "begins news"),
        (None, CRITICAL, "begins news urgent"),
        (None, OVER, "begins"),
        (None, UNHEARD, ""),
        (None, EVENT, ""),
        (None, MUTED, "begins"),
        (None, replace(CRITICAL, mute_id=1), "begins"),
        (None, BEHIND, "begins"),
        (OVER, AGAIN, "begins news"),
        (OVER, FLAPS, "begins"),
        (OVER, replace(FLAPS, severity=Severity.CRITICAL), "begins"),
        (FIRING, AGAIN, "begins news"),
        (FIRING, FIRING, ""),
        (FIRING, OVER, ""),
        (FIRING, CRITICAL, "news urgent"),
        (CRITICAL, CRITICAL, ""),
        (CRITICAL, FIRING, ""),
        (OVER, replace(OVER, firings=2), "begins"),
        (MUTED, FIRING, "again urgent"),
        (MUTED, CRITICAL, "again news urgent"),
        (BEHIND, FIRING, "again urgent"),
        (MUTED, OVER, ""),
        (MUTED, BEHIND, ""),
        (replace(FIRING, state=State.NO_DATA), FIRING, ""),
    ],
)
def test_what_a_step_means_to_a_group(before: Incident | None, after: Incident, told: str) -> None:
    asked = {"begins": begins, "again": is_heard_again, "news": is_news, "urgent": is_urgent}
    assert " ".join(name for name, ask in asked.items() if ask(before, after)) == told


NEW = AlarmGroup(1, 1, "k", (), WAIT, INTERVAL, NOON, NOON + WAIT)
ALONE = replace(NEW, looked_at=NOON, look_again_at=None, admitted=True)
SHOWN = replace(ALONE, is_shown=True)


@pytest.mark.parametrize(
    ("group", "after", "look"),
    [
        (NEW, timedelta(seconds=5), WAIT),
        (ALONE, timedelta(hours=1), timedelta(hours=1) + WAIT),
        (SHOWN, timedelta(seconds=5), INTERVAL),
        (SHOWN, timedelta(hours=1), timedelta(hours=1)),
        (replace(SHOWN, look_again_at=NOON + WAIT), timedelta(hours=1), WAIT),
        (replace(SHOWN, looked_at=NOON + timedelta(days=1)), WAIT, WAIT + INTERVAL),
    ],
)
def test_when_a_group_that_has_changed_is_looked_at(
    group: AlarmGroup, after: timedelta, look: timedelta
) -> None:
    assert group.changed(NOON + after).look_again_at == NOON + look


def test_a_group_that_is_over_is_not_looked_at_any_more() -> None:
    ended = replace(SHOWN, ended_at=NOON)
    assert ended.changed(NOON) == ended


@pytest.mark.parametrize(
    ("group", "heard", "showing"),
    [
        (NEW, 0, Showing.NOTHING),
        (NEW, 1, Showing.ALONE),
        (NEW, 2, Showing.TOGETHER),
        (ALONE, 1, Showing.ALONE),
        (SHOWN, 1, Showing.TOGETHER),
        (SHOWN, 0, Showing.TOGETHER),
    ],
)
def test_what_is_seen_of_a_group(group: AlarmGroup, heard: int, showing: Showing) -> None:
    assert group.showing(Tally(heard=heard)) is showing


def test_a_group_ends_when_no_member_is_open() -> None:
    open_still = NEW.looked(NOON, Tally(heard=2, open=1, over=1))
    assert (open_still.ended_at, open_still.look_again_at) == (None, None)
    over = NEW.looked(NOON, Tally(heard=2, over=2, began=NOON - WAIT, lasted=INTERVAL))
    assert over.opened_at == NOON - WAIT
    assert (over.ended_at, over.members, over.lasted) == (NOON, 2, INTERVAL)


@pytest.mark.parametrize(
    ("tally", "worst"),
    [
        (Tally(critical=1, warn=4), Severity.CRITICAL),
        (Tally(warn=1, other=2), Severity.WARN),
        (Tally(other=2), None),
        (Tally(), None),
    ],
)
def test_the_worst_that_fires_counts(tally: Tally, worst: Severity | None) -> None:
    assert tally.worst is worst
