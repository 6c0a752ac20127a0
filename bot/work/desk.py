"""The desk of the apply loop: the rows that a batch of callbacks is about, and what they become.

The decisions are the rules'; the desk keeps the books. Within a batch a later callback sees
what an earlier one did, as if each had a transaction of its own. Nothing is stored here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.ids import new_id
from bot.rules.alarm import Alarm, new_alarm
from bot.rules.facts import facts_of
from bot.rules.flapping import Flapping
from bot.rules.hearing import Heard
from bot.rules.incident import Incident, Sort
from bot.rules.judge import Judgement, Outcome, judge, time_of
from bot.rules.mute import Ending, EndReason, Mute, mute_for
from bot.rules.notice import Notice, NoticeKind
from bot.rules.record import Kind, Reading, Record
from bot.rules.record_json import to_json
from bot.store.callbacks import Judged
from bot.store.inbox import Taken

REASON_LENGTH = 500
# What a person would have heard of, had no mute hidden it.
HEARD = frozenset(Outcome) - {Outcome.STALE, Outcome.DUPLICATE}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a callback, with the reading that the parser made of it."""

    taken: Taken
    reading: Reading
    failed_because: str | None = None

    @staticmethod
    def of(taken: Taken, reading: Reading, *, place: int) -> "Letter":
        """The first message of a request keeps its id; further ones get their own."""
        return Letter(taken if place == 0 else replace(taken, id=new_id()), reading)

    @property
    def becomes_a_notice(self) -> bool:
        """Whether it is about no alarm: failed, a test, or nothing that can be read."""
        no_alarm = self.reading.record.kind in (Kind.TEST, Kind.UNKNOWN)
        return no_alarm or self.failed_because is not None

    @staticmethod
    def failed(taken: Taken, reason: str) -> "Letter":
        """A callback that we could not process: our fault, so it is kept to be replayed."""
        reading = Reading(Record(Kind.UNKNOWN), alarm_key="", delivery_key="")
        return Letter(taken, reading, failed_because=reason[:REASON_LENGTH])


@dataclass(frozen=True, slots=True)
class Step:
    """One incident before and after one callback of a message format `kind`."""

    before: Incident | None
    after: Incident
    kind: Kind


