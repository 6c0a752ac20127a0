"""The record as JSON: the keys of the format's specification, in its order, and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter

from bot.rules.record import Expression, Json, Kind, Record, Reported
from bot.rules.severity import Severity

KEYS = tuple(one.name for one in fields(Record))
_values = attrgetter(*KEYS)
_PLAIN = frozenset(KEYS) - {
    "kind", "state", "severity", "previous_severity", "timestamp", "expressions",
}  # fmt: skip


def time_text(at: datetime | None) -> str | None:
    """`2026-01-12T06:31:01.207Z`."""
    if at is None:
        return None
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def to_json(record: Record) -> dict[str, Json]:
    """All keys, always; absent is null, {} or []."""
    made: dict[str, Json] = dict(zip(KEYS, _values(record), strict=True))
    made |= {
        "kind": record.kind.value,
        "state": record.state,
        "severity": record.severity,
        "previous_severity": record.previous_severity,
        "dimensions": dict(record.dimensions),
        "timestamp": time_text(record.timestamp),
        "expressions": [
            {"expression": one.expression, "level": one.level, "times": one.times}
            for one in record.expressions
        ],
        "labels": dict(record.labels),
        "content": dict(record.content),
    }
    return made


def from_json(made: Mapping[str, Json]) -> Record:
    """The inverse of `to_json`. Raises KeyError or ValueError for anything else."""
    plain = {name: made[name] for name in _PLAIN}
    timestamp = made["timestamp"]
    return Record(
        kind=Kind(made["kind"]),
        state=Reported(made["state"]) if made["state"] else None,
        severity=_severity(made["severity"]),
        previous_severity=_severity(made["previous_severity"]),
        timestamp=datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else None,
        expressions=_expressions(made["expressions"]),
        **plain,  # pyright: ignore[reportArgumentType] - the inverse of to_json
    )


def _severity(word: Json) -> Severity | None:
    return Severity(word) if word else None


def _expressions(items: Json) -> tuple[Expression, ...]:
    found = items if isinstance(items, list) else []
    return tuple(
        Expression(str(item["expression"]), _severity(item["level"]), _times(item["times"]))
        for item in found
        if isinstance(item, dict)
    )


def _times(value: Json) -> int | None:
    return value if isinstance(value, int) else None
