"""Expressions of rules, and the condition among them that a card shows."""

import json

import pytest

from bot.cloudmonitor.expressions import compared, expressions_of, threshold_of, worst_level
from bot.rules.record import Expression, Json, Threshold
from bot.rules.severity import Severity

CRITICAL, WARN, INFO = Severity.CRITICAL, Severity.WARN, Severity.INFO
MANUAL = [{"expression": "$Average>90", "level": 4, "times": 2}]
NESTED = "@cpu_total[60].$Average > 90 && @memory_usedutilization[60].$Average >= 80"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("$Average>=95", [Expression("$Average>=95")]),
        ("  $Value >= 5 ", [Expression("$Value >= 5")]),
        (NESTED, [Expression(NESTED)]),
        ("[not json", [Expression("[not json")]),
        ("{$Average}>5", [Expression("{$Average}>5")]),
        ("null", []),
        ("", []),
        (None, []),
        ([], []),
        ("[]", []),
        (MANUAL, [Expression("$Average>90", INFO, 2)]),
        (json.dumps(MANUAL), [Expression("$Average>90", INFO, 2)]),
        (MANUAL[0], [Expression("$Average>90", INFO, 2)]),
        (json.dumps(MANUAL[0]), [Expression("$Average>90", INFO, 2)]),
        ("[{“expression”:“$Average>90”,“level”:4,“times”:2}]",
         [Expression("$Average>90", INFO, 2)]),
        ([{"Expression": "$A>1", "LEVEL": "p2", "Times": "3"}], [Expression("$A>1", CRITICAL, 3)]),
        ([{"expression": "$A>1", "level": "null", "times": "null"}], [Expression("$A>1")]),
        ([{"expression": "$A>1", "level": 9, "times": -1}], [Expression("$A>1")]),
        ([{"expression": "$A>1", "times": 10**400}], [Expression("$A>1")]),
        ([{"expression": "$A>1", "times": float("nan")}], [Expression("$A>1")]),
        ([{"expression": "$A>1", "level": "WARN"}, {"expression": "$A>2", "level": "CRITICAL"}],
         [Expression("$A>1", WARN), Expression("$A>2", CRITICAL)]),
        (["$A>1", "$B<2"], [Expression("$A>1"), Expression("$B<2")]),
        ([{"level": 2}, None, 5, []], [Expression("5")]),
    ],
)  # fmt: skip
def test_expressions_in_every_form(value: Json, found: list[Expression]) -> None:
    assert list(expressions_of(value)) == found


@pytest.mark.parametrize(
    ("levels", "worst"),
    [((), None), ((None,), None), ((INFO, None), INFO), ((INFO, CRITICAL, WARN), CRITICAL)],
)
def test_the_most_severe_level_of_a_rule(
    levels: tuple[Severity | None, ...], worst: Severity | None
) -> None:
    assert worst_level([Expression("$A>1", level) for level in levels]) is worst


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$Average>=95", Threshold(">=", 95.0, "Average")),
        ("$Average >= 85", Threshold(">=", 85.0, "Average")),
        ("$Value < 1", Threshold("<", 1.0, "Value")),
        ("$ErrorCodeMaximum>=201", Threshold(">=", 201.0, "ErrorCodeMaximum")),
        ("$Average<=-0.5", Threshold("<=", -0.5, "Average")),
        ("$Sum!=0", Threshold("!=", 0.0, "Sum")),
        ("$Sum==1.5E8", Threshold("==", 150_000_000.0, "Sum")),
        ("$Sum=3", Threshold("==", 3.0, "Sum")),
        ("${Average}>5", Threshold(">", 5.0, "Average")),
        (NESTED, Threshold(">", 90.0, "Average")),
        ("$Average > $Maximum", None),
        ("$Average>1E999", None),
        ("$Average>" + "9" * 400, None),
        ("everything is fine", None),
        ("$Average>", None),
    ],
)
def test_the_threshold_in_an_expression(text: str, found: Threshold | None) -> None:
    assert threshold_of([Expression(text)], None) == found


def test_the_threshold_shown_is_the_one_of_the_level_that_fires() -> None:
    rule = [Expression("$A>1", INFO, 3), Expression("$A>2", CRITICAL, 5), Expression("$A>9")]
    assert threshold_of(rule, CRITICAL) == Threshold(">", 2.0, "A", 5)
    assert threshold_of(rule, WARN) == Threshold(">", 1.0, "A", 3)
    assert threshold_of(rule, None) == Threshold(">", 1.0, "A", 3)
    assert threshold_of([Expression("?", CRITICAL), *rule[::2]], CRITICAL) is not None


@pytest.mark.parametrize(
    ("comparison", "limit", "found"),
    [
        (">", 80.0, Threshold(">", 80.0)),
        ("=", 80.0, Threshold("==", 80.0)),
        ("GreaterThanOrEqualToThreshold", 80.0, Threshold(">=", 80.0)),
        ("LessThanThreshold", 80.0, Threshold("<", 80.0)),
        ("near", 80.0, None),
        (None, 80.0, None),
        (">", None, None),
    ],
)
def test_comparison_and_limit_may_come_apart(
    comparison: str | None, limit: float | None, found: Threshold | None
) -> None:
    assert compared(comparison, limit) == found
