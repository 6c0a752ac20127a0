"""What one callback does to its alarm: which incident it opens, reopens, changes, or none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.alarm import Alarm
from bot.rules.incident import EVENT_KINDS, Heard, Incident, State
from bot.rules.opening import opened
from bot.rules.record import Record, Reported

AHEAD = timedelta(hours=1)  # a sender's clock further ahead of ours is wrong


class Outcome(StrEnum):
    """What became of a callback."""

    OPENED = "opened"
    REOPENED = "reopened"
    UPDATED = "updated"
    RECOVERED = "recovered"
    NO_DATA = "no_data"
    STALE = "stale"
    DUPLICATE = "duplicate"
    EVENT = "event"
    TEST = "test"
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, and the incident before and after; `before` is None for a new one."""

    outcome: Outcome
    before: Incident | None
    after: Incident | None


def time_of(record: Record, received_at: datetime) -> datetime:
    """When it happened by the sender's clock, or by ours where that cannot be.

    A time far ahead would make every later callback of the alarm look old, and the alarm
    would be blind for as long as the clock was wrong.
    """
    if record.timestamp is None or record.timestamp - received_at > AHEAD:
        return received_at
    return record.timestamp


def judge(
    alarm: Alarm, last: Incident | None, heard: Heard, *, number: int, window: timedelta
) -> Judgement:
    """Decide on one callback that is not a duplicate.

    `last` is the alarm's newest incident, `number` the id a new one would get, `window` how
    long after a recovery a new firing still belongs to the same incident.
    """
    if _is_old(alarm, heard):
        return Judgement(Outcome.STALE, last, last)
    if last is None or _starts_anew(last, heard, window):
        after = opened(number, alarm.id, heard, previous=last)
        return Judgement(_outcome(None, after, heard), None, after)
    after = last.heard(heard)
    return Judgement(_outcome(last, after, heard), last, after)


def _is_old(alarm: Alarm, heard: Heard) -> bool:
    """Older than the last applied, or as old. The statuses of one event share its time."""
    if alarm.heard_until is None:
        return False
    if heard.record.kind in EVENT_KINDS:
        return heard.at < alarm.heard_until
    return heard.at <= alarm.heard_until


def _starts_anew(last: Incident, heard: Heard, window: timedelta) -> bool:
    if last.is_open or heard.record.state is Reported.OK or heard.record.kind in EVENT_KINDS:
        return False
    return not last.reopens_for(heard, window)


def _outcome(before: Incident | None, after: Incident, heard: Heard) -> Outcome:
    if heard.record.kind in EVENT_KINDS:
        return Outcome.EVENT
    if before is not None and before.state is State.RECOVERED and after.state is State.FIRING:
        return Outcome.REOPENED
    match heard.record.state:
        case Reported.OK:
            ended = before is None or before.is_open
            return Outcome.RECOVERED if ended else Outcome.UPDATED
        case Reported.INSUFFICIENT_DATA:
            return Outcome.NO_DATA
        case _:
            return Outcome.OPENED if before is None else Outcome.UPDATED