@dataclass(slots=True)
class Desk:
    """Rows by what finds them: alarms by identity, the newest incident by alarm number.

    `known` holds delivery keys that came before, `mutes` those that matter at `now`;
    `next_*` are the numbers of new rows. What `file` decides is collected in `steps`, `keys`,
    `judged`, `changed_notices`, `hidden` (when a mute hid something last) and `ended` (mutes).
    """

    now: datetime
    window: timedelta
    alarms: dict[str, Alarm]
    incidents: dict[int, Incident]
    known: set[str]
    notices: dict[NoticeKind, Notice]
    mutes: list[Mute]
    next_alarm: int
    next_incident: int
    next_notice: int
    flapping: Flapping | None = None
    steps: list[Step] = field(default_factory=list[Step])
    changed_notices: dict[int, Notice] = field(default_factory=dict[int, Notice])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    judged: list[Judged] = field(default_factory=list[Judged])
    hidden: dict[int, datetime] = field(default_factory=dict[int, datetime])
    ended: dict[int, Ending] = field(default_factory=dict[int, Ending])
    all_mutes: dict[int, Mute] = field(init=False)

    def __post_init__(self) -> None:
        self.all_mutes = {mute.id: mute for mute in self.mutes}

    def file(self, letter: Letter) -> Outcome:
        """Decide what one letter does, and note what is to be stored."""
        reading = letter.reading
        if letter.failed_because is not None:
            return self._notice(letter, NoticeKind.FAILED, Outcome.FAILED, letter.failed_because)
        if reading.record.kind is Kind.TEST:
            return self._notice(letter, NoticeKind.TEST, Outcome.TEST, None)
        if reading.record.kind is Kind.UNKNOWN:
            return self._notice(letter, NoticeKind.UNREADABLE, Outcome.UNREADABLE, reading.reason)
        if reading.delivery_key in self.known:
            return self._duplicate(letter)
        return self._heard(letter)

    def _heard(self, letter: Letter) -> Outcome:
        reading = letter.reading
        self.known.add(reading.delivery_key)
        self.keys[reading.delivery_key] = letter.taken.id
        alarm = self.alarms.get(reading.alarm_key) or self._new_alarm(reading)
        at = time_of(reading.record, letter.taken.received_at)
        heard = Heard(reading.record, reading.threshold, at, letter.taken.received_at)
        judgement = judge(
            alarm,
            self.incidents.get(alarm.id),
            heard,
            number=self.next_incident,
            window=self.window,
            flapping=self.flapping,
        )
        after = self._step(alarm, judgement, heard)
        self._judged(letter, judgement.outcome, at, alarm=alarm, incident=after)
        return judgement.outcome

    def _new_alarm(self, reading: Reading) -> Alarm:
        alarm = new_alarm(self.next_alarm, reading.alarm_key, reading.record)
        self.next_alarm += 1
        self.alarms[alarm.key] = alarm
        return alarm

    def _step(self, alarm: Alarm, judgement: Judgement, heard: Heard) -> Incident | None:
        if judgement.outcome is Outcome.STALE or judgement.after is None:
            return judgement.after
        described = alarm.described_by(heard.record, at=heard.at)
        after = self._quietened(described, judgement.before, judgement.after)
        self.alarms[alarm.key] = described
        self.incidents[alarm.id] = after
        self.steps.append(Step(judgement.before, after, heard.record.kind))
        if judgement.before is None:
            self.next_incident += 1
        return after

    def _quietened(self, alarm: Alarm, before: Incident | None, after: Incident) -> Incident:
        """The incident as the mutes want it. What ends stays with the mute that hid it."""
        if before is not None and after.sort is Sort.ALARM and not after.is_open:
            return after
        if not self.mutes:
            return after.muted_by(None)
        facts = facts_of(alarm, severity=after.severity)
        while (mute := mute_for(self.mutes, facts, self.now)) and mute.is_outgrown_by(
            after.severity
        ):
            self._end(mute, EndReason.SEVERITY)
        if mute is None:
            return after.muted_by(None)
        self.hidden[mute.id] = self.now
        return after.muted_by(mute.id)

    def woken(self) -> Iterator[tuple[Incident, Mute, EndReason]]:
        """What a mute hid before this batch and hides no more, though it still fires."""
        for step in self.steps:
            was = step.before.mute_id if step.before else None
            mute = self.all_mutes.get(was) if was else None
            if mute and step.after.is_open and step.after.mute_id is None:
                ending = self.ended.get(mute.id) or mute.ended
                yield step.after, mute, ending.because if ending else EndReason.TIME

    def _end(self, mute: Mute, because: EndReason) -> None:
        self.ended[mute.id] = Ending(self.now, because)
        self.mutes.remove(mute)

    def _duplicate(self, letter: Letter) -> Outcome:
        alarm = self.alarms.get(letter.reading.alarm_key)
        at = time_of(letter.reading.record, letter.taken.received_at)
        last = self.incidents.get(alarm.id) if alarm else None
        self._judged(letter, Outcome.DUPLICATE, at, alarm=alarm, incident=last)
        return Outcome.DUPLICATE

    def _notice(
        self, letter: Letter, kind: NoticeKind, outcome: Outcome, reason: str | None
    ) -> Outcome:
        taken = letter.taken
        last = self.notices.get(kind)
        joins = kind is not NoticeKind.TEST and last and last.takes(kind, taken.received_at)
        notice = (
            last.joined(taken.id, taken.received_at, reason)
            if last and joins
            else Notice(
                id=self.next_notice,
                kind=kind,
                opened_at=taken.received_at,
                last_at=taken.received_at,
                callback_id=taken.id,
                source=taken.source,
                reason=reason,
            )
        )
        self.next_notice = max(self.next_notice, notice.id + 1)
        self.notices[kind] = notice
        self.changed_notices[notice.id] = notice
        self._judged(letter, outcome, taken.received_at, reason=reason)
        return outcome

    def _judged(
        self,
        letter: Letter,
        outcome: Outcome,
        at: datetime,
        *,
        alarm: Alarm | None = None,
        incident: Incident | None = None,
        reason: str | None = None,
    ) -> None:
        self.judged.append(
            Judged(
                taken=letter.taken,
                kind=letter.reading.record.kind.value,
                outcome=outcome,
                record=to_json(letter.reading.record),
                at=at,
                reason=reason,
                alarm_id=alarm.id if alarm else None,
                incident_id=incident.id if incident else None,
                mute_id=incident.mute_id if incident and outcome in HEARD else None,
            )
        )
