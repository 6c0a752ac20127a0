"""Dependencies: who waits for whom, and that of a circle somebody is always heard."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.dependency import Dependency, Known, may_lead, parent_of
from bot.rules.facts import facts_of
from bot.rules.incident import Sort, State
from bot.rules.severity import Severity
from tests.support.values import alarm, incident

HOST_DOWN = Dependency(
    "a host that is down explains what runs there",
    parent={"alarm": ("host down*",)},
    child={"project": ("acs_rds", "acs_kvstore*"), "severity": ("warn", "info")},
    equal=("instance",),
)


def known(
    number: int,
    name: str = "cpu",
    *,
    instance: str = "i-1",
    project: str = "acs_ecs",
    **said: object,
) -> Known:
    watched = alarm(number, name=name, project=project, dimensions={"instanceId": instance})
    one = incident(number, **said)
    return Known(one, facts_of(watched, severity=one.severity))


HOST = known(1, "Host down now")


def parent(
    child: Known, *leaders: Known, rules: tuple[Dependency, ...] = (HOST_DOWN,)
) -> int | None:
    return parent_of(rules, child, {one.incident.id: one for one in leaders})


@pytest.mark.parametrize(
    ("child", "held"),
    [
        (known(2, project="acs_rds"), True),
        (known(2, project="acs_kvstore_v2"), True),
        (known(2, project="acs_slb"), False),
        (known(2, project="acs_rds", instance="i-2"), False),
        (known(2, project="acs_rds", instance=""), False),  # neither has it: not equal
        (known(2, project="acs_rds", severity=Severity.CRITICAL), False),
        (known(2, project="acs_rds", sort=Sort.EVENT), False),
    ],
)
def test_a_child_waits_for_a_parent_that_fits_on_the_same_thing(child: Known, held: bool) -> None:
    assert (parent(child, HOST) == 1) is held


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ({}, True),
        ({"state": State.NO_DATA}, True),
        ({"state": State.RECOVERED}, False),
        ({"state": State.CLOSED}, False),
        ({"sort": Sort.EVENT}, False),
    ],
)
def test_only_what_fires_leads(said: dict[str, object], leads: bool) -> None:
    assert may_lead([HOST_DOWN], known(1, "host down", **said)) is leads
    assert not may_lead([HOST_DOWN], known(1, "disk full", **said))


def test_without_a_rule_nobody_waits() -> None:
    assert parent(known(2, project="acs_rds"), HOST, rules=()) is None


def test_of_several_parents_the_oldest_holds_it_back() -> None:
    second = known(5, "host down too")
    assert parent(known(7, project="acs_rds"), second, HOST) == 1


EACH_OTHER = Dependency("each other", parent={"alarm": ("*",)}, child={"alarm": ("*",)})


def test_nobody_waits_for_itself() -> None:
    assert parent(HOST, HOST, rules=(EACH_OTHER,)) is None


def test_of_two_that_explain_each_other_only_the_second_waits() -> None:
    first, second = known(1), known(2)
    held = replace(second, incident=second.incident.held_back_by(1))
    assert parent(second, first, rules=(EACH_OTHER,)) == 1
    assert parent(first, held, rules=(EACH_OTHER,)) is None


@given(st.lists(st.integers(1, 6), min_size=1, max_size=30))
def test_somebody_is_heard_in_whatever_order_they_are_asked(order: list[int]) -> None:
    everybody = {number: known(number) for number in range(1, 7)}
    for number in order:
        one = everybody[number]
        found = parent_of((EACH_OTHER,), one, everybody)
        everybody[number] = replace(one, incident=one.incident.held_back_by(found))
    for one in everybody.values():
        seen: set[int] = set()
        while one.incident.parent_id is not None:
            assert one.incident.id not in seen
            seen.add(one.incident.id)
            one = everybody[one.incident.parent_id]  # noqa: PLW2901
