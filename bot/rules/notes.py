"""Which changes of an incident a thread is told of. Pure: two incidents in, notes out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.card import MuteNote, Note, NoteKind
from bot.rules.incident import Incident, Person, Sort, State
from bot.rules.mute import EndReason, Mute
from bot.rules.severity import Severity, rank_of


def notes_of(before: Incident | None, after: Incident) -> tuple[Note, ...]:
    """What to say about the step from `before` to `after`; nothing about a first callback.

    The key holds the incident, the callback's ordinal and the kind: the same step, decided
    twice, gives the same key and is said once.
    """
    if before is None or after.sort is Sort.EVENT:
        return ()
    told = [_fired_again(before, after) or _raised(before, after), _ended(before, after)]
    said = tuple(note for note in told if note) or _went_on(before, after)
    if after.flaps:
        return _flapping(before, after, said)
    return (*said, calm_again(after, after.heard_at)) if before.flaps else said


def _flapping(before: Incident, after: Incident, said: tuple[Note, ...]) -> tuple[Note, ...]:
    """Said when it begins; then only what is worse than all before is said aloud."""
    worse = rank_of(after.severity) > rank_of(before.worst_severity)
    quiet = said if worse else tuple(replace(one, broadcast=False, hushed=True) for one in said)
    if before.flaps:
        return quiet
    kind = NoteKind.FLAPPING
    flap = after.flap
    first = Note(
        key=_key(after, kind),
        kind=kind,
        at=after.heard_at,
        broadcast=after.is_open,
        after=after.severity,
        times=flap.count if flap else None,
        since=flap.since if flap else None,
    )
    return (first, *quiet)


def calm_again(last: Incident, at: datetime) -> Note:
    """It has stopped flapping. If it asks for somebody, that is news and pings."""
    kind = NoteKind.CALM_BUT_OPEN if last.is_open else NoteKind.CALM_AGAIN
    return Note(
        key=_key(last, kind),
        kind=kind,
        at=at,
        broadcast=last.is_open,
        after=last.severity if last.is_open else last.worst_severity,
        stays=True,
    )


def _went_on(before: Incident, after: Incident) -> tuple[Note, ...]:
    """Nothing new but that it goes on: for those who read threads like a log."""
    if after.callbacks == before.callbacks or not after.is_open:
        return ()
    kind = NoteKind.WENT_ON
    return (Note(key=_key(after, kind), kind=kind, at=after.heard_at, value=after.last_value),)


def act_notes(before: Incident, after: Incident, by: Person, at: datetime) -> tuple[Note, ...]:
    """What a person did, for the thread; the card says it as well."""
    return tuple(
        Note(
            key=f"{after.id}/{kind.value}/{at.timestamp():.6f}",
            kind=kind,
            at=at,
            by=by,
            to=after.acknowledged.by if after.acknowledged else None,
            text=text,
        )
        for kind, text in _acts(before, after)
    )


def _acts(before: Incident, after: Incident) -> Iterator[tuple[NoteKind, str | None]]:
    if after.acknowledged != before.acknowledged:
        yield (NoteKind.ACKNOWLEDGED if after.acknowledged else NoteKind.UNACKNOWLEDGED), None
    if after.remarks != before.remarks and after.remark:
        yield NoteKind.REMARKED, after.remark.text
    if after.closed != before.closed:
        reason = after.closed.reason if after.closed else None
        yield (NoteKind.CLOSED if after.closed else NoteKind.REOPENED), reason
    if after.feedback != before.feedback and after.feedback:
        yield NoteKind.JUDGED, after.feedback.value


def mute_ended(incident_id: int, mute: Mute, because: EndReason, at: datetime) -> Note:
    """What still fires is heard again, and the channel learns why now. Said once for each end."""
    by = mute.ended.by if mute.ended and mute.ended.by else mute.created_by
    return Note(
        key=f"{incident_id}/mute/{mute.id}/{mute.ends_at.timestamp():.0f}/ended",
        kind=NoteKind.MUTE_ENDED,
        at=at,
        broadcast=True,
        mute=MuteNote(mute.id, by, mute.ends_at, because),
        stays=True,
    )


def parent_over(incident_id: int, parent_id: int, at: datetime) -> Note:
    """What held it back has ended, and it still fires. A first post of its card says enough."""
    kind = NoteKind.PARENT_OVER
    key = f"{incident_id}/parent/{parent_id}/{at.timestamp():.6f}"
    return Note(key=key, kind=kind, at=at, broadcast=True)


def group_news(
    group_id: int,
    numbers: Sequence[int],
    *,
    common: str,
    names: Sequence[str],
    worst: Severity | None,
    at: datetime,
) -> Note:
    """Members of a group that people have not heard of, the worst first, of which some are named.

    A first post of its card says enough.
    """
    kind = NoteKind.GROUP_NEWS
    return Note(
        key=f"group/{group_id}/{at.timestamp():.6f}/{max(numbers)}",
        kind=kind,
        at=at,
        broadcast=True,
        after=worst,
        times=len(numbers),
        text=common,
        names=tuple(names),
    )


def group_over(
    group_id: int,
    *,
    common: str,
    members: int,
    lasted: timedelta,
    worst: Severity | None,
    at: datetime,
) -> Note:
    """The end of a group: whoever was woken by it wants to hear of that, as of a recovery."""
    kind = NoteKind.GROUP_OVER
    return Note(
        key=f"group/{group_id}/over",
        kind=kind,
        at=at,
        broadcast=worst is Severity.CRITICAL,
        after=worst,
        times=members,
        lasted=lasted,
        text=common,
    )


def mute_ending(mute: Mute, at: datetime) -> Note:
    """It ends soon: time to extend it, or to look."""
    return Note(
        key=f"mute/{mute.id}/{mute.ends_at.timestamp():.0f}/ending",
        kind=NoteKind.MUTE_ENDING,
        at=at,
        mute=MuteNote(mute.id, mute.created_by, mute.ends_at),
        stays=True,
    )


def _key(after: Incident, kind: NoteKind) -> str:
    return f"{after.id}/{after.callbacks}/{kind.value}"


def _fired_again(before: Incident, after: Incident) -> Note | None:
    if after.firings == before.firings or after.state is not State.FIRING:
        return None
    kind = NoteKind.FIRED_AGAIN
    return Note(
        key=_key(after, kind),
        kind=kind,
        at=after.fired_at,
        broadcast=True,
        after=after.severity,
        times=after.firings,
        since=after.opened_at,
        value=after.last_value,
    )


def _raised(before: Incident, after: Incident) -> Note | None:
    if after.state is not State.FIRING or rank_of(after.severity) <= rank_of(before.severity):
        return None
    kind = NoteKind.SEVERITY_RAISED
    return Note(
        key=_key(after, kind),
        kind=kind,
        at=after.heard_at,
        broadcast=True,
        before=before.severity,
        after=after.severity,
        value=after.last_value,
    )


def _ended(before: Incident, after: Incident) -> Note | None:
    if before.state is after.state:
        return None
    match after.state:
        case State.RECOVERED:
            return _recovered(after)
        case State.NO_DATA:
            kind = NoteKind.NO_DATA
            return Note(key=_key(after, kind), kind=kind, at=after.heard_at, broadcast=True)
        case State.FIRING if before.state is State.NO_DATA:
            kind = NoteKind.DATA_BACK
            # It pings: after a recovery or at the very first, this is the first word of a firing.
            return Note(key=_key(after, kind), kind=kind, at=after.heard_at, broadcast=True)
        case _:
            return None


def _recovered(after: Incident) -> Note:
    """Whoever was woken by a critical incident wants to hear of its end in the channel."""
    kind = NoteKind.RECOVERED
    return Note(
        key=_key(after, kind),
        kind=kind,
        at=after.heard_at,
        broadcast=after.worst_severity is Severity.CRITICAL,
        after=after.worst_severity,
        lasted=max(after.heard_at - after.fired_at, timedelta(0)),
        value=after.recovery_value,
    )
