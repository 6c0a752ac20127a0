"""Matchers: four operators on facts, and regular expressions that nobody can make slow."""

import time

import pytest

from bot.rules.matcher import LONGEST_PATTERN, BadPattern, Matcher, Operator, all_hold, matcher

FACTS = {"instance": ("i-bp1a", "web-prod-01"), "severity": ("warn",)}


@pytest.mark.parametrize(
    ("operator", "text", "holds"),
    [
        ("=", "i-bp1a", True),
        ("=", "I-BP1A", True),
        ("=", "web-prod-01", True),
        ("=", "i-bp1", False),
        ("!=", "i-bp1a", False),
        ("!=", "i-bp2b", True),
        ("=~", "i-bp.*", True),
        ("=~", "WEB-.*", True),
        ("=~", "bp1", False),  # the whole text must fit
        ("!~", "i-bp.*", False),
        ("!~", "db-.*", True),
    ],
)
def test_an_operator_asks_any_of_the_texts(operator: str, text: str, holds: bool) -> None:
    assert Matcher("instance", Operator(operator), text).holds(FACTS) is holds


@pytest.mark.parametrize(
    ("operator", "holds"), [("=", False), ("=~", False), ("!=", True), ("!~", True)]
)
def test_what_an_alarm_does_not_have_equals_nothing(operator: str, holds: bool) -> None:
    assert Matcher("region", Operator(operator), "x").holds(FACTS) is holds


def test_all_conditions_must_hold() -> None:
    one, other = (
        Matcher("instance", Operator.EQUAL, "i-bp1a"),
        Matcher("severity", Operator.EQUAL, "x"),
    )
    assert all_hold([one], FACTS)
    assert not all_hold([one, other], FACTS)


@pytest.mark.parametrize("pattern", ["(", "(?<=x)y", "\\1", "x" * (LONGEST_PATTERN + 1)])
def test_a_pattern_that_cannot_be_read_is_refused_when_it_is_made(pattern: str) -> None:
    with pytest.raises(BadPattern, match=r"^[^b][^']"):  # words, and no bytes as Python has them
        matcher("metric", Operator.FITS, pattern)


def test_a_nasty_pattern_takes_linear_time() -> None:
    nasty = matcher("metric", Operator.FITS, "(a*)*b")
    began = time.process_time()
    assert not nasty.holds({"metric": ("a" * 50_000,)})
    assert time.process_time() - began < 5  # backtracking would take longer than the universe


def test_a_condition_says_itself_as_people_write_it() -> None:
    assert str(matcher("InstanceId", Operator.FITS, "i-.*")) == 'instanceid=~"i-.*"'


@pytest.mark.parametrize(
    ("operator", "text", "narrows"),
    [
        ("=", "x", True),
        ("!=", "x", False),
        ("=~", "i-.*", True),
        ("=~", ".*", False),
        ("!~", "x", False),
    ],
)
def test_only_asking_for_something_narrows(operator: str, text: str, narrows: bool) -> None:
    assert Matcher("metric", Operator(operator), text).narrows is narrows
