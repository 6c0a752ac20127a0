"""An incident: one firing period of an alarm, from ALERT to recovery, and what may happen to it.

Pure: every change is a function from a frozen value to a frozen value. Equal values mean
that nothing happened, and then nothing is written and nothing is sent. Time is an argument.
What people, mutes and parents do stands here; how it begins in `opening`, and what later
callbacks make of it in `hearing`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.changed import changed
from bot.rules.flapping import Flap
from bot.rules.people import Acknowledgement, Closing, Feedback, Memory, Person, Remark
from bot.rules.record import Expression, Kind, Threshold
from bot.rules.severity import Severity

__all__ = [
    "EVENT_KINDS", "Acknowledgement", "Closing", "Feedback", "Incident", "Memory", "Person",
    "Remark", "Sort", "State",
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
