"""The normalised record: what one callback says, in one form for all six kinds.

The keys and their order are those of the callback format's specification, so that a
record printed as JSON can be compared with it. A record is a statement of the sender;
what it means for an incident is decided in `rules.incident`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.rules.severity import Severity

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Kind(StrEnum):
    """Which of the sender's message formats a callback is in."""

    THRESHOLD = "threshold"
    SYSTEM_EVENT = "system_event"
    EVENT_SUBSCRIPTION = "event_subscription"
    CMS2 = "cms2"
    TEST = "test"
    UNKNOWN = "unknown"


class Reported(StrEnum):
    """What the sender says of the alarm. No data is not a recovery."""

    ALERT = "ALERT"
    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    EVENT = "EVENT"
    TEST = "TEST"


@dataclass(frozen=True, slots=True)
class Expression:
    """One condition of the rule, as the sender wrote it; `times` = consecutive breaches."""

    expression: str
    level: Severity | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One message, normalised. Absent is None or empty; `timestamp` is aware UTC."""

    kind: Kind
    state: Reported | None = None
    severity: Severity | None = None
    previous_severity: Severity | None = None
    rule_id: str | None = None
    rule_name: str | None = None
    alert_name: str | None = None
    metric: str | None = None
    metric_label: str | None = None
    project: str | None = None
    namespace: str | None = None
    value: float | None = None
    unit: str | None = None
    dimensions: dict[str, str] = field(default_factory=dict[str, str])
    timestamp: datetime | None = None
    expressions: tuple[Expression, ...] = ()
    instance_name: str | None = None
    region_id: str | None = None
    region_name: str | None = None
    group_id: str | None = None
    group_name: str | None = None
    user_id: str | None = None
    episode_id: str | None = None
    event_id: str | None = None
    event_status: str | None = None
    duration_text: str | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    content: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Threshold:
    """The condition that matters for showing and comparing values: `Average >= 85, 3 times`.

    `comparison` is one of `> >= < <= == !=`; `limit` is in the metric's unit.
    """

    comparison: str
    limit: float
    statistic: str | None = None
    times: int | None = None

    @property
    def low_is_bad(self) -> bool:
        """Whether a smaller value is worse (free space, hit rate)."""
        return self.comparison.startswith("<")


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A callback as it came: `query` without the token, `headers` without secrets."""

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """First value of a header, its name compared without regard to case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the parser made of one message of a request.

    `alarm_key` names the alarm and `delivery_key` this delivery of it: both are 32 hex
    digits, equal exactly when the format's identity rules say "the same". `reason` says
    in plain words why a request of kind UNKNOWN could not be read.
    """

    record: Record
    alarm_key: str
    delivery_key: str
    threshold: Threshold | None = None
    reason: str | None = None
