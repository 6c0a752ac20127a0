"""How an incident looks as columns, and back. One place, so that a round trip loses nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any  # rows and JSON columns: whatever the tables say

import sqlalchemy as sa

from bot.rules.flapping import Flap
from bot.rules.incident import (
    Acknowledgement,
    Closing,
    Feedback,
    Incident,
    Memory,
    Person,
    Remark,
    Sort,
    State,
)
from bot.rules.record import Expression, Threshold
from bot.rules.severity import Severity

Columns = dict[str, Any]


def severity_or_none(text: str | None) -> Severity | None:
    """A severity column."""
    return Severity(text) if text else None


def incident_to_columns(incident: Incident) -> Columns:
    """Every column of `incidents`."""
    return columns_of(incident, Incident.__dataclass_fields__)


def changed_columns(before: Incident, after: Incident) -> Columns:
    """The columns of `after` that `before` has not: most callbacks change five of forty."""
    was, now = vars(before), vars(after)
    return columns_of(after, [name for name in now if now[name] != was[name]])


def columns_of(incident: Incident, names: Iterable[str]) -> Columns:
    """The columns that hold these fields of it."""
    columns: Columns = {}
    for name in names:
        if special := _IN_COLUMNS.get(name):
            columns.update(special(incident))
        else:
            columns[name] = getattr(incident, name)
    return columns


def _threshold_to_json(one: Threshold | None) -> Columns | None:
    """By hand, as its conditions: the library's copies everything deeply, ten times as long."""
    if one is None:
        return None
    return {
        "comparison": one.comparison,
        "limit": one.limit,
        "statistic": one.statistic,
        "times": one.times,
    }


def _expression_to_json(one: Expression) -> Columns:
    return {"expression": one.expression, "level": one.level, "times": one.times}


def _acknowledged_to_columns(incident: Incident) -> Columns:
    taken = incident.acknowledged
    return {
        "acknowledged_by_id": taken.by.id if taken else None,
        "acknowledged_by_name": taken.by.name if taken else None,
        "acknowledged_at": taken.at if taken else None,
    }


def _closed_to_columns(incident: Incident) -> Columns:
    closed = incident.closed
    return {
        "closed_by_id": closed.by.id if closed else None,
        "closed_by_name": closed.by.name if closed else None,
        "closed_at": closed.at if closed else None,
        "closed_reason": closed.reason if closed else None,
    }


def _flap_to_columns(incident: Incident) -> Columns:
    flap = incident.flap
    return {"flap": _flap_to_json(flap), "calm_at": flap.calm_at if flap else None}


_IN_COLUMNS: dict[str, Callable[[Incident], Columns]] = {
    "sort": lambda one: {"sort": one.sort.value},
    "state": lambda one: {"state": one.state.value},
    "threshold": lambda one: {"threshold": _threshold_to_json(one.threshold)},
    "expressions": lambda one: {"expressions": list(map(_expression_to_json, one.expressions))},
    "content": lambda one: {"content": [list(pair) for pair in one.content]},
    "acknowledged": _acknowledged_to_columns,
    "closed": _closed_to_columns,
    "remark": lambda one: {"remark": _remark_to_json(one.remark)},
    "memory": lambda one: {"memory": _memory_to_json(one.memory)},
    "flap": _flap_to_columns,
}


_SPECIAL = {
    "acknowledged", "closed", "feedback", "remark", "memory", "flap",
    "sort", "state", "severity", "worst_severity", "threshold", "expressions", "content",
}  # fmt: skip


def incident_from_columns(row: sa.RowMapping) -> Incident:
    """The inverse of `incident_to_columns`."""
    plain = {name: row[name] for name in Incident.__dataclass_fields__ if name not in _SPECIAL}
    return Incident(
        **plain,
        sort=Sort(row["sort"]),
        state=State(row["state"]),
        severity=severity_or_none(row["severity"]),
        worst_severity=severity_or_none(row["worst_severity"]),
        threshold=Threshold(**row["threshold"]) if row["threshold"] else None,
        expressions=expressions_from_json(row["expressions"]),
        content=tuple((key, value) for key, value in row["content"]),
        acknowledged=_acknowledgement(row),
        closed=_closing(row),
        feedback=Feedback(row["feedback"]) if row["feedback"] else None,
        remark=_remark_from_json(row["remark"]),
        memory=_memory_from_json(row["memory"]),
        flap=_flap_from_json(row["flap"], row["calm_at"]),
    )


def expressions_from_json(items: Sequence[Columns]) -> tuple[Expression, ...]:
    """A list of expressions as the JSON column holds it."""
    return tuple(
        Expression(item["expression"], severity_or_none(item["level"]), item["times"])
        for item in items
    )


def _acknowledgement(row: sa.RowMapping) -> Acknowledgement | None:
    if row["acknowledged_at"] is None:
        return None
    person = Person(row["acknowledged_by_id"], row["acknowledged_by_name"])
    return Acknowledgement(person, row["acknowledged_at"])


def _closing(row: sa.RowMapping) -> Closing | None:
    if row["closed_at"] is None:
        return None
    person = Person(row["closed_by_id"], row["closed_by_name"])
    return Closing(person, row["closed_at"], row["closed_reason"])


def _remark_to_json(remark: Remark | None) -> Columns | None:
    return asdict(remark) | {"at": remark.at.isoformat()} if remark else None


def _remark_from_json(json: Columns | None) -> Remark | None:
    if json is None:
        return None
    return Remark(Person(**json["by"]), datetime.fromisoformat(json["at"]), json["text"])


def _memory_to_json(memory: Memory | None) -> Columns | None:
    if memory is None:
        return None
    after = memory.last_after
    return asdict(memory) | {"last_after": after.total_seconds() if after is not None else None}


def _memory_from_json(json: Columns | None) -> Memory | None:
    if json is None:
        return None
    after, by = json["last_after"], json["last_by"]
    return Memory(
        times=json["times"],
        days=json["days"],
        last_by=Person(**by) if by else None,
        last_after=timedelta(seconds=after) if after is not None else None,
        last_remark=json["last_remark"],
    )


def _flap_to_json(flap: Flap | None) -> Columns | None:
    """Without `calm_at`, which the tick looks for: it is a column."""
    if flap is None:
        return None
    return {
        "turns": [one.isoformat() for one in flap.turns],
        "since": flap.since.isoformat() if flap.since else None,
        "count": flap.count,
    }


def _flap_from_json(json: Columns | None, calm_at: datetime | None) -> Flap | None:
    if json is None:
        return None
    return Flap(
        turns=tuple(datetime.fromisoformat(one) for one in json["turns"]),
        since=datetime.fromisoformat(json["since"]) if json["since"] else None,
        count=json["count"],
        calm_at=calm_at,
    )
