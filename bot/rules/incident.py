"""An incident: one firing period of an alarm, from ALERT to recovery, and what may happen to it.

Pure: every change is a function from a frozen value to a frozen value. Equal values mean
that nothing happened, and then nothing is written and nothing is sent. Time is an argument.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.changed import changed
from bot.rules.flapping import Flap
from bot.rules.people import Acknowledgement, Closing, Feedback, Memory, Person, Remark
from bot.rules.record import Expression, Kind, Record, Reported, Threshold
from bot.rules.severity import Severity, worse_of

__all__ = [
    "EVENT_KINDS", "Acknowledgement", "Closing", "Feedback", "Heard", "Incident", "Memory",
    "Person", "Remark", "Sort", "State", "shown_content", "worse_value",
]  # fmt: skip


class State(StrEnum):
    """`closed` is by hand, or an event: something that happened and has no end to wait for."""

    FIRING = "firing"
    NO_DATA = "no_data"
    RECOVERED = "recovered"
    CLOSED = "closed"


class Sort(StrEnum):
    """An alarm fires until it recovers; an event is a single piece of news."""

    ALARM = "alarm"
    EVENT = "event"


EVENT_KINDS = (Kind.SYSTEM_EVENT, Kind.EVENT_SUBSCRIPTION)


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


@dataclass(frozen=True)  # without slots: see `changed`
class Incident:
    """Everything a card says of one firing period.

    Values are in the metric's unit. `severity` is that of the last firing callback, so a
    recovery does not whitewash it; `last_value` is the last value that was heard while
    firing, and the value of the recovery stands apart in `recovery_value`. `firings`
    counts how often it fired, 1 for the first time; `fired_at` is when it fired last,
    `opened_at` when it fired first, both by the sender's clock. `mute_id` is the mute that
    hides it, or hid its end. `remarks` counts what people wrote, `remark` is the newest.
    `flap` remembers changes of state where flapping is watched for. `parent_id` is the
    incident that holds it back, or held its end; `leads` says that it may hold others back.
    """

    id: int
    alarm_id: int
    sort: Sort
    state: State
    severity: Severity | None
    worst_severity: Severity | None
    opened_at: datetime
    fired_at: datetime
    heard_at: datetime
    received_at: datetime
    callbacks: int = 1
    firings: int = 1
    first_value: float | None = None
    last_value: float | None = None
    worst_value: float | None = None
    recovery_value: float | None = None
    recovered_at: datetime | None = None
    threshold: Threshold | None = None
    expressions: tuple[Expression, ...] = ()
    acknowledged: Acknowledgement | None = None
    first_acknowledged_at: datetime | None = None
    closed: Closing | None = None
    feedback: Feedback | None = None
    remarks: int = 0
    remark: Remark | None = None
    memory: Memory | None = None
    mute_id: int | None = None
    flap: Flap | None = None
    parent_id: int | None = None
    leads: bool = False
    previous_id: int | None = None
    episode_id: str | None = None
    event_id: str | None = None
    event_status: str | None = None
    content: tuple[tuple[str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it still asks for somebody."""
        return self.state in (State.FIRING, State.NO_DATA)

    @property
    def is_held(self) -> bool:
        """Whether it is kept quiet: no first post, and nothing is said."""
        return self.mute_id is not None or self.parent_id is not None

    @property
    def flaps(self) -> bool:
        """Whether it changes too often to be told of each time."""
        return self.flap is not None and self.flap.since is not None

    @property
    def can_be_acknowledged(self) -> bool:
        """Open incidents, and events: a person may say "I have seen it" of either."""
        return self.is_open or self.sort is Sort.EVENT

    def heard(self, callback: Heard) -> "Incident":
        """The incident after a newer callback of its alarm."""
        counted = changed(self, callbacks=self.callbacks + 1, heard_at=callback.at)
        if self.sort is Sort.EVENT:
            return counted._went_on(callback)
        match callback.record.state:
            case Reported.OK:
                return counted._recovered(callback)
            case Reported.INSUFFICIENT_DATA:
                return counted._lost_sight(callback)
            case _:
                return counted._fired(callback)

    def acknowledged_by(self, person: Person, at: datetime) -> "Incident":
        """Taken by a person. The first one keeps it: a second click changes nothing."""
        if self.acknowledged or not self.can_be_acknowledged:
            return self
        return self.assigned_to(person, at)

    def assigned_to(self, person: Person, at: datetime) -> "Incident":
        """Given to a person, whoever had it before; who has it already keeps the old time."""
        mine = self.acknowledged is not None and self.acknowledged.by.id == person.id
        if mine or not self.can_be_acknowledged:
            return self
        first = self.first_acknowledged_at or at
        return changed(self, acknowledged=Acknowledgement(person, at), first_acknowledged_at=first)

    def unacknowledged(self) -> "Incident":
        """Given back. An incident that has ended keeps the name of who took it."""
        if not self.can_be_acknowledged:
            return self
        return changed(self, acknowledged=None)

    def closed_by(self, person: Person, at: datetime, reason: str) -> "Incident":
        """Ended by hand. A later firing opens a new incident: then it was not over."""
        if not self.is_open:
            return self
        return changed(self, state=State.CLOSED, closed=Closing(person, at, reason), flap=None)

    def reopened(self) -> "Incident":
        """What a person closed fires again. A recovery cannot be taken back: it was heard."""
        if self.closed is None:
            return self
        return changed(self, state=State.FIRING, closed=None)

    def remarked(self, remark: Remark) -> "Incident":
        """With one more remark."""
        return changed(self, remarks=self.remarks + 1, remark=remark)

    def judged(self, feedback: Feedback | None) -> "Incident":
        """With a person's opinion of the alarm; the newest counts."""
        return changed(self, feedback=feedback)

    def held_back_by(self, parent_id: int | None) -> "Incident":
        """Waiting for this incident to end, or for none any more."""
        return changed(self, parent_id=parent_id)

    def calmed(self) -> "Incident":
        """It has kept still for long enough to be told of again."""
        return changed(self, flap=None)

    def muted_by(self, mute_id: int | None) -> "Incident":
        """Hidden by this mute, or by none any more."""
        return self if mute_id == self.mute_id else changed(self, mute_id=mute_id)

    def reopens_for(self, callback: Heard, window: timedelta) -> bool:
        """Whether a new firing still belongs to this incident instead of opening another."""
        if self.state is not State.RECOVERED or self.recovered_at is None:
            return False
        flaps = self.flap is not None and self.flap.lasts_at(callback.at)
        return flaps or callback.at - self.recovered_at <= window

    def _recovered(self, callback: Heard) -> "Incident":
        if not self.is_open:
            return self
        return changed(
            self,
            state=State.RECOVERED,
            recovered_at=callback.at,
            recovery_value=callback.record.value,
        )

    def _went_on(self, callback: Heard) -> "Incident":
        """More news of an event: it may end, but it never fires."""
        record = callback.record
        over = record.state is Reported.OK
        return changed(
            self,
            state=State.RECOVERED if over else self.state,
            recovered_at=callback.at if over else self.recovered_at,
            severity=record.severity or self.severity,
            worst_severity=worse_of(self.worst_severity, record.severity),
            event_status=record.event_status or self.event_status,
            content=shown_content(record) or self.content,
        )

    def _lost_sight(self, callback: Heard) -> "Incident":
        severity = self.severity or callback.record.severity
        worst = worse_of(self.worst_severity, severity)
        back = self if self.is_open else self._fired_again(callback)
        return changed(back, state=State.NO_DATA, severity=severity, worst_severity=worst)

    def _fired(self, callback: Heard) -> "Incident":
        record = callback.record
        back = self._fired_again(callback) if self._is_new_firing(callback) else self
        severity = record.severity or self.severity
        threshold = callback.threshold or self.threshold
        return changed(
            back,
            state=State.FIRING,
            severity=severity,
            worst_severity=worse_of(self.worst_severity, severity),
            first_value=self.first_value if self.first_value is not None else record.value,
            last_value=record.value if record.value is not None else self.last_value,
            worst_value=worse_value(self.worst_value, record.value, threshold),
            threshold=threshold,
            expressions=record.expressions or self.expressions,
            episode_id=record.episode_id or self.episode_id,
        )

    def _is_new_firing(self, callback: Heard) -> bool:
        """A firing after a recovery, heard or not.

        Rules can have recovery messages switched off. The sender then begins a new episode,
        without a level before it, while we still believe in the old one: that is a new
        firing, and whoever acknowledged the old one has not seen it.
        """
        if not self.is_open:
            return True
        record = callback.record
        known = self.episode_id is not None and record.episode_id is not None
        changed = known and record.episode_id != self.episode_id
        return changed and record.previous_severity is None

    def _fired_again(self, callback: Heard) -> "Incident":
        """Open again: it counts, and an acknowledgement belongs to the firing it was given to."""
        return changed(
            self,
            state=State.FIRING,
            firings=self.firings + 1,
            fired_at=callback.at,
            received_at=callback.received_at,
            recovered_at=None,
            recovery_value=None,
            acknowledged=None,
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
