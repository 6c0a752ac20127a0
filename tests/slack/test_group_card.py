"""What a group's card says; its exact looks are in the golden files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rules.card import GroupCard, Language
from bot.rules.grouping import Tally
from bot.rules.severity import Severity
from bot.slack.card import render_card
from bot.slack.look import QUIET_COLOUR, severity_colour
from tests.slack.faces import MEMBERS, TOGETHER, TOGETHER_OVER, TOGETHER_QUIET, changed
from tests.slack.test_card import buttons, said


def colour(face: GroupCard) -> str:
    return str(render_card(face, Language.ENGLISH).attachments[0]["color"])


def test_members_that_share_their_rule_are_told_by_their_instance() -> None:
    assert "支付集群" not in said(replace(TOGETHER, rules=())).partition("24 alarms fire")[2]


def test_members_of_several_rules_are_told_by_their_names_and_instances() -> None:
    mixed = replace(TOGETHER, common=(("region", "China (Hangzhou)"),), members=MEMBERS[1:2])
    assert "🟠 *支付集群 CPU 过高* · web-prod-02 · 97.5 % · since" in said(mixed)


def test_members_that_share_their_instance_are_told_by_their_names_alone() -> None:
    one_host = replace(TOGETHER, common=(("instance", "web-prod-02"),), members=MEMBERS[1:2])
    assert "🟠 *支付集群 CPU 过高* · 97.5 % · since" in said(one_host)


def test_a_member_without_an_instance_is_told_by_its_name() -> None:
    nameless = replace(changed(), labels=replace(MEMBERS[0].labels, instance=None, last_value=None))
    nameless = replace(nameless, alarm=replace(nameless.alarm, instance_name=None, dimensions={}))
    assert "🔴 *支付集群 CPU 过高* · since" in said(replace(TOGETHER, members=(nameless,)))


def test_more_members_than_fit_are_counted() -> None:
    assert "and 21 more" in said(TOGETHER)
    all_named = replace(TOGETHER, tally=Tally(critical=1, warn=2, heard=3, open=3))
    assert "more" not in said(all_named)


def test_without_anything_in_common_a_group_has_a_name_all_the_same() -> None:
    assert "Alarms that belong together" in said(replace(TOGETHER, common=()))


@pytest.mark.parametrize(
    ("text", "told"), [("critical", "CRITICAL"), ("warn", "WARN"), ("odd", "odd")]
)
def test_a_severity_in_common_is_told_in_words(text: str, told: str) -> None:
    assert said(replace(TOGETHER, common=(("severity", text),))).startswith(f"🔴 {told}\n")


@pytest.mark.parametrize(
    ("tally", "bar"),
    [
        (Tally(critical=1, warn=1), severity_colour(Severity.CRITICAL, calm=False)),
        (Tally(warn=2, acknowledged=1), severity_colour(Severity.WARN, calm=False)),
        (Tally(warn=2, acknowledged=2), severity_colour(Severity.WARN, calm=True)),
        (Tally(over=2), QUIET_COLOUR),
    ],
)
def test_the_bar_is_as_bad_as_the_worst_and_calm_when_all_is_taken(tally: Tally, bar: str) -> None:
    assert colour(replace(TOGETHER, tally=tally)).removeprefix("#") == bar.removeprefix("#")


def test_what_has_no_severity_is_marked_as_on_its_own_card() -> None:
    info = replace(TOGETHER, tally=Tally(other=2), members=(changed(severity=Severity.INFO),))
    unknown = replace(TOGETHER, tally=Tally(other=2), members=(changed(severity=None),))
    assert said(info).startswith("🔵")
    assert said(unknown).startswith("🟡")


def test_what_is_taken_already_is_not_offered_to_be_taken() -> None:
    taken = replace(TOGETHER, tally=Tally(warn=2, acknowledged=2))
    assert buttons(TOGETHER) == [("group_show", "4"), ("group_acknowledge", "4")]
    assert buttons(taken) == [("group_show", "4")]
    assert buttons(TOGETHER_QUIET) == [("group_show", "4")]
    assert buttons(TOGETHER_OVER) == [("group_show", "4")]


def test_a_card_that_comes_late_says_how_late() -> None:
    assert "shown 3 min late" in said(replace(TOGETHER, late_by=timedelta(minutes=3)))


def test_a_group_that_is_over_tells_how_many_and_how_long() -> None:
    assert "28 alarms, all over after 12 min" in said(TOGETHER_OVER)
