"""Judging: what each callback does to its alarm, in the words of those who are on call."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.hearing import Heard
from bot.rules.incident import Sort, State
from bot.rules.judge import AHEAD, Outcome, time_of
from bot.rules.record import Kind, Reported
from bot.rules.severity import Severity, rank_of
from tests.support.history import history
from tests.support.values import (
    ANN,
    NOON,
    fires,
    heard,
    loses_data,
    minute,
    record,
    recovers,
)

CRITICAL, WARN = Severity.CRITICAL, Severity.WARN

STORIES: list[tuple[str, list[Heard], list[str], State, int]] = [
    ("a first firing", [fires(0)], ["opened"], State.FIRING, 1),
    ("it goes on", [fires(0), fires(60)], ["opened", "updated"], State.FIRING, 1),
    ("it ends", [fires(0), recovers(5)], ["opened", "recovered"], State.RECOVERED, 1),
    (
        "a new firing within the window reopens the same incident",
        [fires(0), recovers(5), fires(14)],
        ["opened", "recovered", "reopened"],
        State.FIRING,
        1,
    ),
    (
        "a new firing after the window opens a new incident",
        [fires(0), recovers(5), fires(16)],
        ["opened", "recovered", "opened"],
        State.FIRING,
        2,
    ),
    ("a recovery of something unheard of", [recovers(0)], ["recovered"], State.RECOVERED, 1),
    (
        "a second recovery is one more callback",
        [fires(0), recovers(5), recovers(30)],
        ["opened", "recovered", "updated"],
        State.RECOVERED,
        1,
    ),
    ("no data is no recovery", [fires(0), loses_data(5)], ["opened", "no_data"], State.NO_DATA, 1),
    ("no data at first", [loses_data(0)], ["no_data"], State.NO_DATA, 1),
    (
        "no data soon after a recovery",
        [fires(0), recovers(5), loses_data(6)],
        ["opened", "recovered", "no_data"],
        State.NO_DATA,
        1,
    ),
    (
        "no data long after a recovery is a new incident",
        [fires(0), recovers(5), loses_data(60)],
        ["opened", "recovered", "no_data"],
        State.NO_DATA,
        2,
    ),
    (
        "an open incident is never too old for the next callback",
        [fires(0), fires(100_000)],
        ["opened", "updated"],
        State.FIRING,
        1,
    ),
    (
        "an older callback changes no state",
        [fires(0), recovers(5), fires(3)],
        ["opened", "recovered", "stale"],
        State.RECOVERED,
        1,
    ),
    (
        "an equally old callback changes no state",
        [fires(5), recovers(5)],
        ["opened", "stale"],
        State.FIRING,
        1,
    ),
    (
        "a recovery that overtook its alert ends the story",
        [recovers(5), fires(0)],
        ["recovered", "stale"],
        State.RECOVERED,
        1,
    ),
]


@pytest.mark.parametrize(
    ("callbacks", "outcomes", "state", "incidents"),
    [story[1:] for story in STORIES],
    ids=[story[0] for story in STORIES],
)
def test_what_becomes_of_callbacks(
    callbacks: list[Heard], outcomes: list[str], state: State, incidents: int
) -> None:
    told = history(*callbacks)
    assert [one.value for one in told.outcomes] == outcomes
    assert (told.last.state, len(told.incidents)) == (state, incidents)


def test_an_older_callback_leaves_the_incident_as_it_was() -> None:
    told = history(fires(0), recovers(5))
    stale = told.hear(fires(3))
    assert stale.before is stale.after is told.last


def test_a_new_incident_is_linked_to_the_one_before_it() -> None:
    assert history(fires(0), recovers(5), fires(60)).last.previous_id == 1


def test_an_acknowledgement_never_passes_to_a_new_incident() -> None:
    told = history(fires(0))
    told.incidents[1] = told.incidents[1].acknowledged_by(ANN, minute(1))
    told.hear(recovers(5))
    told.hear(fires(60))
    assert told.incidents[1].acknowledged is not None
    assert told.incidents[2].acknowledged is None


def test_a_window_of_nothing_always_opens_anew() -> None:
    told = history(fires(0), recovers(5), fires(5.001), window=timedelta(0))
    assert told.outcomes[-1] is Outcome.OPENED


def test_a_firing_after_an_incident_was_closed_by_hand_opens_a_new_one() -> None:
    told = history(fires(0))
    told.incidents[1] = replace(told.incidents[1], state=State.CLOSED)
    assert told.hear(fires(1)).outcome is Outcome.OPENED
    assert told.last.previous_id == 1


def test_a_recovery_leaves_an_incident_closed_that_was_closed_by_hand() -> None:
    told = history(fires(0))
    told.incidents[1] = replace(told.incidents[1], state=State.CLOSED)
    assert told.hear(recovers(1)).outcome is Outcome.UPDATED
    assert told.last.state is State.CLOSED


# Events.


def event(number: float, state: Reported = Reported.EVENT, **said: object) -> Heard:
    kind = Kind.SYSTEM_EVENT if state is Reported.EVENT else Kind.EVENT_SUBSCRIPTION
    return heard(state, minute(number), threshold=None, kind=kind, **said)


def test_further_news_of_an_event_stays_on_its_card() -> None:
    told = history(event(0, event_status="Scheduled"), event(600, event_status="Executed"))
    assert told.outcomes == [Outcome.EVENT, Outcome.EVENT]
    assert (len(told.incidents), told.last.event_status) == (1, "Executed")


@pytest.mark.parametrize("state", [Reported.EVENT, Reported.ALERT, Reported.OK])
def test_every_message_of_an_event_is_an_event(state: Reported) -> None:
    told = history(event(0, state))
    assert (told.outcomes, told.last.sort) == ([Outcome.EVENT], Sort.EVENT)


# Time.


def test_the_senders_clock_is_believed() -> None:
    assert time_of(record(timestamp=minute(-300)), NOON) == minute(-300)


@pytest.mark.fault("F14")
def test_without_a_senders_time_ours_is_taken() -> None:
    assert time_of(record(timestamp=None), NOON) == NOON


@pytest.mark.parametrize(
    ("ahead", "believed"),
    [(timedelta(minutes=50), True), (AHEAD, True), (AHEAD + timedelta(seconds=1), False)],
)
def test_a_clock_too_far_ahead_is_not_believed(ahead: timedelta, believed: bool) -> None:
    told = time_of(record(timestamp=NOON + ahead), NOON)
    assert told == (NOON + ahead if believed else NOON)


@pytest.mark.fault("F14")
def test_a_clock_two_years_ahead_does_not_blind_the_alarm() -> None:
    wrong = record(timestamp=NOON + timedelta(days=730))
    first = Heard(wrong, None, time_of(wrong, NOON), NOON)
    told = history(first, recovers(5))
    assert told.outcomes == [Outcome.OPENED, Outcome.RECOVERED]


@pytest.mark.fault("F14")
def test_a_clock_two_years_behind_does_not_make_an_alarm_old() -> None:
    wrong = record(timestamp=NOON - timedelta(days=730))
    assert time_of(wrong, NOON) == NOON
    told = history(fires(0), Heard(wrong, None, time_of(wrong, minute(5)), minute(5)))
    assert told.outcomes == [Outcome.OPENED, Outcome.UPDATED]


def test_an_event_may_be_told_days_after_its_time() -> None:
    planned = record(kind=Kind.SYSTEM_EVENT, timestamp=NOON - timedelta(days=3))
    assert time_of(planned, NOON) == NOON - timedelta(days=3)


# Whatever happens.

STATE_OF = {
    Reported.ALERT: State.FIRING,
    Reported.OK: State.RECOVERED,
    Reported.INSUFFICIENT_DATA: State.NO_DATA,
}
reports = st.builds(
    lambda state, number, value, severity: heard(
        state, minute(number), value=value, severity=severity
    ),
    st.sampled_from(list(STATE_OF)),
    st.integers(0, 40),
    st.none() | st.floats(0, 100),
    st.none() | st.sampled_from(Severity),
)
lives = st.lists(reports, min_size=1, max_size=12)


@given(lives)
def test_the_newest_callback_by_the_senders_time_decides_the_state(life: list[Heard]) -> None:
    told = history(*life)
    newest = max(life, key=lambda one: one.at)  # of equals the first: later ones are stale
    assert told.last.state is STATE_OF[newest.record.state]
    assert told.last.heard_at == told.alarm.heard_until == newest.at


@given(lives)
def test_every_callback_is_counted_once_or_stale(life: list[Heard]) -> None:
    told = history(*life)
    counted = sum(one.callbacks for one in told.incidents.values())
    assert counted + told.outcomes.count(Outcome.STALE) == len(life)


@given(lives)
def test_the_same_callback_twice_changes_nothing_more(life: list[Heard]) -> None:
    told = history(*life)
    again = told.hear(life[-1])
    assert again.outcome is Outcome.STALE
    assert again.before is again.after


@given(lives)
def test_only_the_newest_incident_is_open(life: list[Heard]) -> None:
    told = history(*life)
    older = [one for number, one in told.incidents.items() if number < told.last.id]
    assert not any(one.is_open for one in older)


@given(lives)
def test_the_worst_is_never_better_than_the_last(life: list[Heard]) -> None:
    for one in history(*life).incidents.values():
        assert (one.last_value is None) == (one.worst_value is None)
        assert one.last_value is None or one.worst_value >= max(one.first_value, one.last_value)


@given(lives)
def test_the_worst_severity_is_never_below_the_last(life: list[Heard]) -> None:
    for one in history(*life).incidents.values():
        assert rank_of(one.worst_severity) >= rank_of(one.severity)


@given(lives)
def test_each_incident_is_linked_to_the_one_before_it(life: list[Heard]) -> None:
    told = history(*life)
    assert [one.previous_id or 0 for one in told.incidents.values()] == list(
        range(len(told.incidents))
    )


@given(st.lists(st.sampled_from(list(STATE_OF)), min_size=4, max_size=4))
def test_all_orders_of_four_callbacks_end_in_the_same_state(states: list[Reported]) -> None:
    sent = [heard(state, minute(3 * number)) for number, state in enumerate(states)]
    ends = {history(*arrived).last.state for arrived in permutations(sent)}
    assert ends == {STATE_OF[states[-1]]}
