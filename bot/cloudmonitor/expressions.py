"""Expressions of rules: `$Average>=95`, or a JSON list of conditions with levels and times."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from bot.cloudmonitor import scalars
from bot.cloudmonitor.json_texts import json_in
from bot.rules.record import Expression, Json, Threshold
from bot.rules.severity import Severity, worse_of

_CONDITION = re.compile(
    r"\$\{?(?P<statistic>[A-Za-z_][\w.]*)\}?\s*(?P<comparison>>=|<=|==|!=|>|<|=)\s*"
    r"(?P<limit>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)"
)
_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
    "NotEqualToThreshold": "!=",
    "EqualToThreshold": "==",
    "=": "==",
}
REMEMBERED = 512  # texts: a rule's conditions come with each of its callbacks
LONGEST = 2_048  # letters of one
TIMES_MOST = 1_000_000  # periods; more would be years
_SIGNS = {">=", ">", "<=", "<", "==", "!="}


def expressions_of(value: Json) -> tuple[Expression, ...]:
    """All conditions of a rule; plain text gives one without level and times."""
    if isinstance(value, str) and len(value) <= LONGEST:
        return _remembered(value)
    return _expressions(value)


def _expressions(value: Json) -> tuple[Expression, ...]:
    found = json_in(value)
    if isinstance(found, dict):
        found = [found]
    if isinstance(found, list):
        return tuple(made for item in found if (made := _from_json(item)))
    text = scalars.text_of(value)
    return (Expression(text),) if text else ()


@lru_cache(REMEMBERED)
def _remembered(text: str) -> tuple[Expression, ...]:
    return _expressions(text)


def _from_json(item: Json) -> Expression | None:
    if not isinstance(item, dict):
        text = scalars.text_of(item)
        return Expression(text) if text else None
    fields = {name.lower(): value for name, value in item.items()}
    text = scalars.text_of(fields.get("expression"))
    if text is None:
        return None
    return Expression(
        text, scalars.level_of(fields.get("level")), _times(scalars.number_of(fields.get("times")))
    )


def _times(number: float | None) -> int | None:
    return int(number) if number is not None and 0 <= number <= TIMES_MOST else None


def worst_level(expressions: Sequence[Expression]) -> Severity | None:
    """The most severe level that any condition names."""
    worst: Severity | None = None
    for one in expressions:
        worst = worse_of(worst, one.level)
    return worst


def threshold_of(expressions: Sequence[Expression], severity: Severity | None) -> Threshold | None:
    """The condition to show: the one of this severity, else the first that can be read."""
    of_level = [one for one in expressions if severity and one.level is severity]
    for one in [*of_level, *expressions]:
        if threshold := _threshold_in(one):
            return threshold
    return None


def _threshold_in(one: Expression) -> Threshold | None:
    match = _CONDITION.search(one.expression)
    limit = float(match["limit"]) if match else math.inf
    if match is None or not math.isfinite(limit):
        return None
    sign = _COMPARISONS.get(match["comparison"], match["comparison"])
    return Threshold(sign, limit, match["statistic"], one.times)


def compared(comparison: str | None, limit: float | None) -> Threshold | None:
    """CloudMonitor 2.0 names the comparison and the limit apart."""
    sign = _COMPARISONS.get(comparison or "", comparison or "")
    return Threshold(sign, limit) if sign in _SIGNS and limit is not None else None
