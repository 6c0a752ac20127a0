"""Incidents as a CSV file that Excel and its like open well, and that cannot harm them.

UTF-8 with the mark that Excel knows it by. A text that a spreadsheet would take for a formula
gets a quote mark in front: names of alarms are written by whoever may write to CloudMonitor.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.store.lookups import Listed

HEADER = (
    "id", "state", "severity", "worst_severity", "alarm", "rule_id", "project", "metric",
    "instance", "region", "group", "account", "dimensions", "opened_at", "heard_at",
    "recovered_at", "closed_at", "lasted_seconds", "first_value", "last_value", "worst_value",
    "recovery_value", "unit", "callbacks", "firings", "acknowledged_by", "acknowledged_at",
    "closed_by", "closed_reason", "mute_id", "feedback", "notes", "last_note",
)  # fmt: skip
MARK = "\ufeff"
FORMULA = tuple("=+-@＝＋－＠")

Cell = str | int | float | None


class Spreadsheet:
    """A file in the making; `now` is the moment that open incidents have lasted until."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._text = io.StringIO(newline="")
        self._rows = csv.writer(self._text)
        self._text.write(MARK)
        self._rows.writerow(HEADER)

    def add(self, listed: Iterable[Listed]) -> None:
        """Further rows."""
        for one in listed:
            cells = (*_of_alarm(one.alarm), *self._of_incident(one.incident, one.alarm))
            first = (one.incident.id, one.incident.state.value, *_severities(one.incident))
            self._rows.writerow([harmless(cell) for cell in (*first, *cells)])

    def content(self) -> bytes:
        """The whole file."""
        return self._text.getvalue().encode()

    def _of_incident(self, told: Incident, alarm: Alarm) -> tuple[Cell, ...]:
        taken, closed, remark = told.acknowledged, told.closed, told.remark
        return (
            _time(told.opened_at),
            _time(told.heard_at),
            _time(told.recovered_at),
            _time(closed.at if closed else None),
            self._lasted(told),
            told.first_value,
            told.last_value,
            told.worst_value,
            told.recovery_value,
            alarm.unit,
            told.callbacks,
            told.firings,
            taken.by.name if taken else None,
            _time(taken.at if taken else None),
            closed.by.name if closed else None,
            closed.reason if closed else None,
            told.mute_id,
            told.feedback.value if told.feedback else None,
            told.remarks,
            remark.text if remark else None,
        )

    def _lasted(self, told: Incident) -> float | None:
        closed = told.closed.at if told.closed else None
        end = self._now if told.is_open else told.recovered_at or closed
        return (end - told.opened_at).total_seconds() if end else None


def alarms_to_csv(told: Iterable[Alarm]) -> bytes:
    """Alarms as such a file."""
    text = io.StringIO(newline="")
    text.write(MARK)
    rows = csv.writer(text)
    rows.writerow(("id", *HEADER[4:13], "unit", "heard_until"))
    for alarm in told:
        cells = (alarm.id, *_of_alarm(alarm), alarm.unit, _time(alarm.heard_until))
        rows.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode()


def _severities(told: Incident) -> tuple[Cell, Cell]:
    return told.severity, told.worst_severity


def _of_alarm(alarm: Alarm) -> tuple[Cell, ...]:
    return (
        alarm.name,
        alarm.rule_id,
        alarm.project,
        alarm.metric,
        alarm.instance,
        alarm.region_id,
        alarm.group_name or alarm.group_id,
        alarm.account,
        "; ".join(f"{name}={text}" for name, text in sorted(alarm.dimensions.items())),
    )


def _time(at: datetime | None) -> str | None:
    """UTC, as spreadsheets read a date and a time."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else None


def harmless(cell: Cell) -> Cell:
    """A text that is no formula; numbers are ours and stay numbers, negative ones too."""
    if not isinstance(cell, str):
        return cell
    text = str(cell)
    risky = text.lstrip().startswith(FORMULA) or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if risky else text
