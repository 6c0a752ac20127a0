"""Notes: what a thread hears of, who is pinged, and that nothing is said twice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.card import Note, NoteKind
from bot.rules.hearing import Heard
from bot.rules.incident import State
from bot.rules.notes import notes_of
from bot.rules.record import Kind, Reported
from bot.rules.severity import Severity
from tests.support.history import History, history
from tests.support.values import ANN, fires, heard, loses_data, minute, recovers

CRITICAL, WARN, INFO = Severity.CRITICAL, Severity.WARN, Severity.INFO


def told(*callbacks: Heard) -> tuple[Note, ...]:
    """What threads that want changes of state hear about the last of these callbacks."""
    last = history(*callbacks).judgements[-1]
    said = notes_of(last.before, last.after)
    return tuple(note for note in said if note.kind is not NoteKind.WENT_ON)


def kinds(*callbacks: Heard) -> list[str]:
    return [note.kind.value for note in told(*callbacks)]


@pytest.mark.parametrize("first", [fires(0), recovers(0), loses_data(0)])
def test_of_a_first_callback_the_card_tells_all(first: Heard) -> None:
    assert told(first) == ()


@pytest.mark.parametrize(
    ("callbacks", "said"),
    [
        ([fires(0), fires(60)], []),
        ([fires(0, severity=WARN), fires(5, severity=CRITICAL)], ["severity_raised"]),
        ([fires(0, severity=CRITICAL), fires(5, severity=WARN)], []),
        ([fires(0, severity=None), fires(5, severity=INFO)], ["severity_raised"]),
        ([fires(0), fires(5, severity=None)], []),
        ([fires(0), recovers(5)], ["recovered"]),
        ([fires(0), recovers(5), recovers(8)], []),
        ([fires(0), recovers(5), fires(8)], ["fired_again"]),
        ([fires(0), recovers(5), fires(8, severity=CRITICAL)], ["fired_again"]),
        ([fires(0), recovers(5), fires(60)], []),
        ([fires(0), loses_data(5)], ["no_data"]),
        ([fires(0), loses_data(5), loses_data(6)], []),
        ([fires(0), loses_data(5), fires(8)], ["data_back"]),
        ([fires(0), loses_data(5), recovers(8)], ["recovered"]),
        (
            [fires(0), loses_data(5), fires(8, severity=CRITICAL)],
            ["severity_raised", "data_back"],
        ),
        ([fires(0), recovers(5), loses_data(6)], ["no_data"]),
        ([fires(0, episode_id="t1"), fires(60, episode_id="t2")], ["fired_again"]),
    ],
)
def test_what_a_thread_hears_of_a_step(callbacks: list[Heard], said: list[str]) -> None:
    assert kinds(*callbacks) == said


def test_a_severity_raised_pings_and_says_from_what_to_what() -> None:
    (note,) = told(fires(0, 90.0, WARN), fires(5, 99.0, CRITICAL))
    assert (note.broadcast, note.before, note.after) == (True, WARN, CRITICAL)
    assert (note.value, note.at) == (99.0, minute(5))


def test_fired_again_pings_and_says_how_often_since_when() -> None:
    (note,) = told(fires(0), recovers(3), fires(6), recovers(9), fires(12, 91.0, CRITICAL))
    assert (note.broadcast, note.times, note.since, note.at) == (True, 3, minute(0), minute(12))
    assert (note.value, note.after) == (91.0, CRITICAL)


def test_no_data_pings() -> None:
    (note,) = told(fires(0), loses_data(5))
    assert (note.kind, note.broadcast) == (NoteKind.NO_DATA, True)


@pytest.mark.parametrize(
    "unknown",
    [
        [fires(0), loses_data(5)],
        [fires(0), recovers(3), loses_data(5)],
        [loses_data(5, severity=WARN)],
    ],
)
def test_a_firing_after_no_data_is_never_silent(unknown: list[Heard]) -> None:
    assert any(note.broadcast for note in told(*unknown, fires(8)))


@pytest.mark.parametrize(("worst", "pings"), [(CRITICAL, True), (WARN, False), (None, False)])
def test_a_recovery_pings_those_whom_a_critical_incident_woke(
    worst: Severity | None, pings: bool
) -> None:
    (note,) = told(fires(0, severity=worst), recovers(5))
    assert note.broadcast is pings


def test_a_critical_incident_that_eased_before_it_ended_still_pings() -> None:
    (note,) = told(fires(0, severity=CRITICAL), fires(5, severity=INFO), recovers(9))
    assert note.broadcast


def test_a_recovery_says_how_long_it_lasted_and_the_value_then() -> None:
    (note,) = told(fires(0, 90.0), fires(5, 97.0), recovers(9, 40.0))
    assert (note.lasted, note.value) == (timedelta(minutes=9), 40.0)


def test_after_fired_again_only_the_last_firing_lasted() -> None:
    (note,) = told(fires(0), recovers(3), fires(6), recovers(10))
    assert note.lasted == timedelta(minutes=4)


def test_a_click_is_told_by_the_card_alone() -> None:
    before = history(fires(0)).last
    assert notes_of(before, before.acknowledged_by(ANN, minute(1))) == ()


def test_an_event_tells_its_news_on_its_card() -> None:
    kind = Kind.EVENT_SUBSCRIPTION
    begun = heard(Reported.ALERT, minute(0), kind=kind, severity=WARN)
    assert told(begun, heard(Reported.OK, minute(5), kind=kind, severity=CRITICAL)) == ()


reports = st.builds(
    lambda state, number, severity: heard(state, minute(number), severity=severity),
    st.sampled_from([Reported.ALERT, Reported.OK, Reported.INSUFFICIENT_DATA]),
    st.integers(0, 40),
    st.none() | st.sampled_from(Severity),
)
lives = st.lists(reports, max_size=15)


def all_notes(life: History) -> list[Note]:
    return [note for one in life.judgements for note in notes_of(one.before, one.after)]


@given(lives)
def test_every_note_of_a_life_has_a_key_of_its_own(life: list[Heard]) -> None:
    said = [note.key for note in all_notes(history(*life))]
    assert len(said) == len(set(said))


@given(lives)
def test_the_same_step_decided_twice_gives_the_same_notes(life: list[Heard]) -> None:
    assert all_notes(history(*life)) == all_notes(history(*life))


@given(lives)
def test_every_end_is_told_once(life: list[Heard]) -> None:
    lived = history(*life)
    ends = [
        one
        for one in lived.judgements
        if one.before and one.before.is_open and one.after and not one.after.is_open
    ]
    told = [note for note in all_notes(lived) if note.kind is NoteKind.RECOVERED]
    assert len(told) == len(ends)


@given(lives)
def test_a_firing_that_begins_on_a_known_card_always_pings(life: list[Heard]) -> None:
    for one in history(*life).judgements:
        if one.before and one.before.state is not State.FIRING is one.after.state:
            assert any(note.broadcast for note in notes_of(one.before, one.after))
