"""What a channel hears besides the cards: each chooses, and what must wake is said in any case."""

import pytest

from bot.rules.card import MuteNote, Note, NoteKind
from bot.rules.severity import Severity
from bot.rules.thread import Aloud, Manner, Thread, as_told
from tests.support.values import ANN, NOON


def note(kind: NoteKind, **said: object) -> Note:
    return Note(**{"key": "k", "kind": kind, "at": NOON} | said)


@pytest.mark.parametrize(
    ("kind", "off", "short", "full"),
    [
        (NoteKind.RECOVERED, False, True, True),
        (NoteKind.SEVERITY_RAISED, False, True, True),
        (NoteKind.WENT_ON, False, False, True),
        (NoteKind.ACKNOWLEDGED, False, False, True),
        (NoteKind.REMARKED, False, False, True),
    ],
)
def test_a_thread_hears_what_its_channel_chose(
    kind: NoteKind, off: bool, short: bool, full: bool
) -> None:
    heard = [as_told(note(kind), Manner(thread, Aloud.NEVER)) is not None for thread in Thread]
    assert heard == [off, short, full]


@pytest.mark.parametrize("kind", [NoteKind.RECOVERED, NoteKind.SEVERITY_RAISED])
@pytest.mark.parametrize(
    ("aloud", "severity", "said"),
    [
        (Aloud.CRITICAL, Severity.CRITICAL, True),
        (Aloud.CRITICAL, Severity.WARN, False),
        (Aloud.WARN, Severity.WARN, True),
        (Aloud.WARN, Severity.INFO, False),
        (Aloud.INFO, Severity.INFO, True),
        (Aloud.INFO, None, False),
        (Aloud.NEVER, Severity.CRITICAL, False),
    ],
)
def test_recoveries_and_escalations_are_said_aloud_by_severity(
    kind: NoteKind, aloud: Aloud, severity: Severity | None, said: bool
) -> None:
    told = as_told(note(kind, after=severity, broadcast=not said), Manner(Thread.SHORT, aloud))
    assert told is not None
    assert told.broadcast is said


def test_what_pings_is_said_even_where_threads_are_off() -> None:
    again = note(NoteKind.FIRED_AGAIN, broadcast=True)
    assert as_told(again, Manner(Thread.OFF, Aloud.NEVER)) == again


def test_what_is_said_of_a_mute_is_said_even_where_threads_are_off() -> None:
    ends = note(NoteKind.MUTE_ENDING, mute=MuteNote(1, ANN, NOON))
    assert as_told(ends, Manner(Thread.OFF, Aloud.NEVER)) == ends
