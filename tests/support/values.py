"""Values for tests: an alarm, a callback, an incident, alike but for what a test says."""

from datetime import UTC, datetime, timedelta

from bot.rules.alarm import Alarm
from bot.rules.hearing import Heard
from bot.rules.incident import Incident, Person, Sort, State
from bot.rules.record import Kind, Record, Reported, Threshold
from bot.rules.severity import Severity

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=10)
HIGH = Threshold(">=", 85.0, "Average", 3)
LOW = Threshold("<=", 10.0, "Minimum", 1)
ANN, LI = Person("U1", "ann"), Person("U2", "李雷")


def minute(number: float) -> datetime:
    """Minutes after noon, the time when everything begins."""
    return NOON + timedelta(minutes=number)


def second(number: float) -> datetime:
    """Seconds after noon."""
    return NOON + timedelta(seconds=number)


def alarm(number: int = 1, **said: object) -> Alarm:
    """An alarm; its identity follows its number."""
    return Alarm(**{"id": number, "key": f"{number:032x}", "name": "cpu high"} | said)


def record(state: Reported = Reported.ALERT, **said: object) -> Record:
    """What a threshold callback says."""
    return Record(**{"kind": Kind.THRESHOLD, "state": state, "alert_name": "cpu high"} | said)


def heard(
    state: Reported, at: datetime, *, threshold: Threshold | None = HIGH, **said: object
) -> Heard:
    """A callback, received when it was sent."""
    return Heard(record(state, timestamp=at, **said), threshold, at, at)


def fires(
    number: float,
    value: float | None = 90.0,
    severity: Severity | None = Severity.WARN,
    *,
    threshold: Threshold | None = HIGH,
    **said: object,
) -> Heard:
    """An ALERT so many minutes after noon."""
    said |= {"value": value, "severity": severity}
    return heard(Reported.ALERT, minute(number), threshold=threshold, **said)


def recovers(number: float, value: float | None = 40.0, **said: object) -> Heard:
    """An OK so many minutes after noon."""
    said = {"severity": Severity.WARN, "value": value} | said
    return heard(Reported.OK, minute(number), **said)


def loses_data(number: float, **said: object) -> Heard:
    """An INSUFFICIENT_DATA so many minutes after noon."""
    return heard(Reported.INSUFFICIENT_DATA, minute(number), **said)


def incident(number: int = 1, **said: object) -> Incident:
    """A firing incident of the alarm with its number."""
    plain: dict[str, object] = {
        "id": number,
        "alarm_id": number,
        "sort": Sort.ALARM,
        "state": State.FIRING,
        "severity": Severity.WARN,
        "worst_severity": Severity.WARN,
        "opened_at": NOON,
        "fired_at": NOON,
        "heard_at": NOON,
        "received_at": NOON,
    }
    return Incident(**plain | said)
