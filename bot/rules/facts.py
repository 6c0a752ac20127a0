"""Facts: what an alarm and its incident say of themselves, by name, for routes, mutes and search.

Pure. Names and texts are in lower case: nobody remembers how a metric is spelled. A fact may
have several texts (a rule has an id and a name), and each of them is true.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from bot.rules.alarm import Alarm
from bot.rules.severity import Severity

Facts = Mapping[str, tuple[str, ...]]
Patterns = Mapping[str, tuple[str, ...]]
"""A field in lower case and its patterns (`*`, `?`, `[…]`), of which one must fit."""

FIELDS = (
    "severity",
    "project",
    "metric",
    "rule",
    "account",
    "group",
    "region",
    "instance",
    "alarm",
    "kind",
)  # what every alarm may have; besides these, `label.NAME` and the names of dimensions


def facts_of(alarm: Alarm, *, severity: Severity | None, kind: str | None = None) -> Facts:
    """What may be asked of an alarm. Absent facts are left out.

    A dimension that has the name of a field is reached as `dimension.NAME` only, which
    works for every dimension.
    """
    dimensions = _lowered(alarm.dimensions.items())
    facts = {name: texts for name, texts in dimensions.items() if name not in FIELDS}
    facts |= {f"dimension.{name}": texts for name, texts in dimensions.items()}
    facts |= _lowered((f"label.{name}", text) for name, text in alarm.labels.items())
    named = {
        "severity": (severity,),
        "project": (alarm.project,),
        "metric": (alarm.metric, alarm.metric_label),
        "rule": (alarm.rule_id, alarm.name),
        "account": (alarm.account,),
        "group": (alarm.group_id, alarm.group_name),
        "region": (alarm.region_id, alarm.region_name),
        "instance": (alarm.dimensions.get("instanceId"), alarm.instance_name),
        "alarm": (alarm.name,),
        "kind": (kind,),
    }
    told = {name: tuple(text.lower() for text in texts if text) for name, texts in named.items()}
    return facts | {name: texts for name, texts in told.items() if texts}


def _lowered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {name.lower(): (text.lower(),) for name, text in pairs if text}


def fits(patterns: Patterns, facts: Facts) -> bool:
    """Whether all fields fit. A field that the alarm does not have fits no pattern."""
    return all(
        any(fnmatchcase(text, one) for text in facts.get(field, ()) for one in several)
        for field, several in patterns.items()
    )
