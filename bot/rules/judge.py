"""What one callback does to its alarm: which incident it opens, reopens, changes, or none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.alarm import Alarm
from bot.rules.changed import changed
from bot.rules.flapping import Flapping
from bot.rules.hearing import Heard, hears, reopens_for
from bot.rules.incident import EVENT_KINDS, Incident, Sort, State
from bot.rules.opening import opened
from bot.rules.record import Record, Reported

AHEAD = timedelta(hours=1)  # a sender's clock further ahead of ours is wrong
BEHIND = timedelta(days=1)  # no sender tries for so long


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
    would be blind for as long as the clock was wrong; one far behind would look old itself.
    An event may be told days after it was planned.
    """
    told = record.timestamp
    if told is None or told - received_at > AHEAD:
        return received_at
    if received_at - told > BEHIND and record.kind not in EVENT_KINDS:
        return received_at
    return told


def judge(
    alarm: Alarm,
    last: Incident | None,
    heard: Heard,
    *,
    number: int,
    window: timedelta,
    flapping: Flapping | None = None,
) -> Judgement:
    """Decide on one callback that is not a duplicate.

    `last` is the alarm's newest incident, `number` the id a new one would get, `window` how
    long after a recovery a new firing still belongs to the same incident, `flapping` which
    alarms change too often (None: nobody asks).
    """
    if _is_old(alarm, heard):
        return Judgement(Outcome.STALE, last, last)
    if last is None or _starts_anew(last, heard, window):
        before, after = None, opened(number, alarm.id, heard, previous=last)
    else:
        before, after = last, hears(last, heard)
    after = _watched(flapping, last, before, after, heard)
    return Judgement(_outcome(before, after, heard), before, after)


def _watched(
    rule: Flapping | None,
    last: Incident | None,
    before: Incident | None,
    after: Incident,
    heard: Heard,
) -> Incident:
    """With its changes counted; a new incident goes on counting where the alarm's last ended."""
    if rule is None or after.sort is Sort.EVENT:
        return changed(after, flap=None) if after.flap else after
    if before and before.state is after.state and before.firings == after.firings:
        return after
    flap = last.flap if last else None
    return changed(after, flap=rule.turned(flap, heard.at, heard.received_at))


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
    return not reopens_for(last, heard, window)


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
