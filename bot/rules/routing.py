"""Which channels hear of an incident, and in which language: a list of routes, read downwards.

Pure. A route that matches ends the search unless it says to continue; nothing matched means
the default destination. Facts are texts in lower case, and so are a route's patterns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.rules.alarm import Alarm
from bot.rules.card import Language
from bot.rules.record import Kind
from bot.rules.severity import Severity

FIELDS = (
    "severity",
    "project",
    "metric",
    "rule",
    "account",
    "group",
    "region",
    "alarm",
    "kind",
)  # what every alarm may have; besides these, `label.NAME` and the names of dimensions


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel (id or name) and the language spoken there."""

    channel: str
    language: Language


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the routes file.

    `match` maps a field in lower case to patterns (`*`, `?`, `[…]`) of which one must fit;
    all fields must. A field that the alarm does not have fits no pattern. `stop` ends the
    search when the route matches. Without a `language`, the default's.
    """

    name: str
    match: Mapping[str, tuple[str, ...]]
    channel: str
    language: Language | None = None
    stop: bool = True

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether an alarm with these facts takes this route."""
        return all(
            field in facts and any(fnmatchcase(facts[field], pattern) for pattern in patterns)
            for field, patterns in self.match.items()
        )


def channels_for(
    routes: Iterable[Route], facts: Mapping[str, str], default: Destination
) -> tuple[Destination, ...]:
    """Where an alarm with these facts is shown: at least one channel, each once."""
    found: dict[str, Destination] = {}
    for route in routes:
        if not route.fits(facts):
            continue
        there = Destination(route.channel, route.language or default.language)
        found.setdefault(route.channel, there)
        if route.stop:
            break
    return tuple(found.values()) or (default,)


def facts_of(alarm: Alarm, *, kind: Kind, severity: Severity | None) -> dict[str, str]:
    """What routes may ask of an alarm, in lower case.

    A dimension that has the name of a field is reached as `dimension.NAME` only, which
    works for every dimension.
    """
    named = {
        "severity": severity,
        "project": alarm.project,
        "metric": alarm.metric,
        "rule": alarm.rule_id,
        "account": alarm.account,
        "group": alarm.group_name or alarm.group_id,
        "region": alarm.region_id,
        "alarm": alarm.name,
        "kind": kind,
    }
    facts: dict[str, str | None] = {**alarm.dimensions}
    facts |= {f"dimension.{name}": text for name, text in alarm.dimensions.items()}
    facts |= {f"label.{name}": text for name, text in alarm.labels.items()}
    facts |= named
    return {name.lower(): text.lower() for name, text in facts.items() if text}
