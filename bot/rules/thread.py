"""How much a channel wants to hear besides the cards: in threads, and aloud.

Pure. Teams are divided: some read threads like a log, others drown in them. So each channel
chooses; what must wake somebody is said in any case.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.rules.card import Note, NoteKind
from bot.rules.severity import Severity, rank_of


class Thread(StrEnum):
    """`off`: only what is said aloud. `short`: changes of state. `full`: everything."""

    OFF = "off"
    SHORT = "short"
    FULL = "full"


class Aloud(StrEnum):
    """From which severity on recoveries and escalations are shown in the channel as well."""

    CRITICAL = "critical"
    WARN = "warn"
    INFO = "info"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Manner:
    """What one channel wants to hear."""

    thread: Thread = Thread.SHORT
    aloud: Aloud = Aloud.CRITICAL


BY_DEFAULT = Manner()

ONLY_IN_FULL = frozenset(
    {
        NoteKind.WENT_ON,
        NoteKind.ACKNOWLEDGED,
        NoteKind.UNACKNOWLEDGED,
        NoteKind.REMARKED,
        NoteKind.CLOSED,
        NoteKind.REOPENED,
        NoteKind.JUDGED,
    }
)
BY_SEVERITY = frozenset(
    {
        NoteKind.RECOVERED,
        NoteKind.SEVERITY_RAISED,
        NoteKind.CALM_AGAIN,
        NoteKind.GROUP_OVER,
    }
)
_LEAST = {Aloud.CRITICAL: Severity.CRITICAL, Aloud.WARN: Severity.WARN, Aloud.INFO: Severity.INFO}


def as_told(note: Note, manner: Manner) -> Note | None:
    """The note as this channel wants it, or None if it does not."""
    if note.hushed:
        return note if manner.thread is Thread.FULL else None
    if note.kind in BY_SEVERITY:
        least = _LEAST.get(manner.aloud)
        loud = least is not None and rank_of(note.after) >= least.rank
        note = replace(note, broadcast=loud)
    if note.broadcast or note.mute is not None:
        return note
    if manner.thread is Thread.OFF:
        return None
    if note.kind in ONLY_IN_FULL and manner.thread is not Thread.FULL:
        return None
    return note
