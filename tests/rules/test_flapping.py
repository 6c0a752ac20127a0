"""Flapping: when an alarm changes too often, what its thread hears then, and when it is calm."""

from datetime import timedelta

import pytest

from bot.rules.card import Note
from bot.rules.flapping import Flap, Flapping
from bot.rules.hearing import Heard
from bot.rules.incident import State
from bot.rules.notes import calm_again, notes_of
from bot.rules.record import Kind
from bot.rules.severity import Severity
from bot.rules.thread import Aloud, Manner, Thread, as_told
from tests.support.history import History, history
from tests.support.values import ANN, fires, loses_data, minute, recovers

FOUR_AN_HOUR = Flapping(changes=4, within=timedelta(hours=1))
SHORT = Manner(Thread.SHORT, Aloud.CRITICAL)


def after(*callbacks: Heard, rule: Flapping | None = FOUR_AN_HOUR) -> History:
    return history(*callbacks, flapping=rule)


def told(*callbacks: Heard, manner: Manner = SHORT) -> list[tuple[str, bool]]:
    """What a thread hears about the last of these callbacks, and whether it pings."""
    last = after(*callbacks).judgements[-1]
    said = (as_told(one, manner) for one in notes_of(last.before, last.after))
    return [(one.kind.value, one.broadcast) for one in said if one]


FLAPS = [fires(0), recovers(2), fires(4), recovers(6)]


@pytest.mark.parametrize(
    ("callbacks", "flaps"),
    [
        ([fires(0)], False),
        ([fires(0), recovers(2), fires(4)], False),
        (FLAPS, True),
        ([fires(0), fires(5), fires(10), fires(15)], False),  # goes on: no change
        ([fires(0), recovers(2), recovers(4), recovers(6)], False),
        ([fires(0), fires(2, severity=Severity.CRITICAL), recovers(4), fires(6)], False),
        ([fires(0), loses_data(2), fires(4), loses_data(6)], True),
        ([fires(0), recovers(20), fires(40), recovers(60)], True),  # just within the hour
        ([fires(0), recovers(20), fires(40), recovers(61)], False),
        ([fires(0), recovers(2), fires(30), recovers(32)], True),  # over two incidents
        ([fires(0, kind=Kind.SYSTEM_EVENT), *FLAPS[1:]], False),
    ],
)
def test_so_many_changes_within_the_span_are_flapping(callbacks: list[Heard], flaps: bool) -> None:
    assert after(*callbacks).last.flaps is flaps


def test_nothing_flaps_unless_it_is_asked_for() -> None:
    assert after(*FLAPS, *FLAPS, rule=None).last.flap is None


@pytest.mark.parametrize("changes", [2, 3, 5])
def test_the_number_of_changes_is_a_setting(changes: int) -> None:
    rule = Flapping(changes, timedelta(hours=1))
    many = [fires(0), recovers(2), fires(4), recovers(6), fires(8)]
    assert not after(*many[: changes - 1], rule=rule).last.flaps
    assert after(*many[:changes], rule=rule).last.flaps


def test_it_says_since_when_and_how_often() -> None:
    flap = after(*FLAPS, fires(8), recovers(10)).last.flap
    assert flap is not None
    assert (flap.since, flap.count, flap.calm_at) == (minute(0), 6, minute(70))


def test_while_it_flaps_a_firing_reopens_the_same_incident_whenever_it_comes() -> None:
    assert len(after(*FLAPS, fires(60)).incidents) == 1


def test_a_firing_after_the_calm_that_nobody_has_noticed_yet_opens_a_new_one() -> None:
    """The tick may be late: the bot was down."""
    made = after(*FLAPS, fires(66))
    assert len(made.incidents) == 2
    assert not made.last.flaps


def test_the_change_that_is_one_too_many_is_said_once_and_pings_in_place_of_the_others() -> None:
    callbacks = [fires(0), recovers(2), loses_data(4), fires(6)]
    assert told(*callbacks) == [("flapping", True)]


def test_a_recovery_that_is_one_too_many_is_said_in_the_thread_alone() -> None:
    assert told(*FLAPS) == [("flapping", False)]


@pytest.mark.parametrize(
    "more",
    [[fires(8)], [fires(8), recovers(10)], [fires(8), loses_data(9)], [fires(8), fires(9)]],
)
def test_while_it_flaps_nothing_is_said(more: list[Heard]) -> None:
    assert told(*FLAPS, *more) == []


def test_a_critical_incident_that_flaps_recovers_in_silence_too() -> None:
    worst = [fires(0, severity=Severity.CRITICAL), *FLAPS[1:], fires(8), recovers(9)]
    assert told(*worst) == []


def test_threads_that_are_read_like_a_log_hear_all_of_it_and_nobody_is_pinged() -> None:
    full = Manner(Thread.FULL, Aloud.INFO)
    assert told(*FLAPS, fires(8), manner=full) == [("fired_again", False)]
    assert told(*FLAPS, fires(8), recovers(9), manner=full) == [("recovered", False)]


def test_what_is_worse_than_all_before_pings_though_it_flaps() -> None:
    worse = fires(8, severity=Severity.CRITICAL)
    assert told(*FLAPS, worse) == [("fired_again", True)]
    assert told(*FLAPS, fires(7), worse) == [("severity_raised", True)]
    assert told(*FLAPS, worse, recovers(9), fires(10, severity=Severity.CRITICAL)) == []


def calm(*callbacks: Heard, manner: Manner = SHORT) -> Note | None:
    return as_told(calm_again(after(*callbacks).last.calmed(), minute(90)), manner)


def test_its_end_pings_if_it_still_asks_for_somebody() -> None:
    note = calm(*FLAPS, fires(8), manner=Manner(Thread.OFF, Aloud.NEVER))
    assert note is not None
    assert (note.kind.value, note.broadcast) == ("calm_but_open", True)


@pytest.mark.parametrize(("severity", "aloud"), [(Severity.CRITICAL, True), (Severity.WARN, False)])
def test_its_end_after_a_recovery_is_said_as_loud_as_a_recovery(
    severity: Severity, aloud: bool
) -> None:
    note = calm(fires(0, severity=severity), *FLAPS[1:])
    assert note is not None
    assert (note.kind.value, note.broadcast) == ("calm_again", aloud)


def test_an_end_that_the_tick_missed_is_said_with_what_comes_next() -> None:
    made = history(*FLAPS, flapping=FOUR_AN_HOUR, window=timedelta(days=1))
    last = made.hear(fires(90))
    kinds = [one.kind.value for one in notes_of(last.before, last.after)]
    assert kinds == ["fired_again", "calm_but_open"]


def test_what_a_person_has_resolved_flaps_no_more() -> None:
    closed = after(*FLAPS, fires(8)).last.closed_by(ANN, minute(9), "maintenance")
    assert (closed.state, closed.flaps) == (State.CLOSED, False)


def test_a_sender_whose_clock_is_behind_is_not_calm_by_that() -> None:
    flap: Flap | None = None
    for number in range(4):
        flap = FOUR_AN_HOUR.turned(flap, minute(number), minute(number + 180))
    assert flap is not None
    assert flap.calm_at == minute(3 + 180 + 60)
