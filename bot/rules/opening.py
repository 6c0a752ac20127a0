"""How an incident begins: the first callback of a firing period, or of an event."""

from bot.rules.hearing import Heard, shown_content
from bot.rules.incident import EVENT_KINDS, Incident, Sort, State
from bot.rules.record import Record, Reported


def opened(number: int, alarm_id: int, callback: Heard, *, previous: Incident | None) -> Incident:
    """A new incident for a callback that belongs to none; linked to the alarm's last one.

    A recovery of something never heard of opens an incident that is over already, so that
    the history holds it; it has no firing value, and nobody is told.
    """
    record = callback.record
    event = record.kind in EVENT_KINDS
    over = record.state is Reported.OK
    value = None if over else record.value
    return Incident(
        id=number,
        alarm_id=alarm_id,
        sort=Sort.EVENT if event else Sort.ALARM,
        state=_first_state(record),
        severity=record.severity,
        worst_severity=record.severity,
        opened_at=callback.at,
        fired_at=callback.at,
        heard_at=callback.at,
        received_at=callback.received_at,
        first_value=value,
        last_value=value,
        worst_value=value,
        recovery_value=record.value if over else None,
        recovered_at=callback.at if over else None,
        threshold=callback.threshold,
        expressions=record.expressions,
        previous_id=previous.id if previous else None,
        episode_id=record.episode_id,
        event_id=record.event_id,
        event_status=record.event_status,
        content=shown_content(record),
    )


def _first_state(record: Record) -> State:
    match record.state:
        case Reported.OK:
            return State.RECOVERED
        case _ if record.kind in EVENT_KINDS:
            return State.CLOSED
        case Reported.INSUFFICIENT_DATA:
            return State.NO_DATA
        case _:
            return State.FIRING
