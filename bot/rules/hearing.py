"""What later callbacks make of an incident: it fires again, loses its data, recovers, goes on.

Pure. Apart from `incident`, which says what one is and what people do to it: here the sender
speaks. Which incident hears a callback, or whether it opens another, is decided in `judge`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.changed import changed
from bot.rules.incident import Incident, Sort, State
from bot.rules.record import Record, Reported, Threshold
from bot.rules.severity import worse_of


@dataclass(frozen=True, slots=True)
class Heard:
    """One callback as an incident hears it.

    `at` is the sender's time (the time of receipt where the sender's is missing or lies
    ahead of us); `received_at` is ours.
    """

    record: Record
    threshold: Threshold | None
    at: datetime
    received_at: datetime


def hears(incident: Incident, callback: Heard) -> Incident:
    """The incident after a newer callback of its alarm."""
    counted = changed(incident, callbacks=incident.callbacks + 1, heard_at=callback.at)
    if incident.sort is Sort.EVENT:
        return _went_on(counted, callback)
    match callback.record.state:
        case Reported.OK:
            return _recovered(counted, callback)
        case Reported.INSUFFICIENT_DATA:
            return _lost_sight(counted, callback)
        case _:
            return _fired(counted, callback)


def reopens_for(incident: Incident, callback: Heard, window: timedelta) -> bool:
    """Whether a new firing still belongs to this incident instead of opening another."""
    if incident.state is not State.RECOVERED or incident.recovered_at is None:
        return False
    flaps = incident.flap is not None and incident.flap.lasts_at(callback.at)
    return flaps or callback.at - incident.recovered_at <= window


def _recovered(incident: Incident, callback: Heard) -> Incident:
    if not incident.is_open:
        return incident
    return changed(
        incident,
        state=State.RECOVERED,
        recovered_at=callback.at,
        recovery_value=callback.record.value,
    )


def _went_on(incident: Incident, callback: Heard) -> Incident:
    """More news of an event: it may end, but it never fires."""
    record = callback.record
    over = record.state is Reported.OK
    return changed(
        incident,
        state=State.RECOVERED if over else incident.state,
        recovered_at=callback.at if over else incident.recovered_at,
        severity=record.severity or incident.severity,
        worst_severity=worse_of(incident.worst_severity, record.severity),
        event_status=record.event_status or incident.event_status,
        content=shown_content(record) or incident.content,
    )


def _lost_sight(incident: Incident, callback: Heard) -> Incident:
    severity = incident.severity or callback.record.severity
    worst = worse_of(incident.worst_severity, severity)
    back = incident if incident.is_open else _fired_again(incident, callback)
    return changed(back, state=State.NO_DATA, severity=severity, worst_severity=worst)


def _fired(incident: Incident, callback: Heard) -> Incident:
    record = callback.record
    back = _fired_again(incident, callback) if _is_new_firing(incident, callback) else incident
    severity = record.severity or incident.severity
    threshold = callback.threshold or incident.threshold
    return changed(
        back,
        state=State.FIRING,
        severity=severity,
        worst_severity=worse_of(incident.worst_severity, severity),
        first_value=incident.first_value if incident.first_value is not None else record.value,
        last_value=record.value if record.value is not None else incident.last_value,
        worst_value=worse_value(incident.worst_value, record.value, threshold),
        threshold=threshold,
        expressions=record.expressions or incident.expressions,
        episode_id=record.episode_id or incident.episode_id,
    )


def _is_new_firing(incident: Incident, callback: Heard) -> bool:
    """A firing after a recovery, heard or not.

    Rules can have recovery messages switched off. The sender then begins a new episode,
    without a level before it, while we still believe in the old one: that is a new
    firing, and whoever acknowledged the old one has not seen it.
    """
    if not incident.is_open:
        return True
    record = callback.record
    known = incident.episode_id is not None and record.episode_id is not None
    is_other = known and record.episode_id != incident.episode_id
    return is_other and record.previous_severity is None


def _fired_again(incident: Incident, callback: Heard) -> Incident:
    """Open again: it counts, and an acknowledgement belongs to the firing it was given to.

    A firing that began by losing its data has its episode noted too: what that becomes is no new
    firing.
    """
    return changed(
        incident,
        state=State.FIRING,
        firings=incident.firings + 1,
        fired_at=callback.at,
        received_at=callback.received_at,
        recovered_at=None,
        recovery_value=None,
        acknowledged=None,
        episode_id=callback.record.episode_id or incident.episode_id,
    )


def worse_value(
    one: float | None, other: float | None, threshold: Threshold | None
) -> float | None:
    """The value further into the breach; without a known direction, the larger one."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other) if threshold and threshold.low_is_bad else max(one, other)


CONTENT_SHOWN = 10  # facts of an event that a card shows; the record keeps them all


def shown_content(record: Record) -> tuple[tuple[str, str], ...]:
    """The plain facts of an event's details, in the sender's order."""
    plain = (
        (key, str(value))
        for key, value in record.content.items()
        if isinstance(value, str | int | float) and str(value)
    )
    return tuple(plain)[:CONTENT_SHOWN]
